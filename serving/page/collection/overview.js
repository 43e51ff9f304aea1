// A collection at a glance: groups, bars, search, sort, and the list of the papers that these let through.
import { byId, count, element, replaceChildren, show } from "../dom.js";
import { drawChart, watchChart } from "./chart.js";
import { GROUPS } from "./collection.js";
import { WindowedList } from "./list.js";

const NAMES = {
  all: ["All", ""],
  unsure: ["Unsure", "an area is less than 10 points above its threshold"],
  none: ["No area", "no area reached its threshold"],
  untagged: ["Not tagged", "not tagged yet"],
};

let collection = null;
let list = null;
let waiting = 0;
let changed = () => {};

/** Prepare the parts; `selectionChanged(positions)` is called with the papers that a download takes. */
export function watchOverview(selectionChanged) {
  changed = selectionChanged;
  list = new WindowedList(byId("paper-list"), row);
  watchChart(draw);
  byId("list-search").addEventListener("input", (event) => refine({ words: event.target.value }));
  byId("list-sort").addEventListener("change", (event) => refine({ sort: event.target.value }));
  byId("clear-filter").addEventListener("click", () => {
    byId("list-search").value = "";
    refine({ group: "all", area: "", field: "", words: "" });
    byId("list-search").focus();
  });
  byId("select-shown").addEventListener("change", (event) => {
    for (const at of collection.visible()) {
      if (event.target.checked) collection.selected.add(at);
      else collection.selected.delete(at);
    }
    draw();
  });
}

/** Show a collection from now on. */
export function showCollection(shown) {
  collection = shown;
  byId("list-search").value = "";
  byId("list-sort").value = "file";
  list.toTop();
  draw();
}

/** Narrow or widen what is listed. */
export function refine(part) {
  Object.assign(collection.filter, part);
  list.toTop();
  draw();
}

/** Draw again soon, at most once a frame. */
export function drawSoon() {
  waiting ||= requestAnimationFrame(draw);
}

export const focusPaper = (at) => list.focus(at);

export function draw() {
  cancelAnimationFrame(waiting);
  waiting = 0;
  if (!collection) return;
  const tallies = collection.tallies();
  const visible = collection.visible();
  drawGroups(tallies.groups);
  drawChart(tallies, collection.filter, (kind, id) => refine({ area: "", field: "", [kind === "areas" ? "area" : "field"]: id }));
  drawShown(visible, tallies.names);
  list.show(visible);
}

function drawGroups(groups) {
  replaceChildren(byId("groups"), ...GROUPS.filter((group) => group === "all" || groups[group] || collection.filter.group === group)
    .map((group) => element("button", { type: "button", class: "chip", "data-key": group, 
      "aria-pressed": String(collection.filter.group === group), onclick: () => refine({ group }) },
    NAMES[group][0], " ", element("span", { class: "score" }, groups[group].toLocaleString("en")))));
}

function drawShown(visible, names) {
  const { area, field, words, group } = collection.filter;
  const by = [NAMES[group][1], area || field ? names.get(area || field) ?? (area || field) : "", words ? `“${words}”` : ""].filter(Boolean);
  const narrowed = visible.length < collection.papers.length;
  byId("shown-count").textContent = `${narrowed ? `${visible.length.toLocaleString("en")} of ` : ""}${count(collection.papers.length, "paper")}` +
    (by.length ? `: ${by.join(", ")}` : "");
  show(byId("clear-filter"), Boolean(by.length));
  show(byId("list-none"), visible.length === 0);
  show(byId("paper-list"), visible.length > 0);
  const selected = visible.filter((at) => collection.selected.has(at)).length;
  Object.assign(byId("select-shown"), { checked: selected > 0 && selected === visible.length, indeterminate: selected > 0 && selected < visible.length });
  const chosen = collection.selected.size;
  changed(chosen ? [...collection.selected].sort((a, b) => a - b) : visible, chosen ? "selected" : narrowed ? "shown" : "all");
}

function row(at) {
  const result = collection.results[at];
  const title = collection.title(at);
  const select = element("input", { type: "checkbox", class: "stop select", "aria-label": `Select ${title}`,
    checked: collection.selected.has(at), onchange: (event) => {
      if (event.target.checked) collection.selected.add(at);
      else collection.selected.delete(at);
      draw();
    } });
  const areas = result === undefined ? "not tagged yet" : result.abstained ? "no area" : result.areas.map((area) => area.name).join(" · ");
  return [element("label", { class: "tick" }, select), element("a", { class: "stop paper", href: `#collection/paper/${at + 1}` },
    element("span", { class: "name", dir: "auto" }, title),
    element("span", { class: result && !result.abstained ? "names" : "hint" },
      collection.inGroup(at, "unsure") ? element("span", { class: "unsure" }, "unsure ") : null, areas))];
}

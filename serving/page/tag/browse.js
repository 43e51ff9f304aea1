// The areas of the active model to browse: fields with their areas, what each means, and how often the collection has it.
import { byId, count, element, show } from "../dom.js";
import { service } from "../service.js";

let tallies = new Map();

/** Show the areas of the model; `counts`: papers of the collection by area id. */
export function showBrowser(counts = tallies) {
  tallies = counts;
  if (!service.version) return;
  show(byId("browser-section"));
  const open = new Set([...byId("browser").querySelectorAll("details[open]")].map((node) => node.dataset.field));
  byId("browser-heading").textContent = `${count(service.known.size, "area")} in ${count(service.fields.length, "field")}`;
  byId("browser").replaceChildren(...service.fields.map((field) => fieldNode(field, open.has(field.id))));
  byId("browser-search").oninput = filter;
  filter();
}

function fieldNode(field, open) {
  return element("details", { "data-field": field.id, open },
    element("summary", {}, field.name, " ", element("span", { class: "hint" }, count(field.areas.length, "area"))),
    element("dl", {}, ...field.areas.map(areaNode)));
}

function areaNode(area) {
  const number = tallies.get(area.id);
  const node = element("div", {}, element("dt", {}, area.name, number ? " " : null, number ? element("a", {
    href: `#collection/area/${encodeURIComponent(area.id)}`, class: "hint" }, `${number.toLocaleString("en")} in the collection`) : null),
    element("dd", { class: "hint" }, area.description || area.id));
  node.dataset.words = [area.name, area.id, area.description, ...(area.phrases ?? [])].join(" ").toLowerCase();
  return node;
}

/** Show the areas that have all words of the search; the fields of those that match are unfolded. */
function filter() {
  const words = byId("browser-search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const details of byId("browser").children) {
    const name = details.firstElementChild.firstChild.textContent.toLowerCase();
    let here = 0;
    for (const area of details.querySelectorAll("dl > div")) {
      const matches = words.every((word) => area.dataset.words.includes(word) || name.includes(word));
      show(area, matches);
      here += matches;
    }
    show(details, here > 0);
    if (words.length) details.open = here > 0;
    found += here;
  }
  byId("browser-none").textContent = found ? "" : "No area has these words.";
}

// What the service said of the papers: a list when there are several, and one of them opened.
import { areaRows, fieldLine, percent } from "./areas.js";
import { corrections } from "./correct.js";
import { byId, complain, count, element, show } from "./dom.js";
import { paperText } from "./text.js";

/** The list of papers, `results[i]` belonging to `papers[i]` (fewer while tagging goes on); `open(i)` opens one. */
export function showList(papers, results, current, open) {
  const nav = byId("papers");
  show(nav, papers.length > 1);
  if (papers.length <= 1) return nav.replaceChildren();
  const without = results.filter((result) => result.abstained).length;
  const items = results.map((result, position) => element("li", {}, element("button", {
    type: "button", class: "paper", "aria-current": position === current ? "true" : undefined, onclick: () => open(position),
  }, element("span", { class: "name" }, papers[position].title || papers[position].abstract.slice(0, 100)),
  element("span", { class: result.abstained ? "hint" : "names" },
    result.abstained ? "no area" : result.areas.map((area) => area.name).join(" · ")))));
  nav.replaceChildren(
    element("p", { class: "hint" }, `${count(papers.length, "paper")}${without ? `, ${without} without an area` : ""}`),
    element("ol", {}, ...items));
}

/** Mark a paper of the list as labelled. */
export function markDone(position) {
  const name = byId("papers").querySelectorAll("button")[position]?.querySelector(".name");
  if (name && !name.textContent.startsWith("✓")) name.prepend("✓ ");
}

export function markCurrent(position) {
  byId("papers").querySelectorAll("button").forEach((button, at) => {
    if (at === position) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
}

/** Show one paper with its areas. Returns `explain()`, to call when `result.evidence` has come. */
export function showPaper(paper, result, known, actions) {
  const text = paperText(paper);
  const correct = actions.feedback ? corrections(paper, result, known, actions.done) : null;
  const rows = areaRows(result, known, text.mark, (area) => correct?.controls(area) ?? null);
  byId("paper").replaceChildren(
    ...(paper.reason ? [element("p", { class: "reason" }, paper.reason)] : []),
    ...(result.abstained ? [abstention(result, actions.closest)] : []),
    ...(result.areas.length ? [rows.list] : []),
    ...[fieldLine(result.fields), warnings(result.warnings), correct?.panel].filter(Boolean),
    text.article);
  return rows.explain;
}

function abstention(result, closest) {
  const field = result.fields[0];
  return element("div", { class: "abstained" },
    element("p", {}, element("strong", {}, "No area reached its threshold."),
      field ? ` The field is ${field.name} with ${percent(field.score)}.` : " The model would rather say nothing than guess."),
    element("button", { type: "button", class: "quiet", onclick: closest }, "Show the closest areas"));
}

function warnings(list) {
  return list.length ? element("ul", { class: "warnings", "aria-label": "Warnings" }, ...list.map((warning) => element("li", {}, warning))) : null;
}

export function showUnread(problems) {
  const list = byId("unread");
  const shown = problems.slice(0, 5);
  const more = problems.length - shown.length;
  list.replaceChildren(...[...shown, ...(more ? [`and ${more} more`] : [])].map((problem) => element("li", {}, problem)));
  show(list, problems.length > 0);
}

export function clear() {
  byId("papers").replaceChildren();
  show(byId("papers"), false);
  byId("paper").replaceChildren();
  showUnread([]);
  complain("");
}

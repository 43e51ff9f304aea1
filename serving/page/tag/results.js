// What the service said of the papers: a list when there are several, and one of them opened.
import { byId, count, element, percent, show } from "../dom.js";
import { areaRows, fieldLine } from "../paper/areas.js";
import { corrections } from "../paper/correct.js";
import { paperText } from "../paper/text.js";

const MOST_LISTED = 500; // of what could not be read; a file may have as many as it has lines

/** An empty list for so many papers; a single one needs none. */
export function beginList(total) {
  show(byId("papers"), total > 1);
  byId("papers").replaceChildren(...(total > 1 ? [element("p", { class: "hint" }), element("ol")] : []));
}

/** Add the results from a position on to the list, `results[i]` belonging to `papers[i]`; `open(i)` opens one. */
export function extendList(papers, results, from, open) {
  const [hint, list] = byId("papers").children;
  if (!list) return;
  const without = results.filter((result) => result.abstained).length;
  hint.textContent = `${count(papers.length, "paper")}${without ? `, ${without} without an area` : ""}`;
  list.append(...results.slice(from).map((result, at) => item(papers[from + at], result, () => open(from + at))));
}

function item(paper, result, onclick) {
  return element("li", {}, element("button", { type: "button", class: "paper", onclick },
    element("span", { class: "name" }, paper.title || paper.abstract.slice(0, 100)),
    element("span", { class: result.abstained ? "hint" : "names" },
      result.abstained ? "no area" : result.areas.map((area) => area.name).join(" · "))));
}

export function markCurrent(position) {
  byId("papers").querySelectorAll("button").forEach((button, at) => {
    if (at === position) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
}

/** Show one paper with its areas. Returns `explain()`, to call when `result.evidence` has come. */
export function showPaper(panel, paper, result, known, actions) {
  const text = paperText(paper);
  const correct = actions.feedback ? corrections(panel, paper, result, known) : null;
  const rows = areaRows(result, known, text.mark, (area) => correct?.controls(area) ?? null);
  byId("paper").replaceChildren(
    ...(result.abstained ? [abstention(result, actions.closest)] : []),
    ...(result.areas.length ? [rows.list] : []),
    ...[fieldLine(result.fields), warnings([...(paper.warnings ?? []), ...result.warnings]), correct?.panel].filter(Boolean),
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

/** Show what of a file could not be read, and what is to be known of the rest. */
export function showUnread({ rejected, warnings: said }) {
  byId("unread").open = rejected.length <= 3;
  byId("unread-count").textContent = `${count(rejected.length, "record")} could not be read`;
  const shown = rejected.slice(0, MOST_LISTED).map(({ file, line, reason, excerpt }) => element("li", {},
    `${file}, line ${line}: ${reason}`, excerpt ? element("span", { class: "excerpt" }, excerpt) : null));
  const more = rejected.length - shown.length;
  byId("unread-list").replaceChildren(...shown,
    ...(more ? [element("li", {}, `and ${count(more, "more", "more")}; areatag papers lists them all`)] : []));
  show(byId("unread"), rejected.length > 0);
  byId("file-warnings").replaceChildren(...said.map((warning) => element("li", {}, warning)));
  show(byId("file-warnings"), said.length > 0);
}

export function clear() {
  beginList(0);
  byId("paper").replaceChildren();
  showUnread({ rejected: [], warnings: [] });
  show(byId("give-back"), false);
}

// Two versions on the same papers: how far they agree, and which areas papers lose and gain.
import { call } from "../api.js";
import { count, element, percent } from "../dom.js";
import { doubtfulPapers } from "../review/candidates.js";
import { service } from "../service.js";
import { named } from "./words.js";

const MOST_SHOWN = 20;

/** The section for versions of these names; `panel`: of the tab; `ask()`: true when there is a key. */
export function comparison(names, first, panel, ask) {
  const choose = (label, chosen) => {
    const select = element("select", {}, ...names.map((name) => element("option", { value: name, selected: name === chosen }, name)));
    return { select, node: element("label", {}, `${label} `, select) };
  };
  const one = choose("Compare", first);
  const other = choose("with", names.find((name) => name !== first));
  const result = element("div", { class: "compared", role: "status" });
  const button = element("button", { type: "button", class: "quiet", onclick: async () => {
    if (one.select.value === other.select.value) return panel.complain("These are one version; choose two.");
    if (!(await ask())) return undefined;
    return panel.run(async (signal) => {
      panel.complain("");
      panel.progress("Both versions tag the same papers …");
      const papers = await doubtfulPapers();
      const body = { first: one.select.value, second: other.select.value, ...(papers.length ? { papers } : {}) };
      const found = await call("models/compare", body, signal);
      panel.say("");
      result.replaceChildren(...shown(found, papers.length ? "of your collection, those the active version is least sure of" : "of the label store"));
    });
  } }, "Compare");
  return element("div", {}, element("div", { class: "beginning" }, one.node, other.node, button), result);
}

function shown(found, whose) {
  const same = found.papers - found.papers_changed;
  const areas = [...new Set([...Object.keys(found.lost), ...Object.keys(found.gained)])]
    .map((id) => ({ name: service.known.get(id)?.name ?? id, lost: found.lost[id] ?? 0, gained: found.gained[id] ?? 0 }))
    .sort((a, b) => b.lost + b.gained - a.lost - a.gained);
  return [
    element("p", {}, `${named(found.first)} and ${named(found.second)} on ${count(found.papers, "paper")} ${whose}: ${count(same, "paper")} (${percent(same / found.papers)}) ` +
      `get the same areas; they agree by ${found.agreement.toFixed(3)} (micro-F1 of one against the other).`),
    ...(areas.length ? [table(found, areas), changedPapers(found)] : []),
  ];
}

function table({ first, second }, areas) {
  const rows = areas.slice(0, MOST_SHOWN).map(({ name, lost, gained }) => element("tr", {}, element("th", { scope: "row" }, name),
    element("td", {}, String(lost)), element("td", {}, String(gained))));
  return element("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "Areas that differ" },
    element("table", {}, element("caption", { class: "unseen" }, "Areas that differ"),
      element("thead", {}, element("tr", {}, ...["Area", `papers by ${named(first)} alone`, `papers by ${named(second)} alone`]
        .map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...rows)),
    areas.length > rows.length ? element("p", { class: "hint" }, `and ${count(areas.length - rows.length, "more area")}`) : null);
}

function changedPapers({ changed }) {
  const names = (ids) => ids.map((id) => service.known.get(id)?.name ?? id).join(", ");
  return element("details", {}, element("summary", {}, `${count(changed.length, "paper")} with other areas`),
    element("ul", { class: "examples" }, ...changed.slice(0, MOST_SHOWN).map(({ title, id, lost, gained }) => element("li", {}, title || id,
      element("span", { class: "hint" }, [lost.length ? ` − ${names(lost)}` : "", gained.length ? ` + ${names(gained)}` : ""].join(""))))));
}

// What a retraining has found: the comparison with the active model on held-out papers, as a picture and in words.
import { count, element } from "../dom.js";
import { service } from "../service.js";
import { changeBar, differencePlot } from "./plots.js";
import { named, points } from "./words.js";

const MEANING = {
  "not inferior": "The new version is not worse than the active one.",
  inferior: "The new version loses more than it may.",
  "insufficient evidence": "There are too few held-out papers to decide by themselves: you decide.",
};
const MOST_SHOWN = 12;

/** `job`: a retraining that has succeeded. */
export function verdict({ version, verdict: said, promoted, metrics: { gate } }) {
  return element("section", { class: "verdict-card", "aria-label": "Verdict" },
    element("h4", {}, `${version}: ${said}`),
    element("p", {}, `${MEANING[said] ?? ""} ${promoted ? "It is active now." : "It is installed, not active."}`),
    ...(gate ? [picture(gate), ...gate.reasons.map((reason) => element("p", { class: "hint" }, reason)), areas(gate)] : []));
}

function picture({ papers, active, active_micro_f1: before, candidate_micro_f1: after, difference, lower_bound: low, upper_bound: high, limits }) {
  if (!papers) return element("p", { class: "hint" }, "No paper was held out to compare on.");
  const bounds = low === null ? "" : `, between ${points(low)} and ${points(high)} (80 % interval)`;
  const words = `${before.toFixed(3)} (${named(active)}) to ${after.toFixed(3)}: ${points(difference)}${bounds}, on ${count(papers, "held-out paper")}.`;
  return element("figure", {},
    differencePlot({ difference, low: low ?? null, high: high ?? null, margin: limits?.margin ?? 0.01 }, `Change of micro-F1: ${words}`),
    element("figcaption", {}, `Micro-F1 ${words}`,
      element("span", { class: "hint" }, ` The shaded side is a loss of more than ${100 * (limits?.margin ?? 0.01)} point.`)));
}

function areas({ areas: compared, fallen, limits }) {
  const rows = Object.entries(compared).filter(([, row]) => row.change !== 0)
    .sort(([, one], [, other]) => one.change - other.change);
  if (!rows.length) return element("p", { class: "hint" }, "No area changed on these papers.");
  const far = Math.max(...rows.map(([, row]) => Math.abs(row.change)));
  const lost = rows.filter(([, row]) => row.change < 0).length;
  return element("div", {},
    element("p", {}, `${count(lost, "area")} lost, ${count(rows.length - lost, "area")} gained.` +
      (fallen.length ? ` ${count(fallen.length, "area")} lost more than allowed, on ${limits?.papers_of_area ?? 10} or more papers.` : "")),
    element("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "Areas that changed" },
      element("table", { class: "changes" }, element("caption", { class: "unseen" }, "Areas that changed, the largest loss first"),
        element("thead", {}, element("tr", {}, ...["Area", "Papers", "F1 before", "after", "Change"].map((name) => element("th", { scope: "col" }, name)))),
        element("tbody", {}, ...rows.slice(0, MOST_SHOWN).map(([id, row]) => element("tr", { class: fallen.includes(id) ? "fallen" : "" },
          element("th", { scope: "row" }, service.known.get(id)?.name ?? id, fallen.includes(id) ? element("span", { class: "badge bad" }, "too much") : null),
          element("td", {}, String(row.papers)), element("td", {}, row.active.toFixed(2)), element("td", {}, row.candidate.toFixed(2)),
          element("td", {}, changeBar(row.change, far), ` ${row.change > 0 ? "+" : "−"}${Math.abs(row.change).toFixed(2)}`)))))),
    rows.length > MOST_SHOWN ? element("p", { class: "hint" }, `and ${count(rows.length - MOST_SHOWN, "more area")}`) : null);
}

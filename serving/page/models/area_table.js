// The table of all areas the model knows, with their thresholds and, where measured, their scores.
import { element } from "../dom.js";

const number = (value) => (typeof value === "number" ? value.toFixed(2) : "");

export function areaTable(taxonomy, measured) {
  const heading = ["Area", "Threshold", "F1", "Precision", "Recall", "Papers"];
  const bodies = taxonomy.fields.map((field) => element("tbody", {},
    element("tr", {}, element("th", { scope: "rowgroup", colSpan: heading.length, class: "group" }, field.name)),
    ...field.areas.map((area) => {
      const row = measured[area.id] ?? {};
      return element("tr", {}, element("th", { scope: "row" }, area.name),
        ...[area.threshold, row.f1, row.precision, row.recall].map((value) => element("td", {}, number(value))),
        element("td", {}, row.support === undefined ? "" : String(row.support)));
    })));
  return element("details", { class: "all-areas" }, element("summary", {}, "All areas"),
    element("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "Table of all areas" },
      element("table", {}, element("caption", { class: "unseen" }, "Areas with their thresholds and measurements"),
        element("thead", {}, element("tr", {}, ...heading.map((name) => element("th", { scope: "col" }, name)))), ...bodies)));
}

// F1 of every area as bars, in the order that is asked for.
import { count, element } from "../dom.js";
import { service } from "../service.js";
import { shareBar } from "./plots.js";

const ORDERS = {
  f1: ["lowest F1 first", (one, other) => one.f1 - other.f1 || other.support - one.support],
  best: ["highest F1 first", (one, other) => other.f1 - one.f1 || other.support - one.support],
  support: ["most papers first", (one, other) => other.support - one.support],
  name: ["by name", (one, other) => one.name.localeCompare(other.name)],
};
const FEW = 5; // papers below which an F1 says little

/** `measured`: area id to { f1, precision, recall, support }. */
export function areaFigures(measured) {
  const rows = Object.entries(measured).map(([id, row]) => ({ id, name: service.known.get(id)?.name ?? id, ...row }));
  if (!rows.length) return null;
  const list = element("tbody", {});
  const draw = (order) => list.replaceChildren(...[...rows].sort(ORDERS[order][1]).map(line));
  const order = element("select", { onchange: (event) => draw(event.target.value) },
    ...Object.entries(ORDERS).map(([name, [label]]) => element("option", { value: name }, label)));
  draw("f1");
  return element("div", { class: "by-area" },
    element("div", { class: "by-area-head" }, element("h4", {}, "F1 by area"), element("label", {}, "Order ", order)),
    element("p", { class: "hint" }, `${occurring(rows)} F1 of fewer than ${FEW} papers says little.`),
    element("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "F1 by area" },
      element("table", {}, element("caption", { class: "unseen" }, "F1 by area"),
        element("thead", {}, element("tr", {}, ...["Area", "F1", "Papers"].map((name) => element("th", { scope: "col" }, name)))), list)));
}

function occurring(rows) {
  const right = rows.filter(({ support }) => support > 0).length;
  const wrong = rows.length - right;
  return `${count(right, "area applies", "areas apply")} to papers${wrong ? `, ${count(wrong, "more was", "more were")} given wrongly` : ""}.`;
}

const line = ({ name, f1, precision, recall, support }) => element("tr", { class: support < FEW ? "few" : "" },
  element("th", { scope: "row", title: `precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}` }, name),
  element("td", {}, shareBar(f1)), element("td", {}, String(support)));

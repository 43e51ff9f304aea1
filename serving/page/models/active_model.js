// The panel on the active model: where it comes from and how good it is.
import { areaTable } from "./area_table.js";
import { byId, element } from "../dom.js";

const MEASURES = [
  ["micro_f1", "Micro-F1", "over all pairs of paper and area"],
  ["macro_f1", "Macro-F1", "mean over areas"],
  ["precision", "Precision", "of the areas given, how many are right"],
  ["recall", "Recall", "of the right areas, how many are given"],
  ["p_at_1", "P@1", "papers whose first area is right"],
  ["mean_average_precision", "Mean average precision", "ranking, mean over areas"],
  ["brier", "Brier score", "of the probabilities; lower is better"],
  ["ece", "Calibration error", "mean gap of probability and truth; lower is better"],
  ["abstention", "Abstention", "papers that get no area"],
];

export function showModel(model, taxonomy) {
  byId("model-version").textContent = model.version;
  const facts = [
    ["Encoder", model.encoder],
    ["Trained", model.trained_at?.slice(0, 10)],
    ["Trained on", readable(model.trained_on)],
    ["Knows", `${model.areas} areas in ${model.fields} fields`],
    ["Measured on", model.metrics.papers ? `${model.metrics.papers} papers` : null],
  ].filter(([, value]) => value);
  const list = element("dl", { class: "facts" }, ...facts.flatMap(([name, value]) =>
    [element("dt", {}, name), element("dd", {}, String(value))]));
  byId("model-numbers").replaceChildren(list, measures(model.metrics), areaTable(taxonomy, model.metrics.per_area ?? {}));
}

function measures(metrics) {
  const rows = MEASURES.filter(([name]) => typeof metrics[name] === "number").map(([name, label, meaning]) => {
    const interval = metrics.intervals?.[name];
    return element("tr", {}, element("th", { scope: "row" }, label, element("span", { class: "hint" }, ` ${meaning}`)),
      element("td", {}, metrics[name].toFixed(3)),
      element("td", { class: "hint" }, interval ? `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}` : ""));
  });
  if (!rows.length) return element("p", { class: "hint" }, "This model comes without measurements.");
  return element("table", {}, element("caption", { class: "unseen" }, "Measurements"),
    element("thead", {}, element("tr", {}, ...["Measure", "Value", "95 % interval"].map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, ...rows));
}

function readable(value) {
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value).filter(([, part]) => part !== null && typeof part !== "object")
    .map(([name, part]) => `${name.replaceAll("_", " ")}: ${part}`).join(", ");
}

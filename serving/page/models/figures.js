// The figures of one version: measures with their intervals, how its probabilities hold, and F1 by area.
import { count, element } from "../dom.js";
import { areaFigures } from "./area_figures.js";
import { reliabilityPlot } from "./plots.js";
import { measuredInWords } from "./timeline.js";

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

/** `model`: of GET /models. */
export function figures(model) {
  const { metrics, measured } = model;
  if (!measured) {
    return [element("p", {}, "Nothing was measured of this version. A retraining measures its version on the labels it holds out.")];
  }
  return [
    element("p", {}, `${measuredInWords(model)}.`),
    facts(model),
    element("div", { class: "pair" }, measures(metrics), reliability(metrics.reliability)),
    areaFigures(metrics.per_area ?? {}),
  ];
}

function facts({ name, version, encoder, trained_on: trainedOn }) {
  const rows = [["Answers as", version === name ? null : version], ["Encoder", encoder], ["Trained on", readable(trainedOn)]].filter(([, value]) => value);
  return element("dl", { class: "facts" }, ...rows.flatMap(([what, value]) => [element("dt", {}, what), element("dd", {}, String(value))]));
}

function measures(metrics) {
  const rows = MEASURES.filter(([name]) => typeof metrics[name] === "number").map(([name, label, meaning]) => {
    const interval = metrics.intervals?.[name];
    return element("tr", {}, element("th", { scope: "row" }, label, element("span", { class: "hint" }, ` ${meaning}`)),
      element("td", {}, metrics[name].toFixed(3)),
      element("td", { class: "hint" }, interval ? `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}` : ""));
  });
  return element("div", { class: "wide measures", tabIndex: 0, role: "region", "aria-label": "Measures" },
    element("table", {}, element("caption", { class: "unseen" }, "Measures"),
      element("thead", {}, element("tr", {}, ...["Measure", "Value", "95 % interval"].map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...rows)));
}

function reliability(bins) {
  if (!bins?.length) return element("p", { class: "hint" }, "How its probabilities hold was not recorded for this version.");
  const words = bins.map((bin) => `${Math.round(100 * bin.probability)}% given, ${Math.round(100 * bin.frequency)}% right`).join("; ");
  return element("figure", {}, reliabilityPlot(bins, `Reliability diagram. ${words}.`),
    element("figcaption", { class: "hint" }, "Areas that get a probability of 70% should be right in 70% of the cases: the closer to the line, the better. " +
      `${count(bins.reduce((sum, bin) => sum + bin.pairs, 0), "area")} of at least 1%.`));
}

function readable(value) {
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value).filter(([, part]) => part !== null && typeof part !== "object")
    .map(([name, part]) => `${name.replaceAll("_", " ")}: ${part}`).join(", ");
}

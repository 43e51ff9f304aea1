// Pictures of figures: bars, a reliability diagram, a difference with its interval. Each is said in words as well.
import { element } from "../dom.js";

const SVG = "http://www.w3.org/2000/svg";

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const text = (x, y, words, more = {}) => drawn("text", { x, y, ...more }, words);

/** A reliability diagram of bins { probability, frequency, pairs }, each in [0, 1]; `words` say what it shows. */
export function reliabilityPlot(bins, words) {
  const [side, left, bottom] = [240, 58, 40];
  const x = (share) => left + share * side;
  const y = (share) => 8 + (1 - share) * side;
  const most = Math.max(...bins.map((bin) => bin.pairs));
  const ticks = [0, 0.5, 1].flatMap((share) => [
    text(x(share), y(0) + 18, `${100 * share}%`, { "text-anchor": "middle" }),
    text(left - 6, y(share) + 4, `${100 * share}%`, { "text-anchor": "end" }),
  ]);
  return drawn("svg", { viewBox: `0 0 ${left + side + 16} ${side + bottom + 8}`, class: "plot", role: "img", "aria-label": words },
    drawn("rect", { x: x(0), y: y(1), width: side, height: side, class: "frame" }),
    drawn("line", { x1: x(0), y1: y(0), x2: x(1), y2: y(1), class: "ideal" }),
    drawn("polyline", { points: bins.map((bin) => `${x(bin.probability)},${y(bin.frequency)}`).join(" "), class: "curve" }),
    ...bins.map((bin) => drawn("circle", {
      cx: x(bin.probability), cy: y(bin.frequency), r: 2.5 + 4 * Math.sqrt(bin.pairs / most), class: "dot",
    }, drawn("title", {}, `${percents(bin.probability)} given, ${percents(bin.frequency)} right, ${bin.pairs} areas`))),
    ...ticks, text(x(0.5), side + bottom + 4, "probability given", { "text-anchor": "middle" }),
    text(0, 0, "share that is right", { "text-anchor": "middle", transform: `translate(10 ${y(0.5)}) rotate(-90)` }));
}

const percents = (share) => `${Math.round(100 * share)}%`;

/**
 * A change of micro-F1 with its interval, against the loss that is allowed; in points.
 * `low` and `high` may be null where there is none.
 */
export function differencePlot({ difference, low, high, margin }, words) {
  const [width, height, axis] = [320, 96, 62];
  const far = 1.15 * Math.max(margin * 2, Math.abs(difference), Math.abs(low ?? 0), Math.abs(high ?? 0));
  const x = (points) => width / 2 + (points / far) * (width / 2 - 16);
  const bound = low === null ? [] : [
    drawn("line", { x1: x(low), x2: x(high), y1: 32, y2: 32, class: "interval" }),
    ...[low, high].map((end) => drawn("line", { x1: x(end), x2: x(end), y1: 25, y2: 39, class: "interval" })),
  ];
  return drawn("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot difference", role: "img", "aria-label": words },
    drawn("rect", { x: 0, y: 8, width: Math.max(0, x(-margin)), height: axis - 8, class: "forbidden" }),
    drawn("line", { x1: x(-margin), x2: x(-margin), y1: 8, y2: axis, class: "limit-line" }),
    drawn("line", { x1: x(0), x2: x(0), y1: 8, y2: axis, class: "zero" }),
    drawn("line", { x1: 0, x2: width, y1: axis, y2: axis, class: "axis" }),
    ...bound, drawn("circle", { cx: x(difference), cy: 32, r: 5.5, class: "dot" }),
    text(x(0), axis + 16, "as before", { "text-anchor": "middle" }),
    text(4, axis + 32, "← worse"), text(width - 4, axis + 32, "better →", { "text-anchor": "end" }));
}

/** A share as a bar with its number; `more`: words behind it. */
export function shareBar(share, more = "") {
  const bar = element("span", { class: "bar", "aria-hidden": "true" }, element("span", { class: "fill" }));
  bar.style.setProperty("--score", Math.max(0, Math.min(1, share)));
  return element("span", { class: "share" }, bar, element("span", { class: "score" }, share.toFixed(2) + more));
}

/** A change of a share, to the left or right of a middle. */
export function changeBar(change, far) {
  const bar = element("span", { class: change < 0 ? "change lost" : "change", "aria-hidden": "true" }, element("span", {}));
  bar.style.setProperty("--part", Math.min(1, Math.abs(change) / far));
  return bar;
}

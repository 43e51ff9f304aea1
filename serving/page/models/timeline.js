// The versions of this machine, the latest first: what each is, what was measured of it and on what, and what became of it.
import { count, element } from "../dom.js";
import { madeAt, named, points } from "./words.js";

const BUNDLED = "bundled";

/** An item for each of `models`; `chosen` is the name whose figures are shown. `act`: { show(name), activate(name) }. */
export function timeline(models, chosen, act) {
  const ordered = [...models].sort((one, other) => (other.trained_at ?? "").localeCompare(one.trained_at ?? ""));
  return element("ol", { class: "versions", "aria-label": "Versions, the latest first" }, ...ordered.map((model) => item(model, chosen, act)));
}

function item(model, chosen, { show, activate, mayActivate }) {
  const state = model.active ? element("span", { class: "badge" }, "active") : null;
  const facts = [model.trained_at ? `made ${madeAt(model.trained_at)}` : "", originInWords(model)].filter(Boolean).join(", ");
  return element("li", { class: model.active ? "version active" : "version" },
    element("div", { class: "version-head" }, element("h4", {}, model.name), state),
    element("p", { class: "hint" }, model.problem ?? facts),
    model.problem ? null : element("p", {}, measuredInWords(model)),
    comparedInWords(model),
    element("div", { class: "actions" },
      model.problem ? null : element("button", { type: "button", class: "quiet", "aria-pressed": String(model.name === chosen),
        "aria-label": `Figures of ${model.name}`, onclick: () => show(model.name) }, "Figures"),
      model.active || model.problem || !mayActivate ? null : element("button", { type: "button", class: "quiet",
        "aria-label": `Activate ${model.name}`, onclick: () => activate(model.name) }, "Activate")));
}

function originInWords({ name, origin, parent, areas, fields }) {
  const of = { trained: "trained", retrained: `retrained from ${named(parent)}`, adapted: `${parent ? named(parent) : "an earlier one"} with other areas, not trained` };
  return [name === BUNDLED ? "comes with areatag" : of[origin], `${count(areas, "area")} in ${count(fields, "field")}`].filter(Boolean).join(", ");
}

/** The figures and the papers they rest on; nothing that was not measured of this version. */
export function measuredInWords({ measured }) {
  if (!measured) return "Not measured.";
  return `Micro-F1 ${measured.micro_f1.toFixed(3)} on ${measured.papers?.toLocaleString("en") ?? ""} ${measured.papers_of}`;
}

function comparedInWords({ comparison }) {
  if (!comparison) return null;
  const change = `${points(comparison.difference)} against ${named(comparison.active)} on the same ${count(comparison.papers, "held-out paper")}`;
  return element("p", {}, element("span", { class: `badge verdict ${comparison.verdict.replaceAll(" ", "-")}` }, comparison.verdict), ` ${change}`);
}

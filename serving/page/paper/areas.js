// The areas of one paper: a bar against its threshold for each, and the sentences it rests on.
import { element, percent } from "../dom.js";

let made = 0; // rows of several tabs stand on one page

/** Rows for a result. `focus(evidence)` marks sentences in the text; `controls(area)` adds buttons to a row, or null. */
export function areaRows(result, known, focus, controls) {
  const rows = result.areas.map((area) => row(area, known.get(area.id), controls(area)));
  let open = null;
  const evidence = (id) => result.evidence?.[id] ?? [];
  const rest = () => focus(open ? evidence(open.id) : []);

  for (const each of rows) {
    each.node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && focus(evidence(each.id)));
    each.node.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && rest());
    each.node.addEventListener("focusin", () => focus(evidence(each.id)));
    each.node.addEventListener("focusout", rest);
    each.button.addEventListener("click", () => {
      open = open === each ? null : each;
      for (const other of rows) other.expand(other === open);
      focus(evidence(each.id));
    });
  }
  const explain = () => rows.forEach((each) => each.tell(result.evidence?.[each.id]));
  explain();
  return { list: element("ol", { class: "areas" }, ...rows.map((each) => each.node)), explain };
}

function row(area, info, controls) {
  made += 1;
  const about = element("div", { class: "about", id: `about-${made}`, hidden: true });
  const limit = info?.threshold;
  const below = limit !== undefined && area.score < limit;
  const bar = element("span", { class: "bar", "aria-hidden": "true" }, element("span", { class: "fill" }));
  bar.style.setProperty("--score", area.score);
  if (limit !== undefined) {
    bar.append(element("span", { class: "limit" }));
    bar.style.setProperty("--limit", limit);
  }
  const button = element("button", { type: "button", class: "row", "aria-expanded": "false", "aria-controls": about.id },
    element("span", { class: "name" }, area.name),
    element("span", { class: "score" }, area.confirmed ? "confirmed" : percent(area.score)),
    bar,
    element("span", { class: "unseen" }, limit === undefined ? "" : `, ${below ? "below " : ""}its threshold is ${percent(limit)}`));
  const node = element("li", { class: below ? "area below" : "area" }, button, controls, about);

  function tell(evidence) {
    about.replaceChildren(
      ...(info?.description ? [element("p", { class: "hint" }, info.description)] : []),
      element("p", { class: "hint" }, limit === undefined ? area.id : `${area.id}, threshold ${percent(limit)}` +
        (below ? "; this paper is below it." : area.confirmed ? "; a curator confirmed it for this paper." : "")),
      ...sentences(evidence));
  }
  const expand = (on) => {
    button.setAttribute("aria-expanded", String(on));
    about.hidden = !on;
  };
  return { id: area.id, node, button, tell, expand };
}

function sentences(evidence) {
  if (evidence === undefined) return [element("p", { class: "hint" }, "Looking for its sentences …")];
  if (!evidence.length) return [element("p", { class: "hint" }, "No single sentence carries it.")];
  return [element("ul", { class: "evidence", "aria-label": "Sentences it rests on" }, ...evidence.map(({ sentence, drop }) =>
    element("li", {}, element("q", {}, sentence), " ",
      element("span", { class: "drop" }, `−${Math.max(0, Math.round(100 * drop))} points without it`))))];
}

/** One line on the fields, or null. */
export function fieldLine(fields) {
  if (!fields.length) return null;
  return element("p", { class: "fields" }, element("span", { class: "label" }, fields.length === 1 ? "Field" : "Fields"),
    ...fields.map((field) => element("span", { class: "field" }, `${field.name} `,
      element("span", { class: "score" }, percent(field.score)))));
}

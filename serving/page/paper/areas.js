// The areas of one paper: a bar against its threshold for each, and the sentences it rests on.
import { element, percent } from "../dom.js";

let made = 0; // rows of several tabs stand on one page

/**
 * Rows for areas with their scores; the first is open where `unfolded`. `evidence(id)`: the sentences of an area, undefined
 * while they are looked for. `mark(sentences)` marks them in the text, `idle()` marks what is to be seen while none of these rows is
 * looked at; `controls(area)` adds buttons to a row, or null. `explain()` is to be called when there is new evidence.
 */
export function areaRows(areas, known, { evidence, mark, controls, unfolded = true, idle = () => mark([]) }) {
  const rows = areas.map((area) => row(area, known.get(area.id), controls(area)));
  let open = unfolded ? rows[0] : undefined;
  const rest = () => (open ? mark(evidence(open.id) ?? []) : idle());

  for (const each of rows) {
    const focus = () => mark(evidence(each.id) ?? []);
    each.node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && focus());
    each.node.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && rest());
    each.node.addEventListener("focusin", focus);
    each.node.addEventListener("focusout", rest);
    each.button.addEventListener("click", () => {
      open = open === each ? undefined : each;
      for (const other of rows) other.expand(other === open);
      rest();
    });
  }
  const explain = () => {
    rows.forEach((each) => each.tell(evidence(each.id)));
    rest();
  };
  open?.expand(true);
  explain();
  return { list: element("ol", { class: "areas" }, ...rows.map((each) => each.node)), explain, rest };
}

function row(area, info, controls) {
  made += 1;
  const about = element("div", { class: "about", id: `about-${made}`, hidden: true });
  const limit = info?.threshold;
  const below = limit !== undefined && area.score < limit;
  const button = element("button", { type: "button", class: "row", "aria-expanded": "false", "aria-controls": about.id },
    element("span", { class: "name" }, area.name),
    element("span", { class: "score" }, area.confirmed ? "confirmed" : percent(area.score)),
    bar(area.score, limit),
    element("span", { class: "unseen" }, limit === undefined ? "" : `, ${below ? "below " : ""}its threshold is ${percent(limit)}`));
  const node = element("li", { class: below ? "area below" : "area" }, button, controls, about);
  const origin = limit === undefined ? area.id : `${area.id}, threshold ${percent(limit)}` +
    (below ? "; this paper is below it." : area.confirmed ? "; a curator confirmed it for this paper." : "");

  function tell(evidence) {
    about.replaceChildren(
      ...(info?.description ? [element("p", { class: "hint" }, info.description)] : []),
      ...sentences(evidence),
      element("p", { class: "hint" }, origin));
  }
  const expand = (on) => {
    button.setAttribute("aria-expanded", String(on));
    about.hidden = !on;
  };
  return { id: area.id, node, button, tell, expand };
}

function bar(score, limit) {
  const made = element("span", { class: "bar", "aria-hidden": "true" }, element("span", { class: "fill" }));
  made.style.setProperty("--score", score);
  if (limit !== undefined) {
    made.append(element("span", { class: "limit" }));
    made.style.setProperty("--limit", limit);
  }
  return made;
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

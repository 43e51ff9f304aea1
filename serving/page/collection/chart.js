// How many papers of a collection have each field or area: bars, each of which is a filter.
import { byId, element, replaceChildren, show } from "../dom.js";

const FEW = 12; // bars before "Show all"

const state = { kind: "areas", all: false };

/** Draw the bars. `pick(kind, id)` filters by one; what the filter has already is pressed, and picked again it is taken off. */
export function drawChart({ areas, fields, names }, filter, pick) {
  const counts = state.kind === "areas" ? areas : fields;
  const current = state.kind === "areas" ? filter.area : filter.field;
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || names.get(a).localeCompare(names.get(b)));
  const shown = state.all ? sorted : sorted.filter(([id], place) => place < FEW || id === current);
  const most = sorted[0]?.[1] ?? 1;
  replaceChildren(byId("chart-bars"), ...shown.map(([id, number]) => {
    const bar = element("button", { type: "button", class: "chart-bar", "aria-pressed": String(id === current), "data-key": id,
      onclick: () => pick(state.kind, id === current ? "" : id) },
    element("span", { class: "name" }, names.get(id)), element("span", { class: "score" }, number.toLocaleString("en")),
    element("span", { class: "bar", "aria-hidden": "true" }, element("span", { class: "fill" })));
    bar.style.setProperty("--score", number / most);
    return element("li", {}, bar);
  }));
  show(byId("chart-none"), sorted.length === 0);
  show(byId("chart-more"), sorted.length > shown.length || state.all && sorted.length > FEW);
  byId("chart-more").textContent = state.all ? `Show the ${FEW} most frequent` : `Show all ${sorted.length}`;
  for (const kind of ["areas", "fields"]) byId(`chart-${kind}`).setAttribute("aria-pressed", String(kind === state.kind));
}

/** Watch what changes the chart itself; `redraw()` draws it again. */
export function watchChart(redraw) {
  for (const kind of ["areas", "fields"]) {
    byId(`chart-${kind}`).addEventListener("click", () => {
      Object.assign(state, { kind, all: false });
      redraw();
    });
  }
  byId("chart-more").addEventListener("click", () => {
    state.all = !state.all;
    redraw();
  });
  byId("chart").open = matchMedia("(min-width: 58rem)").matches; // on a phone the list comes first
}

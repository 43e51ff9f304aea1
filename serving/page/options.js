// What may be asked of the tagger besides papers: most areas a paper, and one threshold for all areas.
import { element } from "./dom.js";

let made = 0; // options of several tabs stand on one page

/** A folded form part, its `values()` as POST /tag takes them; `changed()` is called when a person has changed one. */
export function tagOptions(changed) {
  made += 1;
  const top = element("input", { id: `top-k-${made}`, class: "top-k", type: "number", inputMode: "numeric", min: 1, max: 1000, step: 1,
    placeholder: "no limit", onchange: changed });
  const slider = element("input", { type: "range", class: "threshold", min: 0, max: 1, step: 0.01, value: 0.5, disabled: true,
    "aria-label": "Threshold for all areas", oninput: () => { shown.textContent = Number(slider.value).toFixed(2); }, onchange: changed });
  const shown = element("output", {}, "0.50");
  const single = element("input", { type: "checkbox", class: "one-threshold", onchange: () => {
    slider.disabled = !single.checked;
    changed();
  } });
  const node = element("details", { class: "options" }, element("summary", {}, "Tagging options"),
    element("label", { for: top.id }, "Most areas a paper may get"), top,
    element("label", { class: "check" }, single, " One threshold for all areas"),
    element("div", { class: "slider" }, slider, shown),
    element("p", { class: "hint" }, "Otherwise each area has a threshold of its own, the mark on its bar."));
  const values = () => {
    const most = Number.parseInt(top.value, 10);
    return { ...(most >= 1 ? { top_k: most } : {}), ...(single.checked ? { threshold: Number(slider.value) } : {}) };
  };
  return { node, values };
}

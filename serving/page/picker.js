// A searchable list of areas (the ARIA combobox pattern): type to narrow, arrows to move, Enter to take, Escape to leave.
import { element } from "./dom.js";

const MOST_SHOWN = 8;
let made = 0; // pickers of several tabs stand on one page

/**
 * A labelled field; `take(area)` is called with what was chosen. `areas`: [{id, name, field, description, phrases}], all of
 * which are searched; an option that is found by more than its name shows by what.
 */
export function areaPicker(label, areas, take) {
  made += 1;
  const id = `picker-${made}`;
  const options = element("ul", { role: "listbox", id: `${id}-options`, class: "options-list", "aria-label": "Areas", hidden: true });
  const input = element("input", {
    id, type: "text", autocomplete: "off", spellcheck: false, placeholder: "Search 3D, translation …", role: "combobox",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": options.id,
  });
  let shown = [];
  let active = -1;

  function open() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = areas.map((area) => ({ area, ...place(area, words) })).filter(({ rank }) => rank !== undefined)
      .sort((one, other) => one.rank - other.rank).slice(0, MOST_SHOWN);
    shown = found.map(({ area }) => area);
    active = words.length && shown.length ? 0 : -1;
    options.replaceChildren(...found.map(({ area, by }, position) => element("li", {
      role: "option", id: `${id}-${position}`, onpointerdown: (event) => event.preventDefault(), onclick: () => choose(area),
    }, area.name, " ", element("span", { class: "hint" }, by ? `${area.field} · ${by}` : area.field))));
    if (!shown.length) options.append(element("li", { class: "hint", role: "option", "aria-disabled": "true" }, "No area has these words."));
    options.hidden = false;
    input.setAttribute("aria-expanded", "true");
    point();
  }

  function close() {
    options.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function point() {
    shown.forEach((_, position) => options.children[position].setAttribute("aria-selected", String(position === active)));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `${id}-${active}`);
      options.children[active].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function choose(area) {
    input.value = "";
    close();
    take(area);
  }

  input.addEventListener("input", open);
  input.addEventListener("focus", open);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (options.hidden) open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (shown.length) active = active < 0 && step < 0 ? shown.length - 1 : (active + step + shown.length) % shown.length;
      point();
    } else if (event.key === "Enter") {
      if (!options.hidden && active >= 0) choose(shown[active]);
    } else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  return element("div", { class: "picker" }, element("label", { for: id }, label), input, options);
}

/** Where all words of a search are in an area: `rank`, lower is better (undefined: nowhere), and `by`, the text if it is not the name. */
function place({ name, id, field, description = "", phrases = [] }, words) {
  const has = (text) => words.every((word) => text.toLowerCase().includes(word));
  if (has(name)) return { rank: 0 };
  if (has(`${name} ${id} ${field}`)) return { rank: 1 };
  const phrase = phrases.find(has);
  if (phrase) return { rank: 2, by: phrase };
  if (has(description)) return { rank: 3, by: description };
  return has([name, id, field, description, ...phrases].join(" ")) ? { rank: 4 } : {};
}

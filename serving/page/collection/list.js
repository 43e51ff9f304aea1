// A list of any length of which only the rows in sight are elements; arrows, page keys, Home and End move in it.
import { element } from "../dom.js";

const AROUND = 6; // rows above and below those in sight
const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -Infinity, End: Infinity };

export class WindowedList {
  #items = [];
  #rows = new Map(); // row elements by place in the list
  #active = 0; // the place that Tab leads to

  /** `row(item)`: the children of a row; what has the class "stop" in it can have the focus. */
  constructor(node, row) {
    this.node = node;
    this.row = row;
    this.track = element("div", { class: "list-track", role: "list", "aria-label": "Papers" });
    node.replaceChildren(this.track);
    node.addEventListener("scroll", () => this.#draw(), { passive: true });
    node.addEventListener("keydown", (event) => this.#move(event));
    node.addEventListener("focusin", (event) => this.#activate(Number(event.target.closest("[role=listitem]")?.dataset.place ?? this.#active)));
    new ResizeObserver(() => this.#draw()).observe(node);
  }

  /** Show other items, or the same ones again. */
  show(items) {
    const focused = this.#rows.get(this.#active)?.contains(document.activeElement) ? document.activeElement.className : "";
    this.#items = items;
    this.#active = Math.min(this.#active, Math.max(0, items.length - 1));
    this.#rows.forEach((row) => row.remove());
    this.#rows.clear();
    this.track.style.setProperty("--rows", items.length);
    this.#draw();
    if (focused) this.#stop(focused)?.focus({ preventScroll: true });
  }

  toTop() {
    this.#active = 0;
    this.node.scrollTop = 0;
  }

  /** Move the focus to an item. */
  focus(item) {
    const place = this.#items.indexOf(item);
    if (place >= 0) this.#go(place, "");
  }

  #stop(names) {
    const stops = [...this.#rows.get(this.#active)?.querySelectorAll(".stop") ?? []];
    return stops.find((stop) => stop.className === names) ?? stops.at(-1);
  }

  #move(event) {
    if (!(event.key in STEPS) || !event.target.matches(".stop") || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#go(Math.max(0, Math.min(this.#items.length - 1, this.#active + STEPS[event.key])), event.target.className);
  }

  #go(place, names) {
    const height = this.#height();
    const top = place * height;
    const { scrollTop, clientHeight } = this.node;
    if (top < scrollTop) this.node.scrollTop = top;
    else if (top + height > scrollTop + clientHeight) this.node.scrollTop = top + height - clientHeight;
    this.#activate(place);
    this.#draw();
    this.#stop(names)?.focus({ preventScroll: true });
  }

  #activate(place) {
    const stops = (at, index) => this.#rows.get(at)?.querySelectorAll(".stop").forEach((stop) => { stop.tabIndex = index; });
    stops(this.#active, -1);
    this.#active = place;
    stops(place, 0);
  }

  #height() {
    return Number.parseFloat(getComputedStyle(this.track).getPropertyValue("--row-height")) || 72;
  }

  #draw() {
    const { scrollTop, clientHeight } = this.node;
    if (!clientHeight) return;
    const height = this.#height();
    const first = Math.max(0, Math.floor(scrollTop / height) - AROUND);
    const last = Math.min(this.#items.length - 1, Math.ceil((scrollTop + clientHeight) / height) + AROUND);
    const wanted = new Set([this.#active]); // it keeps the focus, and is where Tab leads
    for (let place = first; place <= last; place += 1) wanted.add(place);
    for (const [place, row] of this.#rows) {
      if (wanted.has(place)) continue;
      row.remove();
      this.#rows.delete(place);
    }
    for (const place of wanted) if (!this.#rows.has(place) && place < this.#items.length) this.#add(place);
  }

  #add(place) {
    const row = element("div", { role: "listitem", class: "list-row", "aria-setsize": this.#items.length, "aria-posinset": place + 1,
      "data-place": place }, ...this.row(this.#items[place]));
    row.style.setProperty("--place", place);
    row.querySelectorAll(".stop").forEach((stop) => { stop.tabIndex = place === this.#active ? 0 : -1; });
    const next = [...this.#rows.keys()].filter((other) => other > place).sort((a, b) => a - b)[0];
    this.track.insertBefore(row, next === undefined ? null : this.#rows.get(next));
    this.#rows.set(place, row);
  }
}

// Elements. Text only ever becomes a text node, so a paper cannot bring markup or script.

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; a string child is text. `class`, `role`, `for`, `data-*` and `aria-*` are attributes. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (/^(class|role|for|aria-.*|data-.*)$/.test(key)) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function show(node, visible = true) {
  node.hidden = !visible;
}

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

export const percent = (share) => `${Math.round(100 * share)}%`;

/** Give a node other children; the one that has the focus hands it to the one with the same `data-key`. */
export function replaceChildren(node, ...children) {
  const key = node.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  node.replaceChildren(...children);
  if (key !== undefined) [...node.querySelectorAll("[data-key]")].find((child) => child.dataset.key === key)?.focus();
}

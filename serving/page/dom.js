// Elements. Text only ever becomes a text node, so a paper cannot bring markup or script.

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; a string child is text. `class`, `aria-*` and `role` are attributes. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class" || key === "role" || key === "for" || key.startsWith("aria-")) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function show(node, visible = true) {
  node.hidden = !visible;
}

/** Say one thing to everyone, screen readers included; "" clears it. */
export function say(sentence) {
  byId("status").textContent = sentence;
}

/** Show a problem, or none for "". */
export function complain(sentence) {
  byId("problem").textContent = sentence;
  show(byId("problem"), Boolean(sentence));
}

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

// The tabs and their addresses: "#review" shows the tab review, "#review/errors" tells it "errors" as well.
import { byId } from "./dom.js";

const FIRST = "tag";

/** What the address names: a tab, and the parts behind it. */
function address(tabs) {
  const [name, ...rest] = location.hash.slice(1).split("/").map(decoded);
  return name in tabs ? { name, rest } : { name: FIRST, rest: [] };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Go to an address, such as `go("review", "errors")`. */
export function go(...parts) {
  location.hash = parts.map(encodeURIComponent).join("/");
}

/** Show the tab that the address names, now and whenever it changes; `tabs`: name to module, whose `open(rest)` is called then. */
export function watchTabs(tabs) {
  const follow = () => {
    const { name, rest } = address(tabs);
    for (const tab of Object.keys(tabs)) byId(`${tab}-tab`).hidden = tab !== name;
    for (const link of document.querySelectorAll(".tabs a")) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${document.querySelector(".tabs [aria-current]").textContent} · areatag`;
    tabs[name].open(rest);
  };
  addEventListener("hashchange", () => {
    follow();
    scrollTo(0, 0);
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // its address would name a tab
    [...document.querySelectorAll(".tab:not([hidden]) h2")].find((heading) => heading.checkVisibility()).focus();
  });
  follow();
}

// What of a file could not be read, and what is to be known of the rest.
import { byId, count, element, show } from "../dom.js";

const MOST_LISTED = 500; // a file may have as many as it has lines

export function showUnread({ rejected, warnings }) {
  byId("unread").open = rejected.length > 0 && rejected.length <= 3;
  byId("unread-count").textContent = `${count(rejected.length, "record")} could not be read`;
  const shown = rejected.slice(0, MOST_LISTED).map(({ file, line, reason, excerpt }) => element("li", {},
    `${file}, line ${line}: ${reason}`, excerpt ? element("span", { class: "excerpt" }, excerpt) : null));
  const more = rejected.length - shown.length;
  byId("unread-list").replaceChildren(...shown,
    ...(more ? [element("li", {}, `and ${count(more, "more", "more")}; areatag papers lists them all`)] : []));
  show(byId("unread"), rejected.length > 0);
  byId("file-warnings").replaceChildren(...warnings.map((warning) => element("li", {}, warning)));
  show(byId("file-warnings"), warnings.length > 0);
}

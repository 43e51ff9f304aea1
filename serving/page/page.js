// What starts when the page is opened.
import * as collection from "./collection/tab.js";
import { byId, show } from "./dom.js";
import { watchButton } from "./key.js";
import * as models from "./models/tab.js";
import * as review from "./review/tab.js";
import { loadService } from "./service.js";
import { watchTabs } from "./tabs.js";
import * as tag from "./tag/tab.js";

const tabs = { tag, collection, review, models };

/** Ask the service what it is; while that fails, every tab shows what it has without it. */
async function meet() {
  show(byId("unmet"), false);
  try {
    await loadService((sentence) => Object.values(tabs).forEach(({ panel }) => panel.say(sentence)));
  } catch (error) {
    byId("unmet-reason").textContent = error.message;
    show(byId("unmet"));
  }
  document.documentElement.dataset.ready = "true";
}

for (const tab of Object.values(tabs)) tab.start();
watchButton();
watchTabs(tabs);
byId("meet-button").addEventListener("click", meet);
await meet();

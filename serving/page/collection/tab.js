// The tab Collection: the papers of a file, tagged, listed, filtered and given back; it survives reloads and a stopped service.
import { call } from "../api.js";
import { byId, count, show } from "../dom.js";
import { confirmed } from "../confirmation.js";
import { tagOptions } from "../options.js";
import { Panel } from "../panel.js";
import { asked, PaperView } from "../paper/view.js";
import { onModel, service } from "../service.js";
import { showBrowser } from "../tag/browse.js";
import { go } from "../tabs.js";
import { downloadKeywords, downloadTable } from "./download.js";
import { readCollection } from "./loading.js";
import { draw, drawSoon, focusPaper, refine, showCollection, watchOverview } from "./overview.js";
import { forget, keepNew, keepResults, restored } from "./storage.js";
import { tagPapers } from "./tagging.js";
import { showUnread } from "./unread.js";

const KEPT = "Kept in this browser, also after a reload, until you delete it: the papers, their areas and the file. It is sent to nobody but this service.";

export const panel = new Panel(byId("collection-tab"));
const options = tagOptions(() => panel.say("These options hold for papers that are tagged from now on."));
const view = new PaperView(panel, byId("collection-answer"), { options: options.values, changed: replace });
let collection = null;
let chosen = []; // positions of the papers that a download takes
let opened = -1;
let address = [];

export function start() {
  byId("collection-options").append(options.node);
  byId("file").addEventListener("change", (event) => {
    load(event.target.files[0]);
    event.target.value = ""; // so that the same file can be loaded again
  });
  watchDrop();
  watchOverview(offerDownloads);
  byId("collection-tag").addEventListener("click", () => tagSome(todo().positions));
  byId("delete-collection").addEventListener("click", remove);
  byId("download-csv").addEventListener("click", () => download(() => ({ name: downloadTable(collection, tagged(), "csv") })));
  byId("download-jsonl").addEventListener("click", () => download(() => ({ name: downloadTable(collection, tagged(), "jsonl") })));
  byId("give-back").addEventListener("submit", (event) => {
    event.preventDefault();
    download(() => downloadKeywords(collection, tagged(), { prefix: byId("keyword-prefix").value, hierarchy: byId("keyword-hierarchy").checked }));
  });
  panel.watchCancel(() => {
    panel.say(collection ? `Cancelled: ${collection.tagged.toLocaleString("en")} of ${count(collection.papers.length, "paper")} tagged.` : "Cancelled.");
    arrange();
  });
  onModel(arrange);
  restored().then((found) => found && !collection && take(found), (error) => panel.complain(error.message));
}

/** Show the list, or the paper that the address names, or the papers of an area. */
export function open(rest) {
  address = rest;
  if (collection && rest[0] === "area") {
    refine({ group: "all", area: rest[1], field: "" });
    go("collection");
    return;
  }
  const at = rest[0] === "paper" ? Number(rest[1]) - 1 : -1;
  const before = opened;
  opened = collection?.results[at] ? at : -1;
  for (const part of panel.node.querySelectorAll(".overview")) show(part, opened < 0);
  show(byId("collection-paper"), opened >= 0);
  if (opened >= 0) showPaper();
  else {
    view.close();
    draw();
    if (before >= 0) focusPaper(before);
  }
}

function showPaper() {
  const visible = collection.visible();
  const place = visible.indexOf(opened);
  byId("paper-place").textContent = place < 0 ? "" : `${(place + 1).toLocaleString("en")} of ${visible.length.toLocaleString("en")}`;
  for (const [id, step] of [["paper-before", -1], ["paper-after", 1]]) {
    const next = place < 0 ? undefined : visible[place + step];
    show(byId(id), next !== undefined);
    byId(id).href = `#collection/paper/${(next ?? 0) + 1}`;
  }
  panel.say("");
  panel.complain("");
  byId("collection-answer").focus({ preventScroll: true });
  view.open(collection.papers[opened], collection.results[opened]);
}

/** A paper has another result now. */
function replace(paper, result) {
  const at = collection.papers.indexOf(paper);
  collection.results[at] = result;
  keepResults(collection, [at]).catch((error) => panel.complain(error.message));
}

/** The label of a paper was changed: ask again for its areas; where that fails it counts as not tagged. */
export async function retag({ title, abstract }) {
  const now = collection;
  const positions = now ? [...now.papers.keys()].filter((at) => now.results[at] !== undefined &&
    now.papers[at].title === title && now.papers[at].abstract === abstract) : [];
  if (!positions.length) return;
  const answer = await call("tag", { papers: positions.map((at) => asked(now.papers[at])), ...options.values() }).catch(() => null);
  positions.forEach((at, place) => (now.results[at] = answer?.results[place]));
  await keepResults(now, positions).catch((error) => panel.complain(error.message));
  if (collection === now) arrange();
}

async function load(file) {
  if (!file) return;
  go("collection");
  if (collection && !(await confirmed(`Replace ${collection.meta.name} (${count(collection.papers.length, "paper")})? Its papers and areas are deleted from this browser.`, "Replace"))) return;
  let made = null;
  const read = await panel.run(async (signal) => {
    panel.complain("");
    panel.progress(`Reading ${file.name} …`);
    try {
      made = await readCollection(file, signal);
    } catch (error) {
      if (error.found && !collection) showUnread(error.found);
      throw error;
    }
  });
  if (!read) return;
  take(made);
  await keepNew(made).catch((error) => { made.unkept = error.message; });
  await tagSome(made.untagged);
}

/** Show a collection from now on. */
function take(found) {
  collection = found;
  showUnread(found.meta);
  showCollection(found);
  arrange();
  open(address);
  showBrowser(found.tallies().areas);
}

async function tagSome(positions) {
  if (!positions.length) return;
  const tagging = tagPapers(panel, collection, positions, options.values(), drawSoon);
  arrange();
  await tagging;
  if (!collection) return;
  draw();
  arrange();
  showBrowser(collection.tallies().areas);
}

/** What is to be tagged next: papers without a result, else those of another model than the active one, else all. */
function todo() {
  const { untagged, results } = collection;
  if (untagged.length) return { positions: untagged, text: untagged.length < results.length ? `Go on: tag ${count(untagged.length, "more paper")}` : "Tag them" };
  const stale = service.version ? results.flatMap((result, at) => (result.model === service.version ? [] : [at])) : [];
  if (stale.length) return { positions: stale, text: `Tag ${count(stale.length, "paper")} again: the model has changed` };
  return { positions: results.map((_, at) => at), text: "Tag all again", quiet: true };
}

function arrange() {
  show(byId("collection-empty"), !collection);
  show(byId("collection-loaded"), Boolean(collection));
  byId("file-label").parentNode.className = collection ? "file" : "file primary";
  byId("file-label").textContent = collection ? "Load another file" : "Load a file";
  if (!collection) return;
  byId("collection-name").textContent = collection.meta.name;
  byId("kept").textContent = collection.unkept || KEPT;
  const { text, quiet } = todo();
  byId("collection-tag").textContent = text;
  byId("collection-tag").className = quiet ? "quiet" : "primary";
  show(byId("collection-tag"), !panel.inProgress);
  drawSoon();
}

async function remove() {
  if (!(await confirmed(`Delete ${collection.meta.name} from this browser? Its ${count(collection.papers.length, "paper")} and their areas are gone then; labels that were sent stay with the service.`, "Delete"))) return;
  if (panel.inProgress) panel.cancel();
  await forget().catch((error) => panel.complain(error.message));
  collection = null;
  showUnread({ rejected: [], warnings: [] });
  showBrowser(new Map());
  panel.say("Deleted.");
  arrange();
  byId("file").focus();
}

const tagged = () => chosen.filter((at) => collection.results[at] !== undefined);

function offerDownloads(positions, which) {
  chosen = positions;
  const number = tagged().length;
  const left = positions.length - number;
  byId("download-what").textContent = number === 0 ? "Nothing to download" : `Download ${number > 1 ? { all: "all ", selected: "the selected ", shown: "the shown " }[which] : ""}` +
    `${count(number, "paper")}${left ? ` (${left.toLocaleString("en")} more not tagged yet)` : ""}`;
  for (const id of ["download-csv", "download-jsonl", "download-button"]) byId(id).disabled = number === 0;
  show(byId("give-back"), Boolean(collection.meta.keyword_format));
  byId("download-button").textContent = `${collection.meta.name} with keywords`;
}

async function download(make) {
  panel.complain("");
  try {
    const { name, shared } = await make();
    panel.say(`${name} is downloaded.` +
      (shared ? ` ${count(shared, "paper has", "papers have")} the id of another one and got its areas too.` : ""));
  } catch (error) {
    panel.complain(error.message);
  }
}

function watchDrop() {
  const over = (on) => document.body.classList.toggle("dropping", on);
  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    over(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && over(false));
  addEventListener("drop", (event) => {
    over(false);
    if (!hasFile(event)) return;
    event.preventDefault();
    load(event.dataTransfer.files[0]);
  });
}

// Files: one that is chosen or dropped is read and its papers are tagged; references can be had back with keywords.
// The service reads and writes all formats, this page none.
import { call, callForFile } from "../api.js";
import { byId, count } from "../dom.js";
import * as results from "./results.js";
import { panel, shown, tag } from "./tagging.js";

const KEPT_MS = 60_000; // the browser has long begun to store the file

async function load(file) {
  if (!file) return;
  let found = null;
  await panel.run(async (signal) => {
    results.clear();
    panel.complain("");
    Object.assign(shown, { papers: [], results: [], current: -1, source: null });
    panel.progress(`Reading ${file.name} …`);
    found = await readFile(file, signal);
    if (found.papers.length) return;
    results.showUnread(found);
    panel.say("");
    panel.complain(`${file.name} has no paper that can be read.`);
  });
  if (!found?.papers.length) return;
  if (found.papers.length === 1) {
    byId("title").value = found.papers[0].title;
    byId("abstract").value = found.papers[0].abstract;
  }
  await tag(found.papers, found);
}

async function download(event) {
  event.preventDefault();
  panel.complain("");
  byId("download-button").disabled = true;
  try {
    const { areas, shared } = areasByPaper();
    const { blob, name } = await giveBack(shown.source, areas, {
      prefix: byId("keyword-prefix").value,
      hierarchy: byId("keyword-hierarchy").checked,
    });
    save(blob, name);
    panel.say(`${name} is downloaded with the areas as keywords.` +
      (shared ? ` ${count(shared, "paper has", "papers have")} the id of another one and got its areas too.` : ""));
  } catch (error) {
    panel.complain(error.message);
  } finally {
    byId("download-button").disabled = false;
  }
}

/** Area ids by paper id, and how many papers share the id, and so the areas, of an earlier one. */
function areasByPaper() {
  const byPaper = new Map();
  shown.results.forEach((result, position) => {
    const { id } = shown.papers[position];
    byPaper.set(id, new Set([...(byPaper.get(id) ?? []), ...(result.closest ? [] : result.areas.map((area) => area.id))]));
  });
  const areas = Object.fromEntries([...byPaper].map(([id, found]) => [id, [...found]]));
  return { areas, shared: shown.results.length - byPaper.size };
}

/** What POST /papers says of a File, with the file; it can be given back with keywords where `keyword_format` is set. */
async function readFile(file, signal) {
  return { file, ...(await call("papers", form({ file }), signal)) };
}

/** The file with the areas of its papers as keywords. `areas`: area ids by paper id. */
async function giveBack({ file, keyword_format: format }, areas, { prefix, hierarchy }) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error(`${file.name} has changed since it was loaded; load it again.`);
  }
  const asked = new URLSearchParams({ keyword_prefix: prefix, keyword_hierarchy: hierarchy });
  const blob = await callForFile(`papers/keywords?${asked}`, form({ file, areas: JSON.stringify(areas) }));
  return { blob, name: givenBackName(file.name, format) };
}

/** "refs.bib.gz" comes back as "refs.bib"; a name without a usual suffix gets the one of the format. */
function givenBackName(name, format) {
  const plain = name.replace(/\.(gz|zst|bz2|xz)$/i, "");
  const suffix = { bibtex: ".bib", ris: ".ris", "csl-json": ".json" }[format];
  return plain.includes(".") ? plain : plain + suffix;
}

function form(parts) {
  const made = new FormData();
  for (const [name, value] of Object.entries(parts)) made.append(name, value);
  return made;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

export function watchFiles() {
  byId("file").addEventListener("change", (event) => {
    load(event.target.files[0]);
    event.target.value = ""; // so that the same file can be loaded again
  });
  byId("give-back").addEventListener("submit", download);
  watchDrop();
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

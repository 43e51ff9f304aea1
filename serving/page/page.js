// The page: what is typed or loaded goes to POST /tag, and its answer to the results.
import { call, callWhenReady } from "./api.js";
import { byId, complain, count, say } from "./dom.js";
import { watchButton } from "./key.js";
import { showModel } from "./model.js";
import { readFile, UnreadableError } from "./papers.js";
import * as results from "./results.js";

const AT_ONCE = 16; // papers a call: the first answers come soon, and a long list holds nobody else up
const CLOSEST = { threshold: 0, top_k: 5 };

const TO_REVIEW = 20;

const service = { version: "", known: new Map(), feedback: false, review: false };
const shown = { papers: [], results: [], current: -1 };
let work = new AbortController();

async function loadModel(first = false) {
  const get = first ? (path) => callWhenReady(path, say) : call;
  const [taxonomy, model, docs] = [await get("areas"), await get("model"), await call("docs.json")];
  service.version = model.version;
  service.feedback = Boolean(docs.paths?.["/feedback"]?.post);
  service.review = service.feedback && Boolean(docs.paths?.["/review"]?.get);
  byId("review-button").hidden = !service.review;
  service.known = new Map(taxonomy.fields.flatMap((field) =>
    field.areas.map((area) => [area.id, { ...area, field: field.name }])));
  showModel(model, taxonomy);
}

function options() {
  const top = Number.parseInt(byId("top-k").value, 10);
  return {
    ...(top >= 1 ? { top_k: top } : {}),
    ...(byId("one-threshold").checked ? { threshold: Number(byId("threshold").value) } : {}),
  };
}

const asked = ({ id, title, abstract }) => ({ ...(id ? { id } : {}), title, abstract });

/** Run one thing at a time: a new one ends the one before; failures are shown. */
async function run(task) {
  work.abort();
  work = new AbortController();
  const { signal } = work;
  byId("results").setAttribute("aria-busy", "true");
  try {
    await task(signal);
  } catch (error) {
    if (signal.aborted) return;
    say("");
    complain(error.message);
  } finally {
    if (!signal.aborted) byId("results").removeAttribute("aria-busy");
  }
}

function tag(papers, unread = []) {
  results.clear();
  results.showUnread(unread);
  Object.assign(shown, { papers, results: [], current: -1 });
  return run(async (signal) => {
    for (let from = 0; from < papers.length; from += AT_ONCE) {
      say(papers.length > 1 ? `Tagging ${from + 1} of ${papers.length} …` : "Tagging …");
      const answer = await call("tag", { papers: papers.slice(from, from + AT_ONCE).map(asked), ...options() }, signal);
      shown.results.push(...answer.results);
      if (answer.model !== service.version) await loadModel();
      results.showList(papers, shown.results, shown.current, (position) => run((s) => open(position, s)));
      if (from === 0) {
        display(0);
        bringIntoView(byId("results"));
      }
    }
    say(summary());
    await open(shown.current, signal);
  });
}

/** On a phone the answer lies below the form. */
function bringIntoView(node) {
  if (node.getBoundingClientRect().top > 0.6 * innerHeight) node.scrollIntoView();
}

function summary() {
  if (shown.papers.length > 1) return `${count(shown.papers.length, "paper")} tagged.`;
  const [{ areas }] = shown.results;
  return areas.length ? `${count(areas.length, "area")} found. Choose one to see its sentences.` : "No area reached its threshold.";
}

function display(position) {
  shown.current = position;
  results.markCurrent(position);
  return results.showPaper(shown.papers[position], shown.results[position], service.known, {
    feedback: service.feedback,
    done: shown.papers[position].reason ? () => labelled(position) : null,
    closest: () => run((signal) => closest(position, signal)),
  });
}

/** Papers of the review queue are labelled one after the other; the keyboard goes along. */
function labelled(position) {
  shown.papers[position].labelled = true;
  results.markDone(position);
  const next = shown.papers.findIndex((paper, at) => !paper.labelled && at < shown.results.length);
  if (next < 0) {
    say("All papers of the queue are labelled. Thank you.");
    byId("review-button").focus();
    return undefined;
  }
  return run(async (signal) => {
    const explained = open(next, signal);
    (byId("paper").querySelector(".mark") ?? byId("paper").querySelector("input"))?.focus();
    await explained;
  });
}

async function review() {
  let papers = [];
  await run(async (signal) => {
    say("Looking for papers to label …");
    papers = (await call(`review?n=${TO_REVIEW}`, undefined, signal)).papers;
    if (!papers.length) say("There is nothing to label: the service keeps no papers without a complete label.");
  });
  if (papers.length) await tag(papers);
}

/** Show a paper, then fetch the sentences its areas rest on. */
async function open(position, signal) {
  let explain = display(position);
  const result = shown.results[position];
  if (result.evidence !== undefined || result.abstained) return;
  const paper = asked(shown.papers[position]);
  const answer = await call("tag", { papers: [paper], ...options(), explain: true }, signal);
  const [explained] = answer.results;
  if (answer.model === result.model) {
    result.evidence = explained.evidence ?? {};
  } else { // the model was changed in between: show what the new one says
    await loadModel();
    shown.results[position] = explained;
    explain = display(position);
  }
  explain();
}

async function closest(position, signal) {
  const answer = await call("tag", { papers: [asked(shown.papers[position])], ...CLOSEST, explain: true }, signal);
  shown.results[position] = answer.results[0];
  display(position);
  say("These are the closest areas; each is below its threshold.");
  byId("paper").querySelector("button")?.focus();
}

async function load(file) {
  if (!file) return;
  try {
    const { papers, problems } = await readFile(file);
    if (papers.length === 1) {
      byId("title").value = papers[0].title;
      byId("abstract").value = papers[0].abstract;
    }
    await tag(papers, problems);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    work.abort();
    results.clear();
    say("");
    complain(error.message);
  }
}

function watchForm() {
  byId("paper-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const paper = { id: "", title: byId("title").value.trim(), abstract: byId("abstract").value.trim() };
    if (paper.title || paper.abstract) return tag([paper]);
    complain("Give a title or an abstract first.");
    byId("title").focus();
  });
  byId("paper-form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("paper-form").requestSubmit();
  });
  byId("review-button").addEventListener("click", review);
  byId("file").addEventListener("change", (event) => {
    load(event.target.files[0]);
    event.target.value = ""; // so that the same file can be loaded again
  });
}

function watchOptions() {
  const again = () => shown.papers.length && tag(shown.papers);
  byId("top-k").addEventListener("change", again);
  byId("one-threshold").addEventListener("change", (event) => {
    byId("threshold").disabled = !event.target.checked;
    again();
  });
  byId("threshold").addEventListener("input", (event) => {
    byId("threshold-value").textContent = Number(event.target.value).toFixed(2);
  });
  byId("threshold").addEventListener("change", again);
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

watchForm();
watchOptions();
watchDrop();
watchButton();
byId("tag-button").disabled = true;
await run(async () => {
  await loadModel(true);
  say("");
});
byId("tag-button").disabled = false;
document.documentElement.dataset.ready = "true";

// Tagging: papers go to POST /tag in batches, and its answers to the results.
import { call, callPatiently } from "../api.js";
import { byId, count, show } from "../dom.js";
import { Panel } from "../panel.js";
import { follow, offers, service } from "../service.js";
import * as results from "./results.js";

const AT_ONCE = 16; // papers a call: the first answers come soon, and a long list holds nobody else up
const LONGEST_ID = 500; // of a call
const CLOSEST = { threshold: 0, top_k: 5 };

export const panel = new Panel(byId("tag-tab"));
/** What is shown: papers, their results so far, the one that is open, and the file they are from (null: none). */
export const shown = { papers: [], results: [], current: -1, source: null };
let looking = new AbortController(); // for the sentences of a paper that is opened while others are still tagged

function options() {
  const top = Number.parseInt(byId("top-k").value, 10);
  return {
    ...(top >= 1 ? { top_k: top } : {}),
    ...(byId("one-threshold").checked ? { threshold: Number(byId("threshold").value) } : {}),
  };
}

const asked = ({ id, title, abstract }) => ({ ...(id && id.length <= LONGEST_ID ? { id } : {}), title, abstract });

/** Tag papers and show them; `source` is what was read of the file they are from. */
export function tag(papers, source = null) {
  looking.abort();
  results.clear();
  panel.complain("");
  Object.assign(shown, { papers, results: [], current: -1, source });
  if (source) results.showUnread(source);
  results.beginList(papers.length);
  return panel.run(async (signal) => {
    await tagBatch(0, signal);
    const explain = display(0);
    bringIntoView(byId("results"));
    for (let from = AT_ONCE; from < papers.length; from += AT_ONCE) await tagBatch(from, signal);
    panel.endProgress();
    panel.say(summary());
    offerFile();
    if (shown.current === 0) await explainPaper(0, explain, signal);
  });
}

async function tagBatch(from, signal) {
  const { papers } = shown;
  const many = papers.length > 1;
  const tell = (sentence) => many ? panel.progress(sentence, from, papers.length) : panel.say(sentence);
  tell(many ? `Tagging ${(from + 1).toLocaleString("en")} of ${count(papers.length, "paper")} …` : "Tagging …");
  const body = { papers: papers.slice(from, from + AT_ONCE).map(asked), ...options() };
  const answer = await (many ? callPatiently("tag", body, signal, tell) : call("tag", body, signal));
  signal.throwIfAborted();
  shown.results.push(...answer.results);
  results.extendList(papers, shown.results, from, choose);
  await follow(answer.model);
  signal.throwIfAborted();
}

/** Open a paper of the list; tagging goes on meanwhile. */
async function choose(position) {
  if (!panel.inProgress) return panel.run((signal) => open(position, signal));
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  try {
    await open(position, signal);
  } catch (error) {
    if (!signal.aborted) panel.complain(error.message);
  }
}

/** Say what was done before it was cancelled; that stays. */
export function cancelled() {
  const { papers, results: done } = shown;
  panel.say(done.length ? `Cancelled: ${done.length.toLocaleString("en")} of ${count(papers.length, "paper")} tagged.` : "Cancelled.");
  offerFile();
}

/** The file of the shown papers can be had with their areas, where its format takes keywords. */
function offerFile() {
  show(byId("give-back"), Boolean(shown.source?.keyword_format) && shown.results.length > 0);
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
  return results.showPaper(panel, shown.papers[position], shown.results[position], service.known, {
    feedback: offers("post", "/feedback"),
    closest: () => panel.run((signal) => closest(position, signal)),
  });
}

/** Show a paper, then fetch the sentences its areas rest on. */
async function open(position, signal) {
  await explainPaper(position, display(position), signal);
}

/** Fetch the sentences, and call `explain`, which shows them where the paper is shown. */
async function explainPaper(position, explain, signal) {
  const { papers } = shown;
  const result = shown.results[position];
  if (result.evidence !== undefined || result.abstained) return;
  const paper = asked(shown.papers[position]);
  const answer = await call("tag", { papers: [paper], ...options(), explain: true }, signal);
  const [explained] = answer.results;
  if (answer.model === result.model) {
    result.evidence = explained.evidence ?? {};
    explain();
    return;
  }
  await follow(answer.model); // the model was changed in between: show what the new one says
  if (papers !== shown.papers) return;
  shown.results[position] = explained;
  if (position === shown.current) display(position)();
}

async function closest(position, signal) {
  const answer = await call("tag", { papers: [asked(shown.papers[position])], ...CLOSEST, explain: true }, signal);
  shown.results[position] = { ...answer.results[0], closest: true };
  display(position);
  panel.say("These are the closest areas; each is below its threshold.");
  byId("paper").querySelector("button")?.focus();
}

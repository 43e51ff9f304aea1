// The tab Review: papers to label next, and labels that may be wrong, one paper after the other.
import { retag } from "../collection/tab.js";
import { byId, count, element, show } from "../dom.js";
import * as key from "../key.js";
import { Panel } from "../panel.js";
import { paperText } from "../paper/text.js";
import { offers, onModel } from "../service.js";
import { doubtfulLabels, nextPapers } from "./candidates.js";
import { decision } from "./decision.js";
import { forgetGuides, showGuide } from "./guide.js";
import { watchKeys } from "./keys.js";
import { keepName, keepPlace, keepQueue, marksOf, restore, session, watchOthers } from "./session.js";

const QUEUES = {
  next: {
    find: nextPapers,
    button: "Find papers to label",
    question: "Does the paper contribute to",
    intro: "Twenty papers of your collection and of those that the service keeps: a draw in which every area has its share, doubtful papers sooner. " +
      "You say yes or no to each area it is unsure of.",
  },
  errors: {
    find: doubtfulLabels,
    button: "Find doubtful labels",
    question: "Does this area apply?",
    intro: "Labels that the model contradicts with confidence. Say yes or no to what is in doubt; the rest of a label stays.",
  },
};
export const panel = new Panel(byId("review-tab"));
let queue = "next";
let reviewer = null; // what the keys act on: { decision, skip, next, previous }
let restoring = null;
let guided = "";

export function start() {
  restoring = restore().catch((error) => panel.complain(error.message)).then(() => (byId("review-name").value = session.name));
  byId("review-name").addEventListener("change", (event) => keepName(event.target.value.trim()));
  byId("review-find").addEventListener("click", find);
  onModel(() => {
    const possible = offers("post", "/feedback") && offers("post", "/review");
    byId("review-find").disabled = !possible;
    if (!possible) panel.say("This service takes no labels.");
    else draw();
  });
  watchOthers(() => draw());
  watchKeys(() => !byId("review-tab").hidden, () => reviewer);
}

export async function open([name]) {
  queue = name === "errors" ? "errors" : "next";
  for (const link of document.querySelectorAll("#review-queues a")) {
    if (link.hash === (queue === "next" ? "#review" : "#review/errors")) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  panel.complain("");
  panel.say("");
  await draw();
}

async function find() {
  if (!(await key.need(key.FOR_LABELS))) return;
  await panel.run(async (signal) => {
    panel.complain("");
    panel.progress("The model looks at the papers …");
    const { papers, guides, nothing, note } = await QUEUES[queue].find(signal);
    signal.throwIfAborted();
    forgetGuides();
    if (papers.length) await keepQueue(queue, papers, guides);
    panel.say(nothing || note);
    if (papers.length) await draw(true);
  });
}

/** Show the queue as it is kept. `focus`: let the keyboard go along. */
async function draw(focus = false) {
  await restoring;
  const kept = session.queues[queue];
  reviewer = null;
  guided = "";
  byId("review-guide").replaceChildren();
  show(byId("review-work"), Boolean(kept));
  byId("review-intro").textContent = QUEUES[queue].intro;
  byId("review-find").textContent = kept ? "Find others" : QUEUES[queue].button;
  byId("review-find").className = kept && !isDone(kept) ? "quiet" : "primary";
  show(byId("review-intro"), !kept);
  if (kept) drawPaper(kept, focus);
}

const isDone = ({ papers }) => papers.every((paper) => marksOf(paper).sent);

function drawPaper(kept, focus) {
  const paper = kept.papers[kept.current];
  guided = ""; // a guide leaves out the paper that is judged
  const made = decision(paper, {
    panel, heading: QUEUES[queue].question, mayBeComplete: queue === "next", point,
    marked: () => drawProgress(kept), changed: () => changed(kept, paper),
  });
  made.node.addEventListener("click", (event) => event.target.closest(".next") && toNext(kept));
  reviewer = { decision: made, skip: () => toNext(kept), next: () => step(kept, 1), previous: () => step(kept, -1) };
  byId("review-paper").replaceChildren(
    paperText(paper).article,
    element("p", { class: "reason" }, paper.reason),
    made.node);
  drawProgress(kept);
  if (focus) made.focus();
  else if (paper.questions.length) point(paper.questions[0].id);
}

function drawProgress(kept) {
  const done = kept.papers.filter((paper) => marksOf(paper).sent).length;
  byId("review-count").textContent = `${done} of ${count(kept.papers.length, "paper")} decided`;
  byId("review-list").replaceChildren(...kept.papers.map((paper, at) => {
    const marks = marksOf(paper);
    const state = marks.sent ? "decided" : Object.keys(marks.answers).length ? "begun" : "open";
    return element("li", {}, element("button", {
      type: "button", class: `place ${state}`, "aria-current": at === kept.current ? "true" : null,
      "aria-label": `Paper ${at + 1}, ${state}: ${paper.title}`, title: paper.title, onclick: () => goTo(kept, at, true),
    }, marks.sent ? "✓" : String(at + 1)));
  }));
}

function changed(kept, paper) {
  forgetGuides();
  retag(paper);
  drawProgress(kept);
  if (!isDone(kept)) return;
  byId("review-find").className = "primary";
  panel.say("All of these are decided. Thank you. Find others, or retrain in the tab Models.");
}

/** The next paper that is not decided; from the last one on from the beginning. */
function toNext(kept) {
  const order = [...kept.papers.keys()].map((offset) => (kept.current + 1 + offset) % kept.papers.length);
  const next = order.find((at) => at !== kept.current && !marksOf(kept.papers[at]).sent);
  if (next !== undefined) return goTo(kept, next, true);
  byId("review-find").focus();
  return undefined;
}

const step = (kept, by) => kept.papers[kept.current + by] && goTo(kept, kept.current + by, true);

async function goTo(kept, position, focus) {
  panel.complain("");
  panel.say("");
  await keepPlace(queue, position).catch((error) => panel.complain(error.message));
  drawPaper(kept, focus);
  byId("review-work").scrollIntoView({ block: "start" });
}

/** Show the guide of an area; on a phone it lies below, and is gone to where it is `wanted`. */
function point(area, wanted = false) {
  const guide = byId("review-guide");
  if (byId("review-tab").hidden) return; // its guide is shown once a person comes here
  const { papers, guides = [], current } = session.queues[queue];
  if (area !== guided) showGuide(guide, area, guides, papers[current].content);
  guided = area;
  if (wanted && guide.getBoundingClientRect().top > innerHeight) guide.scrollIntoView();
}

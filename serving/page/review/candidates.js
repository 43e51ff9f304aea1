// Where the papers of the queues come from: the service, and the collection of this browser.
import { call } from "../api.js";
import { restored } from "../collection/storage.js";
import { asked } from "../paper/view.js";

const MOST_SENT = 256; // papers a call
const WANTED = 20;

/** What to label next: { papers, guides, nothing, note }; `nothing` says why there is none, `note` how they were found. */
export async function nextPapers(signal) {
  const own = await doubtfulPapers();
  const answer = own.length ? await call("review", { papers: own, n: WANTED }, signal) : await call(`review?n=${WANTED}`, undefined, signal);
  const papers = answer.papers.map((paper) => ({ ...paper, model: answer.model }));
  return { papers, guides: answer.guides, nothing: nothing(answer), note: "" };
}

/** Labels that are probably wrong, likewise: papers whose questions are the doubtful areas. */
export async function doubtfulLabels(signal) {
  const answer = await call(`review/errors?n=${WANTED}`, undefined, signal);
  const papers = answer.papers.map((paper) => ({
    ...paper,
    model: answer.model,
    reason: labelInWords(paper),
    questions: paper.errors.map(({ id, name, given, probability }) => ({
      id, name, score: probability, note: given ? "your label says yes" : "your label says no",
    })),
  }));
  return { papers, guides: [], nothing: noDoubt(answer), note: repeated(answer) };
}

/** Papers of the collection, as calls take them: at most so many, those that the model is least sure of. */
export async function doubtfulPapers() {
  const collection = await restored().catch(() => null);
  if (!collection) return [];
  const doubt = (at) => Math.abs(collection.certainty(at)); // far below a threshold is as sure as far above
  const order = [...collection.papers.keys()].sort((one, other) => doubt(one) - doubt(other)).slice(0, MOST_SENT);
  return order.map((at) => asked(collection.papers[at]));
}

function nothing({ candidates, labelled, unanswerable }) {
  if (candidates) return "";
  if (!labelled && !unanswerable) return "There are no papers to label yet: load some in the tab Collection.";
  const parts = [labelled ? `${labelled} have a complete label` : "", unanswerable ? `${unanswerable} have too little English text to be judged` : ""];
  return `There is nothing left to label: ${parts.filter(Boolean).join(", and ")}. Load more papers in the tab Collection.`;
}

const noDoubt = ({ papers, labelled, checked }) => {
  if (papers.length) return "";
  if (!labelled) return "There are no labels to check yet.";
  return checked < labelled ? `No doubt about the first ${checked} of ${labelled} labels; look again for the rest.`
    : `The model finds none of the ${labelled} labels doubtful.`;
};

const repeated = ({ learned, checked }) => (learned
  ? `The model has learned from ${learned} of these ${checked} labels and may repeat their errors; an earlier version would see more.`
  : "");

function labelInWords({ areas, not, complete }) {
  const yes = areas.length ? areas.join(", ") : "no area";
  return `The label: ${yes}${not.length ? `; not ${not.join(", ")}` : ""}${complete ? "; complete." : "; the rest is open."}`;
}

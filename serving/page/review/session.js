// What a reviewer does, kept in this browser: the queues, the marks that are not sent yet, and what was sent.
import * as kept from "../kept.js";
import { asked } from "../paper/view.js";

const STORE = "review";
const MARKS = "marks ";
const blank = () => ({ answers: {}, added: [], complete: false, sent: null });

/**
 * `name`: of the annotator. `queues`: "next" and "errors" to { papers, guides, current } or undefined.
 * `marks`: content id of a paper to { answers: area id to "yes" or "no", added: area ids, complete, sent }; `sent` is
 * what the service stored: { entry, areas, not, complete, annotator }, or null.
 */
export const session = { name: "", queues: {}, marks: new Map() };

const others = new BroadcastChannel("areatag-review");

/** Have `changed()` called when another tab of this browser has marked or sent something, or begun a queue. */
export function watchOthers(changed) {
  others.addEventListener("message", ({ data: { queue, content, value } }) => {
    if (queue) session.queues[queue] = value;
    else session.marks.set(content, value);
    changed();
  });
}

/** Take up what was kept. */
export async function restore() {
  for (const [key, value] of await kept.entries(STORE)) {
    if (key === "name") session.name = value;
    else if (key.startsWith(MARKS)) session.marks.set(key.slice(MARKS.length), value);
    else session.queues[key] = value;
  }
}

export const marksOf = ({ content }) => session.marks.get(content) ?? blank();

export async function keepMarks({ content }, marks) {
  session.marks.set(content, marks);
  others.postMessage({ content, value: marks });
  await kept.put(STORE, [[MARKS + content, marks]]);
}

export async function keepName(name) {
  session.name = name;
  await kept.put(STORE, [["name", name]]);
}

export async function keepPlace(queue, current) {
  session.queues[queue].current = current;
  await kept.put(STORE, [[queue, session.queues[queue]]]);
}

/** Begin a queue; what was sent of papers that are in none any more is forgotten here, unsent marks are not. */
export async function keepQueue(queue, papers, guides) {
  session.queues[queue] = { papers, guides, current: 0 };
  others.postMessage({ queue, value: session.queues[queue] });
  const shown = new Set(Object.values(session.queues).flatMap((each) => each.papers.map(({ content }) => content)));
  const gone = [...session.marks].filter(([content, marks]) => marks.sent && !shown.has(content)).map(([content]) => content);
  for (const content of gone) session.marks.delete(content);
  await kept.put(STORE, [[queue, session.queues[queue]], ...gone.map((content) => [MARKS + content, undefined])]);
}

/** The label that the marks of a paper make, as POST /feedback takes it. */
export function labelOf(paper, marks) {
  const answered = (as) => Object.keys(marks.answers).filter((id) => marks.answers[id] === as);
  return {
    paper: asked(paper),
    areas: answered("yes"),
    not: answered("no"),
    complete: marks.complete,
    annotator: session.name,
    model: paper.model,
  };
}

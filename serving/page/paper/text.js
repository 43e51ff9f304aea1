// A paper's text with the sentences an area rests on marked in it.
import { element } from "../dom.js";

const FAINTEST = 0.1; // of a mark that can still be seen

const squeeze = (text) => text.replace(/\s+/g, " ").trim();

/**
 * The article of a paper, and `mark(evidence, most)`, which marks a list of {sentence, drop} in it (none: clears): a sentence
 * on which the area loses `most` is as yellow as it gets, and one on which it loses half of that is half as yellow.
 */
export function paperText(paper) {
  const title = { node: element("h3", { class: "title", dir: "auto" }), text: squeeze(paper.title) };
  const abstract = { node: element("p", { class: "abstract", dir: "auto" }), text: squeeze(paper.abstract) };
  const article = element("article", { class: "text", "aria-label": "Text of the paper" }, title.node, abstract.node);

  function mark(evidence = [], most = largestDrop([evidence])) {
    for (const part of [title, abstract]) {
      part.node.replaceChildren(...marked(part.text, evidence, most));
      part.node.hidden = part.text === "";
    }
  }

  mark();
  return { article, mark };
}

/** The largest drop in several lists of {sentence, drop}. */
export const largestDrop = (lists) => Math.max(...lists.flat().map((item) => item.drop), 0.01);

function marked(text, evidence, most) {
  const spans = evidence
    .map(({ sentence, drop }) => ({ start: text.indexOf(squeeze(sentence)), length: squeeze(sentence).length, drop }))
    .filter((span) => span.start >= 0 && span.length > 0)
    .sort((a, b) => a.start - b.start);
  const nodes = [];
  let at = 0;
  for (const span of spans) {
    if (span.start < at) continue;
    nodes.push(text.slice(at, span.start));
    const mark = element("mark", {}, text.slice(span.start, span.start + span.length));
    mark.style.setProperty("--weight", Math.min(1, Math.max(span.drop / most, FAINTEST)).toFixed(2));
    nodes.push(mark);
    at = span.start + span.length;
  }
  nodes.push(text.slice(at));
  return nodes;
}

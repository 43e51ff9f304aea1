// A paper's text with the sentences an area rests on marked in it.
import { element } from "../dom.js";

const squeeze = (text) => text.replace(/\s+/g, " ").trim();

/** The article of a paper, and a function that marks a list of {sentence, drop} in it (none: clears). */
export function paperText(paper) {
  const title = { node: element("h3", { class: "title" }), text: squeeze(paper.title) };
  const abstract = { node: element("p", { class: "abstract" }), text: squeeze(paper.abstract) };
  const article = element("article", { class: "text", "aria-label": "Text of the paper" }, title.node, abstract.node);

  function mark(evidence = []) {
    const largest = Math.max(...evidence.map((item) => item.drop), 0.01);
    for (const part of [title, abstract]) {
      part.node.replaceChildren(...marked(part.text, evidence, largest));
      part.node.hidden = part.text === "";
    }
  }

  mark();
  return { article, mark };
}

function marked(text, evidence, largest) {
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
    mark.style.setProperty("--weight", (0.35 + 0.65 * Math.max(span.drop, 0) / largest).toFixed(2));
    nodes.push(mark);
    at = span.start + span.length;
  }
  nodes.push(text.slice(at));
  return nodes;
}

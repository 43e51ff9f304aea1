// What an annotator should know of an area, beside the decision.
import { callUnasked } from "../api.js";
import { element } from "../dom.js";
import * as apiKey from "../key.js";
import { service } from "../service.js";

const known = new Map(); // model and area -> guide
let looking = new AbortController();

/**
 * Show the guide of an area in `node`. `kept`: guides that came with the queue, the same until there is another one;
 * `judged`: content id of the paper to decide, which is no example of itself.
 */
export async function showGuide(node, area, kept, judged) {
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  const key = `${service.version} ${area}`;
  const info = service.known.get(area) ?? { name: area };
  const found = kept.find(({ id }) => id === area) ?? known.get(key);
  node.replaceChildren(...definition(info), ...(found ? examples(found, judged) : [hint("Looking for examples …")]));
  if (found) return;
  try {
    if (apiKey.current() === "") throw new Error("they show papers that others sent, so they need an API key.");
    const guide = await callUnasked(`guide?${new URLSearchParams({ area })}`, signal);
    known.set(key, guide);
    if (!signal.aborted) node.replaceChildren(...definition(info), ...examples(guide, judged));
  } catch (error) {
    if (!signal.aborted) node.replaceChildren(...definition(info), hint(`No examples: ${error.message}`));
  }
}

/** Examples change with every label. */
export function forgetGuides() {
  known.clear();
}

const hint = (text) => element("p", { class: "hint" }, text);

function definition({ name, description, phrases }) {
  return [
    element("h4", {}, name),
    element("p", {}, description || "The taxonomy has no description of it."),
    ...(phrases?.length ? [hint(`Phrases: ${phrases.join(", ")}`)] : []),
  ];
}

function examples({ typical, confusable }, judged) {
  const others = (list) => list.filter(({ content }) => content !== judged);
  return [
    ...(others(typical).length ? [element("h5", {}, "Typical papers"), papers(others(typical))]
      : [hint("No typical paper is known yet: labelled papers and those of your reviews become examples.")]),
    ...confusable.flatMap((sibling) => [
      element("h5", {}, `Not to be confused with ${sibling.name}`),
      ...(sibling.description ? [element("p", {}, sibling.description)] : []),
      ...telling("this area", sibling.speaks_for_area),
      ...telling(sibling.name, sibling.speaks_for_sibling),
      ...(others(sibling.near_misses).length ? [hint("Near misses:"), papers(others(sibling.near_misses))] : []),
    ]),
  ];
}

const papers = (list) => element("ul", { class: "examples" }, ...list.map(({ title }) => element("li", { dir: "auto" }, title)));

const telling = (whom, phrases) => (phrases.length ? [hint(`Speaks for ${whom}: ${phrases.join(", ")}`)] : []);

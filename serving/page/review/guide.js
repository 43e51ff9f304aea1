// What an annotator should know of an area, beside the decision.
import { call } from "../api.js";
import { element } from "../dom.js";
import { service } from "../service.js";

const known = new Map(); // model and area -> guide
let looking = new AbortController();

/** Show the guide of an area in `node`. */
export async function showGuide(node, area) {
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  const key = `${service.version} ${area}`;
  const info = service.known.get(area);
  node.replaceChildren(...definition(info ?? { name: area }), ...(known.has(key) ? examples(known.get(key)) : [hint("Looking for examples …")]));
  if (known.has(key)) return;
  try {
    const guide = await call(`guide?${new URLSearchParams({ area })}`, undefined, signal);
    known.set(key, guide);
    if (!signal.aborted) node.replaceChildren(...definition(info ?? guide), ...examples(guide));
  } catch (error) {
    if (!signal.aborted) node.replaceChildren(...definition(info ?? { name: area }), hint(`No examples: ${error.message}`));
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

function examples({ typical, confusable }) {
  return [
    ...(typical.length ? [element("h5", {}, "Typical papers"), papers(typical)]
      : [hint("No typical paper is known yet: labelled papers and those of your reviews become examples.")]),
    ...confusable.flatMap((sibling) => [
      element("h5", {}, `Not to be confused with ${sibling.name}`),
      ...(sibling.description ? [element("p", {}, sibling.description)] : []),
      ...telling("this area", sibling.speaks_for_area),
      ...telling(sibling.name, sibling.speaks_for_sibling),
      ...(sibling.near_misses.length ? [hint("Near misses:"), papers(sibling.near_misses)] : []),
    ]),
  ];
}

const papers = (list) => element("ul", { class: "examples" }, ...list.map(({ title }) => element("li", {}, title)));

const telling = (whom, phrases) => (phrases.length ? [hint(`Speaks for ${whom}: ${phrases.join(", ")}`)] : []);

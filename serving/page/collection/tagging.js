// Tagging of a collection, in batches that can be cancelled; what is done is kept at once.
import { callPatiently } from "../api.js";
import { count } from "../dom.js";
import { asked } from "../paper/view.js";
import { follow, service } from "../service.js";
import { keepMeta, keepResults } from "./storage.js";

const AT_ONCE = 16; // papers a call: the first answers come soon, and a long list holds nobody else up

/** Tag the papers at some positions; `progressed()` is called after each batch. */
export function tagPapers(panel, collection, positions, options, progressed) {
  const tagAll = async (signal) => {
    for (let from = 0; from < positions.length; from += AT_ONCE) {
      const tell = (sentence) => panel.progress(sentence, from, positions.length);
      tell(`Tagging ${(from + 1).toLocaleString("en")} of ${count(positions.length, "paper")} …`);
      await tagBatch(collection, positions.slice(from, from + AT_ONCE), options, signal, tell);
      progressed();
    }
  };
  return panel.run(async (signal) => {
    panel.complain("");
    try {
      await tagAll(signal);
    } catch (error) {
      error.message += ` ${collection.tagged.toLocaleString("en")} of ${count(collection.papers.length, "paper")} are tagged and kept.`;
      throw error;
    }
    panel.endProgress();
    panel.say(`${count(positions.length, "paper")} tagged.`);
  });
}

async function tagBatch(collection, batch, options, signal, tell) {
  const body = { papers: batch.map((at) => asked(collection.papers[at])), ...options };
  const answer = await callPatiently("tag", body, signal, tell);
  signal.throwIfAborted();
  batch.forEach((at, place) => {
    collection.results[at] = answer.results[place];
  });
  const unkept = (error) => {
    collection.unkept = error.message;
  };
  await keepResults(collection, batch).catch(unkept);
  await follow(answer.model);
  if (collection.meta.limitsOf === answer.model) return;
  const limits = Object.fromEntries([...service.known].map(([id, area]) => [id, area.threshold]));
  Object.assign(collection.meta, { limits, limitsOf: answer.model });
  await keepMeta(collection).catch(unkept);
}

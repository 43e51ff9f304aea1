// Where a collection survives a reload: in this browser's IndexedDB. Only one is kept.
import * as kept from "../kept.js";
import { Collection } from "./collection.js";

const STORES = ["collection", "collection-results"];

/** Keep a new collection in place of the one before. */
export const keepNew = ({ meta, papers, file }) => kept.replace(STORES, [["meta", meta], ["papers", papers], ["file", file]]);

/** Keep what is known of a collection besides its papers, unless another tab has put another one in its place. */
export const keepMeta = ({ meta }) => kept.change("collection", "meta", (before) => (before?.id === meta.id ? meta : undefined));

/** Keep the results at some positions; those that are undefined are deleted. */
export function keepResults({ meta, results }, positions) {
  return kept.put("collection-results", positions.map((at) => [[meta.id, at], results[at]]));
}

/** The collection that is kept, or null. */
export async function restored() {
  const [meta, papers, file] = await Promise.all(["meta", "papers", "file"].map((key) => kept.get("collection", key)));
  if (!meta || !papers) return null;
  const results = [];
  for (const [[id, at], result] of await kept.entries("collection-results")) {
    if (id === meta.id) results[at] = result; // another window may have kept some of a collection that is gone
  }
  return new Collection(meta, papers, file, results);
}

export const forget = () => kept.clear(...STORES);

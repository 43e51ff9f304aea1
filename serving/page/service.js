// What is known of the service: its active model, the areas of that, and what may be called.
import { call, callWhenReady } from "./api.js";

/** `known`: area id to the area with its field's name and threshold; `fields`: as GET /areas lists them; `model`: as GET /model says. */
export const service = { version: "", model: null, fields: [], known: new Map(), paths: {} };

const listeners = [];

/** Have `listener()` called when the model is known, and again when another one has become the active one. */
export function onModel(listener) {
  listeners.push(listener);
  if (service.version) listener();
}

/** Whether the service has a call, such as `offers("post", "/feedback")`. */
export const offers = (method, path) => Boolean(service.paths[path]?.[method]);

/** Ask the service what it is. `waiting(sentence)`: wait while the model is loading, and say so. */
export async function loadService(waiting = null) {
  const get = waiting ? (path) => callWhenReady(path, waiting) : call;
  const [taxonomy, model, docs] = [await get("areas"), await get("model"), await call("docs.json")];
  const known = taxonomy.fields.flatMap((field) => field.areas.map((area) => [area.id, { ...area, field: field.name }]));
  Object.assign(service, {
    version: model.version, model, fields: taxonomy.fields, known: new Map(known), paths: docs.paths ?? {},
  });
  waiting?.("");
  for (const listener of listeners) listener();
}

/** Ask again where an answer came from another model than the one that is known. */
export async function follow(version) {
  if (version !== service.version) await loadService();
}

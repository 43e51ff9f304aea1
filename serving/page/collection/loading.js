// A file becomes a collection: the service reads all formats, this page none.
import { call } from "../api.js";
import { count } from "../dom.js";
import { Collection, MOST } from "./collection.js";

/** Read a file; raises an Error where it has no paper, with `found`: what of it could not be read. */
export async function readCollection(file, signal) {
  const form = new FormData();
  form.append("file", file);
  const found = await call("papers", form, signal);
  if (!found.papers.length) throw Object.assign(new Error(`${file.name} has no paper that can be read.`), { found });
  const total = found.papers.length;
  const warnings = [...found.warnings];
  if (total > MOST) {
    warnings.unshift(`${file.name} has ${count(total, "paper")}; this page takes the first ${MOST.toLocaleString("en")}. ` +
      "The command areatag label takes any number.");
  }
  const meta = { id: crypto.getRandomValues(new Uint32Array(2)).join("-"), name: file.name, warnings, rejected: found.rejected,
    keyword_format: found.keyword_format, limits: {} };
  // what is read later must be what was read now, whatever becomes of the file
  const content = found.keyword_format ? new Blob([await file.arrayBuffer()]) : null;
  return new Collection(meta, found.papers.slice(0, MOST), content);
}

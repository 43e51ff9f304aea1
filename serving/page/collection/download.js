// Downloads of a collection: tables made here, and its own file with the areas as keywords, which the service writes.
import { callForFile } from "../api.js";
import { csv, jsonl } from "./table.js";

const KEPT_MS = 60_000; // the browser has long begun to store the file

/** Download the label records of some positions; `kind`: "csv" or "jsonl". Returns the name of the file. */
export function downloadTable({ meta, results }, positions, kind) {
  const records = positions.map((at) => results[at]);
  const [text, type] = kind === "csv" ? [csv(records), "text/csv"] : [jsonl(records), "application/jsonl"];
  return save(new Blob([text], { type }), `${plainName(meta.name).replace(/\.[^.]+$/, "")}-areas.${kind}`);
}

/** Download the file of a collection with the areas of the papers at some positions among its keywords; `asked`: prefix and hierarchy. */
export async function downloadKeywords({ meta, papers, results, file }, positions, { prefix, hierarchy }) {
  const areas = {};
  for (const at of positions) areas[papers[at].id] = [...new Set([...(areas[papers[at].id] ?? []), ...results[at].areas.map(({ id }) => id)])];
  const form = new FormData();
  form.append("file", file, meta.name);
  form.append("areas", JSON.stringify(areas));
  const query = new URLSearchParams({ keyword_prefix: prefix, keyword_hierarchy: hierarchy });
  const name = save(await callForFile(`papers/keywords?${query}`, form), givenBackName(meta));
  return { name, shared: positions.length - Object.keys(areas).length };
}

const plainName = (name) => name.replace(/\.(gz|zst|bz2|xz)$/i, "");

/** "refs.bib.gz" comes back as "refs.bib"; a name without a usual suffix gets the one of the format. */
function givenBackName({ name, keyword_format: format }) {
  const plain = plainName(name);
  return plain.includes(".") ? plain : plain + { bibtex: ".bib", ris: ".ris", "csl-json": ".json" }[format];
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
  return name;
}

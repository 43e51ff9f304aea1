// Papers from a file: BibTeX, JSON or JSONL, told apart by content. What cannot be read is said, line by line.
import { readBibtex } from "./bibtex.js";
import { count } from "./dom.js";

const MOST_BYTES = 20e6;
export const MOST_PAPERS = 500;

export class UnreadableError extends Error {}

/** {papers, problems} of a File; throws UnreadableError with a sentence when there is no paper in it. */
export async function readFile(file) {
  if (file.size > MOST_BYTES) {
    throw new UnreadableError(`${file.name} has more than 20 MB; label it with areatag label instead.`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  return readText(decode(bytes, file.name), file.name);
}

function decode(bytes, name) {
  const head = String.fromCharCode(...bytes.slice(0, 4));
  if (head.startsWith("%PDF")) {
    throw new UnreadableError(`${name} is a PDF; this page reads BibTeX, JSON and JSONL. Paste the abstract instead.`);
  }
  if (head.startsWith("\x1f\x8b") || head.startsWith("PK")) {
    throw new UnreadableError(`${name} is compressed; unpack it first.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableError(`${name} is not UTF-8 text; save it as UTF-8 and load it again.`);
  }
}

export function readText(text, name) {
  const start = text.trimStart();
  if (!start) throw new UnreadableError(`${name} is empty.`);
  let found;
  if (start[0] === "{" || start[0] === "[") found = readJson(text);
  else if (/^[ \t]*@[ \t]*[A-Za-z]+\s*[{(]/m.test(text)) found = readBibtex(text);
  else throw new UnreadableError(`${name} is neither BibTeX nor JSON nor JSONL, so it cannot be read here.`);
  if (!found.papers.length) {
    throw new UnreadableError(`${name} has no paper that can be read. ${found.problems[0] ?? ""}`.trim());
  }
  if (found.papers.length > MOST_PAPERS) {
    found.problems.push(`${count(found.papers.length - MOST_PAPERS, "paper")} beyond the first ${MOST_PAPERS} ` +
      "left out; areatag label takes files of any length.");
    found.papers.length = MOST_PAPERS;
  }
  return found;
}

function readJson(text) {
  try {
    const whole = JSON.parse(text);
    const list = Array.isArray(whole) ? whole : Array.isArray(whole.papers) ? whole.papers : [whole];
    return collect(list.map((record, position) => [record, `Paper ${position + 1}`]));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return readLines(text);
}

function readLines(text) {
  const records = [];
  const problems = [];
  text.split("\n").forEach((line, position) => {
    if (!line.trim()) return;
    try {
      records.push([JSON.parse(line), `Line ${position + 1}`]);
    } catch {
      problems.push(`Line ${position + 1} is not JSON.`);
    }
  });
  const found = collect(records);
  found.problems.unshift(...problems);
  return found;
}

function collect(records) {
  const papers = [];
  const problems = [];
  for (const [record, place] of records) {
    const problem = wrong(record);
    if (problem) problems.push(`${place} ${problem}.`);
    else {
      const { id, title, abstract } = record;
      papers.push({ id: id === undefined || id === null ? "" : String(id), title: title ?? "", abstract: abstract ?? "" });
    }
  }
  return { papers, problems };
}

function wrong(record) {
  if (record === null || typeof record !== "object" || Array.isArray(record)) return "is no object with a title or abstract";
  for (const name of ["title", "abstract"]) {
    if (![undefined, null].includes(record[name]) && typeof record[name] !== "string") return `has a ${name} that is no text`;
  }
  if (!/\S/.test(`${record.title ?? ""}${record.abstract ?? ""}`)) return "has neither a title nor an abstract";
  return "";
}

// BibTeX entries: titles, abstracts and keys. A broken entry is reported with its line and costs no other entry.
import { plain } from "./latex.js";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

class Broken extends Error {}

/** Papers and problems of a BibTeX text: {papers: [{id, title, abstract}], problems: [sentence]}. */
export function readBibtex(text) {
  const papers = [];
  const problems = [];
  const macros = new Map(MONTHS.map((month) => [month, month]));
  const starts = [...text.matchAll(/^[ \t]*@[ \t]*([A-Za-z]+)[ \t]*\r?\n?[ \t]*([{(])/gm)];
  let read = 0;
  for (const start of starts) {
    if (start.index < read) continue; // inside an entry that was read whole, such as an "@" line of an abstract
    const kind = start[1].toLowerCase();
    if (kind === "comment" || kind === "preamble") continue;
    const cursor = { text, at: start.index + start[0].length, macros, close: start[2] === "{" ? "}" : ")" };
    const line = text.slice(0, start.index + start[0].indexOf("@")).split("\n").length;
    try {
      const { key, fields } = entry(cursor, kind === "string");
      read = cursor.at;
      if (kind === "string") {
        for (const [name, value] of fields) macros.set(name, value);
        continue;
      }
      const paper = { id: key, title: plain(fields.get("title") ?? ""), abstract: plain(fields.get("abstract") ?? "") };
      if (paper.title || paper.abstract) papers.push(paper);
      else problems.push(`Line ${line}: ${key || "the entry"} has neither a title nor an abstract.`);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      problems.push(`Line ${line}: the entry cannot be read, ${error.message}.`);
    }
  }
  return { papers, problems };
}

function entry(cursor, withoutKey) {
  const key = withoutKey ? "" : take(cursor, /\s*([^\s,{}]*)\s*(?:,|(?=[})]))/y, "its key is missing")[1];
  const fields = new Map();
  for (;;) {
    take(cursor, /[\s,]*/y);
    if (cursor.text[cursor.at] === cursor.close) {
      cursor.at += 1;
      return { key, fields };
    }
    const name = take(cursor, /([^\s=,{}"]+)\s*=\s*/y, "a field has no name or no value")[1].toLowerCase();
    fields.set(name, value(cursor));
  }
}

function value(cursor) {
  const parts = [];
  do {
    take(cursor, /\s*/y);
    const first = cursor.text[cursor.at];
    if (first === "{" || first === '"') parts.push(delimited(cursor, first === "{" ? "}" : '"'));
    else {
      const bare = take(cursor, /[^\s,{}()"#]+/y, "a field has no value")[0];
      parts.push(cursor.macros.get(bare.toLowerCase()) ?? bare);
    }
    take(cursor, /\s*/y);
  } while (cursor.text[cursor.at] === "#" && (cursor.at += 1));
  return parts.join("");
}

function delimited(cursor, close) {
  const start = (cursor.at += 1);
  for (let depth = 0; cursor.at < cursor.text.length; cursor.at += 1) {
    const character = cursor.text[cursor.at];
    if (character === "\\") cursor.at += 1;
    else if (depth === 0 && character === close) return cursor.text.slice(start, cursor.at++);
    else if (character === "{") depth += 1;
    else if (character === "}") depth -= 1;
    if (depth < 0) break;
  }
  throw new Broken("a brace or quote is not closed");
}

function take(cursor, pattern, otherwise) {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (!found) throw new Broken(otherwise);
  cursor.at = pattern.lastIndex;
  return found;
}

// A paper with its areas for the clipboard: as text, BibTeX and JSON.
import { element, percent } from "../dom.js";

const FORMS = [["Text", asText], ["BibTeX", asBibtex], ["JSON", asJson]];

/** Buttons that copy; `panel` says what was copied. */
export function copyButtons(panel, paper, result) {
  const buttons = FORMS.map(([name, write]) => element("button", {
    type: "button", class: "quiet small", "aria-label": `Copy as ${name}`, onclick: async () => {
      if (await copy(write(paper, result))) panel.say(`Copied as ${name}.`);
      else panel.complain("This browser lets no page write to the clipboard here; allow it, or open the page over https.");
    } }, name));
  return element("p", { class: "copy" }, element("span", { class: "hint" }, "Copy as"), ...buttons);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // there is none without https, except on this machine
    const area = element("textarea", { value: text, class: "unseen" });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

function asText(paper, result) {
  const scored = (items) => items.map(({ name, score, confirmed }) => `${name} (${confirmed ? "confirmed" : percent(score)})`).join(", ");
  return [paper.title, paper.abstract, `Areas: ${scored(result.areas) || "none"}`,
    ...(result.fields.length ? [`Fields: ${scored(result.fields)}`] : []), `Model: ${result.model}`, ""].filter((line, at) => line || at > 1).join("\n");
}

const LATEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };

function asBibtex(paper, result) {
  const escaped = (text) => text.replace(/\s+/g, " ").replace(/[\\{}%&$#_~^]/g, (sign) => LATEX[sign] ?? `\\${sign}`);
  const key = (paper.id || paper.title).replace(/[^\p{L}\p{N}:._/-]+/gu, "-").slice(0, 60) || "paper";
  const keywords = result.areas.map((area) => area.name).join(", ");
  const fields = Object.entries({ title: paper.title, abstract: paper.abstract, keywords }).filter(([, text]) => text);
  return `@misc{${key},\n${fields.map(([name, text]) => `  ${name} = {${escaped(text)}},\n`).join("")}}\n`;
}

function asJson(paper, result) {
  const { areas, fields, abstained, model } = result;
  return `${JSON.stringify({ ...(paper.id ? { id: paper.id } : {}), title: paper.title, abstract: paper.abstract, areas, fields, abstained, model }, null, 2)}\n`;
}

// The tab Tag: one paper that is typed in, and its areas; before there is one, an example and the areas there are.
import { call } from "../api.js";
import { byId, count, show } from "../dom.js";
import { tagOptions } from "../options.js";
import { Panel } from "../panel.js";
import { abstentionInWords, asked, PaperView } from "../paper/view.js";
import { follow, onModel } from "../service.js";
import { showBrowser } from "./browse.js";

const EXAMPLE = {
  title: "Pruning attention heads for faster translation",
  abstract: "We remove attention heads of a Transformer while it is trained and keep its translation quality. On three language pairs a third " +
    "of the heads suffices, and decoding becomes 1.6 times faster on a CPU.",
};

export const panel = new Panel(byId("tag-tab"));
const options = tagOptions(() => shown && tag(shown));
const view = new PaperView(panel, byId("tag-answer"), { options: options.values, changed: () => {} });
let shown = null;

export function start() {
  const form = byId("paper-form");
  form.append(options.node);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  byId("example-title").textContent = EXAMPLE.title;
  byId("example-button").addEventListener("click", () => {
    fill(EXAMPLE);
    submit();
  });
  byId("edit-button").addEventListener("click", () => edit(shown));
  byId("another-button").addEventListener("click", () => edit({ title: "", abstract: "" }));
  onModel(showBrowser);
}

export function open() {}

function submit() {
  const paper = { id: "", title: byId("title").value.trim(), abstract: byId("abstract").value.trim() };
  if (paper.title || paper.abstract) return tag(paper);
  panel.complain("Give a title or an abstract first.");
  byId("title").focus();
  return undefined;
}

function tag(paper) {
  return panel.run(async (signal) => {
    panel.complain("");
    panel.say("Tagging …");
    const answer = await call("tag", { papers: [asked(paper)], ...options.values() }, signal);
    await follow(answer.model);
    signal.throwIfAborted();
    const [result] = answer.results;
    const moved = shown === null;
    shown = paper;
    arrange(true);
    if (moved) byId("tag-answer").focus({ preventScroll: true });
    panel.say(result.abstained ? abstentionInWords(result) : `${count(result.areas.length, "area")} found.`);
    await view.open(paper, result, options.node);
  });
}

/** Show the form with a paper again. */
function edit(paper) {
  shown = null;
  view.close();
  panel.say("");
  panel.complain("");
  fill(paper);
  byId("paper-form").append(options.node);
  arrange(false);
  byId("title").focus();
}

function fill({ title, abstract }) {
  byId("title").value = title;
  byId("abstract").value = abstract;
}

function arrange(answered) {
  show(byId("tag-start"), !answered);
  show(byId("tag-tools"), answered);
  show(byId("tag-answer"), answered);
}

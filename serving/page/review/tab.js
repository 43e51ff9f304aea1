// The tab Review: the papers whose labels would teach the model most, one after the other.
import { call } from "../api.js";
import { byId, element } from "../dom.js";
import { Panel } from "../panel.js";
import { areaRows } from "../paper/areas.js";
import { corrections } from "../paper/correct.js";
import { paperText } from "../paper/text.js";
import { offers, onModel, service } from "../service.js";

const TO_REVIEW = 20;

export const panel = new Panel(byId("review-tab"));
let papers = [];
let done = new Set();
let current = -1;

export function start() {
  byId("review-button").addEventListener("click", load);
  onModel(() => {
    const possible = offers("post", "/feedback") && offers("get", "/review");
    byId("review-button").disabled = !possible;
    if (!possible) panel.say("This service takes no labels.");
  });
}

export function open() {}

async function load() {
  await panel.run(async (signal) => {
    panel.complain("");
    panel.say("Looking for papers to label …");
    papers = (await call(`review?n=${TO_REVIEW}`, undefined, signal)).papers;
    done = new Set();
    panel.say(papers.length ? "" : "There is nothing to label: the service keeps no papers without a complete label.");
  });
  show(papers.length ? 0 : -1);
}

function show(position) {
  current = position;
  const list = papers.map((paper, at) => element("li", {}, element("button", {
    type: "button", class: "paper", onclick: () => show(at), "aria-current": at === current ? "true" : null,
  }, element("span", { class: "name" }, `${done.has(at) ? "✓ " : ""}${paper.title || paper.abstract.slice(0, 100)}`))));
  byId("review-list").replaceChildren(...list);
  byId("review-paper").replaceChildren(...(position < 0 ? [] : decision(papers[position])));
}

function decision(paper) {
  const result = { id: paper.id, areas: paper.guesses, fields: [], evidence: {} };
  const text = paperText(paper);
  const correct = corrections(panel, paper, result, service.known, labelled);
  const rows = areaRows(result, service.known, text.mark, correct.controls);
  return [element("p", { class: "reason" }, paper.reason), text.article, rows.list, correct.panel];
}

/** The next paper; the keyboard goes along. */
function labelled() {
  done.add(current);
  const next = papers.findIndex((_, at) => !done.has(at));
  show(next);
  if (next < 0) panel.say("All papers of the queue are labelled. Thank you.");
  (byId("review-paper").querySelector(".mark") ?? byId("review-button")).focus();
}

// The tab Models: the versions of this machine, what was measured of them, retraining, and which one answers.
import { call } from "../api.js";
import { byId, element, show } from "../dom.js";
import * as key from "../key.js";
import { Panel } from "../panel.js";
import { loadService, offers, onModel, service } from "../service.js";
import { comparison } from "./comparison.js";
import { figures } from "./figures.js";
import { Retraining } from "./retraining.js";
import { timeline } from "./timeline.js";
import { inFull, named, nameVersions } from "./words.js";

const WHY_A_KEY = "Retraining and changing the active version change what everybody’s papers are tagged with, so the service asks who may. " +
  "Paste the key you were given. Whoever runs the service makes one with: areatag keys new --role admin";
const ask = () => key.need(WHY_A_KEY);
const MAY_RETRAIN = "areatag-may-retrain"; // of this tab's session, the key that was good enough: with others nobody is asked for one
const mayRetrain = () => key.current() !== "" && sessionStorage.getItem(MAY_RETRAIN) === key.current();

export const panel = new Panel(byId("models-tab"));
const retraining = new Retraining(panel, ask, refresh);
let listed = null; // what GET /models says
let chosen = "";

export function start() {
  byId("rollback-button").addEventListener("click", rollBack);
  byId("retrain-show").addEventListener("click", showRetraining);
  onModel(() => {
    show(byId("retraining"), offers("get", "/retrain"));
    if (!byId("models-tab").hidden) refresh();
  });
}

export function open() {
  if (service.version) refresh();
}

/** Ask for the versions, and for retrainings where that was allowed before; what is shown stays where that fails. */
async function refresh() {
  await panel.run(async (signal) => {
    const isFirst = !listed;
    if (isFirst) panel.say("Asking for the versions …");
    listed = await call("models", undefined, signal);
    if (isFirst) panel.say("");
    draw();
    show(byId("retrain-locked"), !mayRetrain());
    if (mayRetrain() && offers("get", "/retrain")) await lookAtRetraining(signal);
  });
}

/** Ask for retrainings, and again for the versions where one ended after these were listed. */
async function lookAtRetraining(signal) {
  const made = await retraining.look();
  if (!made || listed?.models.some(({ name }) => name === made)) return;
  listed = await call("models", undefined, signal);
  draw();
}

async function showRetraining() {
  if (!(await ask())) return;
  if (!(await panel.run(lookAtRetraining))) return;
  sessionStorage.setItem(MAY_RETRAIN, key.current());
  show(byId("retrain-locked"), false);
  byId("retrain-start").focus();
}

function draw() {
  const { models, pinned } = listed;
  const active = models.find((model) => model.active);
  const model = models.find(({ name }) => name === chosen) ?? active ?? models[0];
  chosen = model.name;
  const mayChange = !pinned && offers("post", "/models/{version}/activate");
  nameVersions(models);
  byId("model-answers").textContent = `${inFull(listed.model)} answers now.` + (pinned ? " The service was started with it (--model) and keeps it." : "");
  show(byId("rollback-button"), mayChange && models.length > 1);
  byId("versions").replaceChildren(timeline(models, chosen, { show: choose, activate, mayActivate: mayChange }));
  show(byId("versions-section"));
  show(byId("figures-section"));
  byId("figures-of").textContent = model.name;
  byId("model-figures").replaceChildren(...figures(model).filter(Boolean));
  const names = models.filter(({ problem }) => !problem).map(({ name }) => name);
  show(byId("comparing"), names.length > 1 && offers("post", "/models/compare"));
  if (byId("comparing").dataset.names !== names.join(" ")) {
    byId("comparing").dataset.names = names.join(" ");
    byId("comparison").replaceChildren(names.length > 1 ? comparison(names, active?.name ?? names[0], panel, ask) : element("p"));
  }
}

function choose(name) {
  chosen = name;
  draw();
  byId("figures-heading").scrollIntoView({ block: "nearest" });
  byId("versions").querySelector(`[aria-pressed="true"]`)?.focus({ preventScroll: true });
}

const activate = (version) => change(`models/${encodeURIComponent(version)}/activate`);
const rollBack = () => change("models/rollback");

/** Have another version answer, and say which one answered before. */
async function change(path) {
  if (!(await ask())) return;
  let answer = null;
  await panel.run(async (signal) => {
    panel.complain("");
    panel.progressToTheEnd("The version is tried, then every worker process changes to it …");
    answer = await call(path, {}, signal, "POST");
  });
  if (!answer) return;
  chosen = answer.name;
  await loadService();
  await refresh();
  const before = answer.previous && answer.previous !== answer.model ? `; before it was ${named(answer.previous)}` : "";
  panel.say(`${named(answer.model)} answers now${before}.`);
}

// Retraining: what it would learn from, starting one, watching its stages, cancelling it, and what it found.
import { call } from "../api.js";
import { byId, count, element, show } from "../dom.js";
import { verdict } from "./verdict.js";
import { duration, madeAt } from "./words.js";

const LOOK_MS = 1000;
const LABELS_A_HELD_OUT = 4; // a quarter of the complete labels is held out
const ENDED = {
  succeeded: () => "It is done.", failed: ({ error }) => `It failed. ${error ?? ""}`,
  cancelled: () => "It was cancelled; the active version stayed, and none was left behind.",
};

/** The section `#retraining`. `panel`: of the tab; `ask()`: true when there is a key; `ended()`: a retraining has ended. */
export class Retraining {
  #panel;
  #ask;
  #ended;
  #timer = null;
  #job = null;

  constructor(panel, ask, ended) {
    this.#panel = panel;
    this.#ask = ask;
    this.#ended = ended;
    byId("retrain-start").addEventListener("click", () => this.#start({ promote: byId("retrain-promote").value }));
    byId("retrain-cancel").addEventListener("click", () => this.#cancel());
    byId("retrain-resume").addEventListener("click", () => this.#start({ resume: this.#job.job }));
  }

  /** Ask what there is, and return the version that the latest made; goes on by itself while one runs. */
  async look() {
    const { jobs, problem, labels } = await call("retrain");
    byId("retrain-labels").textContent = labelsInWords(labels);
    byId("retrain-problem").textContent = problem ?? "";
    show(byId("retrain-problem"), Boolean(problem));
    byId("retrain-start").disabled = Boolean(problem);
    show(byId("retrain-form"));
    this.#draw(jobs[0] ?? null, jobs.slice(1));
    return jobs[0]?.version;
  }

  #draw(job, earlier = null) {
    this.#job = job;
    const runs = job !== null && isRunning(job);
    show(byId("retrain-form"), !runs);
    show(byId("retrain-job"), job !== null);
    if (earlier) drawEarlier(earlier);
    if (job === null) return;
    byId("retrain-state").textContent = runs ? stageInWords(job) : ENDED[job.state](job);
    drawProgress(job, runs);
    byId("retrain-stages").replaceChildren(...stages(job, runs));
    show(byId("retrain-cancel"), runs);
    show(byId("retrain-resume"), ["failed", "cancelled"].includes(job.state));
    byId("retrain-verdict").replaceChildren(...(job.state === "succeeded" ? [verdict(job)] : []));
    clearTimeout(this.#timer);
    if (runs) this.#timer = setTimeout(() => this.#follow(), LOOK_MS);
  }

  async #follow() {
    const before = this.#job;
    try {
      const job = await call(`retrain/${before.job}`);
      if (this.#job !== before) return; // it was cancelled meanwhile, say: what is shown is newer
      this.#draw(job);
      if (isRunning(job)) return;
      await this.look();
      await this.#ended();
    } catch (error) {
      if (this.#job !== before && isRunning(before) && !isRunning(this.#job)) return;
      byId("retrain-state").textContent = `${error.message} The retraining goes on by itself; asking again …`;
      this.#timer = setTimeout(() => this.#follow(), 2 * LOOK_MS);
    }
  }

  async #start(wanted) {
    if (!(await this.#ask())) return;
    await this.#panel.run(async () => {
      this.#panel.complain("");
      this.#draw(await call("retrain", wanted));
      byId("retrain-cancel").focus();
    });
  }

  async #cancel() {
    byId("retrain-cancel").disabled = true;
    await this.#panel.run(async () => {
      this.#panel.complain("");
      this.#panel.say("Cancelling …");
      const job = await call(`retrain/${this.#job.job}`, undefined, undefined, "DELETE");
      this.#panel.say("");
      this.#draw(job);
    });
    byId("retrain-cancel").disabled = false;
  }
}

const isRunning = ({ state }) => state === "queued" || state === "running";

function labelsInWords({ papers, complete, held_out: held, held_out_needed: needed, left_out: leftOut }) {
  if (!papers) return "There are no labels yet: the tab Review finds the papers that are worth one.";
  const so = `${count(papers, "paper")} with labels, ${complete} of them complete. ${held} of these are never learned from, so that they can judge the new version. `;
  const enough = held < needed
    ? `A verdict takes ${needed}, about ${LABELS_A_HELD_OUT * needed} complete labels; with fewer you decide yourself.`
    : "That is enough for a verdict.";
  return [so + enough, leftOut].filter(Boolean).join(" ");
}

function stageInWords({ state, stage, step, steps, seconds }) {
  if (state === "queued") return "It is about to start.";
  return `${capital(stage)}${steps ? `, ${step} of ${steps}` : ""} … ${duration(seconds)} so far`;
}

function drawProgress({ step, steps }, runs) {
  const bar = byId("retrain-bar");
  show(bar, runs);
  if (steps) Object.assign(bar, { max: steps, value: step });
  else bar.removeAttribute("value");
}

function stages({ stages: begun, seconds, state }, runs) {
  return begun.map(({ name, began }, position) => {
    const last = position === begun.length - 1;
    const took = (last ? seconds : begun[position + 1].began) - began;
    const sign = !last || state === "succeeded" ? "✓" : runs ? "…" : "✗";
    return element("li", { "aria-current": last && runs ? "step" : null }, element("span", { "aria-hidden": "true" }, `${sign} `),
      capital(name), element("span", { class: "hint" }, ` ${duration(took)}`));
  });
}

function drawEarlier(jobs) {
  show(byId("retrain-earlier"), jobs.length > 0);
  byId("retrain-earlier-list").replaceChildren(...jobs.map(({ created, state, version, verdict: said }) => element("li", {},
    `${madeAt(created)}: ${state}${version ? `, ${version}` : ""}${said ? ` (${said})` : ""}`)));
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

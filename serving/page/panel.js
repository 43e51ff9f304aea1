// The panel of a tab: what it says, the one thing that is under way in it, how far that is, and the button that ends it.
import { element, show } from "./dom.js";

export class Panel {
  #current = new AbortController();
  #status = element("p", { class: "status", role: "status" });
  #problem = element("p", { class: "problem", role: "alert", hidden: true });
  #bar = element("progress", { "aria-label": "Progress" });
  #progress;
  #cancel;
  #cancelled = () => {};

  /** `node`: the section of a tab; its child of class "notices" gets the elements. */
  constructor(node) {
    this.node = node;
    this.#cancel = element("button", { type: "button", class: "quiet cancel", onclick: () => this.cancel() }, "Cancel");
    this.#progress = element("div", { class: "progress", hidden: true }, this.#bar, this.#cancel);
    node.querySelector(".notices").append(this.#status, this.#problem, this.#progress);
  }

  /** Say one thing to everyone, screen readers included; "" clears it. */
  say(sentence) {
    this.#status.textContent = sentence;
  }

  /** Show a problem, or none for "". */
  complain(sentence) {
    this.#problem.textContent = sentence;
    show(this.#problem, Boolean(sentence));
  }

  /** Run a task with a signal that ends it: a new one ends the one before. Failures are shown; true: it was finished. */
  async run(task) {
    this.#current.abort();
    this.#current = new AbortController();
    const { signal } = this.#current;
    this.node.setAttribute("aria-busy", "true");
    try {
      await task(signal);
      return !signal.aborted;
    } catch (error) {
      if (signal.aborted) return false;
      this.say("");
      this.complain(error.message);
      return false;
    } finally {
      if (!signal.aborted) this.#rest();
    }
  }

  /** Say how far a long task is, in a sentence and a bar; without a total nobody knows. It can be cancelled meanwhile. */
  progress(sentence, done, total) {
    this.say(sentence);
    if (total === undefined) this.#bar.removeAttribute("value");
    else Object.assign(this.#bar, { max: total, value: done });
    show(this.#cancel);
    show(this.#progress);
  }

  /** The same for what the service finishes whatever this page does, so that nobody is offered to cancel it. */
  progressToTheEnd(sentence) {
    this.progress(sentence);
    show(this.#cancel, false);
  }

  get inProgress() {
    return !this.#progress.hidden;
  }

  endProgress() {
    show(this.#progress, false);
  }

  /** Have `cancelled` called when a person has ended what was under way. */
  watchCancel(cancelled) {
    this.#cancelled = cancelled;
  }

  cancel() {
    this.#current.abort();
    this.#rest();
    this.node.querySelector("h2")?.focus({ preventScroll: true });
    this.#cancelled();
  }

  #rest() {
    this.node.removeAttribute("aria-busy");
    this.endProgress();
  }
}

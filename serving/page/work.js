// One thing at a time: what is under way, how far it is, and the button that ends it.
import { byId, complain, say, show } from "./dom.js";

let current = new AbortController();

/** Run a task with a signal that ends it: a new one ends the one before. Failures are shown. */
export async function run(task) {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  byId("results").setAttribute("aria-busy", "true");
  try {
    await task(signal);
  } catch (error) {
    if (signal.aborted) return;
    say("");
    complain(error.message);
  } finally {
    if (!signal.aborted) rest();
  }
}

/** Say how far a long task is, in a sentence and a bar; without a total nobody knows. It can be cancelled meanwhile. */
export function progress(sentence, done, total) {
  say(sentence);
  const bar = byId("progress-bar");
  if (total === undefined) bar.removeAttribute("value");
  else Object.assign(bar, { max: total, value: done });
  show(byId("progress"));
}

export const inProgress = () => !byId("progress").hidden;

export function endProgress() {
  show(byId("progress"), false);
}

/** Let the button end what is under way; `cancelled` is called then. */
export function watchCancel(cancelled) {
  byId("cancel-button").addEventListener("click", () => {
    current.abort();
    rest();
    byId("results").focus({ preventScroll: true });
    cancelled();
  });
}

function rest() {
  byId("results").removeAttribute("aria-busy");
  endProgress();
}

// The keys of a reviewer. Where a person types, keys are letters; Enter on a button is that button's.

const TYPING = "input:not([type='checkbox']), textarea, select, [contenteditable]";
const OF_ENTER = "a, button, summary, input:not([type='checkbox']), textarea, select";

/** `reviewer()`: what the keys do now, or null; `isShown()`: whether the tab is. */
export function watchKeys(isShown, reviewer) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !isShown() || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const action = target.matches(TYPING) ? undefined : actionOf(event.key, reviewer());
    if (!action || (event.key === "Enter" && target.matches(OF_ENTER))) return;
    event.preventDefault();
    action();
  });
}

function actionOf(key, reviewer) {
  if (!reviewer) return undefined;
  if (/^[1-9]$/.test(key)) return () => reviewer.decision.choose(Number(key));
  return {
    y: () => reviewer.decision.answer("yes"),
    n: () => reviewer.decision.answer("no"),
    c: () => reviewer.decision.toggleComplete(),
    a: () => reviewer.decision.addArea(),
    u: () => reviewer.decision.undo(),
    s: reviewer.skip,
    ArrowRight: reviewer.next,
    ArrowLeft: reviewer.previous,
    Enter: () => reviewer.decision.send(),
  }[key];
}

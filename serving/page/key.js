// The API key: asked for when the service wants one, kept in this tab's session only.
import { byId, show } from "./dom.js";

const NAME = "areatag-key";
export const FOR_ANYTHING = "This needs an API key: paste the one you were given. Whoever runs the service makes one for you with: areatag keys new";
export const FOR_LABELS = "Labels change what everybody’s papers are tagged with, so the service asks who may give them. Paste the key you were " +
  "given. Whoever runs the service makes one for you with: areatag keys new --role label";
let asking = null;

export const current = () => sessionStorage.getItem(NAME) ?? "";

/** Ask for a key, saying why; resolves to true when one was given. Calls that ask at once share one dialog. */
export function ask(reason) {
  asking ??= open(reason).finally(() => {
    asking = null;
  });
  return asking;
}

/** Ask for a key before it is needed, unless there is one; resolves to whether there is one now. */
export const need = async (reason) => current() !== "" || ask(reason);

function open(reason) {
  const dialog = byId("key-dialog");
  byId("key-reason").textContent = reason;
  byId("key").value = "";
  dialog.returnValue = "";
  show(byId("key-forget"), current() !== "");
  dialog.showModal();
  byId("key").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const key = byId("key").value.trim();
      const given = dialog.returnValue === "use" && key !== "";
      byId("key").value = "";
      if (given) sessionStorage.setItem(NAME, key);
      if (dialog.returnValue === "forget") sessionStorage.removeItem(NAME);
      showButton();
      resolve(given);
    }, { once: true });
  });
}

function showButton() {
  show(byId("key-button"), current() !== "");
}

/** The button in the masthead, there while a key is in use. */
export function watchButton() {
  showButton();
  byId("key-button").addEventListener("click", () => ask("A key is in use; give another, or forget it."));
}

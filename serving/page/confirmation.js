// A question before something is lost.
import { byId } from "./dom.js";

/** Ask; resolves to true when the button `action` was chosen. */
export function confirmed(question, action) {
  const dialog = byId("confirm-dialog");
  byId("confirm-question").textContent = question;
  byId("confirm-action").textContent = action;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

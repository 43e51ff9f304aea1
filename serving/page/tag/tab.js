// The tab Tag: a paper that is typed in, and its areas.
import { byId } from "../dom.js";
import { watchFiles } from "./files.js";
import { cancelled, panel, shown, tag } from "./tagging.js";

export { panel };

export function start() {
  watchForm();
  watchOptions();
  watchFiles();
  panel.watchCancel(cancelled);
}

export function open() {}

function watchForm() {
  byId("paper-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const paper = { id: "", title: byId("title").value.trim(), abstract: byId("abstract").value.trim() };
    if (paper.title || paper.abstract) return tag([paper]);
    panel.complain("Give a title or an abstract first.");
    byId("title").focus();
  });
  byId("paper-form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("paper-form").requestSubmit();
  });
}

function watchOptions() {
  const again = () => shown.papers.length && tag(shown.papers, shown.source);
  byId("top-k").addEventListener("change", again);
  byId("one-threshold").addEventListener("change", (event) => {
    byId("threshold").disabled = !event.target.checked;
    again();
  });
  byId("threshold").addEventListener("input", (event) => {
    byId("threshold-value").textContent = Number(event.target.value).toFixed(2);
  });
  byId("threshold").addEventListener("change", again);
}

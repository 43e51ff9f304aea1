// The page: its form, options, review queue and files, and what starts when it is opened.
import { call } from "./api.js";
import { byId, complain, say } from "./dom.js";
import { watchFiles } from "./files.js";
import { watchButton } from "./key.js";
import { cancelled, loadModel, shown, tag } from "./tagging.js";
import { run, watchCancel } from "./work.js";

const TO_REVIEW = 20;

async function review() {
  let papers = [];
  await run(async (signal) => {
    say("Looking for papers to label …");
    papers = (await call(`review?n=${TO_REVIEW}`, undefined, signal)).papers;
    if (!papers.length) say("There is nothing to label: the service keeps no papers without a complete label.");
  });
  if (papers.length) await tag(papers);
}

function watchForm() {
  byId("paper-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const paper = { id: "", title: byId("title").value.trim(), abstract: byId("abstract").value.trim() };
    if (paper.title || paper.abstract) return tag([paper]);
    complain("Give a title or an abstract first.");
    byId("title").focus();
  });
  byId("paper-form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("paper-form").requestSubmit();
  });
  byId("review-button").addEventListener("click", review);
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

watchForm();
watchOptions();
watchFiles();
watchCancel(cancelled);
watchButton();
byId("tag-button").disabled = true;
await run(async () => {
  await loadModel(true);
  say("");
});
byId("tag-button").disabled = false;
document.documentElement.dataset.ready = "true";

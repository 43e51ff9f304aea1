// The decision about one paper: each area with yes and no, areas to add, whether the list is complete; sent, and undone.
import { call } from "../api.js";
import { element, percent } from "../dom.js";
import * as key from "../key.js";
import { areaPicker } from "../picker.js";
import { service } from "../service.js";
import { keepMarks, labelOf, marksOf, session } from "./session.js";

/**
 * The decision about `paper`, whose `questions` are { id, name, score, note }. `panel`: of the tab.
 * `point(areaId, wanted)`: a person looks at an area, or wants its guide. `marked()`: an answer was given or taken back;
 * `changed()`: something was sent or undone.
 * Returns { node, answer(as), choose(number), toggleComplete(), addArea(), send(), undo(), focus() } for the keyboard.
 */
export function decision(paper, { panel, heading, mayBeComplete, point, marked, changed }) {
  const marks = marksOf(paper);
  const list = element("ol", { class: "questions" });
  const complete = element("input", { type: "checkbox", onchange: () => set(() => (marks.complete = complete.checked)) });
  const send = element("button", { type: "button", class: "primary", onclick: () => submit() }, "Save this decision");
  const picker = areaPicker("Add an area", [...service.known.values()], add);
  const form = element("div", { class: "deciding" }, element("h3", {}, heading), list, picker,
    mayBeComplete ? element("div", {}, element("label", { class: "check" }, complete, " The list is complete: no other area applies"),
      element("p", { class: "hint" }, "Without it, areas that are not listed stay open. Only complete labels can judge a new model.")) : null,
    element("div", { class: "actions" }, send));
  const node = element("div", {});
  let rows = [];
  let current = 0;

  const nameOf = (id) => service.known.get(id)?.name ?? paper.questions.find((question) => question.id === id)?.name ?? id;
  const questions = () => [...paper.questions, ...marks.added.map((id) => ({ id, name: nameOf(id), added: true }))];
  const open = () => questions().filter(({ id }) => !marks.answers[id]);

  function draw() {
    rows = questions().map((question, position) => row(question, position));
    list.replaceChildren(...rows.map((each) => each.node));
    node.replaceChildren(marks.sent ? saved() : form);
    refresh();
  }

  function refresh() {
    rows.forEach((each, position) => each.refresh(position === current));
    complete.checked = marks.complete;
  }

  function row({ id, name, score, note, added }, position) {
    const info = service.known.get(id);
    const answers = ["yes", "no"].map((as) => element("button", {
      type: "button", class: `answer ${as}`, "aria-label": `${name}: ${as}`, onclick: () => {
        current = position;
        decide(id, marks.answers[id] === as ? undefined : as);
      },
    }, as === "yes" ? "Yes" : "No"));
    const about = element("button", { type: "button", class: "about-area", onclick: () => {
      current = position;
      refresh();
      point(id, true);
    } }, name);
    const item = element("li", { class: "question", tabIndex: -1, onfocus: () => point(id) },
      element("span", { class: "number", "aria-hidden": "true" }, position < 9 ? String(position + 1) : ""),
      element("div", { class: "asked" }, about, element("span", { class: "hint" }, [info?.field, note].filter(Boolean).join(" · ")),
        added ? element("span", { class: "hint" }, "added by you") : meter(score, info?.threshold)),
      element("div", { class: "answers", role: "group", "aria-label": name }, ...answers));
    return {
      id,
      node: item,
      refresh: (isCurrent) => {
        item.classList.toggle("current", isCurrent);
        item.dataset.answer = marks.answers[id] ?? "";
        answers.forEach((button, at) => button.setAttribute("aria-pressed", String(marks.answers[id] === ["yes", "no"][at])));
        item.setAttribute("aria-label", `${name}, ${score === undefined ? "added" : percent(score)}, ${marks.answers[id] ?? "not decided"}`);
      },
    };
  }

  async function set(change) {
    change();
    refresh();
    try {
      const keeping = keepMarks(paper, marks);
      marked();
      await keeping;
    } catch (error) {
      panel.complain(error.message);
    }
  }

  const decide = (id, as) => set(() => {
    if (as) marks.answers[id] = as;
    else delete marks.answers[id];
    panel.complain("");
  });

  function add(area) {
    if (!questions().some(({ id }) => id === area.id)) marks.added.push(area.id);
    marks.answers[area.id] = "yes";
    draw();
    set(() => (current = rows.findIndex(({ id }) => id === area.id)));
    panel.say(`${area.name} applies.`);
    point(area.id);
  }

  function go(position) {
    if (!rows[position]) return;
    current = position;
    refresh();
    rows[position].node.focus();
  }

  /** Decide the current area, and go to the next one that is open; behind the last to what is left to do. */
  function answer(as) {
    if (marks.sent || !rows[current]) return;
    decide(rows[current].id, as);
    const after = [...rows.keys()].filter((at) => !marks.answers[rows[at].id]);
    const next = after.find((at) => at > current) ?? after[0];
    if (next !== undefined) go(next);
    else (mayBeComplete ? complete : send).focus();
  }

  async function submit() {
    const undecided = open();
    if (!Object.keys(marks.answers).length && !marks.complete) {
      panel.complain("Nothing is decided yet: say yes or no to an area, or skip the paper.");
      return go(0);
    }
    if (marks.complete && undecided.length) {
      panel.complain(`A complete list needs a yes or no to ${undecided.length === 1 ? undecided[0].name : `${undecided.length} more areas`}.`);
      return go(rows.findIndex(({ id }) => id === undecided[0].id));
    }
    if (!(await key.need(key.FOR_LABELS))) return undefined;
    send.disabled = true;
    await panel.run(async () => {
      panel.complain("");
      const label = labelOf(paper, marks);
      const { entries: [entry] } = await call("feedback", { labels: [label] });
      await set(() => (marks.sent = { entry, areas: label.areas, not: label.not, complete: label.complete, annotator: label.annotator }));
      draw();
      panel.say("Saved.");
      changed();
      node.querySelector(".next")?.focus();
    });
    send.disabled = false;
    return undefined;
  }

  async function undo() {
    if (!marks.sent || !(await key.need(key.FOR_LABELS))) return undefined;
    return panel.run(async () => {
      panel.complain("");
      const { entry } = marks.sent;
      await withdraw(entry);
      await set(() => (marks.sent = null));
      draw();
      changed();
      panel.say(`Entry ${entry} is withdrawn; your answers are here again.`);
      go(0);
    });
  }

  function saved() {
    const { entry, areas, not, complete: whole, annotator } = marks.sent;
    const line = (word, ids) => (ids.length ? element("p", {}, element("strong", {}, `${word}: `), ids.map(nameOf).join(", ")) : null);
    return element("div", { class: "saved" },
      element("p", { class: "hint" }, `Saved as entry ${entry}${annotator ? ` by ${annotator}` : ""}`),
      line("Applies", areas), line("Does not", not),
      element("p", {}, whole ? (areas.length ? "The list is complete." : "No area applies.") : "Other areas stay open."),
      element("div", { class: "actions" },
        element("button", { type: "button", class: "primary next" }, "Next paper"),
        element("button", { type: "button", class: "quiet", onclick: undo }, "Undo")));
  }

  draw();
  return {
    node,
    answer,
    choose: (number) => !marks.sent && go(number - 1),
    toggleComplete: () => mayBeComplete && !marks.sent && set(() => (marks.complete = !marks.complete)),
    addArea: () => !marks.sent && picker.querySelector("input").focus(),
    send: () => !marks.sent && submit(),
    undo,
    focus: () => (marks.sent ? node.querySelector(".next").focus() : go(Math.max(0, rows.findIndex(({ id }) => !marks.answers[id])))),
  };
}

/** Withdraw an entry; one that somebody else has withdrawn already is as good. */
async function withdraw(entry) {
  try {
    await call(`feedback/${entry}?${new URLSearchParams({ annotator: session.name })}`, undefined, undefined, "DELETE");
  } catch (error) {
    if (error.status !== 409) throw error;
  }
}

function meter(score, limit) {
  const bar = element("span", { class: "bar", "aria-hidden": "true" }, element("span", { class: "fill" }));
  bar.style.setProperty("--score", score);
  if (limit !== undefined) {
    bar.append(element("span", { class: "limit" }));
    bar.style.setProperty("--limit", limit);
  }
  const below = limit !== undefined && score < limit;
  return element("span", { class: below ? "meter below" : "meter" }, bar,
    element("span", { class: "score" }, percent(score)),
    element("span", { class: "unseen" }, limit === undefined ? "" : `, ${below ? "below " : ""}its threshold is ${percent(limit)}`));
}

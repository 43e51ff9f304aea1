// Corrections of one paper: right and wrong areas, areas to add, sent as a label by POST /feedback.
import { call } from "../api.js";
import { count, element } from "../dom.js";
import { areaPicker } from "../picker.js";

/** The label of the contract. `marks`: area id to "right" or "wrong"; `unmarked`: ids that count as right when complete. */
function labelOf(paper, result, marks, unmarked, complete) {
  const marked = (as) => [...marks].filter(([, mark]) => mark === as).map(([id]) => id);
  return {
    paper: { id: result.id, title: paper.title, abstract: paper.abstract },
    areas: complete ? [...marked("right"), ...unmarked] : marked("right"),
    not: marked("wrong"),
    complete,
  };
}

/**
 * `controls(area)` for each row, and the `panel` below them. `known`: area id to area of the taxonomy.
 * `panel`: of the tab, which says what was done; `sent()` is called after corrections.
 */
export function corrections(panel, paper, result, known, sent = () => {}) {
  const given = result.areas.filter(({ id, score }) => score >= (known.get(id)?.threshold ?? 0)).map(({ id }) => id);
  const marks = new Map();
  const added = element("ul", { class: "added", "aria-label": "Areas to add", hidden: true });
  const complete = element("input", { type: "checkbox", onchange: refresh });
  const send = element("button", { type: "button", class: "primary", onclick: submit });
  const sending = element("div", { class: "sending" }, element("label", { class: "check" }, complete,
    " That is all: what is not marked wrong is right, and nothing else applies"), send);
  const buttons = [];

  function refresh() {
    for (const { button, id, as } of buttons) button.setAttribute("aria-pressed", String(marks.get(id) === as));
    sending.hidden = send.disabled = marks.size === 0;
    send.textContent = `Send ${count(marks.size, "correction")}`;
  }

  function toggle(id, as) {
    if (marks.get(id) === as) marks.delete(id);
    else marks.set(id, as);
    refresh();
  }

  function markButton(area, as, sign, label) {
    const button = element("button", { type: "button", class: `mark ${as}`, "aria-pressed": "false", title: label,
      "aria-label": `${area.name}: ${label}`, onclick: () => toggle(area.id, as) }, sign);
    buttons.push({ button, id: area.id, as });
    return button;
  }

  function add(area) {
    if (result.areas.some(({ id }) => id === area.id) || marks.has(area.id)) {
      marks.set(area.id, "right");
      refresh();
      panel.say(`${area.name} is marked right.`);
      return;
    }
    marks.set(area.id, "right");
    const drop = element("button", { type: "button", class: "quiet", "aria-label": `Do not add ${area.name}`, onclick: () => {
      marks.delete(area.id);
      chip.remove();
      added.hidden = !added.children.length;
      refresh();
      below.querySelector("input").focus();
    } }, "×");
    const chip = element("li", {}, `+ ${area.name} `, drop);
    added.append(chip);
    added.hidden = false;
    refresh();
    panel.say(`${area.name} will be added.`);
  }

  async function submit() {
    send.disabled = true;
    panel.complain("");
    try {
      await call("feedback", { labels: [labelOf(paper, result, marks, given.filter((id) => !marks.has(id)), complete.checked)] });
      panel.say(`${count(marks.size, "correction")} sent. Thank you.`);
      marks.clear();
      complete.checked = false;
      added.replaceChildren();
      added.hidden = true;
      refresh();
      below.querySelector("input").focus();
      sent();
    } catch (error) {
      panel.complain(error.message);
      send.disabled = false;
    }
  }

  const below = element("section", { class: "correct", "aria-label": "Corrections" }, added,
    areaPicker("Add an area", [...known.values()], add),
    sending);
  refresh();
  const controls = (area) => element("span", { class: "marks" },
    markButton(area, "right", "✓", "right"), markButton(area, "wrong", "✗", "wrong"));
  return { controls, panel: below };
}

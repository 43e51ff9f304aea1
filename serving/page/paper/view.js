// One paper: its text first, its areas beside it, near misses a click away, corrections, and copies.
import { call } from "../api.js";
import { element, percent, show } from "../dom.js";
import { follow, offers, service } from "../service.js";
import { areaRows, fieldLine } from "./areas.js";
import { copyButtons } from "./copy.js";
import { corrections } from "./correct.js";
import { largestDrop, paperText } from "./text.js";

const LONGEST_ID = 500; // of a call
const NEAR_MISSES = 5;
const LIKELY = 0.02; // what is less probable is no near miss

/** A paper as POST /tag takes it. */
export const asked = ({ id, title, abstract }) => ({ ...(id && id.length <= LONGEST_ID ? { id } : {}), title, abstract });

/**
 * Shows papers in a node, one at a time.
 *
 * `panel`: of the tab; `options()`: what POST /tag is asked besides the papers; `changed(paper, result)`: a paper has another
 * result now, because the model is another one or a curator corrected it.
 */
export class PaperView {
  #looking = new AbortController();

  constructor(panel, node, { options, changed }) {
    Object.assign(this, { panel, node, options, changed });
  }

  /** Show a paper, with `extra` below its areas, and fetch the sentences its areas rest on. */
  async open(paper, result, extra = null) {
    this.#looking.abort();
    this.#looking = new AbortController();
    const { signal } = this.#looking;
    const explain = this.#draw(paper, result, extra, signal);
    if (result.abstained || result.evidence !== undefined) return;
    await this.#try(signal, async () => {
      const [fresh] = (await this.#tag(paper, { ...this.options(), explain: true }, signal)).results;
      signal.throwIfAborted();
      if (fresh.model === result.model) {
        result.evidence = fresh.evidence ?? {};
        explain();
      } else { // the model was changed in between: show what the new one says
        await follow(fresh.model);
        this.changed(paper, fresh);
        await this.open(paper, fresh, extra);
      }
    });
  }

  /** End what is being looked for. */
  close() {
    this.#looking.abort();
    this.node.replaceChildren();
  }

  #tag(paper, options, signal) {
    return call("tag", { papers: [asked(paper)], ...options }, signal);
  }

  async #try(signal, task) {
    try {
      await task();
    } catch (error) {
      if (!signal.aborted) this.panel.complain(error.message);
    }
  }

  #draw(paper, result, extra, signal) {
    const text = paperText(paper);
    const near = { areas: [], evidence: {} };
    const mark = (sentences) => text.mark(sentences, largestDrop(Object.values({ ...result.evidence, ...near.evidence })));
    const again = () => this.#try(signal, async () => {
      const [fresh] = (await this.#tag(paper, { ...this.options(), explain: true }, signal)).results;
      this.changed(paper, fresh);
      await this.open(paper, fresh, extra);
      this.node.querySelector("[role=combobox]").focus();
    });
    const correct = offers("post", "/feedback") ? corrections(this.panel, paper, result, service.known, again) : null;
    const controls = (area) => correct?.controls(area) ?? null;
    const rows = areaRows(result.areas, service.known, { evidence: (id) => result.evidence?.[id], mark, controls });
    const misses = element("section", { class: "misses", "aria-label": "Near misses" });
    const button = element("button", { type: "button", class: "quiet small", "aria-expanded": "false", onclick: () =>
      this.#try(signal, () => this.#toggleMisses(paper, result, { near, misses, button, mark, controls, idle: rows.rest, signal })) }, "Near misses");
    misses.append(button);
    this.node.replaceChildren(element("div", { class: "reading" },
      element("div", { class: "reading-text" }, text.article, copyButtons(this.panel, paper, result)),
      element("section", { class: "reading-areas", "aria-label": "Areas" },
        ...(result.abstained ? [abstention(result)] : [rows.list]),
        ...[fieldLine(result.fields), misses, warnings([...(paper.warnings ?? []), ...result.warnings]), correct?.panel, extra]
          .filter(Boolean))));
    return rows.explain;
  }

  /** Show or hide the likeliest areas below their thresholds; they are fetched the first time. */
  async #toggleMisses(paper, result, { near, misses, button, mark, controls, idle, signal }) {
    const open = button.getAttribute("aria-expanded") === "true";
    if (misses.children.length === 1) {
      const given = new Set(result.areas.map(({ id }) => id));
      const answer = await this.#tag(paper, { threshold: 0, top_k: given.size + NEAR_MISSES, explain: true }, signal);
      near.areas = answer.results[0].areas.filter(({ id, score }) => !given.has(id) && score >= LIKELY).slice(0, NEAR_MISSES);
      near.evidence = answer.results[0].evidence ?? {};
      const rows = areaRows(near.areas, service.known, { evidence: (id) => near.evidence[id] ?? [], mark, controls, idle, unfolded: false });
      misses.append(element("div", {}, element("p", { class: "hint" }, near.areas.length ? "The likeliest areas that stay below their thresholds:" : "There are none: no other area is likely at all."), rows.list));
    }
    show(misses.lastElementChild, !open);
    button.setAttribute("aria-expanded", String(!open));
  }
}

const REFUSED = "no areas are given"; // so begins the warning about a text that the model cannot judge

/** Why a paper has no area. */
export const abstentionInWords = ({ warnings: given }) => (given.some((warning) => warning.startsWith(REFUSED))
  ? "The model cannot judge this text." : "No area reached its threshold.");

function abstention(result) {
  const field = result.fields[0];
  return element("div", { class: "abstained" },
    element("p", {}, element("strong", {}, abstentionInWords(result)),
      field ? ` The field is ${field.name} with ${percent(field.score)}.` : " The model would rather say nothing than guess."));
}

function warnings(list) {
  return list.length ? element("ul", { class: "warnings", "aria-label": "Warnings" }, ...list.map((warning) => element("li", {}, warning))) : null;
}

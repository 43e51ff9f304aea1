// A collection: the papers of a file with their areas, and what of it is looked at. No elements here.

export const MOST = 5000;
const CLOSE = 0.1; // a paper is unsure that has an area less than this above its threshold

export const GROUPS = ["all", "unsure", "none", "untagged"];
const SORTS = {
  file: null,
  title: (one) => (a, b) => one.compare(a, b),
  sure: (one) => (a, b) => one.certainty(b) - one.certainty(a),
  unsure: (one) => (a, b) => one.certainty(a) - one.certainty(b),
  newest: (one) => (a, b) => (one.papers[b].date ?? "").localeCompare(one.papers[a].date ?? ""),
};

export class Collection {
  /** `meta`: {id, name, warnings, rejected, keyword_format, limits}, the last one thresholds by area id; `results`: by position, undefined where a paper has none yet. */
  constructor(meta, papers, file, results = []) {
    Object.assign(this, { meta, papers, file, results });
    this.results.length = papers.length;
    this.filter = { group: "all", area: "", field: "", words: "", sort: "file" };
    this.selected = new Set();
    this.unkept = ""; // why this browser does not keep it, if so
    this.texts = papers.map((paper) => `${paper.id} ${paper.title} ${paper.abstract}`.toLowerCase());
  }

  get tagged() {
    return this.results.reduce((sum, result) => sum + (result !== undefined), 0);
  }

  /** Positions of papers without a result. */
  get untagged() {
    return this.papers.flatMap((_, at) => (this.results[at] === undefined ? [at] : []));
  }

  title(at) {
    return this.papers[at].title || this.papers[at].abstract.slice(0, 100) || this.papers[at].id;
  }

  compare(a, b) {
    return collator.compare(this.title(a), this.title(b));
  }

  /** How far the least certain area is above its threshold; without an area -1, not tagged -2. */
  certainty(at) {
    const result = this.results[at];
    if (result === undefined) return -2;
    if (result.abstained) return -1;
    return Math.min(...result.areas.map(({ id, score, confirmed }) => (confirmed ? 1 : score - (this.meta.limits[id] ?? 0))));
  }

  inGroup(at, group) {
    const result = this.results[at];
    if (group === "all") return true;
    if (group === "untagged" || result === undefined) return group === "untagged" && result === undefined;
    return group === "none" ? result.abstained : !result.abstained && this.certainty(at) < CLOSE;
  }

  /** Papers by group, by area id and by field id; `names`: of these areas and fields. */
  tallies() {
    const groups = Object.fromEntries(GROUPS.map((group) => [group, 0]));
    const areas = new Map();
    const fields = new Map();
    const names = new Map();
    const add = (map, { id, name }) => {
      map.set(id, (map.get(id) ?? 0) + 1);
      names.set(id, name);
    };
    this.papers.forEach((_, at) => {
      for (const group of GROUPS) groups[group] += this.inGroup(at, group);
      for (const area of this.results[at]?.areas ?? []) add(areas, area);
      for (const field of this.results[at]?.fields ?? []) add(fields, field);
    });
    return { groups, areas, fields, names };
  }

  /** Positions of the papers that the filter lets through, in its order. */
  visible() {
    const { group, area, field, sort } = this.filter;
    const words = this.filter.words.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (items, id) => !id || Boolean(items?.some((item) => item.id === id));
    const found = [];
    for (let at = 0; at < this.papers.length; at += 1) {
      const result = this.results[at];
      if (this.inGroup(at, group) && has(result?.areas, area) && has(result?.fields, field) && this.#matches(at, words)) found.push(at);
    }
    const order = SORTS[sort]?.(this);
    return order ? found.sort(order) : found;
  }

  #matches(at, words) {
    const names = (this.results[at]?.areas ?? []).map((area) => area.name.toLowerCase());
    return words.every((word) => this.texts[at].includes(word) || names.some((name) => name.includes(word)));
  }
}

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });

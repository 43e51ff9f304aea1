// Label records as files: CSV for spreadsheets, and JSON Lines.

// A spreadsheet runs a cell that begins so (OWASP, "CSV injection"); the rule is that of the command's CSV.
const RUN = /^(?:[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]|'*[\t\r\n])/u;
const MARK = "\ufeff"; // without it Excel takes UTF-8 for the encoding of Windows

const joined = (items, key) => items.map((item) => item[key]).join(";");
const COLUMNS = {
  id: ({ id }) => id,
  title: ({ title }) => title,
  areas: ({ areas }) => joined(areas, "id"),
  area_names: ({ areas }) => joined(areas, "name"),
  area_scores: ({ areas }) => joined(areas, "score"),
  fields: ({ fields }) => joined(fields, "id"),
  field_names: ({ fields }) => joined(fields, "name"),
  field_scores: ({ fields }) => joined(fields, "score"),
  abstained: ({ abstained }) => String(abstained),
  warnings: ({ warnings }) => warnings.join(";"),
  model: ({ model }) => model,
  confirmed: ({ areas }) => joined(areas.filter((area) => area.confirmed), "id"),
};

/** Label records as CSV, no cell of which a spreadsheet runs. */
export function csv(records) {
  const rows = [Object.keys(COLUMNS), ...records.map((record) => Object.values(COLUMNS).map((value) => value(record)))];
  return MARK + rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function cell(value) {
  const text = value.replaceAll("\r\n", "\n");
  const guarded = RUN.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** Label records as `areatag label` writes them, one a line. */
export const jsonl = (records) => records.map(({ evidence, ...record }) => `${JSON.stringify(record)}\n`).join("");

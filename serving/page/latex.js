// LaTeX in titles and abstracts of BibTeX, as far as it occurs there: accents, special letters, dashes, groups.

const ACCENTS = {
  "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", u: "\u0306", ".": "\u0307",
  '"': "\u0308", r: "\u030a", H: "\u030b", v: "\u030c", d: "\u0323", c: "\u0327", k: "\u0328", b: "\u0331",
};
const LETTERS = {
  ss: "ß", ae: "æ", AE: "Æ", oe: "œ", OE: "Œ", o: "ø", O: "Ø", l: "ł", L: "Ł", aa: "å", AA: "Å", i: "ı", j: "ȷ",
  textendash: "–", textemdash: "—", ldots: "…", dots: "…", textquoteright: "’", textquoteleft: "‘", textbackslash: "\\",
};

// Escaped braces, while those that group are taken away.
const KEPT = { "{": "\ue001", "}": "\ue002" };

/** The text as one reads it: accents joined to letters, groups and formatting commands gone, blanks collapsed. */
export function plain(latex) {
  return latex
    .replace(/\\([`'^~=."])\s*\{?\\?([A-Za-z])\}?/g, accented)
    .replace(/\\([uvHcdbkr])(?:\s*\{\\?([A-Za-z])\}|\s+([A-Za-z]))/g, (_, mark, a, b) => accented(_, mark, a ?? b))
    .replace(/\\([A-Za-z]+)(?:\s*\{\}|\s+|(?![A-Za-z]))/g, (whole, name) => LETTERS[name] ?? whole)
    .replace(/\\(?:emph|textbf|textit|textsc|texttt|textrm|text|mathrm|mathbf|mathcal|mathbb|url)\s*(?=\{)/g, "")
    .replace(/\\([&%$#_{}])/g, (_, sign) => KEPT[sign] ?? sign)
    .replace(/---/g, "—")
    .replace(/--/g, "–")
    .replace(/``|''/g, '"')
    .replace(/~/g, " ")
    .replace(/[{}]/g, "")
    .replaceAll(KEPT["{"], "{")
    .replaceAll(KEPT["}"], "}")
    .replace(/\s+/g, " ")
    .normalize("NFC")
    .trim();
}

function accented(_, mark, letter) {
  return letter + ACCENTS[mark];
}

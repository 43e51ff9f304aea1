"""Plain text from the LaTeX that BibTeX fields are written in: a few microseconds a command, linear in the text.

Symbols are those of pylatexenc. Its parser is not used, since it takes milliseconds for an abstract.
"""

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db

_SYMBOLS = get_default_latex_context_db()
# What pylatexenc does not know.
_MORE_SYMBOLS = {
    "textless": "<", "textgreater": ">", "textbar": "|", "textbraceleft": "{", "textbraceright": "}",
    "lbrace": "{", "rbrace": "}", "textquotesingle": "'", "textquotestraightdblbase": '"', "quotedblbase": "„",
    "textasciicircum": "^", "LaTeX": "LaTeX", "LaTeXe": "LaTeX2e", "TeX": "TeX", "BibTeX": "BibTeX", "slash": "/",
    "textvisiblespace": " ", "quad": " ", "qquad": " ", "enspace": " ", "thinspace": " ", "space": " ", "par": " ",
    "newline": " ", "linebreak": " ", "nobreakspace": " ", "item": " ", "hfill": " ", "smallskip": " ",
    "medskip": " ", "bigskip": " ", "noindent": " ", "textonehalf": "½", "textpm": "±", "texttimes": "\u00d7",
    "textminus": "\u2212", "textcelsius": "°C", "celsius": "°C", "degree": "°", "textperthousand": "‰",
}  # fmt: skip
# Letters, which TeX joins with what follows: "na\"\i ve" and "Stra\ss e" are one word each.
_LETTERS = {
    "i": "i", "j": "j", "l": "ł", "L": "Ł", "o": "ø", "O": "Ø", "ss": "ß", "SS": "SS", "ae": "æ", "AE": "Æ",
    "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
    "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331", "t": "\u0361",
}  # fmt: skip
# Commands of layout, which are no text, and those whose {arguments} are none either.
_LAYOUT = re.compile(
    "em|it|bf|rm|sf|tt|sc|sl|tiny|scriptsize|footnotesize|small|normalsize|[lL]arge|LARGE|huge|Huge"
    "|(?:bf|md|sc|it)series|(?:it|up|sl|sc)shape|(?:tt|rm|sf)family|normalfont|protect|relax|xspace|centering"
    "|raggedright|displaystyle|textstyle|leavevmode|null|(?:no|allow|line|nolinebreak)?break|unskip|ignorespaces"
    "|begingroup|endgroup|newpage|clearpage|maketitle|footnotemark|left|right|[bB]igg?[lr]?|(?:no)?limits|nonumber"
)
_WITHOUT_TEXT = re.compile(
    "(?:paren|text|auto|foot|full|smart|super|no)?[cC]ite[a-z]*|footnote(?:text)?|thanks|label|tag|index|bibitem"
    "|(?:eq|c|C|auto|page|name)?ref|[hv]space|[hv]skip|includegraphics|color|selectlanguage|begin|end|input"
    "|(?:this)?pagestyle|[hv]?phantom|usepackage|setcounter"
)
# The first argument is an address, a colour or a language; the second one is the text.
_FIRST_DROPPED = frozenset(["href", "textcolor", "colorbox", "foreignlanguage", "scalebox", "raisebox"])
_SCRIPTS = {"textsubscript": "sub", "textsuperscript": "sup"}
_SYMBOL_ALONE = re.compile(r"(\$?)\$\s*(?:\\([A-Za-z]+)|\^\s*\{?\s*\\(circ)\s*\}?|([<>=+%])|\\(%))\s*\$\1")
_SCRIPT_ALONE = re.compile(r"\$\s*(?:\{\})?\s*([_^])\s*(?:\{([^$_^]{0,50})\}|([^{}$\\]))\s*\$")

# Each alternative begins with a character of its own, which lets the search skip plain text fast.
_SPECIAL = re.compile(r"\\|\{|\}|\$|~|--|``|''")
_TOKEN = re.compile(
    r"""(?P<math> \$\$[^$]+\$\$ | \$(?:\\.|[^$\\])+\$ | \\\(.{0,2000}?\\\) | \\\[.{0,2000}?\\\] )
    | \\(?P<accent> [`'^"~=.] | [Hckbdruvt](?![A-Za-z]) ) \s*
        (?: \{ \s* (?:\\(?P<dotless>[ijlLoO])(?![A-Za-z])\s* | (?P<inner>[^\W\d_]{0,2}) ) \s* \}
          | \\(?P<bare_dotless>[ij])(?![A-Za-z])\s* | (?P<letter>[^\W\d_]) )
    | \\(?P<word> [A-Za-z@]+ ) \*? (?P<space>\s*)
    | \\(?P<line> \\\*?(?:\[[^\]]{0,200}\])? ) | \\(?P<symbol> . )
    | (?P<brace> [{}] ) | (?P<tie> (?<=[^\s/])~(?=\S) ) | (?P<ligature> ---? | `` | '' )""",
    re.VERBOSE | re.DOTALL,
)
_LIGATURES = {"--": "\u2013", "---": "\u2014", "``": "\u201c", "''": "\u201d"}
_SPACES = frozenset(" ,;:>\n\r\t")
_NOTHING = frozenset("-/!@")
_OPTION = re.compile(r"\s*\[[^\]]{0,200}\]")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# Characters; a longer argument is text that some command has swallowed.
_MOST_ARGUMENT, _MOST_SCRIPT = 10_000, 200
_MOST_UNCLOSED = 20 * _MOST_ARGUMENT  # characters looked at in vain for the ends of arguments


def decode_latex(text: str) -> str:
    """Return the text with accents and symbols as characters and without braces and commands.

    Formulas stay as they are, but for one that is a single symbol or script; notes and citations go. Sub- and
    superscripts become <sub> and <sup>. An unknown command leaves its argument, or its name where it has none.
    """
    return _Decoder(text).decoded() if _SPECIAL.search(text) else text


class _Decoder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: list[str] = []
        self._unclosed_left = _MOST_UNCLOSED

    def decoded(self) -> str:
        text, at = self._text, 0
        while special := _SPECIAL.search(text, at):
            self._pieces.append(text[at : special.start()])
            if found := _TOKEN.match(text, special.start()):
                at = self._token(found)
            else:
                self._pieces.append(special.group())
                at = special.end()
        return "".join([*self._pieces, text[at:]])

    def _token(self, found: re.Match[str]) -> int:
        """Add what a token becomes; return where to go on."""
        kind = found.lastgroup
        if kind == "math":
            self._pieces.append(_formula(found.group()))
        elif found.group("accent"):
            self._pieces.append(_accented(found))
        elif found.group("word"):
            return self._command(found)
        elif kind == "symbol":
            symbol = found.group("symbol")
            self._pieces.append(" " if symbol in _SPACES else "" if symbol in _NOTHING else symbol)
        elif kind == "ligature":
            self._pieces.append(_LIGATURES[found.group()])
        elif kind in ("line", "tie"):
            self._pieces.append(" ")
        return found.end()

    def _command(self, found: re.Match[str]) -> int:
        """Add what a command with its arguments becomes; return where to go on."""
        name, at = found.group("word"), found.end()
        if name in _LETTERS:
            self._pieces.append(_LETTERS[name])
        elif _WITHOUT_TEXT.fullmatch(name):
            end = self._group_end(self._after_options(at))
            self._pieces.append("" if end is not None else found.group("space"))
            return end if end is not None else at
        elif name in _FIRST_DROPPED:
            return self._group_end(self._after_options(at)) or at
        elif name in _SCRIPTS and (end := self._group_end(at, _MOST_SCRIPT)):
            self._pieces.append(f"<{_SCRIPTS[name]}>{decode_latex(self._text[at + 1 : end - 1])}</{_SCRIPTS[name]}>")
            return end
        elif not _LAYOUT.fullmatch(name):
            with_argument = self._text[at : at + 1] in ("{", "[")
            symbol = _symbol(name)
            self._pieces.append(symbol if symbol is not None else "" if with_argument else name)
            self._pieces.append(found.group("space") if not with_argument else "")
        return at

    def _after_options(self, at: int) -> int:
        while option := _OPTION.match(self._text, at):
            at = option.end()
        return at

    def _group_end(self, at: int, most: int = _MOST_ARGUMENT) -> int | None:
        """Return where the group in braces that opens here ends; None where there is none."""
        if self._text[at : at + 1] != "{" or self._unclosed_left < 0:
            return None
        depth = 0
        for brace in _BRACE.finditer(self._text, at, at + most):
            depth += {"{": 1, "}": -1}.get(brace.group(), 0)
            if depth == 0:
                return brace.end()
        self._unclosed_left -= most
        return None


def _accented(found: re.Match[str]) -> str:
    accent = found.group("accent")
    letters = found.group("letter") or found.group("inner")
    if dotless := found.group("dotless") or found.group("bare_dotless"):
        letters = _LETTERS[dotless]
    if not letters:  # \~{} is the character itself
        return accent if not accent.isalpha() else ""
    return unicodedata.normalize("NFC", letters[0] + _ACCENTS[accent] + letters[1:])


@lru_cache(maxsize=4096)
def _symbol(name: str) -> str | None:
    """Return the characters of a command, None where it is unknown or has arguments."""
    if name in _MORE_SYMBOLS:
        return _MORE_SYMBOLS[name]
    known = _SYMBOLS.get_macro_spec(name)
    replacement = known.simplify_repl if known else None
    return replacement if isinstance(replacement, str) and "%" not in replacement else None


def _formula(formula: str) -> str:
    if alone := _SYMBOL_ALONE.fullmatch(formula):
        name = alone.group(2)
        if alone.group(3):
            return "°"
        return (_symbol(name) if name else alone.group(4) or alone.group(5)) or formula
    if script := _SCRIPT_ALONE.fullmatch(formula):
        tag = "sub" if script.group(1) == "_" else "sup"
        return f"<{tag}>{decode_latex(script.group(2) or script.group(3) or '').strip()}</{tag}>"
    return formula.replace("\\%", "%")

"""Plain text from what sources deliver as the text of a title or an abstract: markup, entities, odd characters.

Every format and the REST interface read their texts through `plain_text`, so a paper reads the same wherever it
comes from. What is no markup stays as it is: "p < 0.05", "List<String>", LaTeX.
"""

import html
import re
from collections.abc import Callable
from itertools import chain

from data.mathml import math_text

TEXT_CHARACTERS = 20_000
"""Longest title or abstract, in characters; the rest is cut."""

_MARKUP_SHARE = 8  # markup may make a text so many times as long as what it says

_REMOVED = [0x7F, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
_CONTROLS = [code for code in range(0x20) if chr(code) not in "\t\n\r"]
# In UTF-8 these are control characters that no text has; in Windows-1252 they are quotes and dashes that many have.
_WINDOWS = {code: bytes([code]).decode("cp1252", "replace").replace("\ufffd", " ") for code in range(0x80, 0xA0)}
_CHARACTERS: dict[int, str] = {
    **dict.fromkeys(_REMOVED, ""),
    **dict.fromkeys(_CONTROLS, " "),
    **dict.fromkeys(range(0xD800, 0xE000), "?"),  # halves of a surrogate pair, which no file can hold
    **_WINDOWS,
}
_ODD = re.compile("[" + "".join(map(re.escape, map(chr, _CHARACTERS))) + "]")
_ORDINARY = bytes([*b"\t\n\r", *range(0x20, 0x7F)])

_LATEX_TAG = re.compile(r"\{?\\textless\s*\}?(/?[A-Za-z]{1,12})\{?\\textgreater\s*\}?")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG_START = re.compile(r"<[A-Za-z/!?]")  # "p < 0.05" is no markup, and need not be taken apart
_TAG = re.compile(
    r"<(?P<close>/?)(?:(?P<prefix>[A-Za-z][\w.-]*):)?(?P<name>[A-Za-z][A-Za-z0-9]*(?:-[a-z]+)*)"
    r"(?P<attributes>(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=]+))*)\s*/?>"
)
_PREFIXES = frozenset(["jats", "mml", "m", "html", "xhtml", "h", "xlink", "ali", "ce", "sb", "o", "w"])


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BLOCKS = _names(
    "p br hr div li ul ol dl dt dd tr td th table tbody thead blockquote pre sec section title list list-item "
    "abstract abstract-sec article header caption label disp-formula disp-quote def-list def-item "
    "simple-para section-title h1 h2 h3 h4 h5 h6"
)
_SIGNS = ("-", "+", "\u2212", "\u2013")
_HEADINGS = frozenset(["title", "section-title", "label", "h1", "h2", "h3", "h4", "h5", "h6"])
_INLINE = _names(
    "i b u s a q em strong span sub sup inf italic bold small big tt code font sc strike del ins mark cite abbr "
    "monospace roman sans-serif underline overline inline-formula inline-graphic alternatives tex-math math "
    "ext-link xref named-content styled-content email uri nobr wbr fixed-case scp sc img graphic bdi ruby"
)
# Letters and words that texts also set in angle brackets: markup only where they are opened and closed again.
_AMBIGUOUS = _names(
    "p i b u s a q tt td th title list label section article header abstract table caption code font mark cite "
    "small big del ins math email uri bold italic roman pre"
)
_ABSTRACT_HEADING = re.compile(
    r"\s*(?:<[^<>]*>\s*){0,9}?<(?P<tag>(?:jats:)?(?:title|h\d|b|strong|bold|(?:ce:)?section-title))\b[^<>]*>\s*"
    r"abstract\s*[:.]?\s*</(?P=tag)>",
    re.IGNORECASE,
)
_FIRST_CHARACTER = re.compile(r"[^\s\x00-\x1f]")
_BLANKS = re.compile("  +")


def plain_characters(text: str) -> str:
    """Return the text of an id: without invisible characters and what no file can hold, markup as it is."""
    # what is left without ordinary ASCII: mostly nothing, so that few texts are looked at a character at a time
    rest = text.encode("utf-8", "surrogatepass").translate(None, _ORDINARY)
    if rest and _ODD.search(rest.decode("utf-8", "surrogatepass")):
        text = text.translate(_CHARACTERS)
    return text.strip()


def plain_text(text: str) -> str:
    """Return the text without HTML, JATS and MathML, with entities resolved and without invisible characters.

    Text that markup sets apart does not run together, and sub- and superscripts stay readable ("CO2", "10^-3").
    The time is linear in the length.
    """
    text = plain_characters(text)
    has_markup = ("<" in text and _TAG_START.search(text)) or ("&" in text and _ENTITY.search(text))
    if not (has_markup or ("\\" in text and "\\textless" in text)):
        return text
    text = _LATEX_TAG.sub(r"<\1>", text)
    for _ in range(3):  # markup may be escaped, even twice
        cleaned = _ENTITY.sub(_resolved, _without_tags(text) if "<" in text else text)
        if cleaned == text:
            break
        text = _BLANKS.sub(" ", cleaned)
    return text.strip()


def read_text(text: str, name: str) -> tuple[str, str]:
    """Return the plain text of at most TEXT_CHARACTERS, and a warning for the user that names a cut ("" for none)."""
    if len(text) <= TEXT_CHARACTERS:
        content = plain_text(text)
        if len(content) <= TEXT_CHARACTERS:  # an entity may stand for two characters
            return content, ""
    if text[:1] <= " ":  # what stands before the text must not use up the limit
        start = _FIRST_CHARACTER.search(text)
        text = text[start.start() :] if start else ""
    most = _MARKUP_SHARE * TEXT_CHARACTERS
    content = plain_text(text[:most])
    if len(content) <= TEXT_CHARACTERS and not text[most:].strip():
        return content, ""
    length = len(content) if len(text) <= most else len(text)
    warning = f"the {name} was cut to {TEXT_CHARACTERS} characters; it has {length}"
    return content[:TEXT_CHARACTERS].rstrip(), warning


def _resolved(entity: re.Match[str]) -> str:
    return html.unescape(entity[0]).translate(_CHARACTERS)


def _without_tags(text: str) -> str:
    if heading := _ABSTRACT_HEADING.match(text):
        text = text[heading.end() :]
    text = _replaced(text, "<!--", "-->", lambda inside: " ")
    text = _replaced(text, "<?", "?>", lambda inside: "")
    text = _replaced(text, "<![CDATA[", "]]>", lambda inside: inside)
    for name in ("script", "style"):
        text = _replaced_elements(text, name, lambda element: " ")
    text = _replaced_elements(text, "alternatives", _formula)
    text = _replaced_elements(text, "tex-math", _tex)
    text = _replaced_elements(text, "math", math_text)
    tags = list(_TAG.finditer(text))
    closed, opened = ({tag["name"].lower() for tag in tags if bool(tag["close"]) == side} for side in (True, False))
    paired = frozenset(closed & opened)
    return _TAG.sub(lambda tag: _in_place_of(tag, paired), text)


def _in_place_of(tag: re.Match[str], paired: frozenset[str]) -> str:
    """Return what stands in the text instead of a tag: the tag itself where it is no markup."""
    name = tag["name"].lower()
    if tag["prefix"]:
        if tag["prefix"].lower() not in _PREFIXES:
            return tag[0]
    elif not (name in _BLOCKS or name in _INLINE) or (name in _AMBIGUOUS and not _is_markup(tag, paired)):
        return tag[0]
    before, after = tag.string[tag.start() - 1 : tag.start()], tag.string[tag.end() : tag.end() + 1]
    if name in _HEADINGS and tag["close"] and after:
        return " " if before in (".", ":", "?", "!") else ": "
    if name == "sup" and not tag["close"]:
        return "^" if before.isdigit() and (after.isdigit() or after in _SIGNS) else ""
    return " " if name in _BLOCKS else ""


def _is_markup(tag: re.Match[str], paired: frozenset[str]) -> bool:
    """Return whether a tag of an ambiguous name is markup: it has a partner or attributes, or needs none."""
    name = tag["name"].lower()
    return name in paired or bool(tag["attributes"]) or tag[0].endswith("/>") or (name == "p" and not tag.start())


def _replaced(text: str, start: str, end: str, replace: Callable[[str], str]) -> str:
    """Return the text with what is from each `start` to its `end` replaced; a start without an end stays."""
    parts, position = [], 0
    while (found := text.find(start, position)) >= 0 and (stop := text.find(end, found + len(start))) >= 0:
        parts += [text[position:found], replace(text[found + len(start) : stop])]
        position = stop + len(end)
    return "".join(chain(parts, [text[position:]]))


def _replaced_elements(text: str, name: str, replace: Callable[[str], str]) -> str:
    """Return the text with each element of this local name replaced; one without an end stays."""
    starts = re.compile(rf"<(?:[\w.-]{{1,20}}:)?{name}(?=[\s>])", re.IGNORECASE)
    ends = re.compile(rf"</(?:[\w.-]{{1,20}}:)?{name}\s{{0,9}}>", re.IGNORECASE)
    parts, position = [], 0
    while (start := starts.search(text, position)) and (end := ends.search(text, start.end())):
        parts += [text[position : start.start()], replace(text[start.start() : end.end()])]
        position = end.end()
    return "".join(chain(parts, [text[position:]]))


def _formula(alternatives: str) -> str:
    """Return one of several spellings of a formula: MathML where there is some, else TeX."""
    start = re.search(r"<(?:[\w.-]{1,20}:)?math[\s>]", alternatives)
    end = re.search(r"</(?:[\w.-]{1,20}:)?math\s*>", alternatives)
    return math_text(alternatives[start.start() : end.end()]) if start and end else alternatives


def _tex(element: str) -> str:
    """Return the formula itself of a tex-math element, without the document that a publisher wraps around it."""
    content = element[element.find(">") + 1 : element.rfind("</")]
    begin, end = content.find("\\begin{document}"), content.rfind("\\end{document}")
    return content[begin + len("\\begin{document}") : end] if 0 <= begin < end else content

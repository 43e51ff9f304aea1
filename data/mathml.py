"""MathML as a line of plain text: "x^2 < y/3"."""

import html
import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, ParseError

_PREFIX = re.compile(r"<(/?)[\w.-]+:")
_ATTRIBUTES = re.compile(r"<([\w.-]+)\s[^<>]*?(/?)>")
_ENTITY = re.compile(r"&[A-Za-z][A-Za-z0-9]*;")
_IN_XML = frozenset(["&lt;", "&gt;", "&amp;", "&quot;", "&apos;"])
_TAG = re.compile(r"</?[\w:.-]+[^<>]*>")
# the same formula once more, in another language
_REPEATED = frozenset(["annotation", "annotation-xml"])
_LEAVES = frozenset(["mi", "mn", "mo", "ms", "mtext"])
_DEEPEST = 50


def math_text(markup: str) -> str:
    """Return the text of one math element, prefixes or not; of one that is not well-formed, the text without tags."""
    # Every command imports this module, few papers have a formula in MathML.
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    plain = _ATTRIBUTES.sub(r"<\1\2>", _PREFIX.sub(r"<\1", markup))
    plain = _ENTITY.sub(lambda found: found[0] if found[0] in _IN_XML else html.unescape(found[0]), plain)
    try:
        return " ".join(_text(fromstring(plain), _DEEPEST).split())
    except (ParseError, DefusedXmlException, ValueError):
        return " ".join(html.unescape(_TAG.sub("", markup)).split())


def _text(element: Element, depth: int) -> str:
    name = element.tag
    if name in _REPEATED:
        return ""
    if name in _LEAVES or depth == 0:
        return " ".join("".join(element.itertext()).split())
    parts = [_text(child, depth - 1) for child in element]
    if name == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if name == "msqrt":
        return f"√({''.join(parts)})"
    if name in ("msub", "munder", "msup", "mover", "msubsup", "munderover"):
        return _with_scripts(name, parts)
    return (element.text or "").strip() + "".join(
        part + (child.tail or "").strip() for part, child in zip(parts, element, strict=True)
    )


def _with_scripts(name: str, parts: Sequence[str]) -> str:
    signs = "_^" if name in ("msubsup", "munderover") else "_" if name in ("msub", "munder") else "^"
    scripts = zip(signs, parts[1:], strict=False)
    return "".join(parts[:1]) + "".join(sign + _grouped(part) for sign, part in scripts if part)


def _grouped(part: str) -> str:
    return part if len(part) <= 1 or part.isalnum() else f"({part})"

"""Which keywords of an entry go and which come, whatever the format."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.entities import html5

from data.papers import Reject
from data.readers.records import Record

_SEPARATORS = re.compile(r"\s*[,;]\s*")
_ENTITY_OR_SEPARATOR = r"\\?&(?P<entity>#?\w{1,31};)|(?P<separator>[,;])"
_MARKS = re.compile(_ENTITY_OR_SEPARATOR)
_LATEX_MARKS = re.compile(_ENTITY_OR_SEPARATOR + r"|\\.|[{}]", re.DOTALL)
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class KeywordChange:
    """The keywords to add, in order, and the numbers of those that are there and go."""

    added: tuple[str, ...]
    removed: frozenset[int] = frozenset()


Change = Callable[[Sequence[str]], KeywordChange]
"""From the keywords of an entry to what changes about them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file: an entry with its record, or text between entries, which has none.

    Attributes:
        data: the bytes, as UTF-8.
        record: the record in them; a Reject where they should have one.
        changed: gives the bytes with the keywords changed; None where there is no entry.
    """

    data: bytes
    record: Record | Reject | None = None
    changed: Callable[[Change], bytes] | None = None


def keyword(name: str, prefix: str = "") -> str:
    """Return the keyword for a name: a comma or semicolon in it, which would cut it in two, becomes " / "."""
    return " ".join((prefix + _SEPARATORS.sub(" / ", name)).split())


def keyword_change(names: Sequence[str], prefix: str = "") -> Change:
    """Return what makes an entry have the names as keywords, each once.

    Args:
        names: what is to be there.
        prefix: sets the keywords apart: those with it that are not wanted (any more) go. Without one, none goes.
    """
    wanted = {_folded(text): text for text in (keyword(name, prefix) for name in names)}

    def change(existing: Sequence[str]) -> KeywordChange:
        known = [_folded(text) for text in existing]
        start = _folded(prefix)
        removed = (
            number for number, text in enumerate(known) if start and text.startswith(start) and text not in wanted
        )
        return KeywordChange(tuple(text for key, text in wanted.items() if key not in known), frozenset(removed))

    return change


def separated(content: str, *, braces: bool = False) -> tuple[list[str], list[str]]:
    """Return the keywords in a text, and what stands between them: semicolons where there are some, else commas.

    Args:
        content: the list; the separators of the result have the blanks around them.
        braces: whether a separator in braces, or behind a backslash, is none.
    """
    outside: list[int] = []
    depth = 0
    for found in (_LATEX_MARKS if braces else _MARKS).finditer(content):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if found.lastgroup and depth <= 0 and not _is_entity(found):
            outside.append(found.end() - 1)
    semicolons = [at for at in outside if content[at] == ";"]
    items, between, last = [], [], 0
    for at in semicolons or outside:
        item = content[last:at].rstrip()
        blanks = _BLANKS.match(content, at + 1)
        stop = blanks.end() if blanks else at + 1
        items.append(item)
        between.append(content[last + len(item) : stop])
        last = stop
    return [*items, content[last:]], between


def _is_entity(found: re.Match[str]) -> bool:
    """Return whether this is a sign of HTML, not a separator behind an abbreviation such as "R&D"."""
    name = found["entity"] or ""
    return name.startswith("#") or name in html5


def rejoined(items: Sequence[str], between: Sequence[str], change: KeywordChange) -> str:
    """Return the list that `separated` took apart, with its change; what comes is separated as the first two are."""
    kept: list[str] = []
    last = -1  # the last one that is not empty, behind which new ones come
    for number, item in enumerate(items):
        if number not in change.removed:
            kept.append((between[number - 1] if kept else "") + item)
            last = len(kept) - 1 if item.strip() else last
    if change.added:
        style = between[0] if between else ", "
        if last < 0:
            return style.join(change.added)
        core = kept[last].rstrip()
        kept[last] = style.join([core, *change.added]) + kept[last][len(core) :]
    return "".join(kept)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()

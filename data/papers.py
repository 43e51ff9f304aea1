"""One paper, and how a decoded record of any format becomes one."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from data.errors import AreatagError
from data.field_names import field_place
from data.field_values import abstract_in, categories_in, date_in, id_in, is_missing, kind_of, title_in, venue_in
from data.text import is_no_abstract, is_no_title, plain_characters, plain_text, read_text


class RecordError(AreatagError):
    """A record is not a paper; the message names the field and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A scientific paper; title or abstract may be empty, never both when it comes from a reader."""

    id: str
    title: str = ""
    abstract: str = ""
    categories: tuple[str, ...] = ()
    date: str = ""
    venue: str = ""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """What its user must know of how it was read: that the abstract was cut, say."""

    @property
    def text(self) -> str:
        """Return "title. abstract" with whitespace collapsed, which the encoder and the rules read."""
        title, abstract = " ".join(self.title.split()), " ".join(self.abstract.split())
        if not (title and abstract):
            return title or abstract
        return f"{title} {abstract}" if title[-1] in ".?!" else f"{title}. {abstract}"


@dataclass(frozen=True, slots=True)
class Reject:
    """One record that could not be read: where it starts, why, and its first characters."""

    file: str
    line: int
    reason: str
    excerpt: str = ""


class RepeatedIds:
    """Tells which papers have the id of an earlier one; remembers some 70 bytes a paper, whatever the ids look like.

    Args:
        whole: what the papers are of, for the warning: "run", say.
    """

    def __init__(self, whole: str) -> None:
        self.warning = f"an earlier paper of this {whole} has the same id"
        self._seen: set[int] = set()  # 64-bit hashes

    def add(self, paper: Paper) -> bool:
        """Whether the id was there before."""
        key = hash(paper.id)
        repeated = key in self._seen
        self._seen.add(key)
        return repeated


def content_id(title: str, abstract: str) -> str:
    """Return a stable id for a paper that has none: "sha1:" and 16 hex digits of its normalised content."""
    content = "\n".join(" ".join(part.split()) for part in (title, abstract))
    return "sha1:" + hashlib.sha1(content.encode(errors="replace"), usedforsecurity=False).hexdigest()[:16]


def paper_from_fields(fields: Mapping[str, object]) -> Paper:
    """Return the paper in one decoded record, whose fields may have any of the names in `data.field_names`.

    Where a value is missing, a placeholder ("N/A") or of a type that cannot be used, the next name of the field is
    tried. Texts become plain text of at most TEXT_CHARACTERS. Without an id the paper gets its content id.

    Raises:
        RecordError: there is neither a title nor an abstract.
    """
    values = _by_field(fields)
    warnings: list[str] = []
    title = _text(values, "title", title_in, is_no_title, warnings)
    abstract = _text(values, "abstract", abstract_in, is_no_abstract, warnings)
    if not (title or abstract):
        raise _no_text(values)
    categories = next(filter(None, map(categories_in, _values(values, "categories"))), ())
    return Paper(
        id=plain_characters(_first(values, "id", id_in)) or content_id(title, abstract),
        title=title,
        abstract=abstract,
        categories=tuple(map(plain_text, categories)),
        date=plain_text(_first(values, "date", date_in)),
        venue=plain_text(_first(values, "venue", venue_in)),
        warnings=tuple(warnings),
    )


_Values = Mapping[str, list[tuple[int, bool, str, object]]]


def _by_field(fields: Mapping[str, object]) -> _Values:
    """Return {field of a paper: its values, best name first}; of equal names English is first, then as they stand."""
    values: dict[str, list[tuple[int, bool, str, object]]] = {}
    for name, value in fields.items():
        if (place := field_place(name)) and not is_missing(value):
            values.setdefault(place[0], []).append((place[1], place[2], name, value))
    for found in values.values():
        found.sort(key=itemgetter(0, 1))
    return values


def _values(values: _Values, field: str) -> list[object]:
    return [value for _, _, _, value in values.get(field, ())]


def _first(values: _Values, field: str, read: Callable[[object], str]) -> str:
    return next(filter(None, map(read, _values(values, field))), "")


def _text(
    values: _Values,
    field: str,
    read: Callable[[object], str],
    is_placeholder: Callable[[str], bool],
    warnings: list[str],
) -> str:
    for value in _values(values, field):
        text, warning = read_text(read(value), field)
        if not is_placeholder(text):
            warnings += filter(None, [warning])
            return text
    return ""


def _no_text(values: _Values) -> RecordError:
    for _, _, name, value in [*values.get("title", ()), *values.get("abstract", ())]:
        if not isinstance(value, str):
            return RecordError(f"Field {name!r} must be text, not {kind_of(value)}.")
    return RecordError("The record has neither a title nor an abstract; give it at least one of them.")

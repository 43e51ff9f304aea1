"""One paper, and how a decoded record of any format becomes one."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from data.abstract_label import without_label
from data.errors import AreatagError
from data.field_names import names_by_field
from data.field_values import abstract_in, categories_in, date_in, id_in, is_missing, kind_of, title_in, venue_in
from data.misspelt_fields import misspelt_fields
from data.placeholders import is_no_abstract, is_no_title
from data.text import plain_characters, plain_text, read_text


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

    def to_record(self) -> dict[str, object]:
        """Return the paper as `areatag papers` and POST /papers give it: what is not known is left out."""
        optional = {"categories": self.categories, "date": self.date, "venue": self.venue, "warnings": self.warnings}
        known = {name: list(value) if isinstance(value, tuple) else value for name, value in optional.items() if value}
        return {"id": self.id, "title": self.title, "abstract": self.abstract, **known}


@dataclass(frozen=True, slots=True)
class Reject:
    """One record that could not be read: where it starts, why, and its first characters."""

    file: str
    line: int
    reason: str
    excerpt: str = ""


class RepeatedIds:
    """Tells which of some papers have the id of an earlier one."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def add(self, paper: Paper) -> bool:
        """Whether the id was there before."""
        repeated = paper.id in self._seen
        self._seen.add(paper.id)
        return repeated


def repeated_id(whole: str) -> str:
    """The warning of a paper whose id an earlier one of this whole has: a "run", say."""
    return f"an earlier paper of this {whole} has the same id"


def content_id(title: str, abstract: str) -> str:
    """Return a stable id for a paper that has none: "sha1:" and 16 hex digits of its normalised content."""
    content = "\n".join(" ".join(part.split()) for part in (title, abstract))
    return "sha1:" + hashlib.sha1(content.encode(errors="replace"), usedforsecurity=False).hexdigest()[:16]


def folded_title(paper: Paper) -> str:
    """Return the title as it is compared with another spelling of it: without case and surplus blanks."""
    return " ".join(paper.title.split()).casefold()


def paper_from_fields(fields: Mapping[str, object]) -> Paper:
    """Return the paper in one decoded record, whose fields may have any of the names in `data.field_names`.

    Where a value is missing, a placeholder ("N/A") or of a type that cannot be used, the next name of the field is
    tried. Texts become plain text of at most TEXT_CHARACTERS. Without an id the paper gets its content id.

    Raises:
        RecordError: there is neither a title nor an abstract.
    """
    names = names_by_field(tuple(fields))
    warnings: list[str] = []
    title = _text(fields, names, "title", warnings)
    abstract = _text(fields, names, "abstract", warnings)
    if not (title or abstract):
        raise _no_text([(name, fields[name]) for name in (*names["title"], *names["abstract"])], tuple(fields))
    if not (title and abstract):
        warnings += _unread(fields, "abstract" if title else "title")
    return Paper(
        id=_id(fields, names["id"]) or content_id(title, abstract),
        title=title,
        abstract=abstract,
        categories=_categories(fields, names["categories"]) if names["categories"] else (),
        date=plain_text(_first(fields, names["date"], date_in)) if names["date"] else "",
        venue=plain_text(_first(fields, names["venue"], venue_in)) if names["venue"] else "",
        warnings=tuple(warnings),
    )


def _categories(fields: Mapping[str, object], names: Sequence[str]) -> tuple[str, ...]:
    return next(filter(None, (categories_in(fields[name]) for name in names)), ())


def id_from_fields(fields: Mapping[str, object]) -> str:
    """Return the id that a decoded record has, "" where it has none."""
    return _id(fields, names_by_field(tuple(fields))["id"])


def _id(fields: Mapping[str, object], names: Sequence[str]) -> str:
    return plain_characters(_first(fields, names, id_in))


def _first(fields: Mapping[str, object], names: Sequence[str], read: Callable[[object], str]) -> str:
    """Return the first value of these names that `read` can use, "" where there is none."""
    for name in names:
        if found := read(fields[name]):
            return found
    return ""


def _text(fields: Mapping[str, object], names: Mapping[str, Sequence[str]], field: str, warnings: list[str]) -> str:
    """Return the first title or abstract that is one, and add what its user must know of it to the warnings."""
    for name in names[field]:
        if field == "title":
            text, warning = read_text(title_in(fields[name]), field)
            is_text = not is_no_title(text)
        else:
            text, warning = read_text(abstract_in(fields[name]), field)
            text = without_label(text)
            is_text = not is_no_abstract(text)
        if is_text:
            if warning:
                warnings.append(warning)
            return text
    return ""


def _unread(fields: Mapping[str, object], missing: str) -> list[str]:
    """Warnings of texts that are not read, as the name of their field is misspelt."""
    return [
        f"the field {name!r} is not read; is it the {missing}?"
        for name, meant in misspelt_fields(tuple(fields)).items()
        if meant == missing and isinstance(fields[name], str) and not is_missing(fields[name])
    ]


def _no_text(values: Sequence[tuple[str, object]], names: tuple[str, ...]) -> RecordError:
    for name, value in values:
        if not (isinstance(value, str) or is_missing(value)):
            return RecordError(f"Field {name!r} must be text, not {kind_of(value)}.")
    slips = [f" Is {name!r} its {meant}?" for name, meant in misspelt_fields(names).items()]
    return RecordError(
        f"The record has neither a title nor an abstract; give it at least one of them.{''.join(slips[:2])}"
    )

"""One paper, and how a decoded record of any format becomes one."""

import datetime
import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from data.errors import AreatagError

# The names under which the sources we read keep a field, best first: arXiv, Semantic Scholar, OpenAlex,
# BibTeX, RIS, Web of Science, Scopus, Zotero, Dublin Core. Case does not matter,
# and "-", "_" and " " are the same.
FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "ti", "t1", "primary_title", "paper_title", "article_title", "display_name", "tt"),
    "abstract": ("abstract", "summary", "ab", "n2", "abstract_text", "abstract_note", "description"),
    "id": (
        "id", "paper_id", "paperid", "arxiv_id", "corpusid", "corpus_id", "identifier", "doi", "do", "pmid",
        "ut", "eid", "an", "key",
    ),
    "categories": (
        "categories", "category", "arxiv_categories", "subjects", "subject", "primaryclass", "eprintclass",
    ),
    "date": (
        "date", "published", "publication_date", "publicationdate", "pub_date", "update_date", "updated",
        "created", "year", "publication_year", "py", "da", "y1", "datestamp",
    ),
    "venue": (
        "venue", "journal", "journal_ref", "journal_name", "booktitle", "source_title", "publication_title",
        "journal_title", "conference", "so", "jo", "jf", "t2",
    ),
}  # fmt: skip

_ARXIV_CODE = re.compile(r"[a-z][a-z-]*(\.[A-Za-z][A-Za-z-]*)?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=[T ])")


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


def content_id(title: str, abstract: str) -> str:
    """Return a stable id for a paper that has none: "sha1:" and 16 hex digits of its normalised content."""
    content = "\n".join(" ".join(part.split()) for part in (title, abstract))
    return "sha1:" + hashlib.sha1(content.encode(errors="replace"), usedforsecurity=False).hexdigest()[:16]


def paper_from_fields(fields: Mapping[str, object]) -> Paper:
    """Return the paper in one decoded record, whose fields may have any of the names in FIELD_NAMES.

    A null, NaN or empty value counts as missing. An id may be a number; without one it is the content id.

    Raises:
        RecordError: a field has the wrong type, or there is neither a title nor an abstract.
    """
    values = _by_normal_name(fields)
    title = _text(values, "title")
    abstract = _text(values, "abstract")
    if not (title or abstract):
        raise RecordError("The record has neither a title nor an abstract; give it at least one of them.")
    return Paper(
        id=_identifier(values) or content_id(title, abstract),
        title=title,
        abstract=abstract,
        categories=_categories(values),
        date=_date(values),
        venue=_optional_text(values, "venue"),
    )


@lru_cache(maxsize=1024)
def normal_name(name: str) -> str:
    """Return a field name as FIELD_NAMES spells it: lower case, with "_" for blanks and hyphens."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def has_paper_field(names: Iterable[str]) -> bool:
    """Return whether one of the names (of columns, say) is a title or an abstract."""
    wanted = {*FIELD_NAMES["title"], *FIELD_NAMES["abstract"]}
    return any(normal_name(name) in wanted for name in names)


def _by_normal_name(fields: Mapping[str, object]) -> dict[str, tuple[str, object]]:
    """Return {normal name: (name, value)} of the fields that have a value; the first of equal names wins."""
    values: dict[str, tuple[str, object]] = {}
    for name, value in fields.items():
        if not _is_missing(value):
            values.setdefault(normal_name(name), (name, value))
    return values


def _is_missing(value: object) -> bool:
    return (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or (isinstance(value, str) and not value.strip())
    )


def _clean(value: str) -> str:
    """Return text that every writer can encode: lone surrogates (legal in JSON) and NULs are replaced."""
    return value.replace("\0", " ").encode("utf-8", "replace").decode().strip()


def _wrong_type(name: str, expected: str, value: object) -> RecordError:
    kinds = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        Decimal: "a number",
        str: "text",
        dict: "an object",
    }
    found = kinds.get(type(value), "a list" if isinstance(value, list | tuple) else type(value).__name__)
    return RecordError(f"Field {name!r} must be {expected}, not {found}.")


def _text(values: Mapping[str, tuple[str, object]], field: str) -> str:
    for known in FIELD_NAMES[field]:
        if known in values:
            name, value = values[known]
            if not isinstance(value, str):
                raise _wrong_type(name, "text", value)
            return _clean(value)
    return ""


def _optional_text(values: Mapping[str, tuple[str, object]], field: str) -> str:
    """Return a text that may be missing; a synonym of another type (an object "journal") is passed over."""
    for known in FIELD_NAMES[field]:
        if known in values:
            name, value = values[known]
            if isinstance(value, str):
                return _clean(value)
            if known == field:
                raise _wrong_type(name, "text", value)
    return ""


def _identifier(values: Mapping[str, tuple[str, object]]) -> str:
    for known in FIELD_NAMES["id"]:
        if known in values:
            name, value = values[known]
            if isinstance(value, str):
                return _clean(value)
            if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                return str(value)
            raise _wrong_type(name, "text or a number", value)
    return ""


def _date(values: Mapping[str, tuple[str, object]]) -> str:
    for known in FIELD_NAMES["date"]:
        if known in values:
            name, value = values[known]
            if isinstance(value, datetime.datetime):
                return value.date().isoformat()
            if isinstance(value, datetime.date):
                return value.isoformat()
            if isinstance(value, str):
                day = _ISO_DAY.match(value.strip())
                return day.group() if day else _clean(value)
            if isinstance(value, int) and not isinstance(value, bool):
                return str(value)
            if known == "date":
                raise _wrong_type(name, "text", value)
    return ""


def _categories(values: Mapping[str, tuple[str, object]]) -> tuple[str, ...]:
    for known in FIELD_NAMES["categories"]:
        if known in values:
            name, value = values[known]
            items = [value] if isinstance(value, str) else value
            if isinstance(items, list | tuple) and all(isinstance(item, str) for item in items):
                codes = (code for item in items for code in _split_categories(_clean(item)))
                return tuple(dict.fromkeys(codes))
            if known == "categories":
                raise _wrong_type(name, "text or a list of texts", value)
    return ()


def _split_categories(text: str) -> list[str]:
    """Split "cs.LG stat.ML" at blanks and "A; B" at separators; keep a name of several words whole."""
    if re.search(r"[;,]", text):
        return [part.strip() for part in re.split(r"[;,]", text) if part.strip()]
    words = text.split()
    return words if all(_ARXIV_CODE.fullmatch(word) for word in words) else [text]

"""The value of one field of a record, of whatever type a source gives it: texts, ids, dates, venues, categories."""

import datetime
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from data.inverted_index import decoded, text_of_index
from data.text import plain_text

MOST_ID_CHARACTERS = 500
"""A longer id is none; the same limit as of REST."""

_MOST_DIGITS = 100
_MOST_CHARACTERS = 500  # of a venue, a date or a category
_MOST_CATEGORIES = 100
_DEEPEST = 5
_TEXT_KEYS = (
    "value", "@value", "text", "#text", "$", "_", "$t", "__text", "rendered", "content",
    "title", "abstract", "description", "name", "InvertedIndex", "AbstractText", "p", "para", "sections", "sec",
)  # fmt: skip
_LABEL_KEYS = ("label", "@label", "Label", "@Label", "heading")
_TYPE_KEYS = ("type", "@type", "descriptionType", "description_type", "titleType", "title_type")
_LANGUAGE_KEYS = ("lang", "language", "@lang", "xml:lang", "@xml:lang", "locale")
# what DataCite files under descriptions beside abstracts
_NO_ABSTRACTS = frozenset(["tableofcontents", "technicalinfo", "seriesinformation"])
_SHORT_KEYS = ("name", "display_name", "title", "raw", "value", "@value", "text", "#text", "$", "id")
_ID_KEYS = ("$oid", "value", "@value", "#text", "$", "text", "id", "_id")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=[T ])")
_ARXIV_CODE = re.compile(r"[a-z][a-z-]*(\.[A-Za-z][A-Za-z-]*)?")


def is_missing(value: object) -> bool:
    """Return whether a value says that there is none: null, NaN, "", [] or {}."""
    if isinstance(value, str):
        return not value or value.isspace()
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or (isinstance(value, list | tuple | dict) and not value)


def kind_of(value: object) -> str:
    """Return what people call the type of a value."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", Decimal: "a number", str: "text", dict: "an object"}
    return kinds.get(type(value), "a list" if isinstance(value, list | tuple) else type(value).__name__)


def title_in(value: object) -> str:
    """Return the title in a value: text, a number, the first text of a list (an English one where it says so)."""
    if isinstance(value, str):
        inside = decoded(value) if value.startswith("[") else None
        return title_in(inside) if inside else value
    if number := _number(value):
        return number
    return next((text for text in _texts(value, _DEEPEST) if text.strip()), "")


def abstract_in(value: object) -> str:
    """Return the abstract in a value.

    That is a text, paragraphs in a list, objects with a text (those that say that they are an abstract, and in
    English, where some do), or an inverted index {word: positions}; a list or index may be written in a text.
    """
    if isinstance(value, str):
        inside = decoded(value) if value.startswith(("{", "[")) else None
        if inside is None:
            return value
        value = inside
    return " ".join(text for text in _texts(value, _DEEPEST) if text.strip())


def id_in(value: object) -> str:
    """Return the id in a value: text, a number, an object with an id, or the first of a list; "" if there is none."""
    if isinstance(value, str):
        return value.strip() if len(value) <= MOST_ID_CHARACTERS else ""
    if number := _number(value):
        return number
    if isinstance(value, list | tuple):
        return next(filter(None, map(id_in, value[:10])), "")
    if isinstance(value, Mapping):
        return next((found for key in _ID_KEYS if (found := _flat_id(value.get(key)))), "")
    return ""


def venue_in(value: object) -> str:
    """Return the name of a journal or conference: text, the name in an object, or the first of a list."""
    if isinstance(value, list | tuple):
        return next(filter(None, map(venue_in, value[:10])), "")
    if isinstance(value, Mapping):
        return next((text for key in _SHORT_KEYS if (text := _short(value.get(key)))), "")
    return _short(value)


def date_in(value: object) -> str:
    """Return a date as the source writes it, an ISO day without its time; "" where the value is no date."""
    if isinstance(value, str):
        text = _short(value)
        day = _ISO_DAY.match(text)
        return day.group() if day else text
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):  # pandas makes floats of years where some are missing
        return _number(value).removesuffix(".0") if re.fullmatch(r"\d{4,14}(\.0)?", _number(value)) else ""
    if isinstance(value, list | tuple):
        return next(filter(None, map(date_in, value[:10])), "")
    return _date_in_object(value) if isinstance(value, Mapping) else ""


def categories_in(value: object) -> tuple[str, ...]:
    """Return the category codes or names in "cs.LG stat.ML", "A; B", or a list of texts or objects, each once."""
    if isinstance(value, str):
        return tuple(_category_codes(value))
    items = value if isinstance(value, list | tuple) else [value]
    codes: dict[str, None] = {}
    for item in items[:_MOST_CATEGORIES]:
        codes.update(dict.fromkeys(_category_codes(item)))
    return tuple(codes)[:_MOST_CATEGORIES]


def _category_codes(item: object) -> Sequence[str]:
    if isinstance(item, Mapping):
        keys = ("id", "term", "@term", "category", "subject", "name", "value", "display_name", "primary")
        item = next((item[key] for key in keys if isinstance(item.get(key), str)), None)
    return _codes_in_text(item) if isinstance(item, str) and len(item) <= _MOST_CHARACTERS else ()


@lru_cache(maxsize=4096)  # papers of one source share them
def _codes_in_text(text: str) -> tuple[str, ...]:
    text = plain_text(text)
    words = text.split()
    if re.search(r"[;,]", text):
        words = list(filter(None, map(str.strip, re.split(r"[;,]", text))))
    elif not all(_ARXIV_CODE.fullmatch(word) for word in words):
        words = [text]
    return tuple(dict.fromkeys(words))[:_MOST_CATEGORIES]


def _number(value: object) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**_MOST_DIGITS else ""
    if isinstance(value, Decimal):
        return str(value) if value.is_finite() else ""
    return str(value) if isinstance(value, float) and math.isfinite(value) else ""


def _flat_id(value: object) -> str:
    return id_in(value) if isinstance(value, str | int | Decimal) else ""


def _short(value: object) -> str:
    return " ".join(value[:_MOST_CHARACTERS].split()) if isinstance(value, str) else ""


def _date_in_object(value: Mapping[str, object]) -> str:
    parts = value.get("date-parts") or value.get("date_parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        return _joined_date(parts[0])
    if any(name in value for name in ("year", "Year")):
        lower = {str(name).lower(): item for name, item in value.items()}
        return _joined_date([lower.get(name) for name in ("year", "month", "day")])
    keys = ("date-time", "date", "raw", "literal", "value", "@value", "$date", "$", "#text", "text")
    return next((found for key in keys if (found := date_in(value.get(key)))), "")


def _joined_date(parts: Sequence[object]) -> str:
    """Return [2024, 2, 1] as "2024-02-01", up to the first part that is no number."""
    found: list[str] = []
    for part, width in zip(parts, (4, 2, 2), strict=False):
        text = str(part).strip() if isinstance(part, int | str) and not isinstance(part, bool) else ""
        if not (text.isdecimal() and len(text) <= width):
            break
        found.append(text.zfill(width))
    return "-".join(found)


def _texts(value: object, depth: int) -> Iterator[str]:
    """Yield the texts in a value in their order."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, list | tuple):
        if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
            yield from _texts(dict(value), depth - 1)  # so Arrow gives a map
            return
        for item in _chosen(value):
            yield from _texts(item, depth - 1)
    elif depth and isinstance(value, Mapping) and value:
        if (text := text_of_index(value)) is not None:
            yield text
        else:
            yield from _texts_in_object(value, depth - 1)


def _texts_in_object(value: Mapping[str, object], depth: int) -> Iterator[str]:
    key = next((key for key in _TEXT_KEYS if value.get(key)), None)
    if key is not None:
        label = next((found for name in _LABEL_KEYS if (found := _short(value.get(name)))), "")
        texts = " ".join(_texts(value[key], depth))
        yield f"{label.rstrip(': ')}: {texts}" if label and texts else texts
    elif all(_LANGUAGE.fullmatch(str(name)) for name in value):
        english = next((name for name in value if str(name).startswith("en")), next(iter(value)))
        yield from _texts(value[english], depth)


def _chosen(items: Sequence[object]) -> Sequence[object]:
    """Return the items of a list that are the text: abstracts among descriptions, English among languages."""
    objects = [item for item in items if isinstance(item, Mapping)]
    if not objects or len(objects) < len(items):
        return items
    kinds = [_said(item, _TYPE_KEYS).replace("_", "") for item in objects]
    if any("abstract" in kind for kind in kinds):
        objects = [item for item, kind in zip(objects, kinds, strict=True) if "abstract" in kind]
    else:
        objects = [item for item, kind in zip(objects, kinds, strict=True) if kind not in _NO_ABSTRACTS]
    main = [item for item in objects if not _said(item, ("titleType", "title_type"))]
    languages = [_said(item, _LANGUAGE_KEYS) for item in main or objects]
    wanted = next((language for language in languages if language.startswith("en")), languages[0] if languages else "")
    pairs = zip(main or objects, languages, strict=True)
    return [item for item, language in pairs if not language or language == wanted]


def _said(item: Mapping[str, object], keys: Sequence[str]) -> str:
    return next((value.lower() for key in keys if isinstance(value := item.get(key), str)), "")

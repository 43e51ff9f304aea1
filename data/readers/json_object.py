"""Decoding JSON objects into the records of papers."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal

from data.papers import RecordError, Reject
from data.readers.json_papers import papers_in
from data.readers.json_shapes import Fields
from data.readers.records import Record, decode_utf8, reject

# A number keeps its digits: as a float the arXiv id 1804.05290 would lose its last one. Tabs inside a text, which
# JSON wants escaped, are no reason to lose a paper.
_DECODER = json.JSONDecoder(parse_float=Decimal, strict=False)
# What MongoDB's shell writes instead of JSON, as in AMiner's citation network.
_MONGO_CALL = re.compile(
    r"\b(?:NumberInt|NumberLong|NumberDecimal|ISODate|ObjectId)\(\s*(\"[^\"]{0,60}\"|-?[\d.]+)\s*\)"
)
_NO_PAPERS = frozenset(["attachment", "note", "annotation"])  # among the items of Zotero
_BETWEEN = " \t\r\n,\x1e"


def json_records(file: str, line: int, content: bytes) -> Iterator[Record | Reject]:
    """Yield the records in some JSON: objects after one another, and those in lists and objects around them.

    What is no JSON, or a value without an object, is a Reject that says what is wrong with it; an object without a
    paper is a record as it is.
    """
    try:
        text = decode_utf8(content).strip(_BETWEEN)
        position = 0
        while position < len(text):
            value, text, position = _value_at(text, position)
            for fields in _fields(value):
                if (kind := fields.get("itemType")) in _NO_PAPERS:
                    yield reject(file, line, f"The record is an item of the type {kind}, not a paper.", content)
                else:
                    yield Record(file, line, fields)
    except RecordError as error:
        yield reject(file, line, str(error), content)
    except json.JSONDecodeError as error:
        reason = f"The record is not valid JSON ({error.msg} at character {error.pos + 1})."
        yield reject(file, line, reason, content)
    except RecursionError:
        yield reject(file, line, "The JSON of the record is nested too deeply.", content)
    except ValueError:  # Python refuses integers of thousands of digits
        yield reject(file, line, "The record has a number of too many digits.", content)


def _value_at(text: str, position: int) -> tuple[object, str, int]:
    """Return the value at a position, the text, in which it may have been repaired, and where the next value begins.

    Raises:
        ValueError: what stands there is no JSON.
    """
    try:
        value, position = _DECODER.raw_decode(text, position)
    except json.JSONDecodeError:
        plain = _MONGO_CALL.sub(r"\1", text)
        if plain == text:
            raise
        text = plain
        value, position = _DECODER.raw_decode(text, position)
    while position < len(text) and text[position] in _BETWEEN:
        position += 1
    return value, text, position


def json_value(content: bytes) -> object:
    """Return the first JSON value of some content; None where there is none."""
    try:
        value: object = _DECODER.raw_decode(content.decode("utf-8", "replace").lstrip())[0]
    except (ValueError, RecursionError):
        return None
    return value


def _fields(value: object) -> list[Fields]:
    """Return the fields of each record in a value.

    Raises:
        RecordError: the value has no object.
    """
    if papers := papers_in(value):
        return papers
    if isinstance(value, dict):
        return [value]
    raise RecordError("The record must be a JSON object with fields such as title and abstract.")

"""Decoding JSON objects into the records of papers."""

import json
from collections.abc import Iterator
from decimal import Decimal

from data.papers import RecordError, Reject
from data.readers.json_papers import Fields, papers_in
from data.readers.records import Record, decode_utf8, reject

# A number keeps its digits: as a float the arXiv id 1804.05290 would lose its last one. Tabs inside a text, which
# JSON wants escaped, are no reason to lose a paper.
_DECODER = json.JSONDecoder(parse_float=Decimal, strict=False)
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
            value, position = _DECODER.raw_decode(text, position)
            for fields in _fields(value):
                yield Record(file, line, fields)
            while text[position : position + 1] and text[position] in _BETWEEN:
                position += 1
    except RecordError as error:
        yield reject(file, line, str(error), content)
    except json.JSONDecodeError as error:
        reason = f"The record is not valid JSON ({error.msg} at character {error.pos + 1})."
        yield reject(file, line, reason, content)
    except RecursionError:
        yield reject(file, line, "The JSON of the record is nested too deeply.", content)
    except ValueError:  # Python refuses integers of thousands of digits
        yield reject(file, line, "The record has a number of too many digits.", content)


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

"""Decoding one JSON object into a record."""

import json
from decimal import Decimal

from data.papers import RecordError, Reject
from data.readers.records import Record, decode_utf8, reject

# A number keeps its digits: as a float the arXiv id 1804.05290 would lose its last one.
_DECODER = json.JSONDecoder(parse_float=Decimal)


def json_record(file: str, line: int, content: bytes) -> Record | Reject:
    """Return the record of one JSON object, or the Reject that says what is wrong with it."""
    try:
        fields = _DECODER.decode(decode_utf8(content).strip())
    except RecordError as error:
        return reject(file, line, str(error), content)
    except json.JSONDecodeError as error:
        reason = f"The record is not valid JSON ({error.msg} at character {error.pos + 1})."
        return reject(file, line, reason, content)
    except RecursionError:
        return reject(file, line, "The JSON of the record is nested too deeply.", content)
    except ValueError:  # Python refuses integers of thousands of digits
        return reject(file, line, "The record has a number of too many digits.", content)
    if not isinstance(fields, dict):
        return reject(file, line, "The record must be a JSON object with fields such as title and abstract.", content)
    return Record(file, line, fields)

"""JSON objects as records."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Reject
from data.readers.json_object import json_records, json_value
from data.readers.records import Record


def test_fields_are_as_they_stand() -> None:
    """A number keeps its digits: as a float an arXiv id would lose a last zero."""
    (record,) = json_records("p.jsonl", 7, b'\xef\xbb\xbf {"id": 1804.05290, "title": "Salmon", "year": 2018} ')
    assert isinstance(record, Record)
    assert record == Record("p.jsonl", 7, {"id": Decimal("1804.05290"), "title": "Salmon", "year": 2018})
    assert str(record.fields["id"]) == "1804.05290"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"title": "Salmon"', "not valid JSON"),
        (b'{"title": "Salmon",}', "at character"),
        (b"[1, 2]", "must be a JSON object"),
        (b'"Salmon"', "must be a JSON object"),
        (b'{"title": "L\xfcbeck"}', "not valid UTF-8"),
        (b'{"a": ' * 20_000 + b"1" + b"}" * 20_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "too many digits"),
    ],
)
def test_anything_else_is_a_reject(content: bytes, reason: str) -> None:
    """It says what is wrong, and where the record is."""
    (found,) = json_records("p.jsonl", 7, content)
    assert isinstance(found, Reject)
    assert (found.file, found.line) == ("p.jsonl", 7)
    assert reason in found.reason


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text()))))
def test_what_json_writes_is_read(fields: dict[str, object]) -> None:
    """Any object, whatever its keys and texts."""
    assert list(json_records("p.jsonl", 1, json.dumps(fields).encode())) == [Record("p.jsonl", 1, fields)]
    assert json_value(json.dumps(fields).encode()) == fields


def test_objects_after_one_another() -> None:
    """Several objects on a line are several records; signs between them, and raw tabs in texts, are no fault."""
    found = json_records("p.jsonl", 7, b'{"title": "Salmon"}{"title": "a\tb"}, {"title": "Trout"},\x1e')
    assert [record.fields["title"] for record in found if isinstance(record, Record)] == ["Salmon", "a\tb", "Trout"]


def test_what_follows_a_whole_object_is_not_lost_in_silence() -> None:
    """The objects before the fault are read, and the fault is a Reject."""
    first, second = json_records("p.jsonl", 7, b'{"title": "Salmon"} {"title"')
    assert isinstance(first, Record) and isinstance(second, Reject)
    assert list(json_records("p.jsonl", 7, b" , ")) == []
    assert json_value(b"{") is None

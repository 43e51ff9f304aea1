"""Tests of data.readers.json_array."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import Record, read_papers, read_records

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


@pytest.mark.parametrize(
    "content",
    [
        '[{"title": "A"}, {"title": "B"}]',
        '  [\n{"title": "A"},\n{"title": "B"}\n]\n',
        '[{"title": "A"},{"title": "B", "x": {"y": ["}", "]", "\\"{\\\\"]}}]',
        '{\n  "title": "A"\n}\n{\n  "title": "B"\n}\n',
    ],
)
def test_arrays_and_objects_over_lines(read_content: ReadContent, titles: Titles, content: str) -> None:
    """Objects are found on one line or several, whatever brackets their texts have."""
    assert titles(read_content(content)) == ["A", "B"]


@pytest.mark.parametrize(
    "broken",
    [
        '{"title": }',
        '{"title": "x',
        '{"title": "x", "y": {',
        '{"title" "x"}',
        "17",
        '"text"',
        '{"title": "x\\',
    ],
)
def test_a_broken_element_is_rejected_alone(read_content: ReadContent, titles: Titles, broken: str) -> None:
    """An element with a fault, even without its end, does not take those on the next lines with it."""
    content = f'[\n{{"title": "A"}},\n{broken},\n{{"title": "B"}},\n{{"title": "C"}}\n]'
    assert titles(read_content(content)) == ["A", 3, "B", "C"]


def test_cut_off(read_content: ReadContent, titles: Titles) -> None:
    """The element in which the file ends is rejected at the line where it starts."""
    assert titles(read_content('[{"title": "A"},\n{"title":\n "B')) == ["A", 2]


@pytest.mark.parametrize("content", ['[["id", "title"], ["1", "A"]]', '["A", "B", "C"]', "[1, 2, 3]", "[null, 1]"])
def test_an_array_without_objects_is_one_reject(read_content: ReadContent, content: str) -> None:
    """It says that records are objects, once for the whole file."""
    (rejected,) = read_content(content)
    assert isinstance(rejected, Reject) and "must be an object" in rejected.reason


def test_null_in_place_of_objects(read_content: ReadContent, titles: Titles) -> None:
    """APIs answer so for works that they do not know: each is a Reject, and the others are read."""
    assert titles(read_content('[null,\n{"title": "A"}, null]')) == [1, "A", 2]


def test_an_empty_array_has_no_records(read_content: ReadContent) -> None:
    """An array without elements is a valid file of no papers."""
    assert read_content("[]") == []


def test_an_overlong_element_is_skipped(tmp_path: Path) -> None:
    """An element over the limit is one Reject, also when it fills many chunks of one line."""
    path = tmp_path / "papers.json"
    path.write_text('[{"title": "A"}, {"title": "' + "x" * 300_000 + '"},\n {"title": "B"}]')
    records = list(read_records([path], record_bytes=1000))
    assert [item.line for item in records] == [1, 1, 2]
    assert [type(item) for item in records] == [Record, Reject, Record]


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text() | st.lists(st.text()), max_size=3), max_size=6),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.integers(0, 3),
)
def test_every_object_is_read(
    objects: list[dict[str, object]], indent: int | None, ascii_only: bool, shift: int
) -> None:
    """Any array that json writes comes back whole, wherever chunks end."""
    objects = [{**fields, "title": "t", "n": str(number)} for number, fields in enumerate(objects)]
    # the padding moves the end of the first chunk through the text
    padding = " " * (65536 - 20 + shift * 7)
    text = padding + json.dumps([{"title": "first"}, *objects], indent=indent, ensure_ascii=ascii_only)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.json")
        path.write_text("[" + text + "]", newline="")
        found = [item.fields for item in read_records([path]) if isinstance(item, Record)]
        assert found == [{"title": "first"}, *objects]
        assert len(list(read_papers([path]))) == len(found)

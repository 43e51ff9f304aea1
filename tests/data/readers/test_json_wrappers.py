"""Tests of data.readers.json_wrappers."""

import pytest

from data.readers.json_wrappers import begins_as_map, begins_with_paper, is_list_of_papers

PAPER = b'{"title": "Geese"}'


@pytest.mark.parametrize(
    ("before", "first", "after_another", "expected"),
    [
        (b'{"results": ', PAPER, False, True),
        (b'{"meta": {"x": 1}, "Search Results" :', PAPER, False, False),
        (b'{"authors": ', PAPER, True, False),
        (b'{"more": ', PAPER, True, True),
        (b'{"more": ', PAPER, False, False),
        (b'{"results": ', b'{"name": "N"}', False, False),
        (b"[1, ", PAPER, True, False),
    ],
)
def test_lists_of_papers(before: bytes, first: bytes, after_another: bool, expected: bool) -> None:
    """Their name is one that sources use, and their first object is a paper."""
    assert is_list_of_papers(before, first, after_another=after_another) is expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (b'"a": {"title": "A"}, "b": {"title": "B"}, "c": {"tit', True),
        (b'\n "a\\"{": {"title": "A"},\n "b": {"title": "B"}', True),
        (b'"a": {"title": "A"}, "b": {"tit', False),
        (b'"title": "A", "journal": {"title": "J"}, "book": {"title": "B"}', False),
        (b'"a": {"name": "A"}, "b": {"name": "B"}', False),
        (b"", False),
        (b'"a": ' + b"[" * 100_000, False),
    ],
)
def test_maps_of_papers(members: bytes, expected: bool) -> None:
    """Their first two members are papers; the object of one paper begins with fields of it."""
    assert begins_as_map(members) is expected


def test_any_content_can_begin() -> None:
    """What is no JSON is no paper."""
    assert begins_with_paper(b" " + PAPER + b", more")
    assert not any(map(begins_with_paper, [b"", b"{", b"5", b"\xff", b'["title"]']))

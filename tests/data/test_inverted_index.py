"""Tests of data.inverted_index."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.inverted_index import decoded, text_of_index

_INDICES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), min_size=1)


@given(_INDICES)
def test_a_text_comes_back(words: list[str]) -> None:
    """From the index itself, and from one that a table holds as JSON or as Python writes it."""
    index: dict[object, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    assert text_of_index(index) == " ".join(words)
    assert decoded(json.dumps(index)) == index
    assert decoded(str(index)) == index


@given(_INDICES, st.data())
def test_places_left_out_or_given_twice(words: list[str], data: st.DataObject) -> None:
    """Words come in the order of their places, whatever lies between; those in one place side by side."""
    places = data.draw(st.lists(st.integers(0, 9), min_size=len(words), max_size=len(words)))
    index: dict[object, list[int]] = {}
    for word, place in zip(words, places, strict=True):
        index.setdefault(word, []).append(place)
    found = text_of_index(index)
    assert found == " ".join(word for _, word in sorted(zip(places, words, strict=True)))


def test_columns_of_a_table_of_indices() -> None:
    """Words of other papers have no place."""
    assert text_of_index({"We": [0], "geese": None, "count": [1]}) == "We count"


@pytest.mark.parametrize("index", [{}, {"a": 1}, {"a": ["b"]}, {"a": [True]}, {"a": None}])
def test_other_objects_are_no_index(index: dict[object, object]) -> None:
    """Positions are numbers."""
    assert text_of_index(index) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("['Geese']", ["Geese"]),
        ("['Geese \\'n ice', \"It's\"]", ["Geese 'n ice", "It's"]),
        ('["Geese"]', ["Geese"]),
        ('[{"text": "Geese"}]', [{"text": "Geese"}]),
        ("[1, 2]", None),
        ("[Geese]", None),
        ("['Geese'] and more", None),
        ("[__import__('os')]", None),
        ("['\\ud800\\N{x}']", None),
        ("{'title': 'Geese'}", None),
        ('{"title": "Geese"}', None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_what_a_text_holds(text: str, expected: object) -> None:
    """Lists of texts or objects; anything else is text."""
    assert decoded(text) == expected

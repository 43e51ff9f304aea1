"""Tests of data.field_values."""

import datetime
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.field_values import abstract_in, categories_in, date_in, id_in, title_in, venue_in

GEESE = {"We": [0], "count": [1, 4], "geese": [2], "and": [3], "text": [5], "herons.": [6]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["We count.", "They fly."], "We count. They fly."),
        ([{"type": "abstract", "value": "We count."}, {"type": "note", "value": "12 pages"}], "We count."),
        ([{"descriptionType": "SeriesInformation", "description": "Vol. 1"}], ""),
        ([{"lang": "fr", "value": "Nous comptons."}, {"lang": "en", "value": "We count."}], "We count."),
        ({"fr": "Nous comptons.", "en": "We count."}, "We count."),
        ([{"label": "AIM", "text": "Count."}, {"label": "RESULT:", "text": "Five."}], "AIM: Count. RESULT: Five."),
        ({"#text": "We count."}, "We count."),
        ([{"@Label": "AIM", "#text": "Count."}, {"#text": "Sit."}], "AIM: Count. Sit."),
        (GEESE, "We count geese and count text herons."),
        ({**GEESE, "absent": None}, "We count geese and count text herons."),
        ({"IndexLength": 7, "InvertedIndex": GEESE}, "We count geese and count text herons."),
        (json.dumps(GEESE), "We count geese and count text herons."),
        (list(GEESE.items()), "We count geese and count text herons."),
        ({"far": [10**15], "near": [-1]}, "near far"),
        ('["We count.", {"text": "They fly."}]', "We count. They fly."),
        ('[{"start": 3, "end": 9}]', ""),
        ("{not JSON", "{not JSON"),
        ("[1] shows geese.", "[1] shows geese."),
        ("[1, 2]", "[1, 2]"),
        (17, ""),
        (True, ""),
        ([[[[[[["too deep"]]]]]]], ""),
    ],
)
def test_abstracts(value: object, expected: str) -> None:
    """Paragraphs, objects, languages and inverted indices give the text of the abstract."""
    assert abstract_in(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["Geese", "Oies"], "Geese"),
        ([{"title": "Oies", "lang": "fr"}, {"title": "Geese", "lang": "en"}], "Geese"),
        ([{"title": "A subtitle", "titleType": "Subtitle"}, {"title": "Geese"}], "Geese"),
        ({"value": "Geese"}, "Geese"),
        ("['Geese', 'Oies']", "Geese"),
        ("[Geese on ice]", "[Geese on ice]"),
        (1984, "1984"),
        (["", "Geese"], "Geese"),
    ],
)
def test_titles(value: object, expected: str) -> None:
    """Of several titles the main one, in English where it says so, is read."""
    assert title_in(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" a ", "a"),
        (7, "7"),
        (Decimal("1804.05290"), "1804.05290"),
        ({"$oid": "5f00"}, "5f00"),
        (["10.5555/1", "x"], "10.5555/1"),
        (True, ""),
        ({"a": 1}, ""),
        ("x" * 501, ""),
        (10**200, ""),
    ],
)
def test_ids(value: object, expected: str) -> None:
    """An id is text, a number, or in an object or a list; one of thousands of characters is none."""
    assert id_in(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"date-parts": [[2024, 2, 1]]}, "2024-02-01"),
        ({"date-parts": [["2024", 5]]}, "2024-05"),
        ({"year": 2020, "month": 5}, "2020-05"),
        ({"year": 2020, "month": "May"}, "2020"),
        ({"date-time": "2024-02-02T00:00:00Z"}, "2024-02-02"),
        (2021.0, "2021"),
        (Decimal("2021.0"), "2021"),
        (2020.5, ""),
        (True, ""),
        (float("inf"), ""),
        (["2024", "2025"], "2024"),
        (datetime.date(2024, 5, 6), "2024-05-06"),
    ],
)
def test_dates(value: object, expected: str) -> None:
    """Date parts, years as floats and lists become text; what is no date does not."""
    assert date_in(value) == expected


def test_venues_and_categories() -> None:
    """Objects and lists of them give their names."""
    assert venue_in({"raw": "Conference on Geese"}) == "Conference on Geese"
    assert venue_in(["J. Birds", "J. B."]) == "J. Birds"
    assert categories_in([{"id": "cs.LG", "name": "Learning"}, "stat.ML; q-bio"]) == ("cs.LG", "stat.ML", "q-bio")
    assert categories_in({"primary": "q-bio"}) == ("q-bio",)
    assert categories_in([7, None, {"a": 1}]) == ()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES)
def test_any_value_is_read_or_left_out(value: object) -> None:
    """No value of any type makes reading fail."""
    for read in (title_in, abstract_in, id_in, date_in, venue_in):
        assert isinstance(read(value), str)
    assert all(isinstance(code, str) for code in categories_in(value))

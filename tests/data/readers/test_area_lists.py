"""Lists of areas as tables, scripts and people write them."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.area_names import AreaNames
from data.readers.area_lists import area_items
from data.taxonomy import Area, Field, Taxonomy

_TITLES = ("Fish", "Birds, bees and bats", "Rock | roll", "Sleep; rest", "O'Brien rings", "Work (paid)", "a, b, c, d")
NAMES = AreaNames(Taxonomy(1, (Field("f", "F", (), tuple(Area(f"f/{n}", name) for n, name in enumerate(_TITLES))),)))
_BY_SIGN: list[Callable[[list[str]], str]] = [
    "; ".join,
    ";".join,
    " | ".join,
    "|".join,
    ", ".join,
    ",".join,
    "\n".join,
]
_LITERALS: list[Callable[[list[str]], str]] = [
    json.dumps,
    str,
    lambda names: str(tuple(names)),
    lambda names: json.dumps([{"id": "", "name": name, "score": 0.5} for name in names]),
    lambda names: str([{"name": name, "score": 0.5} for name in names]),
]


@given(st.lists(st.sampled_from(_TITLES), unique=True), st.sampled_from([*_BY_SIGN, *_LITERALS]))
def test_names_in_a_text_are_found_again(names: list[str], write: Callable[[list[str]], str]) -> None:
    """However they are separated, although separators stand in the names."""
    found = area_items(write(names), NAMES)
    assert found is not None
    assert [NAMES.id_of(item) for item in found] == [f"f/{_TITLES.index(name)}" for name in names]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", []),
        ("[]", []),
        ("  ;; ", []),
        ("f/0;", ["f/0"]),
        ("['f/0' 'f/1'\n 'f/2']", ["f/0", "f/1", "f/2"]),
        ("{f/0,f/1}", ["f/0", "f/1"]),
        ('{f/0,"Birds, bees and bats"}', ["f/0", "Birds, bees and bats"]),
        ("[f/0, f/1]", ["f/0", "f/1"]),
        ("f/0; what; f/1", ["f/0", "what", "f/1"]),
    ],
)
def test_texts_are_lists(text: str, items: list[str]) -> None:
    """NumPy, PostgreSQL and people have their own ways; what is no area stays to be refused."""
    assert area_items(text, NAMES) == items


@pytest.mark.parametrize(
    "value", [7, True, {"f/0": 1}, [7], [None], [["f/0"]], [{"score": 1}], "[{1: 2}]", "[{" * 9999]
)
def test_what_is_no_list_of_areas_is_none(value: object) -> None:
    """Numbers, nested lists, and a text that is broken or nested deeply."""
    assert area_items(value, NAMES) is None or isinstance(value, str)

"""Tests of data.writers.keywords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.writers.keywords import KeywordChange, keyword, keyword_change, rejoined, separated


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("Geese", "", "Geese"),
        ("Geese, herons; storks", "", "Geese / herons / storks"),
        ("Geese", "area: ", "area: Geese"),
        ("Geese", "area:", "area:Geese"),
    ],
)
def test_a_name_as_keyword(name: str, prefix: str, expected: str) -> None:
    """What would cut a name in two is written otherwise."""
    assert keyword(name, prefix) == expected


@pytest.mark.parametrize(
    ("existing", "names", "prefix", "expected"),
    [
        ([], ["A", "B", "A"], "", KeywordChange(("A", "B"))),
        (["a", " x "], ["A", "B"], "", KeywordChange(("B",))),
        (["x", "C"], ["A"], "", KeywordChange(("A",))),
        (["x", "t: A", "T:  C"], ["A", "B"], "t: ", KeywordChange(("t: B",), frozenset([2]))),
        (["A"], ["A"], "t:", KeywordChange(("t:A",))),
        (["t:A"], [], "t:", KeywordChange((), frozenset([0]))),
    ],
)
def test_what_changes(existing: list[str], names: list[str], prefix: str, expected: KeywordChange) -> None:
    """Names come once; without a prefix none goes, with one those that are not wanted any more do."""
    assert keyword_change(names, prefix)(existing) == expected


@pytest.mark.parametrize(
    ("content", "items"),
    [
        ("a, b,c", ["a", "b", "c"]),
        ("a; b, c ;d", ["a", "b, c", "d"]),
        ("{A, b}, c", ["{A, b}", "c"]),
        (r"R\&amp; D, x\, y", [r"R\&amp; D", r"x\, y"]),
        (r"R\&D; Q&A; caf&eacute; x&#59; y", [r"R\&D", "Q&A", "caf&eacute; x&#59; y"]),
        ("one", ["one"]),
        ("", [""]),
    ],
)
def test_lists_are_taken_apart(content: str, items: list[str]) -> None:
    """Semicolons separate where there are some, else commas; braces, escapes and entities hide both."""
    assert separated(content, braces=True)[0] == items


@pytest.mark.parametrize(
    ("content", "change", "expected"),
    [
        ("a, b", KeywordChange(("c",)), "a, b, c"),
        ("a;b", KeywordChange(("c", "d")), "a;b;c;d"),
        (" a\n ", KeywordChange(("c",)), " a, c\n "),
        ("a, b,", KeywordChange(("c",)), "a, b, c,"),
        ("", KeywordChange(("c", "d")), "c, d"),
        ("a, b, c", KeywordChange((), frozenset([0])), "b, c"),
        ("a, b, c", KeywordChange(("d",), frozenset([1, 2])), "a, d"),
        ("a", KeywordChange((), frozenset([0])), ""),
    ],
)
def test_lists_are_put_together(content: str, change: KeywordChange, expected: str) -> None:
    """What stays keeps its place and separators, what comes stands behind it."""
    assert rejoined(*separated(content), change) == expected


@given(st.text(st.sampled_from("ab ,;{}\\&\n")))
def test_nothing_is_lost(content: str) -> None:
    """A list that nothing changes about comes back as it was."""
    for braces in (False, True):
        assert rejoined(*separated(content, braces=braces), KeywordChange(())) == content

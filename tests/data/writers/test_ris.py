"""Tests of data.writers.ris."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.writers import KeywordFormat

GiveBack = Callable[..., bytes]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("TY  - JOUR\nTI  - A\nER  - \n", "TY  - JOUR\nTI  - A\nKW  - Geese\nER  - \n"),
        ("TY - JOUR\r\nTI - A\r\nER -\r\n", "TY - JOUR\r\nTI - A\r\nKW - Geese\r\nER -\r\n"),
        ("TY  - JOUR\rKW  - birds\rTI  - A\rER  - \r", "TY  - JOUR\rKW  - birds\rKW  - Geese\rTI  - A\rER  - \r"),
        ("TY  - X\nTI  - A\nKW  - b\nice\n\nER  - \n", "TY  - X\nTI  - A\nKW  - b\nice\nKW  - Geese\n\nER  - \n"),
        ("TY  - JOUR\nTI  - A\nKW  - birds; geese\nER  - \n", "TY  - JOUR\nTI  - A\nKW  - birds; geese\nER  - \n"),
        ("  TY  - JOUR\n  TI  - A\n  ER  - \n", "  TY  - JOUR\n  TI  - A\n  KW  - Geese\n  ER  - \n"),
        ("TY\t- JOUR\nTI\t- A\nER\t- \n", "TY\t- JOUR\nTI\t- A\nKW\t- Geese\nER\t- \n"),
        ("TI  - A\nTY  - JOUR\nER  - \n", "TI  - A\nTY  - JOUR\nKW  - Geese\nER  - \n"),
        ("TY  - JOUR\nTI  - A", "TY  - JOUR\nTI  - A\nKW  - Geese"),
        ("1.\nTY  - X\nTI  - A\n\n2.\nTY  - X\nAU  - x\n",
         "1.\nTY  - X\nTI  - A\nKW  - Geese\n\n2.\nTY  - X\nAU  - x\n"),
    ],
)  # fmt: skip
def test_keywords(give_back: GiveBack, content: str, expected: str) -> None:
    """Each is a line behind the others, or before the end; numbers, Rejects and other text stay as they are."""
    assert give_back(content, KeywordFormat.RIS).decode() == expected


def test_a_prefix(give_back: GiveBack) -> None:
    """Earlier keywords of the prefix are replaced; a line with others as well stays."""
    content = "TY  - JOUR\nTI  - A\nKW  - t:Herons\nKW  - birds\nKW  - t:Old; ice\nKW  - t:Geese\nER  - \n"
    expected = b"TY  - JOUR\nTI  - A\nKW  - birds\nKW  - t:Old; ice\nKW  - t:Geese\nKW  - t:Storks\nER  - \n"
    assert give_back(content, KeywordFormat.RIS, ["Geese", "Storks"], "t:") == expected


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)


@st.composite
def _reference(draw: st.DrawFn) -> list[str]:
    tags = draw(st.lists(st.sampled_from(["AB", "KW", "AU", "N1"]), max_size=5))
    lines = ["TY  - JOUR", "TI  - A" + draw(_TEXT), *(f"{tag}  - b{draw(_TEXT)}" for tag in tags)]
    return [*lines, *(["ER  - "] if draw(st.booleans()) else []), *draw(st.lists(st.just(""), max_size=2))]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_reference(), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", "\r"]))
def test_only_keywords_change(give_back: GiveBack, references: list[list[str]], end: str) -> None:
    """A thousand references in all: without the new lines the file is the same, and twice is once."""
    content = end.join(line for reference in references for line in reference).encode()
    once = give_back(content, KeywordFormat.RIS, ["Geese, herons"])
    assert give_back(once, KeywordFormat.RIS, ["Geese, herons"]) == once
    lines = once.split(end.encode())
    new = b"KW  - Geese / herons"
    assert lines.count(new) == len(references)
    assert end.encode().join(line for line in lines if line != new) == content

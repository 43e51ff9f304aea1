"""Tests of data.writers.ris."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.writers import KeywordFormat
from tests.support.properties import SHARED_FIXTURES

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


_TEXT = st.text(st.sampled_from("abc äöüß -;,.&1"), max_size=20)
_STYLES = st.sampled_from(["{0}  - {1}", "{0} - {1}", "  {0}  - {1}", "{0}\t- {1}", "{0}  -{1}"])


@st.composite
def _reference(draw: st.DrawFn, *, ends: bool) -> list[str]:
    """The lines of a reference: fields over several lines, keywords, its type first or, where all have ends, later."""
    tags = draw(st.lists(st.sampled_from(["AB", "KW", "KW", "AU", "N1", "DO"]), max_size=6))
    style = draw(_STYLES)
    fields = [("TI", "A" + draw(_TEXT)), *((tag, "b" + draw(_TEXT)) for tag in tags)]
    fields.insert(draw(st.sampled_from([0, 1])) if ends else 0, ("TY", "JOUR"))
    lines: list[str] = []
    for field in fields:
        lines.append(style.format(*field))
        folded = (
            draw(st.lists(st.sampled_from(["   folded text", "and more", ""]), max_size=2)) if field[0] != "TY" else []
        )
        lines += folded if any(folded) and field[0] != "TI" else []
    if ends or draw(st.booleans()):
        lines.append(style.format("ER", ""))
        lines += draw(st.lists(st.sampled_from(["", "Link to the text: x", "2."]), max_size=2))
    return [*lines, ""]


@settings(max_examples=250, suppress_health_check=SHARED_FIXTURES)
@given(
    st.booleans().flatmap(lambda ends: st.lists(_reference(ends=ends), min_size=3, max_size=6)),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
)
def test_only_keywords_change(give_back: GiveBack, references: list[list[str]], end: str, encoding: str) -> None:
    """A thousand references in all: without the new lines the file is the same, and twice is once."""
    content = end.join(line for reference in references for line in reference)
    once = give_back(content.encode(encoding), KeywordFormat.RIS, ["Geese, herons"])
    assert give_back(once, KeywordFormat.RIS, ["Geese, herons"]) == once
    lines = once.decode(encoding).split(end)
    new = [line for line in lines if line.endswith("Geese / herons") and "KW" in line]
    assert len(new) == len(references)
    assert end.join(line for line in lines if line not in new) == content


def test_new_lines_are_written_as_the_others(give_back: GiveBack) -> None:
    """In lower case, with the dashes and blanks of the file."""
    content = "ty  \u2013 JOUR\nti  \u2013 A\ner  \u2013 \n"
    expected = content.replace("er ", "kw  \u2013 Geese\ner ")
    once = give_back(content, KeywordFormat.RIS)
    assert once.decode() == expected
    assert give_back(once, KeywordFormat.RIS) == once

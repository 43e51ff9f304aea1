"""Cells that a spreadsheet would run."""

from hypothesis import given
from hypothesis import strategies as st

from data.spreadsheet_cells import guarded, unguarded

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
BLANKS = " \t\r\n\xa0\u3000"


@given(st.one_of(st.text(), st.text(alphabet=f"'{SIGNS}{BLANKS}ab", max_size=6)))
def test_guarded_cells_are_harmless_and_read_back(text: str) -> None:
    """No guarded cell begins with a sign that is run, also after blanks; each text has a cell of its own."""
    cell = guarded(text)
    assert not cell.startswith(("\t", "\r", "\n"))
    assert not cell.lstrip().startswith(tuple(SIGNS))
    assert unguarded(cell) == text
    assert cell in (text, f"'{text}")


@given(st.text(alphabet="ab1 ", min_size=1), st.text())
def test_other_cells_stay_as_they_are(word: str, rest: str) -> None:
    """Also with signs further on."""
    assert guarded(f"a{word}{rest}") == f"a{word}{rest}"

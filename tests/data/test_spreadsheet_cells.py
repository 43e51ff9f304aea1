"""Cells that a spreadsheet would run."""

from hypothesis import given
from hypothesis import strategies as st

from data.spreadsheet_cells import guarded, unguarded

SIGNS = "=+-@\t\r\n"


@given(st.one_of(st.text(), st.text(alphabet=f"'{SIGNS}ab", max_size=6)))
def test_guarded_cells_are_harmless_and_read_back(text: str) -> None:
    """No guarded cell begins with a sign that is run or a line end; each text has its own; others stay."""
    cell = guarded(text)
    assert not cell.startswith(tuple(SIGNS))
    assert unguarded(cell) == text
    assert cell == text or text.lstrip("'").startswith(tuple(SIGNS))

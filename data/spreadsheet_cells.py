"""Text in the cells of CSV and TSV files that a spreadsheet opens without taking it for a formula.

A spreadsheet runs a cell that begins with one of `= + - @`, also of full width and after blanks, or with a tab or a
line end (OWASP, "CSV injection"). Such a cell gets an apostrophe in front; so does one that begins with apostrophes
before such a sign, so that what was guarded can be told from what was there: reading a file of ours takes one
apostrophe away, and gives the text as it was.
"""

import re
from collections.abc import Collection

# Of full width, as Japanese and Chinese keyboards have them, and the small forms of Unicode for compatibility.
_WIDE_SIGNS = "\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
# A line feed is not run, but carriage return and line feed may be read as it alone.
_RUN = re.compile(rf"[\s']*[=+\-@{_WIDE_SIGNS}]|'*[\t\r\n]")
_TEXT_FORMULA = re.compile(r'="(?:[^"]|"")*"')
_OUR_COLUMNS = frozenset({"area_scores", "field_scores", "abstained"})


def guarded(cell: str) -> str:
    """The text as it is written to a cell."""
    return f"'{cell}" if _RUN.match(cell) else cell


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _RUN.match(cell, 1) else cell


def formula_text(cell: str) -> str:
    """The text of a cell that is a formula of one text (="007"), which keeps a spreadsheet from making it a number."""
    return cell[2:-1].replace('""', '"') if _TEXT_FORMULA.fullmatch(cell) else cell


def has_guarded_cells(columns: Collection[str]) -> bool:
    """Whether a file with these columns is one of label records of ours; the cells of others stay as they are."""
    return _OUR_COLUMNS.issubset(columns)

"""Text in the cells of CSV and TSV files that a spreadsheet opens without taking it for a formula.

A spreadsheet runs a cell that begins with one of `= + - @`, a tab or a carriage return (OWASP, "CSV injection"). Such
a cell gets an apostrophe in front; so does one that begins with apostrophes before such a sign, so that what was
guarded can be told from what was there: reading a file of ours takes one apostrophe away, and gives the text as it was.
"""

import re
from collections.abc import Collection

# a line feed is not run, but carriage return and line feed may be read as it alone
_RUN = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
_OUR_COLUMNS = frozenset({"area_scores", "field_scores", "abstained"})


def guarded(cell: str) -> str:
    """The text as it is written to a cell."""
    return f"'{cell}" if _RUN.match(cell) else cell


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def has_guarded_cells(columns: Collection[str]) -> bool:
    """Whether a file with these columns is one of label records of ours; the cells of others stay as they are."""
    return _OUR_COLUMNS.issubset(columns)

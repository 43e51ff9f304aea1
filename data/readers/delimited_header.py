"""The header of a table: which line it is, what parts and encloses its cells, and what rows under it mean."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from data.field_names import has_paper_field, is_known, lists_areas, normal_name, text_field
from data.papers import RecordError
from data.readers.delimited_rows import Cells, is_in_apostrophes
from data.readers.records import not_utf8

_DELIMITERS = ",\t;|"
_HEADER_LINES = 30  # in which the header is looked for: notes may stand before it
_HEADER_CHARACTERS = 20_000
_NAME_CHARACTERS = 100
_WORDS_OF_A_NAME = 4
_NAME_LINES = 10  # after the first, over which the names of a header may go
_SEPARATOR = re.compile(r"\"?sep=(.)\"?", re.IGNORECASE)
_COMMENT = "#"
_NULL = "\\N"  # so databases write a missing value
_ROWS_LOOKED_AT = 3
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_FEWEST_FIELDS = 3
_LINES_OF_FIELDS = 60  # among which a field is looked for that a header would name


@dataclass(frozen=True, slots=True)
class Header:
    """The columns, what parts their names, and how many lines there are up to them.

    Attributes:
        columns: their names.
        delimiter: what parts cells.
        lines: how many there are up to the header, it included.
        apostrophes: whether cells are enclosed in apostrophes instead of quotation marks.
        comments: whether there were comments before the header, so that there may be some behind it.
    """

    columns: tuple[str, ...]
    delimiter: str
    lines: int
    apostrophes: bool = False
    comments: bool = False

    def cells(self) -> Cells:
        """Return what splits the rows into cells."""
        return Cells(self.delimiter, apostrophes=self.apostrophes)

    def fields(self, row: Sequence[str]) -> dict[str, object]:
        """Return {column: cell}; of columns with the same name the first that has a cell.

        Cells that a short row lacks are missing fields. What a row has too many belongs to the last column where
        that is a text or a list of areas, and is left out where it is not.

        Raises:
            RecordError: the row has bytes that are not UTF-8.
        """
        for cell in () if all(map(str.isascii, row)) else row:
            try:
                cell.encode()
            except UnicodeEncodeError as error:  # surrogateescape keeps byte b as U+DC00 + b
                raise RecordError(not_utf8(ord(cell[error.start]) & 0xFF)) from error
        if len(row) > len(self.columns) and self.takes_rest:
            last = len(self.columns) - 1
            row = [*row[:last], self.delimiter.join(row[last:]).rstrip(self.delimiter)]
        if _NULL in row:
            row = ["" if cell == _NULL else cell for cell in row]
        fields: dict[str, object] = {}
        for name, cell in zip(self.columns, row, strict=False):
            if not fields.get(name):
                fields[name] = cell
        return fields

    def is_no_row(self, row: Sequence[str]) -> bool:
        """Return whether a row is a comment, or the header once more, as where several files were put together."""
        if self.comments and len(row) == 1 < len(self.columns) and row[0].startswith(_COMMENT):
            return True
        first = row[0].strip("\ufeff \t\r")  # each file that was put in may begin with a mark
        return first == self.columns[0] and [first, *map(str.strip, row[1:])] == [*self.columns]

    def exceeds(self, row: Sequence[str]) -> bool:
        """Return whether a row has more cells than there are columns."""
        return len(row) > len(self.columns) and any(map(str.strip, row[len(self.columns) :]))

    @property
    def takes_rest(self) -> bool:
        """Return whether what a row has too many belongs to its last column: a text, or a list of areas."""
        return bool(text_field(self.columns[-1])) or lists_areas(self.columns[-1])


def find_header(head: bytes) -> Header | None:
    """Return the header among the first lines: the one that names most fields, a title or an abstract too.

    After other lines it must have several columns; a comment is taken for the header only where no other line is one.
    """
    lines = _lines(head)
    delimiters, is_first, comments = _DELIMITERS, True, False
    found: list[tuple[bool, int, Header]] = []
    for number, line in enumerate(lines[:_HEADER_LINES], start=1):
        separator = _SEPARATOR.fullmatch(line.strip(" \r")) if is_first else None
        if separator:
            delimiters = separator[1]
        elif line.strip():
            is_comment = line.startswith(_COMMENT)
            for last in _last_lines(lines[:_HEADER_LINES], number):
                row = "\n".join(lines[number - 1 : last]).removeprefix(_COMMENT)
                header = _header_in(row, lines[last : last + _ROWS_LOOKED_AT], delimiters, last, comments=comments)
                known = len(_fields(header.columns)) if header else 0
                if header and ((is_first and not is_comment) or _is_below_notes(header.columns, known)):
                    found.append((not is_comment, known, header))
            is_first = is_first and is_comment
            comments = comments or is_comment
    return max(found, key=itemgetter(0, 1))[2] if found else None


def has_records_as_columns(head: bytes, header: Header) -> bool:
    """Return whether each line is a field, its name first: then what looks like the header is the first field."""
    if any(text_field(name) == "abstract" for name in header.columns):
        return False
    parser = header.cells()
    names = []
    for line in _lines(head)[header.lines - 1 :][:_LINES_OF_FIELDS]:
        cells: list[str] = []
        parser.regular(parser.exchanged(line), cells)
        names.append(normal_name(parser.exchanged(cells[0])) if cells else "")
    known = [name for name in names if is_known(name)]
    has_abstract = any(text_field(name) == "abstract" for name in known)
    return has_abstract and is_known(names[0]) and (known.count(names[0]) > 1 or len(_fields(known)) >= _FEWEST_FIELDS)


def _fields(names: Iterable[str]) -> set[str]:
    """Return the fields that a paper has among these names: a row may have that of one often."""
    return {text_field(name) or normal_name(name) for name in names if is_known(name)}


def _lines(head: bytes) -> list[str]:
    text = head.decode("utf-8", "replace").replace("\r\n", "\n")
    return (text if "\n" in text else text.replace("\r", "\n")).split("\n")


def _is_below_notes(columns: Sequence[str], known: int) -> bool:
    """Return whether a line after others is a header, and no sentence that lists names of fields between commas."""
    return len(columns) > 1 and (known > 1 or all(len(name.split()) <= _WORDS_OF_A_NAME for name in columns))


def _last_lines(lines: Sequence[str], first: int) -> Iterator[int]:
    """Yield where a header that begins in this line may end: there, or where a name over several lines is closed."""
    yield first
    marks = lines[first - 1].count('"')
    for last in range(first + 1, min(first + _NAME_LINES, len(lines)) + 1 if marks % 2 else 0):
        marks += lines[last - 1].count('"')
        if marks % 2 == 0:
            yield last
            return


def _header_in(line: str, below: Sequence[str], delimiters: str, number: int, *, comments: bool) -> Header | None:
    """Return the header that a line is; the lines below it show what encloses cells where it does not."""
    if len(line) > _HEADER_CHARACTERS:
        return None
    rows = {delimiter: _columns(line, delimiter) for delimiter in delimiters}
    delimiter = max(delimiters, key=lambda sign: (len(_known(rows[sign])), len(rows[sign])))
    columns = rows[delimiter]
    is_prose = columns[-1].endswith(".") or any(len(name) > _NAME_CHARACTERS for name in columns)
    if is_prose or not has_paper_field(_known(columns)):
        return None
    rows_below = [row for row in below if row.strip()]
    apostrophes = is_in_apostrophes(line, delimiter) or (
        bool(rows_below) and all(is_in_apostrophes(row, delimiter, fewest=2) for row in rows_below)
    )
    if apostrophes:
        columns = tuple(name.strip("'") for name in columns)
    return Header(columns, delimiter, number, apostrophes, comments)


def _known(columns: Sequence[str]) -> list[str]:
    """Return the columns that a paper has; "a,b" is not the one name "ab"."""
    return [name for name in columns if is_known(name) and set(_BRACKETS.sub("", name)).isdisjoint(_DELIMITERS)]


def _columns(line: str, delimiter: str) -> tuple[str, ...]:
    cells: list[str] = []
    parser = Cells(delimiter)
    if parser.regular(line, cells) >= 0:
        cells = line.split(delimiter)
    return tuple(cell.strip() for cell in cells)

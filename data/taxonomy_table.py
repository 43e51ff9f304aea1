"""A taxonomy as a table: CSV with the columns field, area, description and phrases, as a spreadsheet saves it.

The table becomes the nodes of the YAML that would say the same (`data.yaml_nodes`), so what reads and checks a taxonomy
needs no second form. Ids are made from the names alone, so they stay when rows are added, moved or removed.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from data.errors import Problem, did_you_mean, quoted
from data.slug import slug
from data.spreadsheet_cells import formula_text

COLUMNS = ("field", "area", "description", "phrases")
_DELIMITERS = ",;\t|"
_SUFFIXES = (".csv", ".tsv")
_SEPARATOR_LINE = re.compile(r"\"?sep=.\"?", re.IGNORECASE)
_MAP, _SEQUENCE, _TEXT = (f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str"))


def is_table(text: str, source: str) -> bool:
    """Return whether this is a table: its first line names the columns, or the file is called one."""
    if Path(source).suffix.lower() in _SUFFIXES:
        return True
    _, line = _header_line(text)
    return not line.startswith("#") and {"field", "area"}.issubset(map(_column, _split(line)))


def compose_table(text: str) -> tuple[Node | None, list[Problem]]:
    """Return the root node of the taxonomy in a table (None where it has no rows), and what is wrong with the table.

    Every node knows its row's line. A row without a field belongs to the field of the row before; one with a field
    alone is a heading.
    """
    number, line = _header_line(text)
    header = [_column(cell) for cell in _split(line)]
    problems = [*_header_problems(number, header, line)]
    if problems:
        return None, problems
    fields = _Fields(problems)
    for row in _rows(text, number, _delimiter(line), problems):
        cells = [" ".join(formula_text(cell.strip()).split()) for cell in row.cells]
        if any(cells[len(header) :]):
            reason = f"The row has more cells than the header names ({len(header)}); put texts with a comma in quotes."
            problems.append(Problem(row.line, reason))
        elif any(cells):
            fields.add(row.line, dict(zip(header, cells, strict=False)))
    return fields.root(number), problems


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]


@dataclass(slots=True)
class _Fields:
    """The fields of a table, in the order in which they come first, with the nodes of their areas."""

    problems: list[Problem]
    areas: dict[str, list[Node]] = field(default_factory=dict)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    last: str = ""

    def add(self, line: int, row: Mapping[str, str]) -> None:
        """Add a row: {column: cell}."""
        if name := row.get("field"):
            self.last = self._id(line, name)
            if self.last:
                self.heads.setdefault(self.last, (line, name))
        if not self.last:
            if not name:
                self.problems.append(Problem(line, "The row has no field; name one, or put it below a row that has."))
            return
        areas = self.areas.setdefault(self.last, [])
        area = row.get("area", "")
        if area and (own := self._id(line, area)):
            areas.append(_area(line, f"{self.last}/{own}", area, row))
        elif not area and any(row.get(column) for column in ("description", "phrases")):
            self.problems.append(Problem(line, "The row has no area; name one."))

    def _id(self, line: int, name: str) -> str:
        made = slug(name)
        if not made:
            self.problems.append(Problem(line, f"The name {quoted(name)} has no letter or digit to make an id of."))
        return made

    def root(self, line: int) -> Node | None:
        """Return the node of the taxonomy."""
        if not self.heads:
            return None
        nodes = []
        for id_, (start, name) in self.heads.items():
            areas = _sequence(start, self.areas[id_])
            nodes.append(_mapping(start, {"id": _text(start, id_), "name": _text(start, name), "areas": areas}))
        return _mapping(line, {"fields": _sequence(line, nodes)})


def _area(line: int, id_: str, name: str, row: Mapping[str, str]) -> Node:
    entries: dict[str, Node] = {"id": _text(line, id_), "name": _text(line, name)}
    if description := row.get("description"):
        entries["description"] = _text(line, description)
    if phrases := [phrase.strip() for phrase in row.get("phrases", "").split(";") if phrase.strip()]:
        entries["phrases"] = _sequence(line, [_text(line, phrase) for phrase in phrases])
    return _mapping(line, entries)


def _header_line(text: str) -> tuple[int, str]:
    """Return the first line that is not blank and no "sep=;", and its number."""
    lines = enumerate(text.splitlines(), start=1)
    return next(
        ((number, line) for number, line in lines if line.strip() and not _SEPARATOR_LINE.fullmatch(line.strip())),
        (1, ""),
    )


def _column(cell: str) -> str:
    name = re.sub(r"[\W_]+", "", cell).casefold()
    return next((column for column in COLUMNS if name in (column, f"{column}s", column.removesuffix("s"))), name)


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=lambda sign: sum(_column(cell) in COLUMNS for cell in line.split(sign)))


def _split(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_delimiter(line)), [])


def _header_problems(number: int, header: list[str], line: str) -> Iterator[Problem]:
    known = ", ".join(COLUMNS)
    missing = [column for column in COLUMNS[:2] if column not in header]
    if missing:
        reason = f"The header has no column {' and no column '.join(map(quoted, missing))}; name the columns {known}."
        yield Problem(number, reason)
        return
    for column, given in zip(header, _split(line), strict=True):
        if column and column not in COLUMNS:
            hint = did_you_mean(column, COLUMNS) or f" Known: {known}."
            yield Problem(number, f"Unknown column {quoted(given.strip())}; remove or rename it.{hint}")
        elif column and header.count(column) > 1:
            yield Problem(number, f"The column {quoted(column)} occurs twice; merge the two.")
            return


def _rows(text: str, header: int, delimiter: str, problems: list[Problem]) -> Iterator[_Row]:
    lines = text.splitlines(keepends=True)[header:]
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = header + 1
    try:
        for cells in reader:
            yield _Row(start, cells)
            start = header + reader.line_num + 1
    except csv.Error as error:
        reason = f"The row cannot be read ({error}); double quotation marks inside cells, and close those around them."
        problems.append(Problem(start, reason))


def _text(line: int, text: str) -> Node:
    return ScalarNode(_TEXT, text, *_marks(line))


def _sequence(line: int, items: list[Node]) -> Node:
    return SequenceNode(_SEQUENCE, items, *_marks(line))


def _mapping(line: int, entries: Mapping[str, Node]) -> Node:
    return MappingNode(_MAP, [(_text(line, key), value) for key, value in entries.items()], *_marks(line))


def _marks(line: int) -> tuple[yaml.Mark, yaml.Mark]:
    mark = yaml.Mark("", 0, line - 1, 0, None, 0)
    return mark, mark

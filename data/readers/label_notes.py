"""What the user should know of a file of labels that was read whole."""

from dataclasses import dataclass

from data.field_names import label_value, normal_name
from data.papers import Paper
from data.readers.records import Record
from data.readers.sources import warn_of

_ANSWERS = frozenset(map(normal_name, ("abstained", "model")))
"""Fields that label records have, and labels of curators have not."""


@dataclass(slots=True)
class LabelNotes:
    """Sees the records of one file of labels."""

    papers: int = 0
    abstracts: int = 0
    answers: int = 0
    first_answer: int = 0
    from_keywords: int = 0
    first_from_keywords: int = 0
    empty_cells: int = 0
    first_empty_cell: int = 0

    def see(self, record: Record, paper: Paper) -> None:
        """Take note of a record and of its paper."""
        self.papers += 1
        self.abstracts += bool(paper.abstract)
        if _ANSWERS.issubset(map(normal_name, record.fields)):
            self.answers += 1
            self.first_answer = self.first_answer or record.line
        elif (found := label_value(record.fields, "areas")) and isinstance(found[1], str) and not found[1].strip():
            self.empty_cells += 1
            self.first_empty_cell = self.first_empty_cell or record.line

    def see_keywords(self, record: Record) -> None:
        """Take note of a record whose areas are among its keywords."""
        self.from_keywords += 1
        self.first_from_keywords = self.first_from_keywords or record.line

    def log(self, source: str) -> None:
        """Tell the user."""
        if self.answers:
            warn_of(
                source,
                f"{_records(self.answers, self.first_answer)} what areatag label wrote: their areas are taken for a "
                "curator's decision that these apply and no others, so correct them before.",
            )
        if self.from_keywords:
            warn_of(
                source,
                f"{_records(self.from_keywords, self.first_from_keywords)} without a field 'areas': of keywords, those "
                "that name areas are taken for a curator's decision that these apply and no others.",
            )
        if self.empty_cells:
            warn_of(
                source,
                f"{_records(self.empty_cells, self.first_empty_cell)} without areas, which says that no area applies: "
                "leave out papers that nobody has labelled yet.",
            )
        if self.papers and not self.abstracts:
            warn_of(source, "no record has an abstract, so titles are all there is to go by: add a field 'abstract'.")


def _records(count: int, line: int) -> str:
    return f"{count} records, the first in line {line}, are" if count > 1 else f"the record in line {line} is"

"""Label files: gold and feedback (papers with areas) and votes (paper ids).

Both are JSON Lines, also compressed. Bad records of papers are set aside elsewhere, but here a
bad line stops the reading: a label that is lost would bias whatever is measured or learned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from data.errors import ContentError, Problem, UsageError, did_you_mean, quoted
from data.labels import LabelledPaper, RecordedVote
from data.papers import Paper, RecordError, Reject, paper_from_fields
from data.readers import jsonl
from data.readers.records import Record
from data.readers.sources import OpenInput
from data.taxonomy import Taxonomy
from data.taxonomy_changes import translate


def read_labels(path: Path, taxonomy: Taxonomy) -> Iterator[LabelledPaper]:
    """Yield the papers of a gold or feedback file.

    A line is {"id", "title", "abstract", "areas": [ids]}, optionally with "not": [ids] and "complete": bool.
    Raises UsageError when the file cannot be opened, ContentError naming file, line and field or area for a
    bad line, an area the taxonomy lacks, or a file without papers.
    """
    for record in _records(path, "labelled papers"):
        yield translate(labelled_paper(record, taxonomy), taxonomy)


def labelled_paper(record: Record, taxonomy: Taxonomy) -> LabelledPaper:
    """Return the labelled paper in one decoded line, whose areas may be those of an earlier taxonomy.

    Raises:
        ContentError: as `read_labels`, for a bad line.
    """
    with_areas = _Areas.of(record, taxonomy)
    complete = record.fields.get("complete")
    if complete is not None and not isinstance(complete, bool):
        raise _problem(record, "Field 'complete' must be true or false.")
    try:
        paper = paper_from_fields(record.fields)
    except RecordError as error:
        raise _problem(record, str(error)) from error
    return LabelledPaper(paper, with_areas.given, with_areas.rejected, complete is not False)


def read_votes(path: Path, taxonomy: Taxonomy) -> Iterator[RecordedVote]:
    """Yield the votes of a file, whose lines are {"id", "areas": [ids]}, or with "not": [ids].

    A paper may occur several times. Raises as `read_labels` does.
    """
    for record in _records(path, "votes"):
        votes = _Areas.of(record, taxonomy)
        paper_id = record.fields.get("id")
        if isinstance(paper_id, int | Decimal) and not isinstance(paper_id, bool):
            paper_id = str(paper_id)
        if not isinstance(paper_id, str) or not paper_id.strip():
            raise _problem(record, "Field 'id' must name the paper that the vote is for.")
        said = translate(LabelledPaper(Paper(paper_id.strip()), votes.given, votes.rejected, complete=False), taxonomy)
        yield RecordedVote(said.paper.id, said.areas, said.rejected)


@dataclass(frozen=True, slots=True)
class _Areas:
    """The fields "areas" and "not" of a record."""

    given: tuple[str, ...]
    rejected: tuple[str, ...]

    @classmethod
    def of(cls, record: Record, taxonomy: Taxonomy) -> "_Areas":
        if record.fields.get("areas") is None and record.fields.get("not") is None:
            hint = did_you_mean("areas", record.fields)
            raise _problem(record, f"The record has no field 'areas'; add a list of area ids (it may be empty).{hint}")
        given, rejected = (_area_ids(record, name, taxonomy) for name in ("areas", "not"))
        both = set(given) & set(rejected)
        if both:
            raise _problem(record, f"The area {quoted(min(both))} is in both 'areas' and 'not'; keep one.")
        return cls(given, rejected)


def _area_ids(record: Record, name: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    value = record.fields.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(area_id, str) for area_id in value):
        raise _problem(record, f"Field {name!r} must be a list of area ids, such as {list(taxonomy.area_ids[:1])}.")
    for area_id in value:
        if not taxonomy.knows(area_id):
            hint = did_you_mean(area_id, taxonomy.area_ids)
            raise _problem(record, f"Field {name!r} names {quoted(area_id)}, an area that the taxonomy lacks.{hint}")
    return tuple(dict.fromkeys(value))


def _records(path: Path, what: str) -> Iterator[Record]:
    try:
        opened = OpenInput(path)
    except OSError as error:
        raise UsageError(f"Cannot read the {what} in {path}: {error.strerror or error}. Check the path.") from error
    empty = True
    with opened as stream:
        for record in jsonl.read(stream):
            if isinstance(record, Reject):
                raise ContentError(record.file, [Problem(record.line, record.reason)])
            empty = False
            yield record
    if empty:
        raise ContentError(str(path), [Problem(1, f"The file holds no {what}; it needs one JSON object a line.")])


def _problem(record: Record, message: str) -> ContentError:
    return ContentError(record.file, [Problem(record.line, message)])

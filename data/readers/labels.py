"""Label files: gold and feedback (papers with areas) and votes (paper ids), in every format that papers come in.

Bad records of papers are set aside elsewhere, but here a bad one stops the reading: a label that is lost would bias
whatever is measured or learned.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from data.area_names import AreaNameError, AreaNames
from data.errors import ContentError, Problem, UsageError, did_you_mean, quoted
from data.field_names import label_value
from data.labels import LabelledPaper, RecordedVote
from data.papers import Paper, RecordError, Reject, folded_title, id_from_fields, paper_from_fields
from data.readers.area_lists import area_items, keywords_that_are_areas
from data.readers.inputs import EmptyInputError
from data.readers.label_notes import LabelNotes
from data.readers.label_studio import labels_in
from data.readers.reading import read_papers, read_records
from data.readers.records import Record
from data.taxonomy import Taxonomy
from data.taxonomy_changes import translate

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": None}


def read_labels(path: Path, taxonomy: Taxonomy) -> Iterator[LabelledPaper]:
    """Yield the papers of a gold or feedback file, each in the terms of the taxonomy.

    A record has the fields of a paper and "areas": ids or names, as `area_items` reads them; optionally "not", the same
    for areas that do not apply, and "complete": bool. What the user should know of the file is logged.
    Raises UsageError when the file cannot be opened, ContentError naming file, line and field or area for a
    bad record, an area the taxonomy lacks, or a file without papers.
    """
    reader = LabelReader(taxonomy)
    for record in _records(path, "labelled papers"):
        yield translate(reader.labelled_paper(record), taxonomy)
    reader.notes.log(str(path))


def read_votes(path: Path, taxonomy: Taxonomy) -> Iterator[RecordedVote]:
    """Yield the votes of a file, whose records are {"id", "areas": [ids]}, or with "not": [ids].

    A paper may occur several times. Raises as `read_labels` does.
    """
    reader = LabelReader(taxonomy)
    for record in _records(path, "votes"):
        given, rejected = reader.areas(record)
        paper_id = record.fields.get("id")
        if isinstance(paper_id, int | Decimal) and not isinstance(paper_id, bool):
            paper_id = str(paper_id)
        if not isinstance(paper_id, str) or not paper_id.strip():
            raise _problem(record, "Field 'id' must name the paper that the vote is for.")
        said = translate(LabelledPaper(Paper(paper_id.strip()), given, rejected, complete=False), taxonomy)
        yield RecordedVote(said.paper.id, said.areas, said.rejected)


class LabelReader:
    """Makes labelled papers of decoded records.

    Attributes:
        notes: what the user should know of the records so far.
    """

    def __init__(self, taxonomy: Taxonomy, papers: Mapping[str, Paper] | None = None) -> None:
        """Read labels in the terms of a taxonomy.

        Args:
            taxonomy: of the areas.
            papers: by id, the papers of the records that have no abstract of their own.
        """
        self.notes = LabelNotes()
        self._names = AreaNames(taxonomy)
        self._papers = papers

    def labelled_paper(self, record: Record) -> LabelledPaper:
        """Return the labelled paper in a record, whose areas may be those of an earlier taxonomy.

        Raises:
            ContentError: as `read_labels`.
        """
        given, rejected = self.areas(record)
        complete = _complete(record)
        paper = self._paper(record)
        self.notes.see(record, paper)
        return LabelledPaper(paper, given, rejected, complete)

    def _paper(self, record: Record) -> Paper:
        id_ = id_from_fields(record.fields)
        whole = self._papers.get(id_) if self._papers else None
        try:
            paper = paper_from_fields(record.fields)
        except RecordError as error:
            if whole is None:
                raise _problem(record, str(error)) from error
            return whole
        if paper.abstract or self._papers is None:
            return paper
        if whole is None:
            raise _problem(
                record, f"The paper {quoted(paper.id)} is not among the papers given, which have its abstract."
            )
        if folded_title(whole) != folded_title(paper):
            raise _problem(
                record, f"The paper {quoted(id_)} has another title among the papers given: {quoted(whole.title)}."
            )
        return whole

    def areas(self, record: Record) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the ids of the areas that apply, and of those that do not.

        Raises:
            ContentError: as `read_labels`.
        """
        if label_value(record.fields, "areas") is None and label_value(record.fields, "not") is None:
            if label_value(record.fields, "keywords") is not None:
                return self._among_keywords(record), ()
            hint = did_you_mean("areas", [name for name, value in record.fields.items() if value is not None])
            raise _problem(
                record,
                "The record has no field 'areas'; add one (in a table a column) with the ids or names of its areas, "
                f"separated by ';' or as a list. It may be empty.{hint}",
            )
        given, rejected = (self._ids(record, kind) for kind in ("areas", "not"))
        both = set(given) & set(rejected)
        if both:
            raise _problem(record, f"The area {quoted(min(both))} is in both 'areas' and 'not'; keep one.")
        return given, rejected

    def _among_keywords(self, record: Record) -> tuple[str, ...]:
        name, value = label_value(record.fields, "keywords") or ("keywords", None)
        found = keywords_that_are_areas(value, self._names)
        if not found:
            raise _problem(
                record,
                f"The record has no field 'areas', and none of its {name!r} is an area; add the field, or the areas' "
                "names to the keywords.",
            )
        self.notes.see_keywords(record)
        return self._checked(record, name, found)

    def _ids(self, record: Record, kind: str) -> tuple[str, ...]:
        found = label_value(record.fields, kind)
        if found is None:
            return ()
        name, value = found
        items = area_items(value, self._names)
        if items is None:
            example = list(self._names.taxonomy.area_ids[:1])
            raise _problem(record, f"Field {name!r} must be a list of area ids or names, such as {example}.")
        return self._checked(record, name, items)

    def _checked(self, record: Record, name: str, items: Sequence[str]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(map(self._names.id_of, items)))
        except AreaNameError as error:
            raise _problem(record, f"Field {name!r} names {error}") from error


def label_text(record: Record, kind: str) -> str:
    """Return a text that a label may have beside its areas: "annotator" or "model"; "" where it has none.

    Raises:
        ContentError: the value is no text.
    """
    name, value = label_value(record.fields, kind) or (kind, "")
    if not isinstance(value, str):
        raise _problem(record, f"Field {name!r} must be text.")
    return value.strip()


def label_records(source: str | Path, what: str) -> Iterator[Record | Reject]:
    """Return the records of a file, "-" for standard input, with all that labels have; `what` names them in errors.

    Raises:
        UsageError: there is no such file, or it is in no format with records.
    """
    if str(source) != "-" and not Path(source).exists():
        raise UsageError(f"Cannot read the {what} in {source}: No such file or directory. Check the path.")
    return (found for record in read_records([source]) for found in labels_in(record))


def papers_of_labels(source: str | Path, inputs: Sequence[str | Path]) -> dict[str, Paper]:
    """Return, by id, the papers of the records in a file of labels that have no abstract of their own.

    Args:
        source: the labels, which are read once for this; no standard input.
        inputs: where the papers are, in any format; of several papers with an id the first with an abstract is taken.

    Raises:
        UsageError: a file cannot be read.
    """
    wanted: set[str] = set()
    for record in label_records(source, "labels"):
        if isinstance(record, Record) and (id_ := id_from_fields(record.fields)) and not _has_abstract(record):
            wanted.add(id_)
    found: dict[str, Paper] = {}
    for paper in read_papers(inputs):
        if isinstance(paper, Paper) and paper.id in wanted and not (paper.id in found and found[paper.id].abstract):
            found[paper.id] = paper
    return found


def _has_abstract(record: Record) -> bool:
    try:
        return bool(paper_from_fields(record.fields).abstract)
    except RecordError:
        return False


def _complete(record: Record) -> bool:
    name, value = label_value(record.fields, "complete") or ("complete", None)
    if isinstance(value, str) and value.strip().casefold() in _TRUTH:
        value = _TRUTH[value.strip().casefold()]
    if value is not None and not isinstance(value, bool):
        raise _problem(record, f"Field {name!r} must be true or false.")
    return value is not False


def _records(path: Path, what: str) -> Iterator[Record]:
    empty = ContentError(str(path), [Problem(1, f"The file holds no {what}; it needs one JSON object a line.")])
    try:
        records = label_records(path, what)
    except EmptyInputError as error:
        raise empty from error
    is_empty = True
    for record in records:
        if isinstance(record, Reject):
            raise ContentError(record.file, [Problem(record.line, record.reason)])
        is_empty = False
        yield record
    if is_empty:
        raise empty


def _problem(record: Record, message: str) -> ContentError:
    return ContentError(record.file, [Problem(record.line, message)])

"""Import of a feedback file into the label store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from data.errors import ContentError, UsageError
from data.label_store.records import Decision
from data.label_store.store import ForgottenPaperError, LabelStore
from data.papers import Reject
from data.readers.labels import LabelReader, label_records, label_text, papers_of_labels
from data.readers.records import Record, reject
from data.taxonomy import Taxonomy

_LINES = 500
"""Records stored at a time."""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of the records; ``read == stored + rejected``.

    Attributes:
        entries: numbers of the stored entries, in the order of the file.
    """

    read: int = 0
    stored: int = 0
    rejected: int = 0
    entries: tuple[int, ...] = ()

    def summary(self) -> str:
        """The line that ends an import."""
        return f"read {self.read} = stored {self.stored} + rejected {self.rejected}"


def import_labels(
    source: str,
    taxonomy: Taxonomy,
    store: LabelStore,
    annotator: str = "",
    on_reject: Callable[[Reject], None] = lambda reject: None,
    papers: Sequence[str] = (),
) -> ImportCounts:
    """Store the labels of a file, in its order; a bad record is rejected and the rest goes on.

    Args:
        source: a path, or "-" for standard input, in any format of `data.readers.labels`.
        taxonomy: in whose terms the areas are named.
        store: open for writing.
        annotator: who decided, where a line does not say it in "annotator".
        on_reject: told every rejected line.
        papers: inputs with the papers of records that have no abstract, found by id; such a record whose paper is not
            there is rejected. Empty: papers without an abstract are stored.

    Raises:
        UsageError: a file cannot be read, or standard input would be read twice.
        LabelStoreError: the store failed; the records before are stored.
    """
    if papers and source == "-":
        raise UsageError("With --papers the labels are read twice, so they must be a file, not standard input.")
    reader = LabelReader(taxonomy, papers_of_labels(source, papers) if papers else None)
    lines = (_decision(record, reader, annotator) for record in label_records(source, "labels"))
    counts = ImportCounts()
    while chunk := list(islice(lines, _LINES)):
        decisions = [decision for _, decision in chunk if isinstance(decision, Decision)]
        rejects = [rejected for _, rejected in chunk if isinstance(rejected, Reject)]
        try:
            entries = store.add(decisions)
        except ForgottenPaperError:
            entries, rejects = _store_one_by_one(store, chunk)
        for rejected in rejects:
            on_reject(rejected)
        counts = ImportCounts(
            counts.read + len(chunk),
            counts.stored + len(chunk) - len(rejects),
            counts.rejected + len(rejects),
            (*counts.entries, *entries),
        )
    reader.notes.log(source)
    return counts


def _store_one_by_one(
    store: LabelStore, chunk: Sequence[tuple[Record | None, Decision | Reject]]
) -> tuple[list[int], list[Reject]]:
    """Store what can be stored, and return the numbers of its entries, and what was rejected."""
    entries: list[int] = []
    rejects: list[Reject] = []
    for record, decision in chunk:
        if isinstance(decision, Reject):
            rejects.append(decision)
            continue
        try:
            entries += store.add([decision])
        except ForgottenPaperError as error:
            assert record is not None
            rejects.append(reject(record.file, record.line, str(error)))
    return entries, rejects


def _decision(record: Record | Reject, reader: LabelReader, annotator: str) -> tuple[Record | None, Decision | Reject]:
    if isinstance(record, Reject):
        return None, record
    try:
        label = reader.labelled_paper(record)
        by, model = (label_text(record, kind) for kind in ("annotator", "model"))
    except ContentError as error:
        return record, reject(record.file, record.line, error.problems[0].message)
    return record, Decision(label, by or annotator, model or None)

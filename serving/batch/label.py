"""Labelling of many papers: records in, label records and rejects out, in input order and constant memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol, Self

from data.errors import AreatagError, UsageError
from data.papers import Paper, Reject, RepeatedIds
from model.tags import PaperTagger, TagOptions, TagResult

CHUNK_RECORDS = 512
"""Records read, tagged and written at a time: the tagger can batch papers of one length together."""
CHUNK_CHARACTERS = 1 << 20
"""The same in characters: a chunk of longer papers has fewer of them, so its memory is bounded."""
CHUNK_RECORDS_EXPLAINED = 32
"""The same with explanations, which tag a paper once per sentence: what a kill may cost stays seconds."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of a run; ``read == labelled + rejected``."""

    read: int = 0
    labelled: int = 0
    rejected: int = 0
    repeated: int = 0
    """Labelled papers whose id an earlier paper has."""
    papers_at_precision: int = field(default=0, compare=False)
    """With `min_precision`: papers that have an area; no count of records, so not compared, nor are the next two."""
    areas_at_precision: int = field(default=0, compare=False)
    """All their areas."""
    areas_by_default: int = field(default=0, compare=False)
    """Areas at their own thresholds, which they would have without it."""
    digest: str = field(default="", compare=False)
    """SHA-256 over the records read, which a resumed run must find again; no count, so not compared."""

    def with_chunk(self, labelled: int, rejected: int, repeated: int, digest: str) -> Counts:
        """Return the counts after so many more records; the digest is over all."""
        return replace(
            self,
            read=self.read + labelled + rejected,
            labelled=self.labelled + labelled,
            rejected=self.rejected + rejected,
            repeated=self.repeated + repeated,
            digest=digest,
        )

    def with_precision(self, results: Sequence[TagResult]) -> Counts:
        """Return the counts with what `min_precision` left of these results."""
        pairs = [result.at_precision for result in results if result.at_precision is not None]
        return replace(
            self,
            papers_at_precision=self.papers_at_precision + sum(found > 0 for found, _ in pairs),
            areas_at_precision=self.areas_at_precision + sum(found for found, _ in pairs),
            areas_by_default=self.areas_by_default + sum(own for _, own in pairs),
        )

    def summary(self) -> str:
        """The line that ends a run."""
        return f"read {self.read} = labelled {self.labelled} + rejected {self.rejected}"

    def remaining(self, precision: float) -> str:
        """What a precision asked for leaves, in a line for people."""
        papers = self.papers_at_precision / max(self.labelled, 1)
        areas = self.areas_at_precision / max(self.areas_by_default, 1)
        return (
            f"At precision {precision:g}, {papers:.1%} of the papers have an area; {self.areas_at_precision} areas are "
            f"{areas:.1%} of the {self.areas_by_default} given by default."
        )


class Output(Protocol):
    """Where labels and rejects go."""

    @property
    def counts(self) -> Counts:
        """What is written already; not zero when a run is resumed."""

    @property
    def finished(self) -> bool:
        """Whether all was labelled in a run before, and only `finish` is left to do."""

    def write(self, results: Sequence[TagResult], rejects: Sequence[Reject], counts: Counts) -> None:
        """Add a chunk; ``counts`` includes it."""

    def finish(self) -> None:
        """All is written: put it in its place."""


def chunk_records(options: TagOptions) -> int:
    """Records of a chunk; a resumed run must use the size of the interrupted one."""
    return CHUNK_RECORDS_EXPLAINED if options.explain else CHUNK_RECORDS


def label_papers(
    records: Iterable[Paper | Reject],
    tagger: PaperTagger,
    options: TagOptions,
    output: Output,
    *,
    strict: bool = False,
    on_progress: Callable[[Counts], None] = lambda counts: None,
) -> Counts:
    """Label every paper of ``records`` that ``output`` does not have yet.

    Args:
        records: all records of the run, also those that ``output`` counts already: they are skipped.
        tagger: answers for chunks of papers.
        options: of the answers.
        output: takes results and rejects.
        strict: stop at the first reject, also at one that is skipped.
        on_progress: called after every chunk that is written.

    Returns:
        The counts of the whole run, those of ``output`` included.

    Raises:
        AreatagError: a record was rejected and ``strict`` is set; whatever tagger or output raise.
        UsageError: the records to be skipped are not those that ``output`` counts.
    """
    counts = output.counts
    repeats = RepeatedIds("run")
    hashed = _HashedRecords(stop_at_reject(records) if strict else records)
    _skip(hashed, counts, repeats)
    while chunk := _next_chunk(hashed, chunk_records(options)):
        papers = [record for record in chunk if isinstance(record, Paper)]
        rejects = [record for record in chunk if isinstance(record, Reject)]
        repeated = [repeats.add(paper) for paper in papers]
        notes = [(*paper.warnings, *[repeats.warning] * again) for paper, again in zip(papers, repeated, strict=True)]
        results = tagger.tag(papers, options) if papers else []
        counts = counts.with_chunk(len(papers), len(rejects), sum(repeated), hashed.digest).with_precision(results)
        output.write([r.with_warnings(own) for r, own in zip(results, notes, strict=True)], rejects, counts)
        on_progress(counts)
    return counts


def _next_chunk(records: Iterator[Paper | Reject], most: int) -> list[Paper | Reject]:
    """The next records: at most ``most``, and none after CHUNK_CHARACTERS are reached."""
    chunk: list[Paper | Reject] = []
    characters = 0
    for record in islice(records, most):
        chunk.append(record)
        characters += len(record.title) + len(record.abstract) if isinstance(record, Paper) else len(record.excerpt)
        if characters >= CHUNK_CHARACTERS:
            break
    return chunk


def describe_reject(reject: Reject) -> str:
    """A reject as one line for people."""
    end = "" if reject.reason.endswith((".", "?")) else "."
    return f"{reject.file}, line {reject.line}: {reject.reason}{end}"


class _HashedRecords:
    """Records, with a SHA-256 over all that were taken so far: every field of each, in order."""

    def __init__(self, records: Iterable[Paper | Reject]) -> None:
        self._records = iter(records)
        self._hash = hashlib.sha256()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Paper | Reject:
        record = next(self._records)
        self._hash.update(f"{record!r}\n".encode("utf-8", "surrogatepass"))
        return record

    @property
    def digest(self) -> str:
        """Hexadecimal."""
        return self._hash.hexdigest()


def _skip(records: _HashedRecords, done: Counts, repeats: RepeatedIds) -> None:
    """Pass over the records that a run has done, and make sure that they are the same."""
    for record in islice(records, done.read):
        if isinstance(record, Paper):
            repeats.add(record)
    if done.read and records.digest != done.digest:
        raise UsageError(
            f"Cannot resume: the first {done.read} records are not those that the interrupted run read, so the "
            "inputs changed. Run without --resume to start over."
        )


def stop_at_reject(records: Iterable[Paper | Reject]) -> Iterator[Paper | Reject]:
    """Yield the papers; raise AreatagError at the first reject."""
    for record in records:
        if isinstance(record, Reject):
            raise AreatagError(
                f"Stopped at {describe_reject(record)} Correct the record, or leave --strict out to skip it."
            )
        yield record

"""Labelling of many papers: records in, label records and rejects out, in input order and constant memory.

The encoder never waits for the rest: while it works on a chunk, the next one is read and tokenised, and the one before
is turned into records and written. Reading and writing take turns in the thread of the caller, so readers, outputs and
Ctrl-C see one thread; predictions are made in threads of their own, a chunk in each.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from data.errors import UsageError
from data.papers import Paper, Reject
from model.tags import PaperTagger, TagOptions, TagResult
from serving.batch.chunks import Chunk, chunk_records, chunks_of
from serving.batch.counts import Counts
from serving.batch.rejects import stop_at_reject
from serving.batch.seen_ids import REPEATED_ID, SeenIds
from serving.batch.window import FloatArray, PredictedWindow

_PREDICTED_AT_ONCE = 2
"""Chunks: while the encoder ends one, the other is tokenised and goes on where cores get free."""
_READ_AHEAD = 1
"""Chunks that wait until one of these is done, so that its thread finds the next at once."""
_PAUSE = 0.1
"""Seconds between two attempts to end predictions that nobody waits for any more."""


class Output(Protocol):
    """Where labels and rejects go."""

    @property
    def counts(self) -> Counts:
        """What is written already; not zero when a run is resumed."""

    @property
    def window_path(self) -> Path | None:
        """A file for what the latest papers were predicted, for an output that a killed run can go on with."""

    @property
    def finished(self) -> bool:
        """Whether all was labelled in a run before, and only `finish` is left to do."""

    def write(self, results: Sequence[TagResult], rejects: Sequence[Reject], counts: Counts) -> None:
        """Add a chunk; ``counts`` includes it."""

    def finish(self) -> None:
        """All is written: put it in its place."""


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
        AreatagError: a record was rejected and ``strict`` is set; whatever records, tagger or output raise.
        UsageError: the records to be skipped are not those that ``output`` counts.
    """
    hashed = _HashedRecords(stop_at_reject(records) if strict else records)
    with SeenIds() as ids, PredictedWindow(output.window_path, resume=output.counts.read > 0) as window:
        _skip(hashed, output.counts, ids, window)
        run = _Run(tagger, options, output, window, on_progress, output.counts)
        with _predicting(tagger) as predict:
            for chunk in chunks_of(run.written_meanwhile(hashed), chunk_records(options)):
                numbers, new = window.number(chunk.papers)
                repeated = [ids.add(paper) for paper in chunk.papers]
                run.add(_Work(chunk, numbers, repeated, hashed.digest, predict(new)))
            run.write_all()
        return run.counts


@dataclass(frozen=True, slots=True)
class _Work:
    """A chunk on its way from the input to the output."""

    chunk: Chunk
    numbers: list[int]
    """Of its papers, from `PredictedWindow.number`."""
    repeated: list[bool]
    """Whether an earlier paper has its id."""
    digest: str
    """Of all records up to the end of the chunk."""
    predictions: Future[FloatArray]
    """Of the papers that are new in the window."""


@dataclass(slots=True)
class _Run:
    """What waits for its predictions, in order, and what was written."""

    tagger: PaperTagger
    options: TagOptions
    output: Output
    window: PredictedWindow
    on_progress: Callable[[Counts], None]
    counts: Counts
    waiting: deque[_Work] = field(default_factory=deque)

    def add(self, work: _Work) -> None:
        """Take a chunk; write the oldest one where too many wait."""
        self.waiting.append(work)
        if len(self.waiting) > _PREDICTED_AT_ONCE + _READ_AHEAD:
            self._write(self.waiting.popleft())

    def written_meanwhile(self, records: Iterable[Paper | Reject]) -> Iterator[Paper | Reject]:
        """Pass records on; what is predicted is written as soon as the next record comes, however slow the input is."""
        for record in records:
            yield record
            if self.waiting and self.waiting[0].predictions.done():
                self._write(self.waiting.popleft())

    def write_all(self) -> None:
        """The input has ended."""
        while self.waiting:
            self._write(self.waiting.popleft())

    def _write(self, work: _Work) -> None:
        papers, rejects = work.chunk.papers, work.chunk.rejects
        predictions = self.window.predictions(work.numbers, work.predictions.result())
        results = self.tagger.results(papers, predictions, self.options) if papers else []
        notes = [(*p.warnings, *[REPEATED_ID] * again) for p, again in zip(papers, work.repeated, strict=True)]
        counts = self.counts.with_chunk(len(papers), len(rejects), sum(work.repeated), work.digest)
        self.counts = counts = counts.with_precision(results)
        self.output.write([r.with_warnings(own) for r, own in zip(results, notes, strict=True)], rejects, counts)
        self.on_progress(counts)


@contextmanager
def _predicting(tagger: PaperTagger) -> Iterator[Callable[[list[Paper]], Future[FloatArray]]]:
    """Give the function that begins to predict papers; on an error what it began ends soon."""
    pool = ThreadPoolExecutor(_PREDICTED_AT_ONCE, "predicting")
    begun: deque[Future[FloatArray]] = deque(maxlen=_PREDICTED_AT_ONCE + _READ_AHEAD + 1)

    def predict(papers: list[Paper]) -> Future[FloatArray]:
        if not papers:
            nothing: Future[FloatArray] = Future()
            nothing.set_result(np.empty((0, 0), np.float32))
            return nothing
        begun.append(pool.submit(tagger.predict, papers))
        return begun[-1]

    try:
        yield predict
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        while running := [future for future in begun if not future.done()]:
            tagger.cancel()
            wait(running, timeout=_PAUSE)


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


def _skip(records: _HashedRecords, done: Counts, ids: SeenIds, window: PredictedWindow) -> None:
    """Pass over the records that a run has done, and make sure that they are the same."""
    for record in islice(records, done.read):
        if isinstance(record, Paper):
            ids.add(record)
            window.skip([record])
    if done.read and records.digest != done.digest:
        raise UsageError(
            f"Cannot resume: the first {done.read} records are not those that the interrupted run read, so the "
            "inputs changed. Run without --resume to start over."
        )

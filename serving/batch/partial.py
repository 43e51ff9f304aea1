"""Output that survives a kill: partial files beside the final ones, and a checkpoint of how far they go.

Labels go to ``OUT.partial`` and rejects to ``REJECTED.partial``, a chunk at a time; after each chunk
``OUT.partial.json`` notes how many records were read, a hash over them, and how long both files are. A resumed
run cuts the files to those lengths, skips those records, if they are still the same, and goes on, so its output
has the same bytes as that of a run never interrupted. Beside them ``OUT.partial.window`` has what the latest papers
were predicted (`serving.batch.window`). Parquet is useless before its footer is written: its
partial file is JSONL, converted at the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from data.atomic import atomic_write, sync_folder
from data.errors import AreatagError, UsageError
from data.file_lock import lock_output
from data.papers import Reject
from model.tags import TagOptions, TagResult
from serving.batch.counts import Counts
from serving.batch.outputs import WorkFile, work_path
from serving.batch.writers import OutputFormat, encode_rejects, encode_results, parquet_from_jsonl


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a run came."""

    fingerprint: dict[str, str]
    """What a resumed run must have in common: a name for people and a text that changes with the thing."""
    counts: Counts
    labels_bytes: int
    """Length up to which the partial labels are complete."""
    rejects_bytes: int
    """The same of the partial rejects."""
    finished: bool = False
    """All is labelled; what may be missing is putting the files in their place."""


class ResumableOutput:
    """Labels and rejects of one run in files; a context manager that keeps partial files if the run fails.

    Args:
        output: the final file, replaced when the run is finished.
        rejected: the final rejected file, removed when the finished run has no rejects.
        fingerprint: inputs, model and options of this run, see `Checkpoint`.
        resume: go on from the checkpoint, if there is one; a file that is complete is left alone, see `complete`.

    Raises:
        UsageError: the checkpoint is of a run with other inputs, model or options; a file cannot be created.
        AreatagError: the partial files or the checkpoint are damaged; another run writes them.
    """

    def __init__(
        self,
        output: Path,
        rejected: Path,
        file_format: OutputFormat,
        options: TagOptions,
        fingerprint: Mapping[str, str],
        *,
        resume: bool,
    ) -> None:
        self._format = file_format
        self._options = options
        self._path = checkpoint_path(output)
        self._state = Checkpoint(dict(fingerprint), Counts(), 0, 0)
        with ExitStack() as stack:
            self._labels = stack.enter_context(closing(WorkFile(output)))
            self._rejects = stack.enter_context(closing(WorkFile(rejected)))
            # Only now: a run that held the locks before may have gone on, or finished.
            self.complete = resume and is_complete(output)
            """Whether the output was finished before: there is nothing to resume, and nothing may be written."""
            if resume and self._path.exists():
                self._state = _read_checkpoint(self._path)
                _compare(output, self._state.fingerprint, fingerprint)
            if not (self.complete or self.finished):
                self._begin()
            self._open = stack.pop_all()

    @property
    def counts(self) -> Counts:
        """What is written already; not zero when a run is resumed."""
        return self._state.counts

    @property
    def finished(self) -> bool:
        """Whether only `finish` is left to do."""
        return self._state.finished

    @property
    def window_path(self) -> Path:
        """Where predictions are kept for the run that goes on."""
        return window_path(self._labels.final)

    def write(self, results: Sequence[TagResult], rejects: Sequence[Reject], counts: Counts) -> None:
        """Append a chunk, and note it in the checkpoint once it is on the disk.

        Raises:
            AreatagError: the disk is full or failed; what was written before this chunk is kept.
        """
        if results:
            header = self._labels.size == 0
            self._labels.append(encode_results(results, self._format, self._options, header=header))
        if rejects:
            self._rejects.append(encode_rejects(rejects))
        self._state = replace(
            self._state, counts=counts, labels_bytes=self._labels.size, rejects_bytes=self._rejects.size
        )
        self._save()

    def finish(self) -> None:
        """Put the files in their place: no rejected file without rejects, no output without labels."""
        self._state = replace(self._state, finished=True)
        self._save()
        self._rejects.publish(self._state.rejects_bytes)
        if not self.counts.rejected:
            self._rejects.final.unlink(missing_ok=True)
        if self._format is OutputFormat.PARQUET:
            self._labels.publish(self._state.labels_bytes, self._convert)
        else:
            self._labels.publish(self._state.labels_bytes)
        self.window_path.unlink(missing_ok=True)
        # The files have their names on the disk before the checkpoint, which says how to finish, loses its own.
        for folder in {self._labels.final.parent, self._rejects.final.parent}:
            sync_folder(folder)
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def _begin(self) -> None:
        for file, length in (
            (self._labels, self._state.labels_bytes),
            (self._rejects, self._state.rejects_bytes),
        ):
            if file.size < length:
                raise AreatagError(
                    f"Cannot resume: {file.path} is shorter than when the run stopped. "
                    "Run without --resume to start over."
                )
        # The checkpoint of a new run comes first: an old one must not speak of files that are cut.
        self._save()
        self._labels.cut(self._state.labels_bytes)
        self._rejects.cut(self._state.rejects_bytes)

    def _convert(self, source: Path, target: Path) -> None:
        parquet_from_jsonl(source, target, self._options, _new_file(source))

    def _save(self) -> None:
        # Replaced at once: a kill leaves the old checkpoint or the new one.
        with atomic_write(self._path, _new_file(self._path)) as file:
            file.write(json.dumps(asdict(self._state)).encode())


def checkpoint_path(output: Path) -> Path:
    """The checkpoint of a run that writes ``output``."""
    partial = work_path(output)
    return partial.with_name(partial.name + ".json")


def window_path(output: Path) -> Path:
    """What the latest papers of a run that writes ``output`` were predicted."""
    partial = work_path(output)
    return partial.with_name(partial.name + ".window")


def is_complete(output: Path) -> bool:
    """Whether a file is the finished output of a run: it is there, and no run was interrupted on the way to it."""
    return output.exists() and not checkpoint_path(output).exists()


def nothing_to_resume(output: Path, rejected: Path) -> bool:
    """Whether the output is complete, and no run writes it now; removes the locks of a run killed at its very end.

    Raises:
        AreatagError: another run writes one of the files.
    """
    if not is_complete(output):
        return False
    for path in (output, rejected):
        lock_output(path, work_path(path)).remove()
    return is_complete(output)


def records_done(output: Path) -> int | None:
    """How many records an interrupted run has done; None where there is no run to resume."""
    try:
        return _read_checkpoint(checkpoint_path(output)).counts.read
    except (OSError, AreatagError):
        return None


def _new_file(path: Path) -> Path:
    """Where a file is written that replaces another; what a killed run left there is written over."""
    return path.with_name(path.name + ".new")


def _read_checkpoint(path: Path) -> Checkpoint:
    try:
        fields = json.loads(path.read_bytes())
        return Checkpoint(**{**fields, "counts": Counts(**fields["counts"])})
    except (ValueError, TypeError, KeyError) as error:
        raise AreatagError(f"Cannot resume: {path} is damaged. Run without --resume to start over.") from error


def _compare(output: Path, saved: Mapping[str, str], current: Mapping[str, str]) -> None:
    changed = [name for name, value in current.items() if saved.get(name) != value]
    if changed:
        raise UsageError(
            f"Cannot resume {output}: {' and '.join(changed)} changed since the run stopped. "
            "Run without --resume to start over."
        )

"""The output folder of a run over a lake.

    OUT/run.json                          what the run was asked for and its work items; written first
    OUT/labels/part-000000.jsonl          label records of work item 0 (or .parquet); none where it has no papers
    OUT/rejected/part-000000.jsonl        its rejects, where there are some
    OUT/done/part-000000.json             its counts, written last: the item is done
    OUT/summary.json                      what became of all records, by input file

Every file appears whole, and under a name that is the item's: an item that is labelled again replaces its own files.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from data.atomic import FULL, FullDiskError, write_error
from data.errors import AreatagError
from data.file_lock import is_locked, lock_output, lock_path
from serving.batch.counts import Counts
from serving.lake.storage import Storage, make_folder_of

RUN, SUMMARY = "run.json", "summary.json"
LABELS, REJECTED, DONE = "labels", "rejected", "done"
_READ_AT_ONCE = 16  # small files of an object store
_TEMPORARY, _PART = "areatag-part-", "part"
_NEW_SECONDS = 60  # of a temporary folder whose process may not have locked it yet
_NOTE = re.compile(rf"/{DONE}/part-(\d+)\.json(?:\?|$)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a work item."""

    number: int
    counts: Counts = field(default_factory=Counts)
    warnings: tuple[str, ...] = ()
    """Sentences about its file that cost no record."""
    problem: str = ""
    """Why it could not be done, a sentence; "" where it is done."""
    stops: bool = False
    """The problem is one of the whole run, which stops."""

    def to_json(self) -> str:
        """Return it as text, for files and other processes."""
        return json.dumps(asdict(self))


def outcome_from_json(text: str | bytes) -> Outcome:
    """Return the outcome in such a text; raises ValueError, TypeError or KeyError where it is none."""
    record = json.loads(text)
    counts = Counts(**record.pop("counts"))
    return Outcome(**{**record, "counts": counts, "warnings": tuple(record["warnings"])})


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The output folder of a run."""

    storage: Storage

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs from writing here: on this machine, and where the folder is mounted with locks.

        Raises:
            UsageError: the folder cannot be made.
            AreatagError: another run is writing here.
        """
        if not self.storage.is_local:
            yield
            return
        path = Path(self.storage.path)
        make_folder_of(path)
        lock = lock_output(path, path)  # a file beside the folder, which may not be there yet
        try:
            yield
        finally:
            lock.remove()

    def part(self, folder: str, number: int, suffix: str) -> Storage:
        """Return the place of a file of a work item."""
        return self.storage.below(f"{folder}/part-{number:06d}{suffix}")

    def read_json(self, name: str) -> Any | None:
        """Return the content of a JSON file in the folder, None where there is none.

        Raises:
            AreatagError: it is damaged, or cannot be read.
        """
        place = self.storage.below(name)
        if place.state() is None:
            return None
        try:
            return json.loads(place.read())
        except ValueError as error:
            raise AreatagError(f"{place.name} is damaged ({error}): write to another folder.") from error

    def write_json(self, name: str, content: object) -> None:
        """Write a JSON file into the folder, whole or not at all; raises AreatagError."""
        put_bytes(self.storage.below(name), (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())

    def outcome(self, number: int) -> Outcome | None:
        """Return what became of an item that is done; None: it is not."""
        place = self.part(DONE, number, ".json")
        if place.state() is None:
            return None
        try:
            return outcome_from_json(place.read())
        except (ValueError, TypeError, KeyError) as error:
            raise AreatagError(f"{place.name} is damaged: remove it, and --resume labels its papers again.") from error

    def mark_done(self, outcome: Outcome) -> None:
        """Note that an item is done; all its other files are there. Raises AreatagError."""
        put_bytes(self.part(DONE, outcome.number, ".json"), outcome.to_json().encode())

    def outcomes(self) -> dict[int, Outcome]:
        """Return the outcomes of all items that are done, by their numbers; raises AreatagError."""
        notes = (_NOTE.search(state.name) for state in self.storage.below(DONE).list())
        with ThreadPoolExecutor(_READ_AT_ONCE) as pool:
            found = pool.map(self.outcome, [int(note[1]) for note in notes if note])
            return {outcome.number: outcome for outcome in found if outcome is not None}

    def remove_unfinished(self) -> None:
        """Remove what killed workers left half written; none of the run may work any more."""
        for folder in (LABELS, REJECTED, DONE):
            self.storage.below(folder).remove_unfinished()
        self.storage.remove_unfinished()


def put_bytes(place: Storage, content: bytes) -> None:
    """Write a small file, whole or not at all; raises AreatagError."""
    with temporary_folder() as folder:
        source = folder / "content"
        try:
            source.write_bytes(content)
        except OSError as error:
            raise write_error(source, error) from error
        place.put(source)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder of this machine that is gone at the end; raises AreatagError."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=_TEMPORARY)
    except OSError as error:
        kind = FullDiskError if error.errno in FULL else AreatagError
        raise kind(
            f"No temporary folder can be made ({error.strerror}); set TMPDIR to a folder with room that can be written."
        ) from error
    with folder as name:
        lock = lock_output(Path(name), Path(name, _PART))
        try:
            yield Path(name)
        finally:
            lock.release()


def remove_abandoned_folders() -> None:
    """Remove the temporary folders of processes that were killed: nobody holds their locks."""
    for lock in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*/{lock_path(Path(_PART))}"):
        with suppress(OSError):  # of somebody else, or gone meanwhile
            if time.time() - lock.stat().st_mtime > _NEW_SECONDS and not is_locked(lock):
                shutil.rmtree(lock.parent)

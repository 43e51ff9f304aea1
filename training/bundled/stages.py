"""Stages of a long work, cached by content: a stage runs again only when what it is made from has changed.

Every stage has a folder of its own, `<work>/<name>`, with its output and `stage.json`: the SHA-256 of every input, the
settings, and a key made of both. An output appears in one step, when it is whole, so a work that is killed at any
moment goes on with the stage that it was at. What was made from other inputs or settings is kept under
`<name>-<key>`, and found again there. An output that somebody puts into the folder of a stage that never ran is taken
as given, and the log says so.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from data.atomic import atomic_text, write_error
from data.errors import AreatagError, UsageError
from data.file_lock import lock_output
from model.manifest import sha256_of
from model.plain_files import MANIFEST

_RECORD, LOG = "stage.json", "log.jsonl"
_KEY_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Stage:
    """One step from files to a file or folder."""

    name: str
    output: str
    """Name of the file or folder that it makes."""
    make: Callable[[Path], object]
    """Makes the output at this path, which appears only when it is whole; goes on where it was interrupted."""
    inputs: Mapping[str, Path]
    settings: Mapping[str, object] = field(default_factory=dict)
    """Plain values that change the output."""
    check: Callable[[Path], object] = lambda output: None
    """Raises a UsageError for an output that was given and cannot be what these inputs and settings make."""
    version: int = 1
    """Raised with a change of code that changes the output."""


class StageRecord(BaseModel):
    """What is known of a stage: a line of the log, and `stage.json` in its folder."""

    model_config = ConfigDict(frozen=True)
    stage: str
    key: str
    origin: Literal["made", "resumed", "given"]
    """resumed: its seconds are those of the last part alone; given: the output was put there, not made."""
    inputs: dict[str, str]
    settings: dict[str, Any]
    seconds: float | None = None
    output: str | None = None
    """SHA-256 of the output (`content_of`); None while it is not complete."""
    finished: str = ""


class Stages:
    """The stages of one work, in the order in which they were run."""

    def __init__(self, work: Path, tell: Callable[[str], object]) -> None:
        self.work = work
        self.records: dict[str, StageRecord] = {}
        self._tell = tell

    def run(self, stage: Stage) -> Path:
        """The output of a stage, made now unless it is there.

        Raises:
            UsageError: an output that was given is not one of this stage.
            AreatagError: the output was changed since, or making it failed.
        """
        inputs = _contents(stage)
        key = _key(stage, inputs)
        folder = self._folder(stage.name, key)
        output, before = folder / stage.output, _read(folder)
        if before is not None and before.output is not None and output.exists():
            if content_of(output) != before.output:
                raise AreatagError(f"{output} was changed since it was made; remove {folder} to make it again.")
            self.records[stage.name] = before
            self._tell(f"{stage.name}: as before")
            return output
        given = before is None and output.exists()
        if given:
            stage.check(output)
        resumed = before is not None or any(folder.iterdir())
        origin: Literal["made", "resumed", "given"] = "given" if given else "resumed" if resumed else "made"
        begun = StageRecord(stage=stage.name, key=key, origin=origin, inputs=inputs, settings=dict(stage.settings))
        _write(folder, begun)
        started = time.monotonic()
        if not output.exists():
            self._tell(f"{stage.name}: {'goes on' if resumed else 'begins'}")
            stage.make(output)
        self._close(folder, output, begun, time.monotonic() - started)
        return output

    def is_given(self, stage: Stage) -> bool:
        """Whether the output of a stage with these inputs and settings was put into its folder, and not made there."""
        folder = self.work / stage.name
        before = _read(folder)
        if before is None:
            return (folder / stage.output).exists()
        return before.origin == "given" and before.key == _key(stage, _contents(stage))

    def _close(self, folder: Path, output: Path, begun: StageRecord, seconds: float) -> None:
        finished = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        update = {"seconds": round(seconds, 1), "output": content_of(output), "finished": finished}
        record = begun.model_copy(update=update)
        self.records[begun.stage] = record
        with (self.work / LOG).open("a", encoding="utf-8") as log:
            log.write(record.model_dump_json() + "\n")
        _write(folder, record)
        self._tell(f"{begun.stage}: {'given' if begun.origin == 'given' else f'{seconds:,.0f} s'}")

    def _folder(self, name: str, key: str) -> Path:
        """The folder of a stage with this key; what it holds of another key is put aside."""
        folder = self.work / name
        before = _read(folder)
        if before is not None and before.key != key:
            folder.rename(self._aside(name, before.key))
        if not folder.exists() and self._aside(name, key).exists():
            self._aside(name, key).rename(folder)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _aside(self, name: str, key: str) -> Path:
        return self.work / f"{name}-{key[:_KEY_DIGITS]}"


@contextmanager
def locked(work: Path) -> Iterator[None]:
    """Keep a second run out of a work folder, which is made where it is missing.

    Raises:
        UsageError: it cannot be made.
        AreatagError: another run has it.
    """
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(work, error) from error
    lock = lock_output(work, work)
    try:
        yield
    finally:
        lock.remove()


def content_of(path: Path) -> str:
    """SHA-256 of a file, of a model's manifest, which has those of its files, or of all files of another folder.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        if path.is_file():
            return sha256_of(path)
        if (path / MANIFEST).is_file():
            return sha256_of(path / MANIFEST)
        files = sorted(file for file in path.rglob("*") if file.is_file())
        if not files:
            raise UsageError(f"{path} is no file, nor a folder with files; check the path.")
        lines = [f"{file.relative_to(path).as_posix()} {sha256_of(file)}\n" for file in files]
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _contents(stage: Stage) -> dict[str, str]:
    return {name: content_of(path) for name, path in stage.inputs.items()}


def _key(stage: Stage, inputs: Mapping[str, str]) -> str:
    content = json.dumps([stage.name, stage.version, dict(stage.settings), dict(inputs)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _read(folder: Path) -> StageRecord | None:
    path = folder / _RECORD
    try:
        return StageRecord.model_validate_json(path.read_bytes()) if path.is_file() else None
    except (OSError, ValidationError) as error:
        raise AreatagError(f"{path} is damaged; remove {folder} to run the stage again.") from error


def _write(folder: Path, record: StageRecord) -> None:
    with atomic_text(folder / _RECORD) as stream:
        stream.write(record.model_dump_json(indent=1) + "\n")

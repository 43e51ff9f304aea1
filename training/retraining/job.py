"""A retraining as others see it: its state and progress, on disk under AREATAG_HOME/retrain.

lock                 see `training.retraining.lock`
<job>/options.json   what it was asked to do
<job>/state.json     a `JobRecord`, replaced as the job goes on
<job>/cancel         asks the job to stop
<job>/log.txt        messages of a job that the service started
<job>/work/          papers, checkpoints and the model in the making; gone when the job has succeeded
"""

from __future__ import annotations

import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from data.atomic import atomic_text, write_error
from data.errors import AreatagError, UsageError
from data.home import areatag_home, make_private_folder
from training.retraining.lock import RetrainLock, running_job
from training.retraining.retrain_options import RetrainOptions, with_absolute_paths

INTERRUPTED = "The process of this retraining ended before its work was done; resume it with areatag retrain --resume."
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_OPTIONS = TypeAdapter(RetrainOptions)
_KEPT_JOBS = 50


class NoSuchJobError(UsageError):
    """No job has this name."""


class State(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def unfinished(self) -> bool:
        """Whether a process should be at work on it."""
        return self in (State.QUEUED, State.RUNNING)


class StageRecord(BaseModel):
    """A stage that a job has begun."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    began: float
    """Seconds at work by then."""


class JobRecord(BaseModel):
    """What is known of a job."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job: str
    state: State
    created: str
    """UTC, ISO 8601."""
    stage: str = ""
    """What it does now."""
    step: int = 0
    steps: int = 0
    """Steps of the stage; 0: not known."""
    stages: tuple[StageRecord, ...] = ()
    """Those begun so far, the present one last; of a resumed job since then."""
    seconds: float = 0.0
    """Time at work, also before an interruption."""
    version: str | None = None
    """The new version, once it is installed."""
    verdict: str | None = None
    promoted: bool | None = None
    metrics: dict[str, Any] = {}
    """`RetrainResult.report`."""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job's folder."""

    folder: Path

    @classmethod
    def create(cls, options: RetrainOptions, lock: RetrainLock) -> Self:
        """Make the folder of a new job, queued, and name the lock after it. Work of earlier jobs is removed."""
        now = datetime.now(UTC)
        root = jobs_folder()
        # microseconds, so that jobs of one second stay in order, and a random digit
        job = cls(root / f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.token_hex(1)[0]}")
        _remove_old()
        try:
            make_private_folder(job.work)
        except OSError as error:
            raise write_error(job.folder, error) from error
        job.write_options(options)
        lock.name(job.name)
        job.write(JobRecord(job=job.name, state=State.QUEUED, created=now.isoformat(timespec="seconds")))
        return job

    @classmethod
    def find(cls, name: str) -> Self:
        """Return the job of this name; raises NoSuchJobError."""
        job = cls(jobs_folder() / name)
        if not _NAME.fullmatch(name) or not job._state_file.is_file():
            raise NoSuchJobError(f"There is no retraining {name[:60]!r}.")
        return job

    @property
    def name(self) -> str:
        """The name, unique on this machine; names sort by time."""
        return self.folder.name

    @property
    def work(self) -> Path:
        """The folder of everything that only the job itself needs."""
        return self.folder / "work"

    @property
    def log(self) -> Path:
        """The messages of its process, where the service started it."""
        return self.folder / "log.txt"

    @property
    def options(self) -> RetrainOptions:
        """What it was asked to do; raises AreatagError when the file is damaged."""
        return _OPTIONS.validate_json(_read(self.folder / "options.json"))

    def write_options(self, options: RetrainOptions) -> None:
        """Put on the disk what it is asked to do."""
        with atomic_text(self.folder / "options.json") as stream:
            # so that it can be resumed from another folder
            stream.write(_OPTIONS.dump_json(with_absolute_paths(options), indent=1).decode())

    def read(self) -> JobRecord:
        """Return its state; that its process has died is noted on the disk, if nobody did."""
        record = self.stored()
        if not record.state.unfinished or running_job() == self.name:
            return record
        try:
            # With the lock nobody works on it, nor begins to meanwhile; process ids would say nothing after a reboot.
            with RetrainLock.acquire() as lock:
                lock.name("")
                return self.close_dead()
        except AreatagError:  # another one runs, or AREATAG_HOME cannot be written: then it is only said
            return _dead(self.stored())

    def close_dead(self) -> JobRecord:
        """Note that it failed if it is unfinished, and return its state; the caller has the lock."""
        record = self.stored()
        dead = _dead(record)
        if dead is not record:
            self.write(dead)
        return dead

    def write(self, record: JobRecord) -> None:
        """Replace its state."""
        with atomic_text(self._state_file) as stream:
            stream.write(record.model_dump_json(indent=1) + "\n")

    def ask_to_cancel(self) -> None:
        """Leave the request, which a running job finds within a second."""
        with atomic_text(self.folder / "cancel"):
            pass

    @property
    def cancel_asked(self) -> bool:
        """Whether somebody wants it to stop."""
        return (self.folder / "cancel").exists()

    def withdraw_cancel(self) -> None:
        """Forget the request: the job is resumed."""
        (self.folder / "cancel").unlink(missing_ok=True)

    @property
    def is_readable(self) -> bool:
        """Whether its state is there and whole."""
        try:
            return bool(self.stored())
        except AreatagError:
            return False

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def stored(self) -> JobRecord:
        """Return its state as last written; raises AreatagError when the file is damaged."""
        try:
            return JobRecord.model_validate_json(_read(self._state_file))
        except ValidationError as error:
            raise AreatagError(f"{self._state_file} is damaged; remove the folder of this retraining.") from error


def jobs_folder() -> Path:
    """The folder of all jobs; it may not exist yet."""
    return areatag_home() / "retrain"


def jobs() -> list[Job]:
    """All jobs of this machine, the latest first."""
    root = jobs_folder()
    names = [path.name for path in root.iterdir()] if root.is_dir() else []
    return [Job(root / name) for name in sorted(names, reverse=True) if _NAME.fullmatch(name)]


def latest_jobs(count: int) -> list[Job]:
    """The latest jobs whose state can be read, at most so many."""
    return list(islice((job for job in jobs() if job.is_readable), count))


def discard_work() -> None:
    """Remove the papers and checkpoints of every unfinished job, which then cannot be resumed.

    Raises:
        RetrainRunningError: one runs; it would lose its ground.
    """
    with RetrainLock.acquire():
        for job in jobs():
            shutil.rmtree(job.work, ignore_errors=True)


def _dead(record: JobRecord) -> JobRecord:
    """What is to be said of a job that nobody works on."""
    if not record.state.unfinished:
        return record
    return record.model_copy(update={"state": State.FAILED, "error": INTERRUPTED})


def _remove_old() -> None:
    for position, job in enumerate(jobs()):
        with suppress(AreatagError):  # its state is damaged
            job.close_dead()
        shutil.rmtree(job.work if position < _KEPT_JOBS else job.folder, ignore_errors=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AreatagError(
            f"{path} cannot be read ({error.strerror}); remove the folder of this retraining."
        ) from error

"""One retraining at a time on a machine: a lock under AREATAG_HOME, whose file names the job that holds it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from data.atomic import write_error
from data.errors import AreatagError, UsageError
from data.file_lock import FileLock, is_locked
from data.home import areatag_home, make_private_folder

_PATIENCE = 1.0
"""Seconds for which a new retraining waits: whoever only looks holds the lock for a moment."""
_LONGEST_NAME = 200


class RetrainRunningError(AreatagError):
    """Another retraining runs on this machine."""


class RetrainLock(FileLock):
    """The lock of this machine's retrainings, which passes from a service to the process of its retraining."""

    @classmethod
    def acquire(cls) -> Self:
        """Take the lock.

        Raises:
            RetrainRunningError: another process holds it.
            AreatagError: AREATAG_HOME cannot be written.
        """
        path = _path()
        try:
            make_private_folder(path.parent)
            lock = cls.take(path, patience=_PATIENCE)
        except OSError as error:
            raise write_error(path, error) from error
        if lock is None:
            raise RetrainRunningError(
                f"The retraining {_named(path)} runs on this machine; wait until it has ended, or cancel it."
            )
        return lock

    @classmethod
    def inherited(cls, descriptor: int) -> Self:
        """Take over the lock from the process that started this one.

        Raises:
            UsageError: the descriptor is not the lock's.
        """
        lock = cls.take_over(_path(), descriptor)
        if lock is None:
            raise UsageError(f"Descriptor {descriptor} is not the lock of retrainings; it is passed by the service.")
        return lock

    def name(self, job: str) -> None:
        """Say whose the lock is."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, job.encode(), 0)


def running_job() -> str | None:
    """The name of the job that holds the lock; None when nobody does, or it is held without a job."""
    path = _path()
    try:
        return _named(path) or None if is_locked(path) else None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise write_error(path, error) from error


def _path() -> Path:
    return areatag_home() / "retrain" / "lock"


def _named(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_LONGEST_NAME).decode(errors="replace")

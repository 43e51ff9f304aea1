"""One retraining at a time on a machine: a lock under AREATAG_HOME that the system frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from data.atomic import write_error
from data.errors import AreatagError, UsageError
from data.home import areatag_home, make_private_folder, owner_only

_PATIENCE = 1.0
"""Seconds for which a new retraining waits: whoever only looks holds the lock for a moment."""


class RetrainRunningError(AreatagError):
    """Another retraining runs on this machine."""


class RetrainLock:
    """The lock, held until `release`, or until the last process that has its descriptor ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

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
            descriptor = owner_only(str(path), os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise write_error(path, error) from error
        deadline = time.monotonic() + _PATIENCE
        while not _try_lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                job = _named(descriptor)
                os.close(descriptor)
                raise RetrainRunningError(
                    f"The retraining {job} runs on this machine; wait until it has ended, or cancel it."
                )
            time.sleep(0.02)
        return cls(descriptor)

    @classmethod
    def inherited(cls, descriptor: int) -> Self:
        """Take over the lock from the process that started this one.

        Raises:
            UsageError: the descriptor is not the lock's.
        """
        try:
            same = os.path.samestat(os.fstat(descriptor), _path().stat())
        except OSError:
            same = False
        if not same or not _try_lock(descriptor, fcntl.LOCK_EX):
            raise UsageError(f"Descriptor {descriptor} is not the lock of retrainings; it is passed by the service.")
        os.set_inheritable(descriptor, False)
        return cls(descriptor)

    @property
    def descriptor(self) -> int:
        """The open file, to be passed to a child process, which then holds the lock too."""
        return self._descriptor

    def name(self, job: str) -> None:
        """Say whose the lock is."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, job.encode(), 0)

    def release(self) -> None:
        """Close this process's descriptor; the lock is free when no other process has it."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def running_job() -> str | None:
    """The name of the job that holds the lock; None when nobody does, or it is held without a job."""
    try:
        descriptor = os.open(_path(), os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise write_error(_path(), error) from error
    try:
        # shared, so that two who look do not take each other for a retraining
        return None if _try_lock(descriptor, fcntl.LOCK_SH) else _named(descriptor) or None
    finally:
        os.close(descriptor)


def _path() -> Path:
    return areatag_home() / "retrain" / "lock"


def _try_lock(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _named(descriptor: int) -> str:
    return os.pread(descriptor, 200, 0).decode(errors="replace")

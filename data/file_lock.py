"""Locks that keep processes out of each other's way: held on a file, and freed by the system when their holder ends.

The lock belongs to the open file (flock), not to the process. A child that inherits the descriptor holds it too, and it
is free once the last of them has closed it or has ended, however that came: what a killed process leaves behind is a
file without a lock, which the next one takes.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from data.atomic import write_error
from data.errors import AreatagError
from data.home import in_home, owner_only

_PAUSE = 0.02
"""Seconds between two looks at a lock that somebody else holds."""


class FileLock:
    """A lock that only one holder has, until `release`; a context manager.

    Args:
        path: the locked file.
        descriptor: of that file, locked; to be passed to a child process that is to hold the lock too.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path, self.descriptor = path, descriptor

    @classmethod
    def take(cls, path: Path, *, patience: float | None = 0.0, create: bool = True) -> Self | None:
        """Lock a file.

        Its holder may remove it (`remove`), and whoever had opened it just before then locks a file without a name,
        where nobody else would look: so the name is looked up again under the lock.

        Args:
            path: the file; under AREATAG_HOME it is for its owner alone.
            patience: seconds to wait for another holder; None: as long as it takes.
            create: make the file where it is missing.

        Returns:
            The lock; None while somebody else holds it.

        Raises:
            OSError: the file cannot be opened or made.
        """
        flags = os.O_RDWR | (os.O_CREAT if create else 0)
        until = None if patience is None else time.monotonic() + patience
        while True:
            descriptor = owner_only(str(path), flags) if in_home(path) else os.open(path, flags, 0o666)
            try:
                locked = _wait_for(descriptor, until)
                if locked and is_open_at(descriptor, path):
                    return cls(path, descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
            if not locked:
                return None

    @classmethod
    def take_over(cls, path: Path, descriptor: int) -> Self | None:
        """Hold a lock that the process which started this one has passed on, and pass it to no child in turn.

        Returns:
            The lock; None where the descriptor is not open, is of another file, or somebody else holds the lock.
        """
        try:
            ours = is_open_at(descriptor, path) and _try(descriptor, fcntl.LOCK_EX)
        except OSError:
            ours = False
        if not ours:
            return None
        os.set_inheritable(descriptor, False)
        return cls(path, descriptor)

    def release(self) -> None:
        """Close this process's descriptor; the lock is free when no other process has it."""
        os.close(self.descriptor)

    def remove(self) -> None:
        """Release the lock, and leave no file behind."""
        if is_open_at(self.descriptor, self.path):
            self.path.unlink(missing_ok=True)
        self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def lock_output(final: Path, work: Path) -> FileLock:
    """Keep other processes from writing an output, until the lock is removed or this process ends.

    Args:
        final: the file or folder to be written, for the error.
        work: where it is written until it is complete. Not itself is locked, for it leaves its name then, but a file
            beside it (`lock_path`).

    Raises:
        UsageError: the folder cannot be written.
        AreatagError: another process writes it.
    """
    path = lock_path(work)
    try:
        lock = FileLock.take(path)
    except OSError as error:
        raise write_error(path, error) from error
    if lock is None:
        raise AreatagError(f"Another run is writing {final}: wait for it, or choose another output.")
    return lock


def lock_path(work: Path) -> Path:
    """The lock file of what is written at `work`: ``NAME.lock`` beside it."""
    return work.with_name(work.name + ".lock")


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock; two who look at once do not take each other for a holder. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def is_open_at(descriptor: int, path: Path) -> bool:
    """Whether `path` is the name of the open file, not of another one or of none; raises OSError."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _wait_for(descriptor: int, until: float | None) -> bool:
    if until is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return True
    while not _try(descriptor, fcntl.LOCK_EX):
        if time.monotonic() >= until:
            return False
        time.sleep(_PAUSE)
    return True


def _try(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""One run at a time for one output: a lock that the system frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from data.atomic import write_error
from data.errors import AreatagError


class OutputLock:
    """Keeps other runs from writing a file; held until `release`, or until the process ends.

    What is locked is a file of its own, ``NAME.partial.lock``: the one that is written leaves its name when it is
    complete. Whoever opened the lock file just before its holder removed it has locked a file without a name, under
    which nobody else would find it: so the name is looked up again once the lock is taken.

    Args:
        final: the file to be written.

    Raises:
        UsageError: the folder cannot be written.
        AreatagError: another run writes the file.
    """

    def __init__(self, final: Path) -> None:
        self._path = lock_path(final)
        while True:
            try:
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError as error:
                raise write_error(self._path, error) from error
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(self._descriptor)
                if not isinstance(error, BlockingIOError):
                    raise write_error(self._path, error) from error
                raise AreatagError(f"Another run is writing {final}: wait for it or choose another file.") from error
            if is_open_at(self._descriptor, self._path):
                return
            os.close(self._descriptor)

    def release(self) -> None:
        """Remove the lock file and let other runs write."""
        if is_open_at(self._descriptor, self._path):
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def lock_path(final: Path) -> Path:
    """The lock file of an output: beside the file itself, also when ``final`` is a link."""
    resolved = final.resolve()
    return resolved.with_name(resolved.name + ".partial.lock")


def is_open_at(descriptor: int, path: Path) -> bool:
    """Whether ``path`` is the name of the open file, not of another one or of none."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False

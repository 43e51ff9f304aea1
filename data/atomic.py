"""Write a file completely or not at all: to a temporary file beside it, flushed to disk, then renamed."""

import errno
import io
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from data.errors import AreatagError, UsageError
from data.home import in_home, owner_only

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

BAD_PATH = {
    errno.ENOENT: "its folder does not exist; create the folder or choose another path",
    errno.ENOTDIR: "a part of the path is a file; choose another path",
    errno.EEXIST: "a part of the path is a file; choose another path",
    errno.EISDIR: "it is a folder; name a file",
    errno.EACCES: "permission denied; choose another path or change the permissions",
    errno.EPERM: "the operation is not permitted; choose another path",
    errno.EROFS: "the file system is read-only; choose another path",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}
"""What is wrong with a path, by the number of the error, and what to do."""
_FAILED = {
    errno.ENOSPC: "the disk is full; free some space and run again",
    errno.EDQUOT: "the disk quota is used up; free some space and run again",
    errno.EFBIG: "the file system allows no file of this size; choose another disk",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n) and run again",
}


FULL = frozenset([errno.ENOSPC, errno.EDQUOT])


class FullDiskError(AreatagError):
    """Nothing more can be written before there is room."""


def write_error(path: Path, error: OSError) -> AreatagError:
    """The error to raise when writing `path` failed; a UsageError when the path itself is at fault."""
    if error.errno in BAD_PATH:
        return UsageError(f"Cannot write {path}: {BAD_PATH[error.errno]}.")
    reason = _FAILED.get(error.errno or 0, f"{error.strerror or error}; check the disk and run again")
    kind = FullDiskError if error.errno in FULL else AreatagError
    return kind(f"Writing {path} failed: {reason}.")


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, so that a file made or renamed there outlives a power cut."""
    with suppress(OSError):  # some file systems cannot sync a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def check_names_a_file(path: Path) -> None:
    """Make sure that an output has a name; raises UsageError where it is empty, or a folder's by its form."""
    if not path.name:
        raise UsageError(f"{str(path)!r} names no file to write; give a name, such as areas.jsonl.")


@contextmanager
def atomic_write(path: Path, temporary: Path | None = None) -> Iterator[BinaryIO]:
    """Open `path` for binary writing: complete when the block ends, untouched when the block fails.

    A killed process leaves its temporary file behind. Callers that keep others from writing `path` name it, in the
    same folder, so that the next call takes it over; else it has a name of its own.

    A symbolic link is written through, an existing file's permissions are kept, and a device or pipe (such as
    /dev/null) is written directly. What lies under AREATAG_HOME is for its owner alone, whatever the umask. Raises
    AreatagError naming `path` for every OSError of the writing itself; the block's own errors pass through.
    """
    check_names_a_file(path)
    target = Path(os.path.realpath(path))
    mode = _existing_mode(target, path)
    if mode is not None and not stat.S_ISREG(mode):
        with _OutputFile(target, "wb", path) as device, io.BufferedWriter(device) as direct:
            yield direct
        return
    private = in_home(target)
    mode_of_new = "wb" if temporary else "xb"
    temporary = temporary or target.with_name(f".areatag-{secrets.token_hex(4)}.tmp")
    # A file that exists may be private as well: until it gets its mode, the new one is.
    raw = _OutputFile(temporary, mode_of_new, path, durable=True, private=private or mode is not None)
    try:
        stream = io.BufferedWriter(raw, buffer_size=1 << 20)
        yield stream
        stream.close()
        _replace(temporary, target, None if private else mode, path)
    finally:
        raw.discard()
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_text(path: Path) -> Iterator[TextIO]:
    """As `atomic_write`, for UTF-8 text; newlines are written as they are."""
    with atomic_write(path) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        yield text
        text.flush()


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """As `atomic_write`, for a library that writes to a path itself: yields an empty file that becomes `path`.

    Its owner alone can read it, before and after.
    """
    target = Path(os.path.realpath(path))
    mode = _existing_mode(target, path)
    if mode is not None and not stat.S_ISREG(mode):
        raise UsageError(f"Cannot write {path}: it is no file; name one.")
    temporary = target.with_name(f".areatag-{secrets.token_hex(4)}.tmp")
    try:
        _OutputFile(temporary, "xb", path, private=True).close()
        yield temporary
        _OutputFile(temporary, "rb", path, durable=True).close()
        _replace(temporary, target, None, path)
    finally:
        temporary.unlink(missing_ok=True)


class _OutputFile(io.FileIO):
    """A file whose OSErrors become AreatagErrors that name the path the user asked for."""

    def __init__(self, file: Path, mode: str, path: Path, durable: bool = False, private: bool = False) -> None:
        self._path = path
        self._durable = durable  # fsync before closing
        try:
            super().__init__(file, mode, opener=owner_only if private else None)
        except OSError as error:
            raise write_error(path, error) from error

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise write_error(self._path, error) from error

    def close(self) -> None:
        try:
            if self._durable and not self.closed:
                os.fsync(self.fileno())
            super().close()
        except OSError as error:
            raise write_error(self._path, error) from error

    def discard(self) -> None:
        """Close without waiting for the disk; the file's content no longer matters."""
        self._durable = False
        with suppress(AreatagError):
            self.close()


def _existing_mode(target: Path, path: Path) -> int | None:
    """The mode of what stands at `target`, None when there is nothing; raises when it cannot be written."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise write_error(path, error) from error
    if not os.access(target, os.W_OK):  # a rename would replace even a read-only file
        raise write_error(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    return mode


def _replace(temporary: Path, target: Path, mode: int | None, path: Path) -> None:
    try:
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except OSError as error:
        raise write_error(path, error) from error
    sync_folder(target.parent)

"""Where a lake lies: folders of this machine or mounted by all, and object stores, by one set of calls."""

from __future__ import annotations

import io
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import pyarrow as pa
from pyarrow import fs

from data.atomic import atomic_write, write_error
from data.errors import AreatagError, UsageError
from data.readers.inputs import files_below, is_hidden

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER_BYTES = 1 << 20  # of an object store that is read at a time: each read is a request
_OBJECT_STORES = frozenset(["s3", "gcs", "abfs"])
_FAILURES = (OSError, pa.ArrowException)
NOWHERE = -1
"""The size of what a folder names, but nobody can open: a link that leads nowhere, a folder that cannot be listed."""
_OF_URIS = ":/?#[]@!$&'()*+,;=%~"
"""What may stand in a URI beside letters and digits, or begins the code of another character."""


class StorageError(AreatagError):
    """A file of the lake cannot be read or written now; another attempt may succeed."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was when it was looked at; a changed one has another size or time."""

    name: str
    """Its path or URL."""
    size: int
    """Bytes, or NOWHERE."""
    modified: str
    """Nanoseconds since 1970, "" where the store does not say."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A folder, or a file, and what is below it."""

    name: str
    """A path, or a URL such as s3://bucket/folder; `at` understands it."""
    files: Any
    """The file system of pyarrow."""
    path: str
    """Of the folder in the file system."""

    @classmethod
    def at(cls, name: str) -> Self:
        """Return the storage of a path, which becomes absolute, or of a URL; nothing needs to be there yet.

        Raises:
            UsageError: there is no file system for such a URL.
        """
        if "://" not in name:
            path = str(Path(name).absolute())  # workers have another working directory
            return cls(path, fs.LocalFileSystem(), path)
        try:
            return cls(name, *fs.FileSystem.from_uri(quote(name, safe=_OF_URIS)))  # people write blanks and letters
        except _FAILURES as error:
            if found := _of_fsspec(name):
                return cls(name, *found)
            raise UsageError(f"{name} cannot be used as a lake: {_first_line(error)}.") from error

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of a file system, where files are renamed into their place."""
        return isinstance(self.files, fs.LocalFileSystem)

    def below(self, relative: str) -> Self:
        """Return the storage of a file or folder in this folder."""
        path = f"{self.path.rstrip('/')}/{relative}"
        if "://" not in self.name or isinstance(self.files, fs.PyFileSystem):  # paths, and URLs of fsspec: no codes
            return type(self)(f"{self.name.rstrip('/')}/{relative}", self.files, path)
        base, mark, query = self.name.partition("?")
        return type(self)(f"{base.rstrip('/')}/{quote(relative)}{mark}{query}", self.files, path)

    def holds(self, other: Storage) -> bool:
        """Whether the other is this file or folder, or lies in it, links of this machine followed."""
        own, theirs = (
            f"{os.path.realpath(one.path) if one.is_local else one.path.rstrip('/')}/" for one in (self, other)
        )
        return self.files.type_name == other.files.type_name and theirs.startswith(own)

    def state(self) -> FileState | None:
        """Return the state of the file here; None: there is none (a folder, or nothing).

        Raises:
            StorageError: the store does not answer.
        """
        with self.told("looked at"):
            found = self.files.get_file_info(self.path)
        return _state(self.name, found) if found.is_file else None

    def is_folder(self) -> bool:
        """Whether this is a folder; raises StorageError."""
        with self.told("looked at"):
            return bool(self.files.get_file_info(self.path).type == fs.FileType.Directory)

    def list(self) -> list[FileState]:
        """Return the files below this folder by their paths, without hidden ones; none where it is missing.

        Raises:
            StorageError: the folder cannot be listed.
        """
        states = []
        with self.told("listed"):
            if self.is_local:
                return _files_here(self)
            found = self.files.get_file_info(fs.FileSelector(self.path, recursive=True, allow_not_found=True))
            for info in sorted(found, key=lambda info: str(info.path)):
                relative = str(PurePosixPath(info.path).relative_to(PurePosixPath(self.path)))
                if info.is_file and not any(map(is_hidden, relative.split("/"))):
                    states.append(_state(self.below(relative).name, info))
        return states

    def open(self) -> io.BufferedReader:
        """Open the file here, to be read anywhere in it.

        Raises:
            StorageError: it cannot be opened, and later, it cannot be read.
        """
        with self.told("opened"):
            return io.BufferedReader(_OpenFile(self, self.files.open_input_file(self.path)), _BUFFER_BYTES)

    def read(self) -> bytes:
        """Return the content of the file here; raises StorageError."""
        with self.open() as file:
            return file.read()

    def put(self, source: Path) -> None:
        """Write a complete local file here, whole or not at all, over what is there.

        Raises:
            UsageError: the store takes a name for a pattern.
            AreatagError: the disk is full or failed, or the store does not take it.
        """
        if self.is_local:
            make_folder_of(Path(self.path))
            with source.open("rb") as content, atomic_write(Path(self.path)) as file:
                shutil.copyfileobj(content, file, _BUFFER_BYTES)
            return
        with self.told("written"):
            if self.files.type_name in _OBJECT_STORES:
                # An object appears when its stream is closed; a process that is killed before never makes it.
                self._copy(source, self.path)
                return
            if any(mark in self.path for mark in "*?["):
                raise UsageError(f"{self.name} cannot be written: choose a folder without *, ? and [ in its name.")
            folder, _, name = self.path.rpartition("/")
            self.files.create_dir(folder, recursive=True)
            temporary = f"{folder}/.areatag-{secrets.token_hex(4)}.tmp"
            self._copy(source, temporary)
            self.files.move(temporary, f"{folder}/{name}")

    def _copy(self, source: Path, path: str) -> None:
        with source.open("rb") as content, self.files.open_output_stream(path) as file:
            shutil.copyfileobj(content, file, 8 * _BUFFER_BYTES)

    def remove(self) -> None:
        """Remove the file here, if there is one; raises StorageError."""
        with self.told("removed"):
            if self.files.get_file_info(self.path).is_file:
                self.files.delete_file(self.path)

    def remove_unfinished(self) -> None:
        """Remove what killed processes left beside the files of this folder, when none writes here any more."""
        if self.is_local:
            for left in Path(self.path).glob(".areatag-*.tmp"):
                with suppress(OSError):
                    left.unlink()

    @contextmanager
    def told(self, done: str) -> Iterator[None]:
        """Turn what a file system raises in this block into a StorageError."""
        try:
            yield
        except FileNotFoundError as error:
            raise StorageError(f"{self.name} cannot be {done}: it is not there.") from error
        except UnicodeError as error:
            what = getattr(error, "object", "")
            name = os.fsencode(what) if isinstance(what, str) else what
            raise StorageError(f"{self.name} cannot be {done}: {name!r} is not UTF-8; rename that file.") from error
        except _FAILURES as error:
            reason = getattr(error, "strerror", None) or _first_line(error)
            raise StorageError(f"{self.name} cannot be {done} ({str(reason).rstrip('.')}).") from error


def _state(name: str, info: Any) -> FileState:
    return FileState(name, int(info.size or 0), str(info.mtime_ns or ""))


def _files_here(folder: Storage) -> list[FileState]:
    """Return the files below a folder of this machine: those that the local engine finds there; raises OSError."""
    unseen: list[OSError] = []
    names = [str(path) for path in files_below(Path(folder.path), unseen.append)]
    names += [str(error.filename) for error in unseen if not isinstance(error, FileNotFoundError)]
    states = []
    for name in sorted(names):
        found = folder.files.get_file_info(name)
        states.append(_state(name, found) if found.is_file else FileState(name, NOWHERE, ""))
    return states


def make_folder_of(path: Path) -> None:
    """Make the folder of a file to be written, where it is missing; raises UsageError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(path, error) from error


class _OpenFile(io.RawIOBase):
    """A file whose failures are those of the storage, not damage of its content."""

    def __init__(self, storage: Storage, file: Any) -> None:
        self._storage, self._file = storage, file

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        with self._storage.told("read"):
            return int(self._file.readinto(buffer))

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        self._file.seek(position, whence)
        return self.tell()

    def tell(self) -> int:
        return int(self._file.tell())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


def _of_fsspec(name: str) -> tuple[Any, str] | None:
    """Return the file system of another library for a URL, where there is one."""
    try:
        import fsspec  # comes with Ray; the light runtime does without

        files, path = fsspec.core.url_to_fs(name)
    except (ImportError, ValueError):
        return None
    return fs.PyFileSystem(fs.FSSpecHandler(files)), str(path)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "no reason given").rstrip(".")

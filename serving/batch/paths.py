"""Checks of the files that a labelling run names, before any work is done, and what identifies its inputs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from data.errors import UsageError
from data.file_lock import lock_path
from serving.batch.outputs import is_stream, work_path
from serving.batch.partial import checkpoint_path, window_path

STDIN = "-"


def default_rejected(output: Path) -> Path:
    """Where rejects go unless said otherwise: ``OUT.rejected.jsonl``."""
    return output.with_name(output.name + ".rejected.jsonl")


def check_paths(inputs: Sequence[str], output: Path | None, rejected: Path | None) -> None:
    """Make sure that everything can be written and that no input would be overwritten.

    Raises:
        UsageError: a folder is missing or read-only, or an output is an input or lies in an input folder.
    """
    if output is not None and rejected is not None and output.resolve() == rejected.resolve():
        raise UsageError(f"The labels and the rejected records cannot both go to {output}: choose two files.")
    if rejected is not None and is_stream(rejected):
        raise UsageError(f"The rejected records need a file, not {rejected}: name one with --rejected FILE.")
    for path in (output, rejected):
        if path is None or is_stream(path):
            continue
        _check_writable(path)
        work = work_path(path)
        for written in (path.resolve(), work, checkpoint_path(path), window_path(path), lock_path(work)):
            for name in inputs:
                _check_apart(name, path, written)


def describe_inputs(inputs: Sequence[str]) -> str:
    """A hash over the names, sizes and times of the input files: another one means that something changed."""
    digest = hashlib.sha256()
    for name in inputs:
        for path in _files(Path(name)):
            digest.update(f"{path}\0".encode(errors="surrogateescape"))
            with suppress(OSError):  # no path, gone, or not to be looked at: its name stands for it
                status = path.stat()
                digest.update(f"{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    """The path itself, and what is below it when it is a folder; a name that is no path stands for itself."""
    yield path
    with suppress(PermissionError):
        yield from sorted(path.rglob("*"))


def _check_writable(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file to write to.")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise UsageError(f"The folder {folder} does not exist: create it, or write somewhere else.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"The folder {folder} cannot be written: write somewhere else.")


def _check_apart(name: str, path: Path, written: Path) -> None:
    source = Path(name)
    if name == STDIN or not source.exists():
        return
    if source.is_dir():
        if written.is_relative_to(source.resolve()):
            raise UsageError(f"{path} lies in the input folder {name} and would be read as papers: write elsewhere.")
    elif source.resolve() == written or (written.exists() and source.samefile(written)):
        raise UsageError(f"Writing {path} would overwrite the input {name}: write to another file.")

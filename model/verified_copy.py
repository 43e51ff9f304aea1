"""Copies of model directories: complete and verified under their final name, or not there at all."""

import os
import secrets
import shutil
from pathlib import Path

from data.atomic import write_error
from data.errors import UsageError
from model.artefact import MANIFEST, Artefact

TEMPORARY_PREFIX = ".areatag-"
"""Begins the names of folders that are not complete yet or being removed."""


def temporary_beside(path: Path) -> Path:
    """Return a name in the same folder that nothing has yet."""
    return path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(4)}.tmp")


def copy_model(source: Path, target: Path) -> None:
    """Copy the files that a model's manifest names, verify the copy, and only then give it its name.

    Args:
        target: a path at which nothing stands, or an empty folder.

    Raises:
        ArtefactError: the model is damaged.
        UsageError: something stands at `target`, or it cannot be written.
        AreatagError: the disk is full or fails.
    """
    artefact = Artefact.open(source)
    temporary = temporary_beside(target)
    try:
        for name in [*artefact.files, MANIFEST]:
            copy = temporary / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, copy)
        _flush(temporary)
        Artefact.open(temporary)
        _rename(temporary, target)
    except OSError as error:
        raise write_error(target, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def remove_folder(path: Path) -> None:
    """Remove a folder; whoever looks at its name sees all of it or nothing, also when this is interrupted."""
    doomed = temporary_beside(path)
    try:
        path.rename(doomed)
    except OSError as error:
        raise write_error(path, error) from error
    shutil.rmtree(doomed, ignore_errors=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what interrupted calls left in a folder; for callers that keep others from writing there."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*.tmp"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _rename(temporary: Path, target: Path) -> None:
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise UsageError(f"{target} exists already; choose another path or remove it.")
    temporary.rename(target)  # a rename replaces an empty folder
    _sync(target.parent)


def _flush(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

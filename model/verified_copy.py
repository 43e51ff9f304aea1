"""Copies of model directories: complete and verified under their final name, or not there at all."""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data.atomic import sync_folder, write_error
from data.errors import UsageError
from model.artefact import Artefact
from model.plain_files import ENCODER, LARGEST, MANIFEST, ArtefactError, create_file, open_file, opened_folder

TEMPORARY_PREFIX = ".areatag-"
"""Begins the names of folders that are not complete yet or being removed."""


def temporary_beside(path: Path) -> Path:
    """Return a name in the same folder that nothing has yet."""
    return path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(4)}.tmp")


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to write to, which gets the name `target` when the block ends, and is removed when it fails.

    Raises:
        UsageError: something stands at `target` that is no empty folder, or it cannot be written.
        AreatagError: the disk is full or fails.
    """
    temporary = temporary_beside(target)
    try:
        _check_free(target)
        temporary.mkdir()
        yield temporary
        _check_free(target)
        temporary.rename(target)  # a rename replaces an empty folder
        sync_folder(target.parent)
    except OSError as error:
        raise write_error(target, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def copy_model(artefact: Artefact, target: Path) -> None:
    """Copy the files of a model, verify the copy, and only then give it its name.

    Args:
        artefact: the opened model.
        target: a path at which nothing stands, or an empty folder.

    Raises:
        ArtefactError: the model was changed after it was opened.
        UsageError: something stands at `target`, or it cannot be written.
        AreatagError: the disk is full or fails.
    """
    with new_folder(target) as temporary:
        copy_files(artefact.path, [*artefact.files, MANIFEST], temporary)
        if Artefact.open(temporary).digest != artefact.digest:
            raise ArtefactError(f"{artefact.path}: was changed while it was copied; copy it again")


def copy_encoder(source: Path, target: Path) -> None:
    """Copy the encoder of a model into another model's folder, which has none yet; raises as `copy_files` does."""
    copy_files(
        source,
        [name for name in sorted(LARGEST) if name.startswith(f"{ENCODER}/") and (source / name).is_file()],
        target,
    )


def copy_files(source: Path, names: Iterable[str], target: Path) -> None:
    """Copy files of a model into a folder that has none of them yet, onto the disk.

    Nothing outside the two folders is read or written, whatever is put into them meanwhile: no link is followed.

    Raises:
        OSError: a file cannot be read or written, or is a link.
    """
    with opened_folder(source) as origin, opened_folder(target) as destination:
        for name in names:
            with open_file(origin, name) as stream, create_file(destination, name) as copy:
                shutil.copyfileobj(stream, copy)
                copy.flush()
                os.fsync(copy.fileno())
        with suppress(FileNotFoundError), opened_folder(ENCODER, inside=destination) as encoder:
            os.fsync(encoder)
        os.fsync(destination)


def remove_folder(path: Path) -> None:
    """Remove a folder; whoever looks at its name sees all of it or nothing, also when this is interrupted.

    Of a link to a folder, the link is removed.
    """
    doomed = temporary_beside(path)
    try:
        if path.is_symlink():
            path.unlink()
            return
        path.rename(doomed)
    except OSError as error:
        raise write_error(path, error) from error
    shutil.rmtree(doomed, ignore_errors=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what interrupted calls left in a folder; for callers that keep others from writing there."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*.tmp"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _check_free(target: Path) -> None:
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise UsageError(f"{target} exists already; choose another path or remove it.")

"""Model versions of this machine: the bundled one, those under AREATAG_HOME/models, and which of them is active.

    models/<version>/    a model directory (`model.artefact`); it gets this name when it is complete and verified
    models/active        one line an activation, newest first: the version, a tab, when; the first line is active

Each change is one rename, so a process killed at any moment leaves the old state or the new one. Changes exclude each
other through a lock on `models/lock`, which the system frees when its holder dies.
"""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from data.atomic import atomic_text, write_error
from data.errors import AreatagError, UsageError
from data.home import areatag_home, make_private_folder, owner_only
from model.artefact import MANIFEST, Artefact
from model.verified_copy import copy_model, remove_folder, remove_leftovers

BUNDLED = "bundled"
_BUNDLED_PATH = Path(__file__).parent / "bundled"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_RESERVED = {BUNDLED, "active", "lock"}
_KEPT_ACTIVATIONS = 100


def models_folder() -> Path:
    """Where trained versions are kept; it may not exist yet."""
    return areatag_home() / "models"


def active_file() -> Path:
    """The file whose first line names the active version; without it the bundled one is active."""
    return models_folder() / "active"


def active_reference() -> str:
    """The version used where none is named: what the file `active` says, at first the bundled one."""
    return _versions_in(_activations())[0]


def activation() -> str:
    """The line that made the active version active: another one after every activation, empty before the first."""
    return next(iter(_activations()), "")


def versions() -> list[str]:
    """Names that `resolve_model` takes: the bundled version and every complete one under the models folder."""
    folder = models_folder()
    paths = folder.glob(f"*/{MANIFEST}") if folder.is_dir() else ()
    named = sorted(path.parent.name for path in paths if not path.parent.name.startswith("."))
    return [BUNDLED, *named]


def resolve_model(ref: str | Path | None = None) -> Path:
    """The directory of a model.

    Args:
        ref: "bundled", a version name, a model directory, or None for the active version.

    Raises:
        UsageError: there is no such model.
    """
    name = str(ref) if ref is not None else active_reference()
    if name == BUNDLED:
        return _BUNDLED_PATH
    version = models_folder() / name
    if "/" not in name and (version / MANIFEST).is_file():
        return version
    path = Path(name)
    if path.is_dir():
        return path
    raise UsageError(f"There is no model {name!r}: it is neither a version ({', '.join(versions())}) nor a directory.")


def install(directory: Path) -> str:
    """Copy a model directory under AREATAG_HOME, and return its version; one that is there already stays.

    Raises:
        ArtefactError: the model is damaged.
        UsageError: another model has the version's name, or the name cannot be a folder's.
        AreatagError: the disk is full or fails.
    """
    with _changing():
        return _install(directory)


def activate(ref: str) -> str:
    """Verify a model and make it the active version; a directory is installed first. Return the version's name.

    Raises:
        AreatagError: there is no such model, it is damaged, or it cannot be installed; the old one stays active.
    """
    with _changing():
        name = ref if ref in versions() else _install(resolve_model(ref))
        Artefact.open(resolve_model(name))
        history = _activations()
        if _versions_in(history)[0] == name:
            history = history[1:]  # the new line tells running services to try the version again
        _write_activations([f"{name}\t{datetime.now(UTC).isoformat()}", *history])
        return name


def rollback() -> str:
    """Make the version active that was so before the active one; again, the one before that. Return its name.

    Versions deleted in the meantime are passed over; the first version of all is the bundled one.

    Raises:
        AreatagError: there was none before, or it is damaged; the active one stays.
    """
    with _changing():
        history = _activations()
        active, known = _versions_in(history)[0], versions()
        earlier = [line for line in history[1:] if line.partition("\t")[0] in known]
        while earlier and earlier[0].partition("\t")[0] == active:
            earlier = earlier[1:]
        name = _versions_in(earlier)[0]
        if name == active:
            raise AreatagError(f"Nothing was active before {active}; activate a version by its name instead.")
        Artefact.open(resolve_model(name))
        _write_activations([f"{name}\t{datetime.now(UTC).isoformat()}", *earlier[1:]])
        return name


def delete(version: str) -> None:
    """Remove a version from the disk.

    Raises:
        UsageError: there is no such version; it is the active or the bundled one.
    """
    with _changing():
        if version == BUNDLED:
            raise UsageError("The bundled model is part of areatag and cannot be deleted.")
        if version not in versions():
            raise UsageError(f"There is no version {version!r} to delete; there are {', '.join(versions())}.")
        if version == active_reference():
            raise UsageError(f"Version {version} is active; activate another one before you delete it.")
        remove_folder(models_folder() / version)


def export(ref: str | None, path: Path) -> Path:
    """Copy a model to a directory that does not exist yet or is empty, verified; None: the active one.

    Raises:
        AreatagError: there is no such model, it is damaged, or `path` cannot be written.
    """
    if not path.absolute().parent.is_dir():
        raise UsageError(f"Cannot write {path}: its folder does not exist; create the folder or choose another path.")
    copy_model(resolve_model(ref), path)
    return path


def _install(directory: Path) -> str:
    name = Artefact.open(directory).version
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise UsageError(f"{directory}: the version {name!r} cannot be the name of a folder; train or export it again.")
    target = models_folder() / name
    if name not in versions():
        copy_model(directory, target)
    elif (target / MANIFEST).read_bytes() != (directory / MANIFEST).read_bytes():
        raise UsageError(f"Another model is installed as {name}; delete it first (areatag models delete {name}).")
    return name


@contextmanager
def _changing() -> Iterator[None]:
    """Keep other processes from changing the models meanwhile; clean up after one that was killed."""
    folder = models_folder()
    try:
        make_private_folder(folder)
        lock = open(folder / "lock", "ab", opener=owner_only)  # noqa: SIM115 - closed below
    except OSError as error:
        raise write_error(folder / "lock", error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_leftovers(folder)
        yield


def _activations() -> list[str]:
    """The lines of `active`, newest first."""
    try:
        lines = active_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines if line.strip()]


def _versions_in(activations: list[str]) -> list[str]:
    """The versions of some activations; the bundled one was active before all of them."""
    return [*(line.partition("\t")[0] for line in activations), BUNDLED]


def _write_activations(lines: list[str]) -> None:
    with atomic_text(active_file()) as stream:
        stream.writelines(f"{line}\n" for line in lines[:_KEPT_ACTIVATIONS])

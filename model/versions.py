"""Model versions of this machine: the bundled one, those under AREATAG_HOME/models, and which of them is active.

`model.activation` makes one of them the active one.

    models/<version>/    a model directory (`model.artefact`); it gets this name when it is complete and verified
    models/active        one line an activation, newest first: the version, a tab, when; the first line is active

Each change is one rename, so a process killed at any moment leaves the old state or the new one. Changes exclude each
other through a lock on `models/lock`, which the system frees when its holder dies.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data.atomic import write_error
from data.errors import AreatagError, UsageError
from data.file_lock import FileLock
from data.home import areatag_home, make_private_folder
from model.artefact import Artefact
from model.manifest import read_manifest
from model.verified_copy import copy_model, remove_folder, remove_leftovers

BUNDLED = "bundled"
_BUNDLED_PATH = Path(__file__).parent / "bundled"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_RESERVED = {BUNDLED, "active", "lock"}


def models_folder() -> Path:
    """Where trained versions are kept; it may not exist yet."""
    return areatag_home() / "models"


def active_file() -> Path:
    """The file whose first line names the active version; without it the bundled one is active."""
    return models_folder() / "active"


def active_reference() -> str:
    """The version used where none is named: what the file `active` says, at first the bundled one."""
    return versions_in(activations())[0]


def activation() -> str:
    """The line that made the active version active: another one after every activation, empty before the first."""
    return next(iter(activations()), "")


def activated_at() -> dict[str, str]:
    """When each version became the active one for the last time: UTC, ISO 8601, by the version's name."""
    split = (line.partition("\t") for line in reversed(activations()))
    return {name: when for name, _, when in split if when}


def versions() -> list[str]:
    """Names that `resolve_model` takes: the bundled version and every folder of a version, damaged ones too."""
    try:
        paths = list(models_folder().iterdir())
    except (FileNotFoundError, NotADirectoryError):
        paths = []
    named = sorted(path.name for path in paths if _can_name_a_version(path.name) and path.is_dir())
    return [BUNDLED, *named]


def name_of_version(version: str) -> str | None:
    """The name under which a version is on this machine, which `resolve_model` takes; None where it is not.

    Args:
        version: what its results carry as their model; the bundled one has another name.
    """
    for name in versions():
        with suppress(AreatagError):  # a damaged version is not the one
            if read_manifest(resolve_model(name)).version == version:
                return name
    return None


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
    if _can_name_a_version(name) and (version := models_folder() / name).is_dir():
        return version
    with suppress(OSError):  # a name that is too long, say
        if (path := Path(name)).is_dir():
            return path
    raise UsageError(f"There is no model {name!r}: it is neither a version ({', '.join(versions())}) nor a directory.")


def install(directory: Path) -> str:
    """Copy a model directory under AREATAG_HOME, and return its version; one that is there already stays.

    Raises:
        ArtefactError: the model is damaged.
        UsageError: another model has the version's name, or the name cannot be a folder's.
        AreatagError: the disk is full or fails.
    """
    with changing():
        return install_alone(directory)


def delete(version: str) -> None:
    """Remove a version from the disk.

    Raises:
        UsageError: there is no such version; it is the active or the bundled one.
    """
    with changing():
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
    copy_model(Artefact.open(resolve_model(ref)), path)
    return path


def install_alone(directory: Path) -> str:
    """As `install`, for callers that keep other processes from changing the models (`changing`)."""
    artefact = Artefact.open(directory)
    name = artefact.version
    if not _can_name_a_version(name):
        raise UsageError(f"{directory}: the version {name!r} cannot be the name of a folder; train or export it again.")
    target = models_folder() / name
    if name not in versions():
        copy_model(artefact, target)
    elif read_manifest(target).digest != artefact.digest:
        raise UsageError(f"Another model is installed as {name}; delete it first (areatag models delete {name}).")
    return name


def _can_name_a_version(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name not in _RESERVED


@contextmanager
def changing() -> Iterator[None]:
    """Keep other processes from changing the models meanwhile; clean up after one that was killed."""
    folder = models_folder()
    try:
        make_private_folder(folder)
        lock = FileLock.take(folder / "lock", patience=None)
    except OSError as error:
        raise write_error(folder / "lock", error) from error
    assert lock is not None  # it was waited for
    with lock:
        remove_leftovers(folder)
        yield


def activations() -> list[str]:
    """The lines of the file `active`, newest first."""
    try:
        lines = active_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines if line.strip()]


def versions_in(activations: list[str]) -> list[str]:
    """The versions of some activations; the bundled one was active before all of them."""
    return [*(line.partition("\t")[0] for line in activations), BUNDLED]

"""Model versions of this machine: the bundled one, those under AREATAG_HOME/models, and which of them is active."""

from pathlib import Path

from data.errors import UsageError
from data.home import areatag_home
from model.artefact import MANIFEST

BUNDLED = "bundled"
_BUNDLED_PATH = Path(__file__).parent / "bundled"


def models_folder() -> Path:
    """Where trained versions are kept; it may not exist yet."""
    return areatag_home() / "models"


def active_reference() -> str:
    """The version used where none is named: what the file `active` says, at first the bundled one."""
    try:
        return (models_folder() / "active").read_text(encoding="utf-8").strip() or BUNDLED
    except FileNotFoundError:
        return BUNDLED


def versions() -> list[str]:
    """Names that `resolve_model` takes: the bundled version and every complete one under the models folder."""
    folder = models_folder()
    named = sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []
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

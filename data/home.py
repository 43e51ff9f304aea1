"""Where a machine keeps its state: label store, model versions and caches. Only its owner can read it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from platformdirs import user_data_dir

from data.errors import AreatagError, UsageError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def areatag_home() -> Path:
    """Return AREATAG_HOME as an absolute path, by default the user data directory; it may not exist yet.

    Raises UsageError when something that is no folder stands there.
    """
    home = Path(os.environ.get("AREATAG_HOME") or user_data_dir("areatag", appauthor=False))
    try:
        home = home.expanduser().absolute()
        blocked = home.exists() and not home.is_dir()
    except (OSError, RuntimeError) as error:  # RuntimeError: "~name" of a user that does not exist
        raise UsageError(f"AREATAG_HOME={home} cannot be used ({error}); set it to a folder.") from error
    if blocked:
        raise UsageError(f"AREATAG_HOME={home} is not a folder; set it to one or remove the file.")
    return home


def in_home(path: Path) -> bool:
    """Whether a path lies under AREATAG_HOME, where whatever is written is for its owner alone."""
    try:
        return path.resolve().is_relative_to(areatag_home().resolve())
    except (AreatagError, OSError, RuntimeError):  # without a usable home nothing lies in it
        return False


def make_private_folder(folder: Path) -> None:
    """Make a folder, and what is missing above it, for its owner alone, whatever the umask.

    A folder that is there keeps its permissions, but for AREATAG_HOME itself: it is closed to others where this user
    owns it. Raises OSError.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for part in reversed(missing):
        with suppress(FileExistsError):  # another process may make it now; a file there fails in the next step
            part.mkdir(mode=stat.S_IRWXU)
    home = areatag_home()
    if not _account_folder().is_relative_to(home):  # who chose "/" or the own home directory shares it with others
        close_to_others(home)


def owner_only(path: str, flags: int) -> int:
    """An `opener` for `open`: what it makes can be read by its owner alone, and so can what was there."""
    descriptor = os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)
    close_to_others(Path(path))
    return descriptor


def make_private_database(path: Path) -> None:
    """Make an empty file where none is, for SQLite to fill, and close it to others with its log; raises OSError.

    SQLite gives its log files (-wal, -shm) the permissions of the database.
    """
    os.close(owner_only(str(path), os.O_RDWR | os.O_CREAT))
    for suffix in ("-wal", "-shm"):
        close_to_others(path.with_name(path.name + suffix))


def close_to_others(path: Path) -> None:
    """Take the rights of group and others from a file or folder that this user owns; of another's, or none, nothing.

    Folders that many users write to (with the sticky bit, as /tmp) stay as they are, and so do devices and pipes.
    """
    with suppress(OSError):  # gone, or on a file system that is read-only or knows no permissions
        found = path.stat()
        mode = found.st_mode
        ours = found.st_uid == os.geteuid() and (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
        if ours and mode & _OTHERS and not mode & stat.S_ISVTX:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def _account_folder() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a user without an entry in the system's list
        return Path("/")


@contextmanager
def private_files() -> Iterator[None]:
    """Whatever this process makes within the block, by any library, is for its owner alone.

    The umask belongs to the whole process: for commands whose every file lies under AREATAG_HOME.
    """
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)

"""Where a machine keeps its state: label store, model versions and caches."""

import os
from pathlib import Path

from platformdirs import user_data_dir

from data.errors import UsageError


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

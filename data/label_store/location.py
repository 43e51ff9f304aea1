"""Where the label store is: a SQLite file under AREATAG_HOME, or the database that AREATAG_LABEL_STORE names."""

import os
from pathlib import Path

from data.home import areatag_home

VARIABLE = "AREATAG_LABEL_STORE"
FILE_NAME = "labels.db"


def label_store_url() -> str:
    """Return the URL of the label store; raises UsageError when AREATAG_HOME cannot be used."""
    return os.environ.get(VARIABLE) or f"sqlite:///{areatag_home() / FILE_NAME}"


def label_store_file() -> Path | None:
    """Return the file of the label store, which need not exist yet; None where it is a database.

    Raises UsageError when AREATAG_HOME cannot be used.
    """
    return None if os.environ.get(VARIABLE) else areatag_home() / FILE_NAME


def label_store_exists() -> bool:
    """Return whether there may be labels: without a file there are none, and a database has to be asked."""
    file = label_store_file()
    return file is None or file.exists()

"""Where the label store is: a SQLite file under AREATAG_HOME, or the database that AREATAG_LABEL_STORE names."""

import os

from data.home import areatag_home

VARIABLE = "AREATAG_LABEL_STORE"
FILE_NAME = "labels.db"


def label_store_url() -> str:
    """Return the URL of the label store; raises UsageError when AREATAG_HOME cannot be used."""
    return os.environ.get(VARIABLE) or f"sqlite:///{areatag_home() / FILE_NAME}"


def label_store_exists() -> bool:
    """Return whether there may be labels: without a file there are none, and a database has to be asked."""
    return bool(os.environ.get(VARIABLE)) or (areatag_home() / FILE_NAME).exists()

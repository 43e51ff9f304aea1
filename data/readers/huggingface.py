"""Hugging Face datasets, by name or as a directory that `save_to_disk` wrote; needs areatag[train]."""

import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from data.errors import UsageError
from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream

INSTALL = "Install it with: pip install 'areatag[train]'."

_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def matches(head: bytes) -> bool:
    """Return False: a dataset is a directory or a name, never the content of one file."""
    return False


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Refuse a file.

    Raises:
        UsageError: always.
    """
    raise UsageError(f"{stream.name} is a file, not a Hugging Face dataset; leave out --input-format.")


def is_dataset_directory(path: Path) -> bool:
    """Return whether `datasets` saved this directory."""
    return (path / "dataset_dict.json").is_file() or (path / "state.json").is_file()


def looks_like_name(text: str) -> bool:
    """Return whether a path that does not exist may be a dataset name ("owner/name")."""
    return _NAME.fullmatch(text) is not None and not Path(text).parent.exists()


def is_installed() -> bool:
    """Return whether the library is there, without importing it."""
    return importlib.util.find_spec("datasets") is not None


def read_dataset(reference: str) -> Iterator[Record | Reject]:
    """Yield the rows of every split, the first of a split being number 1; the file is "reference[split]".

    Raises:
        UsageError: the library is not installed, or there is no such dataset.
    """
    for split, rows in _splits(reference).items():
        name = f"{reference}[{split}]" if split else reference
        for number, row in enumerate(rows, start=1):
            yield Record(name, number, row)


def _splits(reference: str) -> Mapping[str, Any]:
    if not is_installed():
        raise UsageError(f"Reading the Hugging Face dataset {reference} needs the library datasets. {INSTALL}")
    import datasets  # not in the light runtime

    try:
        if Path(reference).is_dir():
            loaded = datasets.load_from_disk(reference)
        else:
            loaded = datasets.load_dataset(reference, streaming=True)
    except Exception as error:  # errors of the library, of the network and of the dataset's own files
        reason = str(error).split("\n", 1)[0].rstrip(".")
        raise UsageError(
            f"There is no file or directory {reference}, "
            f"and no Hugging Face dataset of that name can be read ({reason})."
        ) from error
    return loaded if isinstance(loaded, dict) else {"": loaded}

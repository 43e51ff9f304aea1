"""Hugging Face datasets, by name or as a directory that `save_to_disk` wrote; needs areatag[train]."""

import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from data.errors import UsageError
from data.extras import how_to_install
from data.field_names import has_paper_field, is_known
from data.papers import Reject
from data.readers.records import Record, reject, too_long
from data.readers.sources import RECORD_BYTES, ByteStream

INSTALL = f"Install it with {how_to_install('train')}."

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

    Rows come as Arrow tables, so that the size of one is known before Python has a copy, and no image is decoded.

    Raises:
        UsageError: the library is not installed, or there is no such dataset.
    """
    for split, rows in _splits(reference).items():
        name = f"{reference}[{split}]" if split else reference
        for number, row in enumerate(rows.with_format("arrow"), start=1):
            yield _record(name, number, row)


def _record(name: str, number: int, row: Any) -> Record | Reject:
    from data.readers.parquet import row_bytes  # pyarrow, which only a run that reads such data pays for

    columns = [column for column in row.column_names if is_known(column)]
    row = row.select(columns) if has_paper_field(columns) else row
    if row_bytes(row) > RECORD_BYTES:
        return reject(name, number, too_long(RECORD_BYTES))
    return Record(name, number, row.to_pylist()[0])


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

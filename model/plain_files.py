"""The files of a model directory: a fixed set of names, opened so that nothing outside the directory is reached.

They are opened from a handle on the directory, and no link is followed: also not one that is put in the place of a
folder or file after it was checked.
"""

import errno
import io
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from data.errors import AreatagError

MANIFEST = "manifest.json"
ENCODER = "encoder"
"""The folder of the encoder, the only one in a model directory."""
SELF_CHECK = "self_check.json"
"""What the model answered when it was made (`model.self_check`)."""
LEARNED_LABELS = "learned_labels.txt"
"""The content id of every paper whose label retrainings learned, one a line."""

_MB, _GB = 1_000_000, 1_000_000_000
REQUIRED = {
    "calibration.json": 8 * _MB,
    "card.json": 8 * _MB,
    "encoder/config.json": 1 * _MB,
    "encoder/encoder.onnx": 100 * _MB,
    "encoder/model.safetensors": 16 * _GB,
    "encoder/tokenizer.json": 100 * _MB,
    "heads.safetensors": 1 * _GB,
    "metrics.json": 8 * _MB,
    "taxonomy.yaml": 10 * _MB,
}
_BESIDE_ANSWERS = {
    "README.md": 8 * _MB,
    "embedding_calibration.json": 8 * _MB,
    LEARNED_LABELS: 1 * _GB,
    SELF_CHECK: 1 * _MB,
    "training_fingerprints.safetensors": 1 * _GB,
}
_OPTIONAL = {
    "lexical.safetensors": 1 * _GB,
    "typicality.safetensors": 1 * _GB,
    # what `transformers` writes beside tokenizer.json, by the kind of tokenizer
    "encoder/added_tokens.json": 8 * _MB,
    "encoder/chat_template.jinja": 1 * _MB,
    "encoder/merges.txt": 100 * _MB,
    "encoder/sentencepiece.bpe.model": 100 * _MB,
    "encoder/special_tokens_map.json": 1 * _MB,
    "encoder/spiece.model": 100 * _MB,
    "encoder/tokenizer.model": 100 * _MB,
    "encoder/tokenizer_config.json": 8 * _MB,
    "encoder/vocab.json": 100 * _MB,
    "encoder/vocab.txt": 100 * _MB,
}
LARGEST: Mapping[str, int] = {MANIFEST: 1 * _MB, **REQUIRED, **_BESIDE_ANSWERS, **_OPTIONAL}
"""The names of all files that a model directory can have, and the most bytes of each."""
ANSWERING = frozenset({*REQUIRED, *_OPTIONAL}) - {"card.json", "metrics.json"}
"""The files that can change an answer; a version is named after them."""


class ArtefactError(AreatagError):
    """A model directory is missing, incomplete, altered, or not what it should be."""


def read_file(path: Path, name: str) -> bytes:
    """The content of one file of a model directory.

    Raises:
        ArtefactError: it cannot be read, is a link, or is larger than such a file can be.
    """
    with told(path / name), opened_folder(path) as folder, open_file(folder, name) as stream:
        content = stream.read(LARGEST[name] + 1)
    if len(content) > LARGEST[name]:
        raise ArtefactError(f"{path / name}: larger than such a file can be; do not use the model")
    return content


@contextmanager
def opened_folder(path: Path | str, inside: int | None = None) -> Iterator[int]:
    """A handle on a folder; with `inside`, on one in that folder, which must not be a link."""
    flags = os.O_RDONLY | os.O_DIRECTORY | (os.O_NOFOLLOW if inside is not None else 0)
    handle = os.open(path, flags, dir_fd=inside)
    try:
        yield handle
    finally:
        os.close(handle)


def open_file(folder: int, name: str) -> io.BufferedReader:
    """Open a file of a model directory, given a handle on it; raises OSError for anything but a plain file."""
    handle = _open(folder, name, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
    return os.fdopen(handle, "rb")


def create_file(folder: int, name: str) -> io.BufferedWriter:
    """Create a file of a model directory, given a handle on it; raises OSError where something has its name."""
    if name.startswith(f"{ENCODER}/"):
        with suppress(FileExistsError):  # made for the file before
            os.mkdir(ENCODER, dir_fd=folder)
    return os.fdopen(_open(folder, name, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb")


def _open(folder: int, name: str, flags: int) -> int:
    if name not in LARGEST:
        raise ArtefactError(f"{name[:100]!r} is no file of a model")
    parent, _, file = name.rpartition("/")
    if not parent:
        return os.open(file, flags | os.O_NOFOLLOW, 0o666, dir_fd=folder)
    with opened_folder(parent, inside=folder) as handle:
        return os.open(file, flags | os.O_NOFOLLOW, 0o666, dir_fd=handle)


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Turn an OSError of opening or reading `file` of a model into an ArtefactError."""
    try:
        yield
    except FileNotFoundError as error:
        raise ArtefactError(f"{file}: missing from the model; install the model again") from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO):
            reason = "a link or no plain file; a model has plain files only, so do not use it"
            raise ArtefactError(f"{file}: {reason}") from error
        raise ArtefactError(f"{file}: cannot be read ({error.strerror}); install the model again") from error

"""The manifest of a model directory: which files it has, out of a fixed set, each with its size and SHA-256.

A model directory may come from anywhere, so it is not trusted. Its manifest lists files of the set and no others; each
is a plain file, not a link nor behind one, and no larger than a file of its kind can be. Whatever is wrong is an
`ArtefactError`, before anything is copied or used.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import from_json

from data.atomic import atomic_write
from model.plain_files import (
    ENCODER,
    LARGEST,
    MANIFEST,
    REQUIRED,
    ArtefactError,
    open_file,
    opened_folder,
    read_file,
    told,
)

FORMAT = 1


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class FileEntry(_Strict):
    """What the manifest says of a file."""

    bytes: int = Field(ge=0)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]


class EncoderEntry(_Strict):
    """What the manifest says of the encoder; `max_tokens` of a paper are read."""

    name: str
    hidden_size: int = Field(ge=1, le=100_000)
    max_tokens: int = Field(ge=1, le=1_000_000)


class Manifest(_Strict):
    """A checked manifest; `files` are names of `LARGEST`, those that a model must have among them."""

    version: str = Field(max_length=200)
    encoder: EncoderEntry
    files: dict[str, FileEntry]
    digest: str
    """SHA-256 of the manifest itself: the same for the same model only."""


def read_manifest(path: Path) -> Manifest:
    """Read and check the manifest of a model directory; its files are checked by `check_files`.

    Raises:
        ArtefactError: there is none, or it is damaged, or lists a file that no model has.
    """
    if not path.is_dir():
        raise ArtefactError(f"{path}: no model directory; name a directory written by `areatag train`")
    if not os.path.lexists(path / MANIFEST):
        raise ArtefactError(f"{path}: not a complete model directory (no {MANIFEST}); train or export it again")
    content = read_file(path, MANIFEST)
    record = _json_object(path / MANIFEST, content)
    if record.get("format") != FORMAT:
        raise ArtefactError(f"{path}: model format {str(record.get('format'))[:50]} is not known; update areatag")
    try:
        manifest = Manifest.model_validate({**record, "digest": hashlib.sha256(content).hexdigest()})
    except ValidationError as error:
        raise ArtefactError(f"{path / MANIFEST}: damaged ({first_problem(error)}); install the model again") from error
    if not manifest.version.isprintable():
        raise ArtefactError(f"{path / MANIFEST}: damaged (version: has control characters); install the model again")
    for name, entry in manifest.files.items():
        if name == MANIFEST or name not in LARGEST:
            raise ArtefactError(f"{path / MANIFEST}: lists {name[:100]!r}, which is no file of a model; do not use it")
        if entry.bytes > LARGEST[name]:
            raise ArtefactError(f"{path / name}: {entry.bytes} bytes are more than such a file can have; do not use it")
    for name in REQUIRED:
        if name not in manifest.files:
            raise ArtefactError(f"{path / name}: missing from the manifest; train or export the model again")
    return manifest


def check_files(path: Path, manifest: Manifest, contents: bool) -> None:
    """Compare the files of a model directory with its manifest.

    Args:
        path: the model directory.
        manifest: as read from it.
        contents: compare SHA-256 too (about 0.1 s for 45 MB).

    Raises:
        ArtefactError: a file is missing, truncated, altered, or a link; or the encoder's folder has another one.
    """
    with opened_folder(path) as folder:
        for name, expected in manifest.files.items():
            with told(path / name), open_file(folder, name) as stream:
                size = os.fstat(stream.fileno()).st_size
                if size != expected.bytes:
                    raise ArtefactError(
                        f"{path / name}: has {size} bytes instead of {expected.bytes}; install the model again"
                    )
                if contents and hashlib.file_digest(stream, "sha256").hexdigest() != expected.sha256:
                    raise ArtefactError(f"{path / name}: altered since the model was written; install the model again")
    # `transformers` gets this folder as a whole, and looks for files of more names than a model has.
    for file in sorted(path.joinpath(ENCODER).iterdir()):
        if f"{ENCODER}/{file.name}" not in manifest.files:
            raise ArtefactError(f"{str(file)!r}: not listed in the manifest; remove it, or use another model")


def read_record(path: Path, name: str, schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON object in a file of a model directory, as it is, when `schema` accepts it.

    Raises:
        ArtefactError: it cannot be read, or is not what it should be.
    """
    record = _json_object(path / name, read_file(path, name))
    try:
        schema.model_validate(record)
    except ValidationError as error:
        raise ArtefactError(f"{path / name}: {first_problem(error)}; install or export the model again") from error
    return record


def write_manifest(path: Path, version: str, encoder: dict[str, Any]) -> None:
    """Close a model directory: list every file of a model in it with size and SHA-256. It is the last file written."""
    files = {
        name: {"bytes": (path / name).stat().st_size, "sha256": sha256_of(path / name)}
        for name in sorted(LARGEST)
        if name != MANIFEST and (path / name).is_file()
    }
    record = {"format": FORMAT, "version": version, "encoder": encoder, "files": files}
    with atomic_write(path / MANIFEST) as stream:
        stream.write((json.dumps(record, indent=1) + "\n").encode())


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def first_problem(error: ValidationError) -> str:
    """The first thing that a schema found wrong: where, and what."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step)[:100] for step in problem["loc"])
    return f"{place.encode('unicode_escape').decode()}: {problem['msg']}"  # names in a foreign file may hold anything


def _json_object(path: Path, content: bytes) -> dict[str, Any]:
    try:
        record = from_json(content)  # refuses deep nesting, on which the standard library's overflows the stack
    except ValueError as error:
        raise ArtefactError(f"{path}: not valid JSON ({error}); install the model again") from error
    if not isinstance(record, dict):
        raise ArtefactError(f"{path}: should be a JSON object; install the model again")
    return record

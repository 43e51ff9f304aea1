"""What an export has in each format of others: taxonomy, tokenizer, checksums, in a folder that is whole or absent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tokenizers

from data.atomic import atomic_write
from data.errors import UsageError
from model.artefact import ModelParts
from model.calibration import Calibration
from model.manifest import sha256_of
from model.runtimes.tokenization import Tokenizer
from model.verified_copy import new_folder

CHECKSUMS = "SHA256SUMS"
"""Checked by `sha256sum --check SHA256SUMS`."""


@contextmanager
def export_folder(parts: ModelParts, target: Path) -> Iterator[Path]:
    """A folder with taxonomy and tokenizer, for a format's own files; closed by the checksums, it becomes `target`.

    Raises:
        UsageError: something stands at `target` that is no empty folder, or it cannot be written.
        AreatagError: the disk is full or fails.
    """
    if not target.absolute().parent.is_dir():
        raise UsageError(f"Cannot write {target}: its folder does not exist; create it or choose another path.")
    with new_folder(target) as folder:
        write_file(folder / "taxonomy.yaml", parts.taxonomy.to_yaml().encode())
        write_file(folder / "tokenizer.json", _tokenizer(parts).encode())
        yield folder
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        lines = "".join(f"{sha256_of(folder / name)}  {name}\n" for name in names)
        write_file(folder / CHECKSUMS, lines.encode())


def write_file(path: Path, content: bytes) -> None:
    """Write a file of an export, in a folder that may be new."""
    path.parent.mkdir(exist_ok=True)
    with atomic_write(path) as stream:
        stream.write(content)


def as_json(record: Mapping[str, Any] | list[Any]) -> bytes:
    """A file's content."""
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def thresholds(ids: tuple[str, ...], calibration: Calibration) -> dict[str, float]:
    """The threshold of each area or field, by its id."""
    return {name: round(value, 4) for name, value in zip(ids, calibration.thresholds, strict=True)}


def _tokenizer(parts: ModelParts) -> str:
    """The tokenizer, which cuts at as many tokens as the model reads, and pads a batch to its longest text."""
    path = parts.encoder_path / "tokenizer.json"
    padding = Tokenizer(path).padding_id  # also says what is wrong with a damaged file
    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(parts.max_tokens)
    tokenizer.enable_padding(pad_id=padding, pad_token=tokenizer.id_to_token(padding) or "[PAD]")
    return str(tokenizer.to_str(pretty=False))

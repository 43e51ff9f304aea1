"""A model version on disk: one directory, checked by SHA-256 before anything in it is used.

    manifest.json            format, version, encoder, size and SHA-256 of every other file
    encoder/                 a Hugging Face directory: config.json, model.safetensors (float16), tokenizer files
    encoder/encoder.onnx     the graph of the CPU runtime, whose tensors are external data in model.safetensors
    heads.safetensors        linear heads (float32)
    taxonomy.yaml            the fields and areas the heads predict, in the heads' row order
    calibration.json         {"areas": ..., "fields": ..., "title_only": ...}; the last is optional
    lexical.safetensors      what words say, beside the encoder; optional
    typicality.safetensors   what training papers look like to the encoder; optional
    metrics.json             what `areatag evaluate` measured
    card.json, README.md     trained on what, when and how

Nothing here is a pickle, and `torch.load` is never used on it.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.atomic import atomic_write
from data.errors import AreatagError
from data.taxonomy import Taxonomy, load_taxonomy
from model.calibration import NO_ADJUSTMENT, Adjustment, Calibration
from model.heads import Heads
from model.lexical import LexicalFeatures
from model.typicality import Typicality

FORMAT = 1
MANIFEST = "manifest.json"


class ArtefactError(AreatagError):
    """A model directory is missing, incomplete or altered."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """An opened model directory."""

    path: Path
    version: str
    files: tuple[str, ...]
    """Paths, relative to `path`, of all files but the manifest."""
    encoder_name: str
    hidden_size: int
    max_tokens: int
    taxonomy: Taxonomy
    heads: Heads
    area_calibration: Calibration
    field_calibration: Calibration
    metrics: dict[str, Any]
    card: dict[str, Any]
    title_areas: Adjustment = NO_ADJUSTMENT
    """From `area_calibration` to that of papers with a title only."""
    title_fields: Adjustment = NO_ADJUSTMENT
    typicality: Typicality | None = None
    lexical: LexicalFeatures | None = None

    @property
    def feature_size(self) -> int:
        """How many numbers the heads read: the embedding's and, where the model has them, the lexical ones."""
        return self.hidden_size + (self.lexical.size if self.lexical else 0)

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, which lists that of every file: models of one name may differ."""
        return sha256_of(self.path / MANIFEST)

    @property
    def encoder_path(self) -> Path:
        """The Hugging Face directory of the encoder."""
        return self.path / "encoder"

    @classmethod
    def open(cls, path: Path, verify: bool = True) -> "Artefact":
        """Open a model directory.

        Args:
            verify: compare every file with its SHA-256 in the manifest (about 0.1 s for 45 MB).

        Raises:
            ArtefactError: a file is missing, truncated, altered, or of a format this release does not know.
        """
        manifest = _read_manifest(path)
        if verify:
            _verify(path, manifest["files"])
        taxonomy = load_taxonomy(path / "taxonomy.yaml")
        hidden = int(manifest["encoder"]["hidden_size"])
        areas, fields = len(taxonomy.areas), len(taxonomy.fields)
        calibration = _read_json(path / "calibration.json")
        lexical = LexicalFeatures.load(path)
        try:
            area_calibration = Calibration.from_json(calibration["areas"], areas)
            field_calibration = Calibration.from_json(calibration["fields"], fields)
            titles = calibration.get("title_only", {"areas": {}, "fields": {}})
            title_areas, title_fields = (
                Adjustment.from_json(titles[name]) if titles[name] else NO_ADJUSTMENT for name in ("areas", "fields")
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ArtefactError(f"{path / 'calibration.json'}: {error}; install or export the model again") from error
        return cls(
            path=path,
            version=str(manifest["version"]),
            files=tuple(manifest["files"]),
            encoder_name=str(manifest["encoder"]["name"]),
            hidden_size=hidden,
            max_tokens=int(manifest["encoder"]["max_tokens"]),
            taxonomy=taxonomy,
            heads=Heads.load(path / "heads.safetensors", areas, fields, hidden + (lexical.size if lexical else 0)),
            area_calibration=area_calibration,
            field_calibration=field_calibration,
            metrics=_read_json(path / "metrics.json"),
            card=_read_json(path / "card.json"),
            title_areas=title_areas,
            title_fields=title_fields,
            typicality=Typicality.load(path, hidden),
            lexical=lexical,
        )


def write_manifest(path: Path, version: str, encoder: dict[str, Any]) -> None:
    """Close a model directory: list every file in it with size and SHA-256. It is the last file written."""
    files = {
        file.relative_to(path).as_posix(): {"bytes": file.stat().st_size, "sha256": sha256_of(file)}
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.name != MANIFEST
    }
    record = {"format": FORMAT, "version": version, "encoder": encoder, "files": files}
    with atomic_write(path / MANIFEST) as stream:
        stream.write((json.dumps(record, indent=1) + "\n").encode())


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_manifest(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        raise ArtefactError(f"{path}: no model directory; name a directory written by `areatag train`")
    if not (path / MANIFEST).is_file():
        raise ArtefactError(f"{path}: not a complete model directory (no {MANIFEST}); train or export it again")
    manifest = _read_json(path / MANIFEST)
    if manifest.get("format") != FORMAT:
        raise ArtefactError(f"{path}: model format {manifest.get('format')!r} is not known; update areatag")
    try:
        (
            int(manifest["encoder"]["hidden_size"]),
            int(manifest["encoder"]["max_tokens"]),
            manifest["encoder"]["name"],
        )
        manifest["version"], dict(manifest["files"])
    except (KeyError, TypeError, ValueError) as error:
        raise ArtefactError(f"{path / MANIFEST}: damaged ({error!r}); install the model again") from error
    return manifest


def _verify(path: Path, files: dict[str, dict[str, Any]]) -> None:
    for name, expected in files.items():
        file = path / name
        if not file.is_file():
            raise ArtefactError(f"{file}: missing from the model; install the model again")
        if file.stat().st_size != expected["bytes"]:
            raise ArtefactError(
                f"{file}: has {file.stat().st_size} bytes instead of {expected['bytes']}; install the model again"
            )
        if sha256_of(file) != expected["sha256"]:
            raise ArtefactError(f"{file}: altered since the model was written; install the model again")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise ArtefactError(f"{path}: cannot be read ({error.strerror}); install the model again") from error
    except ValueError as error:
        raise ArtefactError(f"{path}: not valid JSON ({error}); install the model again") from error
    if not isinstance(record, dict):
        raise ArtefactError(f"{path}: should be a JSON object; install the model again")
    return record

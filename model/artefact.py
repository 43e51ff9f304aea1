"""A model version on disk: one directory, checked by SHA-256 before anything in it is used.

    manifest.json            format, version, encoder, size and SHA-256 of every other file (`model.manifest`)
    encoder/                 a Hugging Face directory: config.json, model.safetensors (float16), tokenizer files
    encoder/encoder.onnx     the graph of the CPU runtime, whose tensors are external data in model.safetensors
    heads.safetensors        linear heads (float32)
    taxonomy.yaml            the fields and areas the heads predict, in the heads' row order
    calibration.json         {"areas": ..., "fields": ..., "title_only": ...}; the last is optional
    lexical.safetensors      what words say, beside the encoder; optional
    typicality.safetensors   what training papers look like to the encoder; optional
    training_fingerprints.safetensors   which papers it learned from; optional
    learned_labels.txt       whose labels a retraining learned; optional
    self_check.json          what it answered when it was made (`model.self_check`); optional
    metrics.json             what `areatag evaluate` measured
    card.json, README.md     trained on what, when and how

Nothing here is a pickle, and `torch.load` is never used on it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from data.errors import AreatagError
from data.taxonomy import Taxonomy, load_taxonomy
from model.calibration import NO_ADJUSTMENT, Adjustment, Calibration
from model.fingerprints import FILE_NAME as FINGERPRINTS_FILE
from model.fingerprints import Fingerprints
from model.heads import Heads
from model.lexical import FILE_NAME as LEXICAL_FILE
from model.lexical import LexicalFeatures
from model.manifest import Manifest, check_files, read_manifest, read_record
from model.plain_files import ENCODER, ArtefactError
from model.typicality import FILE_NAME as TYPICALITY_FILE
from model.typicality import Typicality


class _Numbers(BaseModel):
    model_config = ConfigDict(strict=True)
    areas: dict[str, Any]
    fields: dict[str, Any]


class _CalibrationFile(_Numbers):
    title_only: _Numbers | None = None


class _MetricsFile(BaseModel):
    model_config = ConfigDict(strict=True)
    micro_f1: float | None = None


class _CardFile(BaseModel):
    """What is read from a card; the rest of it is for people."""

    model_config = ConfigDict(strict=True)
    version: str = ""
    created: str = ""
    trained_on: dict[str, Any] = {}
    training: dict[str, Any] = {}
    retraining: dict[str, Any] = {}
    adapted_without_training: dict[str, str] = {}
    calibrated_on: list[str] = []


@dataclass(frozen=True, slots=True)
class Artefact:
    """An opened model directory."""

    path: Path
    version: str
    files: tuple[str, ...]
    """Paths, relative to `path`, of all files but the manifest."""
    digest: str
    """SHA-256 of the manifest: models with the same one have the same files."""
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
    def encoder_path(self) -> Path:
        """The Hugging Face directory of the encoder."""
        return self.path / "encoder"

    @property
    def encoder_files(self) -> tuple[str, ...]:
        """Those of `files` that belong to the encoder."""
        return tuple(name for name in self.files if name.startswith(f"{ENCODER}/"))

    def fingerprints(self) -> Fingerprints:
        """Of the papers that the model learned from, as far as it says so.

        Raises:
            AreatagError: the file is damaged.
        """
        return Fingerprints.read(self.path) if FINGERPRINTS_FILE in self.files else Fingerprints(complete=False)

    @classmethod
    def open(cls, path: Path, verify: bool = True) -> "Artefact":
        """Open a model directory, which may come from anywhere.

        Args:
            path: the model directory.
            verify: compare every file with its SHA-256 in the manifest (about 0.1 s for 45 MB).

        Raises:
            ArtefactError: a file is missing, truncated, altered, a link, not what it should be, or of a format this
                release does not know.
        """
        try:
            manifest = read_manifest(path)
            check_files(path, manifest, contents=verify)
            return cls._loaded(path, manifest)
        except ArtefactError:
            raise
        except AreatagError as error:
            raise ArtefactError(str(error)) from error
        except OSError as error:
            raise ArtefactError(f"{path}: cannot be read ({error.strerror}); install the model again") from error

    @classmethod
    def _loaded(cls, path: Path, manifest: Manifest) -> "Artefact":
        taxonomy = load_taxonomy(path / "taxonomy.yaml")
        hidden = manifest.encoder.hidden_size
        areas, fields = len(taxonomy.areas), len(taxonomy.fields)
        calibration = read_record(path, "calibration.json", _CalibrationFile)
        lexical = LexicalFeatures.load(path) if LEXICAL_FILE in manifest.files else None
        titles = calibration.get("title_only") or {"areas": {}, "fields": {}}
        try:
            area_calibration = Calibration.from_json(calibration["areas"], areas)
            field_calibration = Calibration.from_json(calibration["fields"], fields)
            title_areas, title_fields = (
                Adjustment.from_json(titles[name]) if titles[name] else NO_ADJUSTMENT for name in ("areas", "fields")
            )
        except ValueError as error:
            raise ArtefactError(f"{path / 'calibration.json'}: {error}; install or export the model again") from error
        return cls(
            path=path,
            version=manifest.version,
            files=tuple(manifest.files),
            digest=manifest.digest,
            encoder_name=manifest.encoder.name,
            hidden_size=hidden,
            max_tokens=manifest.encoder.max_tokens,
            taxonomy=taxonomy,
            heads=Heads.load(path / "heads.safetensors", areas, fields, hidden + (lexical.size if lexical else 0)),
            area_calibration=area_calibration,
            field_calibration=field_calibration,
            metrics=read_record(path, "metrics.json", _MetricsFile),
            card=read_record(path, "card.json", _CardFile),
            title_areas=title_areas,
            title_fields=title_fields,
            typicality=Typicality.load(path, hidden) if TYPICALITY_FILE in manifest.files else None,
            lexical=lexical,
        )

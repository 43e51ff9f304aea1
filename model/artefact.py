"""A model version on disk: one directory, checked by SHA-256 before anything in it is used.

    manifest.json            format, version, encoder, size and SHA-256 of every other file (`model.manifest`)
    encoder/                 a Hugging Face directory: config.json, model.safetensors (float16), tokenizer files
    encoder/encoder.onnx     the graph of the CPU runtime, whose tensors are external data in model.safetensors
    heads.safetensors        linear heads (float32)
    taxonomy.yaml            the fields and areas the heads predict, in the heads' row order
    calibration.json         {"areas": ..., "fields": ..., "title_only": ...}; the last is optional
    lexical.safetensors      the lexical features that the heads read beside the embedding; optional
    embedding_calibration.json   calibrations without the lexical features, for `areatag models export`; optional
    typicality.safetensors   what tells that a text is out of distribution; optional
    training_fingerprints.safetensors   which papers it learned from; optional
    learned_labels.txt       whose labels a retraining learned; optional
    self_check.json          what it answered when it was made (`model.self_check`); optional
    metrics.json             what `areatag evaluate` measured
    card.json, README.md     trained on what, when and how

Nothing here is a pickle, and `torch.load` is never used on it.
"""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from data.errors import AreatagError
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from model.calibration import FILE_NAME as CALIBRATION_FILE
from model.calibration import NO_ADJUSTMENT, Adjustment, Calibration
from model.embedding_calibration import FILE_NAME as EMBEDDING_CALIBRATION_FILE
from model.embedding_calibration import EmbeddingCalibration
from model.fingerprints import FILE_NAME as FINGERPRINTS_FILE
from model.fingerprints import Fingerprints
from model.heads import Heads
from model.lexical import FILE_NAME as LEXICAL_FILE
from model.lexical import LexicalFeatures
from model.manifest import Manifest, check_files, read_manifest, read_record
from model.measurement import ADAPTED, Comparison, Figures
from model.ood import FILE_NAME as OOD_FILE
from model.ood import OodDetector
from model.plain_files import ENCODER, LEARNED_LABELS, ArtefactError, read_file


class _Numbers(BaseModel):
    model_config = ConfigDict(strict=True)
    areas: dict[str, Any]
    fields: dict[str, Any]


class _CalibrationFile(_Numbers):
    title_only: _Numbers | None = None


class _MetricsFile(Figures):
    model_config = ConfigDict(strict=True)
    cross_fitted: bool = False
    embedding_alone: dict[str, Any] = Field(default_factory=dict)
    gate: Comparison | None = None


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
    calibration: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelParts:
    """A model in memory: everything but the files of its encoder. `model.writing.write_model` makes a directory of it.

    Attributes:
        version: its name; empty while the model is being made.
        digest: SHA-256 of the manifest of its directory: models with the same one have the same files; empty while the
            model is being made.
        encoder_path: the Hugging Face directory of the encoder, `encoder` in the model directory.
        encoder_name: what the encoder was before it was fine-tuned, for people.
        hidden_size: length of an embedding.
        max_tokens: tokens of a paper that are read.
        title_areas, title_fields: from `area_calibration` and `field_calibration` to those of papers with a title only.
        ood: None: every text gets areas.
        lexical: None: the heads read the embedding alone.
        embedding_calibration: calibrations for heads without the lexical features (`model.embedding_only`); None where
            the model has none, or they are not known.
        fingerprints: of every paper behind the model.
        learned_labels: content ids of the papers whose labels retrainings learned.
        metrics: what `areatag evaluate` measured of this version; empty where nothing was.
        card: trained on what, when and how.
    """

    version: str = ""
    digest: str = ""
    encoder_path: Path
    encoder_name: str
    hidden_size: int
    max_tokens: int
    taxonomy: Taxonomy
    heads: Heads
    area_calibration: Calibration
    field_calibration: Calibration
    title_areas: Adjustment = NO_ADJUSTMENT
    title_fields: Adjustment = NO_ADJUSTMENT
    ood: OodDetector | None = None
    lexical: LexicalFeatures | None = None
    embedding_calibration: EmbeddingCalibration | None = None
    fingerprints: Fingerprints = field(default_factory=Fingerprints.unknown)
    learned_labels: frozenset[str] = frozenset()
    metrics: dict[str, Any] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The model directory, which may not be complete yet."""
        return self.encoder_path.parent

    @property
    def feature_size(self) -> int:
        """Length of what the heads read: of the embedding and, where the model has them, the lexical features."""
        return self.hidden_size + (self.lexical.size if self.lexical else 0)

    @property
    def folded_heads(self) -> Heads:
        """Heads that give the calibrated log-odds, so that the identity is their calibration."""
        return self.heads.folded(self.area_calibration, self.field_calibration)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Artefact(ModelParts):
    """An opened model directory.

    Attributes:
        files: paths, relative to the directory, of all files but the manifest.
    """

    files: tuple[str, ...]

    @property
    def parts(self) -> ModelParts:
        """The model apart from this directory, to be changed and written to another one."""
        return ModelParts(**{item.name: getattr(self, item.name) for item in fields(ModelParts)} | {"digest": ""})

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
        n_areas, n_fields = len(taxonomy.areas), len(taxonomy.fields)
        calibration = read_record(path, CALIBRATION_FILE, _CalibrationFile)
        lexical = LexicalFeatures.load(path) if LEXICAL_FILE in manifest.files else None
        card = read_record(path, "card.json", _CardFile)
        metrics = read_record(path, "metrics.json", _MetricsFile)
        titles = calibration.get("title_only") or {"areas": {}, "fields": {}}
        try:
            area_calibration = Calibration.from_json(calibration["areas"], n_areas)
            field_calibration = Calibration.from_json(calibration["fields"], n_fields)
            title_areas, title_fields = (
                Adjustment.from_json(titles[name]) if titles[name] else NO_ADJUSTMENT for name in ("areas", "fields")
            )
        except ValueError as error:
            raise ArtefactError(f"{path / CALIBRATION_FILE}: {error}; install or export the model again") from error
        return cls(
            version=manifest.version,
            encoder_path=path / ENCODER,
            files=tuple(manifest.files),
            digest=manifest.digest,
            encoder_name=manifest.encoder.name,
            hidden_size=hidden,
            max_tokens=manifest.encoder.max_tokens,
            taxonomy=taxonomy,
            heads=Heads.load(path, n_areas, n_fields, hidden + (lexical.size if lexical else 0)),
            area_calibration=area_calibration,
            field_calibration=field_calibration,
            title_areas=title_areas,
            title_fields=title_fields,
            ood=OodDetector.load(path, hidden) if OOD_FILE in manifest.files else None,
            lexical=lexical,
            embedding_calibration=_embedding_calibration(path, manifest, n_areas, n_fields),
            fingerprints=Fingerprints.read(path) if FINGERPRINTS_FILE in manifest.files else Fingerprints.unknown(),
            learned_labels=_learned_labels(path) if LEARNED_LABELS in manifest.files else frozenset(),
            # versions adapted by earlier releases carry what was measured of the version before
            metrics={} if ADAPTED in card else metrics,
            card=card,
        )


def _embedding_calibration(path: Path, manifest: Manifest, areas: int, fields: int) -> EmbeddingCalibration | None:
    if EMBEDDING_CALIBRATION_FILE not in manifest.files:
        return None
    try:
        record = read_record(path, EMBEDDING_CALIBRATION_FILE, _Numbers)
        return EmbeddingCalibration.from_json(record, areas, fields)
    except ValueError as error:
        file = path / EMBEDDING_CALIBRATION_FILE
        raise ArtefactError(f"{file}: {error}; install or export the model again") from error


def _learned_labels(path: Path) -> frozenset[str]:
    return frozenset(read_file(path, LEARNED_LABELS).decode(errors="replace").split())

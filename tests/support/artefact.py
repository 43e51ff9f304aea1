"""Model directories that open and verify but hold no encoder, made in milliseconds."""

import json
from pathlib import Path

import numpy as np

from model.artefact import write_manifest
from model.calibration import Calibration
from model.heads import Heads
from tests.support.tiny import TAXONOMY


def write_artefact(folder: Path, version: str, *, micro_f1: float = 0.5) -> Path:
    """Write a model of the tiny taxonomy, hidden size 4, and return its folder."""
    folder.mkdir(parents=True)
    (folder / "taxonomy.yaml").write_text(TAXONOMY)
    Heads(*(np.zeros(shape, np.float32) for shape in ((3, 4), (3,), (2, 4), (2,)))).save(folder / "heads.safetensors")
    calibration = {"areas": Calibration.identity(3).to_json(), "fields": Calibration.identity(2).to_json()}
    card = {"version": version, "created": "2026-01-01T00:00:00Z", "trained_on": {"papers": 10}}
    for name, record in (("calibration", calibration), ("metrics", {"micro_f1": micro_f1}), ("card", card)):
        (folder / f"{name}.json").write_text(json.dumps(record))
    write_manifest(folder, version, {"name": "tiny", "hidden_size": 4, "max_tokens": 8})
    return folder


def damage(folder: Path) -> None:
    """Alter one byte of a model."""
    heads = folder / "heads.safetensors"
    heads.write_bytes(heads.read_bytes()[:-1] + b"!")

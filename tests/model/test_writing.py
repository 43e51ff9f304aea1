"""What stands beside the encoder in a model directory, and the name of the version."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from data.taxonomy import load_taxonomy
from model.calibration import Calibration
from model.heads import Heads
from model.lexical import LexicalFeatures
from model.writing import write_model


def test_the_version_names_all_weights(tmp_path: Path) -> None:
    """Models that differ in nothing but what words say have different names; the same weights have the same."""
    words = LexicalFeatures.from_dense(
        ["graph", "neuron"], np.ones(2, np.float32), np.eye(2, dtype=np.float32), np.zeros(2, np.float32)
    )
    others = replace(words, offset=np.ones(2, np.float32))
    versions = [_write(tmp_path / str(number), lexical) for number, lexical in enumerate((words, words, others, None))]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def _write(folder: Path, lexical: LexicalFeatures | None) -> str:
    taxonomy = load_taxonomy()
    areas, fields = len(taxonomy.areas), len(taxonomy.fields)
    (folder / "encoder").mkdir(parents=True)
    save_file({"weight": np.zeros(1, np.float32)}, folder / "encoder" / "model.safetensors")
    heads = Heads(*(np.zeros(shape, np.float32) for shape in ((areas, 2), areas, (fields, 2), fields)))
    calibrations = {"areas": Calibration.identity(areas), "fields": Calibration.identity(fields)}
    encoder = {"name": "none", "hidden_size": 2, "max_tokens": 8}
    return write_model(folder, taxonomy, heads, calibrations, {}, {}, encoder, lexical=lexical)

"""A model with lexical features, made on the spot from one without, and papers for both it and its exports."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from data.papers import Paper
from model.artefact import Artefact, ModelParts
from model.calibration import Calibration
from model.embedding_calibration import EmbeddingCalibration
from model.embedding_only import METRICS, embedding_only
from model.heads import Heads
from model.lexical import LexicalFeatures
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from tests.support.tiny import WORDS, records

TERMS = [words[0] for words in WORDS.values()]


def papers(count: int = 200) -> list[Paper]:
    """Invented papers of different lengths; one has a title only, and one is far longer than the model reads."""
    rows = [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in records(count - 2, seed=11)]
    return [*rows, Paper("title", "Nest of a bird"), Paper("long", "Whale song", "the song of a whale in a ship " * 40)]


def with_lexical_features(model: Path) -> ModelParts:
    """The tiny model whose heads read three words beside the embedding, and calibrations without them."""
    parts = Artefact.open(model).parts
    areas, fields, generator = len(parts.taxonomy.areas), len(parts.taxonomy.fields), np.random.default_rng(5)
    ones = np.ones(len(TERMS), np.float32)
    projection = generator.normal(size=(len(TERMS), areas + fields)).astype(np.float32)
    lexical = LexicalFeatures.from_dense(TERMS, ones, projection, np.zeros(areas + fields, np.float32))
    own = np.eye(areas + fields, dtype=np.float32)
    heads = parts.heads
    alone = EmbeddingCalibration(_calibration(0.8, areas), _calibration(1.3, fields))
    return replace(
        parts,
        lexical=lexical,
        heads=Heads(
            np.hstack([heads.area_weight, own[:areas]]),
            heads.area_bias,
            np.hstack([heads.field_weight, own[areas:]]),
            heads.field_bias,
        ),
        embedding_calibration=alone,
        metrics={"micro_f1": 0.8, METRICS: {"micro_f1": 0.75, "ece": 0.02, "papers": 40}},
    )


def without_lexical_features(
    model: ModelParts, texts: list[Paper]
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """What the Tagger answers on the CPU in float32, [n, areas + fields], without lexical features and adjustments."""
    exported = embedding_only(model)
    tagger = Tagger(exported, load_runtime(exported.encoder_path, "cpu", precision="f32"))
    return tagger.predict(texts)[:, :-1].reshape(len(texts), -1)


def run_scripts_of_the_card(folder: Path) -> dict[str, object]:
    """Run what the card of an export says of its use, with the folder in it; gives the names that this defines."""
    code = "\n".join(re.findall(r"(?m)^    (.*)$", (folder / "README.md").read_text().partition("## Answers")[0]))
    lines = code.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(("import ", "from ")))
    names: dict[str, object] = {}
    exec("\n".join(lines[first:]).replace("DIR", str(folder)), names)  # it is ours
    return names


def labels_of(folder: Path) -> dict[str, list[dict[str, object]]]:
    """The labels beside an ONNX graph."""
    found: dict[str, list[dict[str, object]]] = json.loads((folder / "labels.json").read_text())
    return found


def _calibration(slope: float, outputs: int) -> Calibration:
    offsets = tuple(-0.3 * row for row in range(outputs))
    return Calibration(slope, offsets, tuple(0.3 + 0.1 * row for row in range(outputs)))

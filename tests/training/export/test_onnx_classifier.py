"""One graph from tokens to probabilities."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

from data.errors import UsageError
from data.papers import Paper
from model.artefact import Artefact, ModelParts
from model.plain_files import ArtefactError
from model.versions import resolve_model
from tests.support.artefact import write_artefact
from tests.support.exports import (
    labels_of,
    papers,
    run_scripts_of_the_card,
    with_lexical_features,
    without_lexical_features,
)
from tests.support.tiny import records
from training.export import onnx_classifier
from training.export.onnx_classifier import AREAS, FIELDS, FILE_NAME, export_onnx


def _answers(folder: Path, texts: list[Paper], batch: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    session = onnxruntime.InferenceSession(folder / FILE_NAME)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = []
    for first in range(0, len(texts), batch):
        found = tokenizer.encode_batch([paper.text for paper in texts[first : first + batch]])
        ids = np.array([text.ids for text in found], np.int64)
        mask = np.array([text.attention_mask for text in found], np.int64)
        rows.append(np.hstack(session.run([AREAS, FIELDS], {"input_ids": ids, "attention_mask": mask})))
    return np.concatenate(rows)


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> ModelParts:
    """A tiny model with lexical features."""
    return with_lexical_features(tiny_model)


@pytest.mark.parametrize("batch", [1, 7, 200])
def test_it_answers_as_the_tagger(model: ModelParts, tmp_path: Path, batch: int) -> None:
    """Two hundred papers in batches of any size: areas and fields within 1e-3."""
    export_onnx(model, tmp_path / "out")
    np.testing.assert_allclose(
        _answers(tmp_path / "out", papers(), batch), without_lexical_features(model, papers()), atol=1e-3
    )


def test_labels_name_the_columns(model: ModelParts, tmp_path: Path) -> None:
    """In the order of the outputs, with a threshold each."""
    export_onnx(model, tmp_path / "out")
    labels = labels_of(tmp_path / "out")
    assert [area["id"] for area in labels[AREAS]] == list(model.taxonomy.area_ids)
    assert [field["id"] for field in labels[FIELDS]] == list(model.taxonomy.field_ids)
    assert [area["threshold"] for area in labels[AREAS]] == pytest.approx([0.3, 0.4, 0.5])
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {FILE_NAME, "labels.json", "taxonomy.yaml", "tokenizer.json", "README.md", "SHA256SUMS"}


def test_the_graph_has_int64_inputs_of_any_size(model: ModelParts, tmp_path: Path) -> None:
    """And outputs by name."""
    export_onnx(model, tmp_path / "out")
    session = onnxruntime.InferenceSession(tmp_path / "out" / FILE_NAME)
    assert [(value.name, value.type, value.shape) for value in session.get_inputs()] == [
        (name, "tensor(int64)", ["batch", "tokens"]) for name in ("input_ids", "attention_mask")
    ]
    assert [(value.name, value.shape) for value in session.get_outputs()] == [
        (AREAS, ["batch", 3]),
        (FIELDS, ["batch", 2]),
    ]


def test_the_script_of_the_card_runs(model: ModelParts, tmp_path: Path) -> None:
    """And finds areas of the one paper in it, or none."""
    export_onnx(model, tmp_path / "out")
    found = run_scripts_of_the_card(tmp_path / "out")["found"]
    assert isinstance(found, list) and len(found) == 1
    assert set(found[0]) <= set(model.taxonomy.area_ids)


def test_what_cannot_be_exported_is_refused(model: ModelParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that is none, and weights that no file of the format can hold; nothing is left."""
    broken = write_artefact(tmp_path / "broken", "v1")
    (broken / "encoder" / "encoder.onnx").write_bytes(b"no graph")
    with pytest.raises(ArtefactError, match=r"encoder\.onnx"):
        export_onnx(replace(model, encoder_path=broken / "encoder"), tmp_path / "out")
    monkeypatch.setattr(onnx_classifier, "_LARGEST", 10)
    with pytest.raises(UsageError, match="huggingface"):
        export_onnx(model, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_bundled_model_is_exported_as_it_answers(tmp_path: Path) -> None:
    """Two hundred invented papers within 1e-3, at most three points of F1 lost, and calibrated to 0.03."""
    bundled = Artefact.open(resolve_model("bundled")).parts
    texts = [Paper(str(row["id"]), str(row["title"]), f"{row['abstract']} " * 2) for row in records(199, seed=6)]
    texts.append(Paper("long", "Whales and ships", "The song of a whale is heard far from the harbour. " * 60))
    export_onnx(bundled, tmp_path / "out")
    np.testing.assert_allclose(
        _answers(tmp_path / "out", texts, 20), without_lexical_features(bundled, texts), atol=1e-3
    )
    alone = bundled.metrics["embedding_alone"]
    assert bundled.metrics["micro_f1"] - alone["micro_f1"] < 0.03
    assert alone["ece"] < 0.03

"""Training a candidate: what learns where there is something to replay, and what where there is nothing."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import datasets
import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from tests.support.artefact import write_artefact
from tests.support.tiny import TAXONOMY, records
from training.fine_tuning.train_options import TrainOptions
from training.retraining.adapted_model import AdaptedModel, load_adapted
from training.retraining.candidate_training import LABEL_PASSES, MOST_REPEATS, Trained, train_candidate
from training.retraining.retrain_inputs import RetrainInputs, Targets
from training.retraining.retrain_options import RetrainOptions

AREAS = parse_taxonomy(TAXONOMY, "test")
OPTIONS = RetrainOptions(device="cpu", threads=1, max_tokens=32, seed=5, learning_rate=1e-3)
NOTHING = Targets((), np.empty((0, 3), dtype=np.float32))
Told = list[tuple[str, int, int]]


def _targets(count: int, seed: int) -> Targets:
    rows = records(count, seed)
    papers = tuple(Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in rows)
    values = [[float(area in row["areas"]) for area in AREAS.area_ids] for row in rows]  # type: ignore[operator]
    return Targets(papers, np.array(values, dtype=np.float32))


def _inputs(train: Targets, replay: Targets = NOTHING, source: str = "none") -> RetrainInputs:
    return RetrainInputs(AREAS, train, NOTHING, NOTHING, replay, NOTHING, source)


def _train(base: AdaptedModel, inputs: RetrainInputs, folder: Path, told: Told | None = None) -> Trained:
    work, encoder = folder / "work", folder / "made" / "encoder"
    work.mkdir(parents=True, exist_ok=True)
    encoder.parent.mkdir(exist_ok=True)
    said: Told = [] if told is None else told
    return train_candidate(base.tagger, inputs, OPTIONS, work, encoder, lambda *step: said.append(step))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> AdaptedModel:
    """A model without a network to train."""
    return load_adapted(str(write_artefact(tmp_path_factory.mktemp("small") / "model", "v1")), None, "cpu", 1)


@pytest.fixture(scope="module")
def tiny(tiny_model: Path) -> AdaptedModel:
    """A model with a network."""
    return load_adapted(str(tiny_model), None, "cpu", 1)


def test_without_replay_the_encoder_stays_byte_for_byte(small: AdaptedModel, tmp_path: Path) -> None:
    """The heads alone learn, each paper also by fits that left it out; every stage is told."""
    told: Told = []
    inputs = _inputs(_targets(70, 1))
    trained = _train(small, inputs, tmp_path, told)
    source = small.artefact.encoder_path
    assert {path.name: path.read_bytes() for path in (tmp_path / "made" / "encoder").iterdir()} == {
        path.name: path.read_bytes() for path in source.iterdir()
    }
    assert trained.mode == "heads" and trained.record.keys() == {"penalty"}
    assert trained.held_out is not None and trained.held_out.shape == (70, 5)
    assert [step for step in told if step[0] == "reading the labelled papers"] == [
        ("reading the labelled papers", 0, 70),
        ("reading the labelled papers", 64, 70),
    ]
    assert told[-1][0] == "training the heads"
    embeddings, wanted = small.tagger.embed(inputs.train.papers), inputs.train.values
    before, after = (heads.logits(embeddings)[0] for heads in (small.artefact.folded_heads, trained.heads))
    assert _loss(after, wanted) < _loss(before, wanted)


def _loss(logits: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    return float((np.logaddexp(0, logits) - wanted * logits).mean())


def test_labels_teach_the_heads_and_open_areas_stay(small: AdaptedModel, tmp_path: Path) -> None:
    """An area without any label keeps its head; the same labels and seed give the same heads."""
    train = _targets(40, 2)
    train.values[:, 2] = np.nan
    first, again = (_train(small, _inputs(train), tmp_path / name) for name in "ab")
    base = small.artefact.folded_heads
    assert (first.heads.area_weight == again.heads.area_weight).all()
    np.testing.assert_allclose(first.heads.area_weight[2], base.area_weight[2], atol=1e-5)
    assert np.abs(first.heads.area_weight[:2] - base.area_weight[:2]).max() > 1e-3


def test_with_replay_the_upper_layers_and_the_heads_learn(tiny: AdaptedModel, tmp_path: Path) -> None:
    """A third of the layers stays as it is; the new encoder runs."""
    told: Told = []
    trained = _train(tiny, _inputs(_targets(30, 3), _targets(12, 4), "papers"), tmp_path, told)
    assert trained.mode == "encoder and heads" and trained.held_out is None
    assert trained.record["passes over the labels"] == MOST_REPEATS
    assert (trained.record["learning rate"], trained.record["max tokens"]) == (1e-3, 32)
    encoders = tiny.artefact.encoder_path, tmp_path / "made" / "encoder"
    before, after = (load_file(folder / "model.safetensors") for folder in encoders)
    changed = {name for name in before if (before[name] != after[name]).any()}
    assert changed and before.keys() == after.keys()
    assert not any("embeddings" in name for name in changed)
    assert any("layer.1." in name for name in changed)
    tagger = Tagger(
        dataclasses.replace(tiny.artefact, heads=trained.heads, encoder_path=encoders[1]),
        load_runtime(encoders[1], "cpu", 1),
    )
    assert np.isfinite(tagger.probabilities([Paper("1", "whale song")])).all()
    batch = TrainOptions(output=tmp_path).batch_size
    assert told[0] == ("training", 0, len(_examples(tmp_path)) // batch) and {stage for stage, _, _ in told} == {
        "training"
    }


def _examples(folder: Path) -> datasets.Dataset:
    return datasets.Dataset.from_file(str(folder / "work" / "examples.arrow"))


@pytest.mark.parametrize(("passes", "repeats"), [(LABEL_PASSES, 3), (75, 2), (10, 2)])
def test_labels_are_repeated_and_replayed_papers_are_not(
    tiny: AdaptedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passes: int, repeats: int
) -> None:
    """Until some number of passes is reached, but at least twice and at most three times."""
    monkeypatch.setattr("training.retraining.candidate_training.LABEL_PASSES", passes)
    monkeypatch.setattr("training.fine_tuning.trainer.fine_tune", lambda *_: {})
    trained = _train(tiny, _inputs(_targets(30, 3), _targets(12, 4), "papers"), tmp_path)
    assert len(_examples(tmp_path)) == repeats * 30 + 12
    assert trained.record["passes over the labels"] == repeats
    assert not (tmp_path / "work" / "examples.partial").exists()


def test_an_interrupted_training_goes_on_with_its_examples(
    tiny: AdaptedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are not made again from other papers; a part of them, left by a kill, is."""
    monkeypatch.setattr("training.fine_tuning.trainer.fine_tune", lambda *_: {})
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "examples.partial").write_bytes(b"half")
    _train(tiny, _inputs(_targets(30, 3), _targets(12, 4), "papers"), tmp_path)
    content = (tmp_path / "work" / "examples.arrow").read_bytes()
    shutil.rmtree(tmp_path / "made")  # as a job begins it anew
    _train(tiny, _inputs(_targets(9, 3), _targets(5, 4), "papers"), tmp_path)
    assert (tmp_path / "work" / "examples.arrow").read_bytes() == content

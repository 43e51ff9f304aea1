"""The whole training path on a tiny encoder."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from data.errors import UsageError
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, write_soft_labels
from data.taxonomy_file import load_taxonomy
from model.artefact import Artefact
from model.calibration import PRECISIONS
from model.fingerprints import Fingerprints
from tests.support.tiny import records, write_jsonl
from training.evaluation_report.evaluation import evaluate
from training.fine_tuning.train_options import TrainOptions
from training.fine_tuning.trainer import fine_tune as real_fine_tune
from training.train import train


def test_learns_the_tiny_corpus(tiny_model: Path) -> None:
    """The words give the areas away, so a model that learns anything is far above chance on unseen papers."""
    report = evaluate(tiny_model.parent / "gold.jsonl", tiny_model).report
    assert report.metrics["micro_f1"] > 0.8
    assert report.cross_fitted
    low, high = report.intervals["micro_f1"]
    assert low <= report.metrics["micro_f1"] <= high
    assert "micro_f1" in report.to_table() and "precision on demand" in report.to_table()
    assert [row["promised"] for row in report.to_record()["min_precision"]] == [0.8, 0.9, 0.95]
    assert len(Artefact.open(tiny_model).area_calibration.precision_thresholds) == len(PRECISIONS)
    assert Artefact.open(tiny_model).metrics["micro_f1"] == pytest.approx(report.metrics["micro_f1"], abs=1e-3)


def test_continues_from_an_earlier_model_and_cleans_up(options: TrainOptions) -> None:
    """A model directory serves as encoder, and nothing but the model is left."""
    report = train(options)
    assert report.papers == 48
    assert list(options.output.parent.iterdir()) == [options.output]
    assert Artefact.open(options.output).version == report.version


def test_the_model_has_fingerprints_of_all_it_learned_from(tiny_model: Path, options: TrainOptions) -> None:
    """Trained on, calibrated on, and what the model before it learned from; of other papers it has none."""
    train(options)
    before, now = Fingerprints.read(tiny_model), Fingerprints.read(options.output)
    assert before.complete and now.complete
    first, gold, second = (_papers(count, seed) for count, seed in ((96, 1), (40, 2), (48, 3)))
    assert all(paper in before for paper in (*first, *gold)) and second[0] not in before
    assert all(paper in now for paper in (*first, *gold, *second))
    assert not any(paper in now for paper in _papers(20, 9))


def _papers(count: int, seed: int) -> list[Paper]:
    return [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in records(count, seed)]


def test_without_validation_a_tenth_of_the_labels_calibrates(
    options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The papers held out are chosen by content and take no part in training."""
    monkeypatch.setattr("training.training_set.ENOUGH_PAPERS", 40)
    report = train(dataclasses.replace(options, validation=None))
    held_out = Artefact.open(options.output).card["calibrated_on"]
    assert held_out
    assert report.papers == 48 - len(held_out)


def test_few_labels_all_train_and_the_probe_calibrates(options: TrainOptions, tmp_path: Path) -> None:
    """Nothing is held out; thresholds come from papers that the probe left out, and the card says how it was done."""
    labels = write_jsonl(tmp_path / "many.jsonl", records(60, seed=3))
    report = train(dataclasses.replace(options, labels=labels, validation=None))
    made = Artefact.open(options.output)
    assert (report.papers, report.evaluation, made.card["calibrated_on"]) == (60, None, [])
    assert made.card["training"]["heads_fitted_first"].startswith("penalty ")
    assert made.card["training"]["head_rate"] == 1.0
    assert options.validation is not None
    assert evaluate(options.validation, options.output).report.metrics["micro_f1"] > 0.8


def test_a_killed_run_is_continued(options: TrainOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash behind the last step the run resumes from its checkpoint, with the same options and inputs."""
    options = dataclasses.replace(options, held_out=(write_jsonl(tmp_path / "held.jsonl", records(2, seed=8)),))

    def crash(*arguments: object, **named: object) -> None:
        real_fine_tune(*arguments, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr("training.train.fine_tune", crash)
    with pytest.raises(KeyboardInterrupt):
        train(options)
    monkeypatch.undo()
    with pytest.raises(UsageError, match="--resume"):
        train(options)
    with pytest.raises(UsageError, match="other options"):
        train(dataclasses.replace(options, resume=True, epochs=2))
    write_jsonl(tmp_path / "held.jsonl", records(2, seed=9))
    with pytest.raises(UsageError, match="other options or inputs"):
        train(dataclasses.replace(options, resume=True))
    write_jsonl(tmp_path / "held.jsonl", records(2, seed=8))
    steps: list[int] = []
    train(dataclasses.replace(options, resume=True), lambda step, total, loss: steps.append(step))
    assert steps == []  # no step was trained again
    assert Artefact.open(options.output).card["training"]["steps"] == 3


def test_soft_labels_train_with_their_own_taxonomy(options: TrainOptions, tmp_path: Path) -> None:
    """A soft-label file brings its taxonomy; `papers` limits how many are used."""
    assert options.taxonomy is not None
    taxonomy = load_taxonomy(options.taxonomy)
    rows = records(60, seed=4)
    papers = tuple(Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in rows)
    soft = np.array([[0.9 if a in row["areas"] else 0.1 for a in taxonomy.area_ids] for row in rows])  # type: ignore[operator]
    batch = SoftLabelBatch(papers, soft.astype(np.float32), np.ones(60, np.float32))
    path = tmp_path / "soft.parquet"
    write_soft_labels(path, taxonomy, Provenance(), [batch])
    report = train(dataclasses.replace(options, soft_labels=path, labels=None, taxonomy=None, papers=40))
    assert report.papers == 40


def test_refuses_an_existing_output(options: TrainOptions) -> None:
    """A model is never overwritten."""
    options.output.mkdir(parents=True)
    with pytest.raises(UsageError, match="exists already"):
        train(options)
    shutil.rmtree(options.output)
    with pytest.raises(UsageError, match="Nothing to learn from"):
        train(dataclasses.replace(options, labels=None))

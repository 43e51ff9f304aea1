"""The candidate as a model: what it takes over from its base, how it is calibrated, and what its card says."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.label_matrix import output_targets
from data.papers import Paper, content_id
from data.taxonomy_file import parse_taxonomy
from model.calibration import Calibration
from model.embedding_calibration import EmbeddingCalibration
from model.fingerprints import Fingerprints
from model.heads import Heads
from model.ood import OodDetector
from model.tagger import Tagger
from tests.support.artefact import HIDDEN, write_artefact
from tests.support.tiny import TAXONOMY
from training.calibration.refine import refine
from training.retraining.adapted_model import load_adapted
from training.retraining.candidate import calibrate_candidate, finished_candidate
from training.retraining.candidate_training import Trained
from training.retraining.evaluate_candidate import CandidateEvaluation
from training.retraining.gate import GateReport, Verdict
from training.retraining.retrain_inputs import RetrainInputs, Targets
from training.retraining.retrain_options import Promote, RetrainOptions

AREAS = parse_taxonomy(TAXONOMY, "test")
OPTIONS = RetrainOptions(device="cpu", threads=1, seed=9)
NOTHING = Targets((), np.empty((0, 3), dtype=np.float32))
DETECTOR = OodDetector(np.zeros(HIDDEN, np.float32), np.eye(HIDDEN, dtype=np.float32), 3.0, 5.0, ("en",))


def _targets(*words: str) -> Targets:
    papers = tuple(Paper(word, f"{word} {word}", "whale song ocean") for word in words)
    values = np.zeros((len(words), 3), dtype=np.float32)
    values[:, 0] = 1
    return Targets(papers, values)


def _inputs(calibration: Targets = NOTHING, replay: Targets = NOTHING) -> RetrainInputs:
    train = _targets("whale", "song", "ship")
    return RetrainInputs(AREAS, train, calibration, _targets("bird", "nest"), replay, NOTHING, "papers")


@pytest.fixture
def base(tmp_path: Path) -> Tagger:
    """A model with thresholds of its own, and a detector."""
    tagger = load_adapted(str(write_artefact(tmp_path / "model", "v1")), None, "cpu", 1).tagger
    calibration = Calibration(1.0, (0.0, 0.0, 0.0), (0.2, 0.3, 0.4))
    return Tagger(dataclasses.replace(tagger.artefact, area_calibration=calibration, ood=DETECTOR), tagger.runtime)


def _trained(base: Tagger, mode: str = "heads", held_out: bool = True) -> Trained:
    heads = base.artefact.heads
    moved = Heads(heads.area_weight + 1, heads.area_bias, heads.field_weight, heads.field_bias)
    logits = np.array([[2.0, -1.0, -3.0, 1.0, -1.0], [0.5, 0.0, -2.0, 1.0, 0.0], [1.0, 1.0, -1.0, 2.0, -2.0]])
    return Trained(mode, moved, logits.astype(np.float32) if held_out else None, {"penalty": 3.0})


def _candidate(base: Tagger, inputs: RetrainInputs, trained: Trained) -> Tagger:
    return calibrate_candidate(base, inputs, trained, base.artefact.encoder_path, "v2", OPTIONS)


def test_what_was_not_trained_is_that_of_the_base(base: Tagger) -> None:
    """The rest is the training's, under the new name."""
    trained = _trained(base)
    made = _candidate(base, _inputs(), trained).artefact
    assert made.version == "v2" and made.heads is trained.heads
    assert (made.taxonomy, made.hidden_size, made.max_tokens) == (AREAS, HIDDEN, base.artefact.max_tokens)
    assert made.title_areas == base.artefact.title_areas and made.lexical is base.artefact.lexical
    expected = {content_id(paper.title, paper.abstract) for paper in _inputs().train.papers}
    assert made.learned_labels == expected


def test_heads_are_calibrated_by_fits_that_left_papers_out(base: Tagger) -> None:
    """On the labels that train; thresholds stay, and held-out papers are not looked at."""
    trained, inputs = _trained(base), _inputs(calibration=_targets("harbour"))
    made = _candidate(base, inputs, trained).artefact
    targets = output_targets(inputs.train.values, AREAS)
    assert trained.held_out is not None
    assert made.area_calibration == refine(trained.held_out[:, :3], targets[:, :3], base.artefact.area_calibration)
    assert made.field_calibration == refine(trained.held_out[:, 3:], targets[:, 3:], base.artefact.field_calibration)
    assert made.area_calibration != made.field_calibration
    assert made.area_calibration.thresholds == (0.2, 0.3, 0.4)


def test_a_trained_encoder_is_calibrated_on_labels_set_aside(base: Tagger) -> None:
    """By what the candidate answers about them, uncalibrated."""
    trained = _trained(base, "encoder and heads", held_out=False)
    inputs = _inputs(calibration=_targets("ocean", "sail"))
    tagger = _candidate(base, inputs, trained)
    areas, fields = trained.heads.logits(tagger.embed(inputs.calibration.papers))
    targets = output_targets(inputs.calibration.values, AREAS)
    found = tagger.artefact.area_calibration
    expected = refine(areas, targets[:, :3], base.artefact.area_calibration)
    assert found.slope == pytest.approx(expected.slope) and found.offsets == pytest.approx(expected.offsets)
    assert tagger.artefact.field_calibration.slope == pytest.approx(
        refine(fields, targets[:, 3:], base.artefact.field_calibration).slope
    )


def test_without_labels_to_calibrate_on_the_answers_stay(base: Tagger) -> None:
    """The base was calibrated, and the training starts from its answers."""
    made = _candidate(base, _inputs(), _trained(base, "encoder and heads", held_out=False)).artefact
    assert made.area_calibration.slope == pytest.approx(1.0) and made.area_calibration.offsets == pytest.approx(
        (0, 0, 0)
    )
    assert made.area_calibration.thresholds == (0.2, 0.3, 0.4)


def test_the_calibration_without_lexical_features_stays_too(base: Tagger) -> None:
    """Training starts from heads into which the base's own calibration went, so that is taken out again."""
    areas, fields = Calibration(2.0, (1.0, -1.0, 0.5), (0.2, 0.3, 0.4)), Calibration(0.5, (0.3, 0.0), (0.5, 0.5))
    alone = EmbeddingCalibration(
        Calibration(3.0, (0.1, 0.2, 0.3), (0.6, 0.7, 0.8)), Calibration(0.8, (-0.2, 0.4), (0.3, 0.4))
    )
    parts = dataclasses.replace(
        base.artefact, area_calibration=areas, field_calibration=fields, embedding_calibration=alone
    )
    unmoved = Trained("encoder and heads", parts.folded_heads, None, {})
    made = _candidate(Tagger(parts, base.runtime), _inputs(), unmoved).artefact
    features = np.random.default_rng(0).normal(size=(5, HIDDEN)).astype(np.float32)
    before = parts.heads.folded(alone.areas, alone.fields).logits(features)
    assert made.embedding_calibration is not None
    after = made.heads.folded(made.embedding_calibration.areas, made.embedding_calibration.fields).logits(features)
    for old, new in zip(before, after, strict=True):
        np.testing.assert_allclose(new, old, atol=1e-4)
    assert made.embedding_calibration.areas.thresholds == (0.6, 0.7, 0.8)


def test_an_encoder_that_stayed_keeps_its_detector(base: Tagger) -> None:
    """And a model without one gets none."""
    assert _candidate(base, _inputs(), _trained(base)).artefact.ood is DETECTOR
    without = Tagger(dataclasses.replace(base.artefact, ood=None), base.runtime)
    trained = _trained(base, "encoder and heads", held_out=False)
    assert _candidate(without, _inputs(), trained).artefact.ood is None


def test_limits_grow_with_the_distances_of_a_trained_encoder(base: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured on the last papers that were learned from, replayed ones, in both models."""
    monkeypatch.setattr("training.retraining.candidate._MOST_MEASURED", 2)
    replay = _targets("sail", "bird", "nest")
    asked: list[tuple[str, ...]] = []
    embed = Tagger.embed

    def twice_as_far(tagger: Tagger, papers: Any) -> Any:
        asked.append(tuple(paper.id for paper in papers))
        return embed(tagger, papers) * (1 if tagger is base else 2)

    monkeypatch.setattr(Tagger, "embed", twice_as_far)
    found = _candidate(base, _inputs(replay=replay), _trained(base, "encoder and heads", held_out=False)).artefact.ood
    assert asked == [("bird", "nest")] * 2
    assert found is not None  # distances are squared
    assert found.limit == pytest.approx(4 * 3.0, rel=1e-3) and found.title_limit == pytest.approx(4 * 5.0, rel=1e-3)
    assert found.mean is DETECTOR.mean and found.languages == ("en",)


def _evaluation(verdict: Verdict) -> CandidateEvaluation:
    gate = GateReport(verdict, 2, "v0", "v2", 0.5, 0.6, 0.1, None, None, {}, (), {}, ("Good.", "Very."))
    return CandidateEvaluation(gate, {"micro_f1": 0.61}, {"agreement": {"papers": 1}})


def _finished(base: Tagger, verdict: Verdict, promote: Promote) -> Any:
    inputs, trained = _inputs(calibration=_targets("ocean"), replay=_targets("sail")), _trained(base)
    parts = dataclasses.replace(base.artefact, fingerprints=Fingerprints.of([Paper("old", "An old paper")]))
    options = dataclasses.replace(OPTIONS, promote=promote)
    return finished_candidate(parts, inputs, trained, _evaluation(verdict), "v1", options)


@pytest.mark.parametrize(
    ("promote", "verdict", "promotion"),
    [
        (Promote.AUTO, Verdict.NOT_INFERIOR, "by the gate"),
        (Promote.AUTO, Verdict.INFERIOR, "none"),
        (Promote.AUTO, Verdict.INSUFFICIENT, "none"),
        (Promote.NEVER, Verdict.NOT_INFERIOR, "none"),
        (Promote.FORCE, Verdict.NOT_INFERIOR, "by the gate"),
        (Promote.FORCE, Verdict.INFERIOR, "forced"),
        (Promote.FORCE, Verdict.INSUFFICIENT, "forced"),
    ],
)
def test_the_card_says_who_promoted_it(base: Tagger, promote: Promote, verdict: Verdict, promotion: str) -> None:
    """A forced promotion cannot be taken for one by the gate."""
    retraining = _finished(base, verdict, promote).card["retraining"]
    assert retraining == {
        "compared_with": "v0",
        "verdict": verdict.value,
        "reasons": "Good. Very.",
        "promotion": promotion,
    }


def test_the_card_and_the_metrics_say_what_was_found(base: Tagger) -> None:
    """Papers by what they were for, how it was trained, and whose labels calibrated it."""
    made = _finished(base, Verdict.INFERIOR, Promote.AUTO)
    assert made.card["parent"] == "v1"
    assert made.card["trained_on"] == {
        "papers": 4,
        "labelled_papers": 3,
        "areas_with_labels": 1,
        "replay_papers": 1,
        "replay_source": "papers",
        "calibration_papers": 1,
        "held_out_papers": "2, for the gate and metrics alone",
        "labels_left_out": "none",
    }
    assert made.card["training"] == {"trained": "heads", "seed": 9, "penalty": 3.0}
    inherited = base.artefact.card["calibrated_on"]
    assert made.card["calibrated_on"] == [content_id("ocean ocean", "whale song ocean"), *inherited]
    assert made.metrics["micro_f1"] == 0.61 and made.metrics["forgetting"] == {"agreement": {"papers": 1}}
    assert made.metrics["gate"]["verdict"] == "inferior"


def test_the_fingerprints_are_those_of_every_paper_behind_it(base: Tagger) -> None:
    """Of this training and of those before it; held-out papers left no trace."""
    made = _finished(base, Verdict.INFERIOR, Promote.AUTO)
    inputs = _inputs(calibration=_targets("ocean"), replay=_targets("sail"))
    assert all(paper in made.fingerprints for paper in (*inputs.learned_from(), Paper("old", "An old paper")))
    assert not any(paper in made.fingerprints for paper in inputs.held_out.papers)


def test_papers_that_calibrated_the_base_are_remembered(base: Tagger) -> None:
    """Its calibration lives on; of what the candidate was trained on, no more can be said than that."""
    whale, other = _inputs().train.papers[0], Paper("o", "Otters", "They dive.")
    inherited = [content_id(paper.title, paper.abstract) for paper in (whale, other)]
    parts = dataclasses.replace(base.artefact, card={"calibrated_on": inherited})
    inputs, trained = _inputs(calibration=_targets("ocean")), _trained(base)
    candidate = _candidate(Tagger(parts, base.runtime), inputs, trained).artefact
    found = finished_candidate(candidate, inputs, trained, _evaluation(Verdict.NOT_INFERIOR), "v1", OPTIONS)
    (ocean,) = inputs.calibration.papers
    assert found.card["calibrated_on"] == [content_id(ocean.title, ocean.abstract), inherited[1]]

"""Fitting the label model on votes that are made from known areas."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.label_model.baselines import majority_share, noisy_or
from training.label_model.fit_label_model import GRID, N_FOLDS, cross_fitted_proba, fit_label_model, fit_weights
from training.label_model.model import Strengths
from training.votes.vote_matrix import LabellingFunction, Votes

Labels = npt.NDArray[np.int8]


AREAS = 4


FUNCTIONS = (
    LabellingFunction("good", "good", expected=0.8),
    LabellingFunction("copy", "good", expected=0.8),
    LabellingFunction("weak", "weak", expected=0.4),
    LabellingFunction("against", "against"),
)


def made(n: int, seed: int = 0) -> tuple[Votes, Labels]:
    """Votes of a good function and its copy, a weak one and one that votes against, with the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.random((n, AREAS)) < 0.25
    good = np.where(truth, rng.random(truth.shape) < 0.7, rng.random(truth.shape) < 0.05)
    weak = np.where(truth, rng.random(truth.shape) < 0.4, rng.random(truth.shape) < 0.2)
    against = ~truth & (rng.random(truth.shape) < 0.3)
    return np.stack([good, good, weak, -against.astype(np.int8)]).astype(np.int8), truth.astype(np.int8)


def log_loss(probabilities: npt.NDArray[np.float32], labels: Labels) -> float:
    """Mean negative log-likelihood."""
    p = np.clip(probabilities, 1e-3, 1 - 1e-3)
    return float(-np.mean(np.where(labels == 1, np.log(p), np.log(1 - p))))


def test_beats_the_baselines_and_is_calibrated() -> None:
    """On fresh votes it has less log-loss than majority share and noisy-or, and its mean is the share of areas."""
    votes, labels = made(600)
    fresh, truth = made(600, seed=1)
    predicted = fit_label_model(votes, labels, FUNCTIONS).predict_proba(fresh)
    assert log_loss(predicted, truth) < 0.8 * min(
        log_loss(majority_share(fresh), truth), log_loss(noisy_or(fresh), truth)
    )
    assert predicted.mean() == pytest.approx(truth.mean(), abs=0.03)


def test_a_copy_of_a_function_adds_nothing() -> None:
    """Functions of one source are taken jointly, so repeating one leaves the probabilities as they were."""
    votes, labels = made(500)
    fresh, _ = made(200, seed=2)
    alone = fit_label_model(votes[[0, 2, 3]], labels, [FUNCTIONS[0], *FUNCTIONS[2:]])
    doubled = fit_label_model(votes, labels, FUNCTIONS)
    assert doubled.predict_proba(fresh) == pytest.approx(alone.predict_proba(fresh[[0, 2, 3]]), abs=0.05)


def test_votes_for_another_area_count() -> None:
    """Where two areas never apply together, a vote for one makes the other less likely."""
    rng = np.random.default_rng(3)
    area = rng.integers(0, AREAS, 600)
    labels = np.eye(AREAS, dtype=np.int8)[area]
    seen = labels * (rng.random((600, 1)) < 0.6)
    model = fit_label_model(seen[None].astype(np.int8), labels, [FUNCTIONS[0]])
    first = np.zeros((1, 1, AREAS), np.int8)
    first[0, 0, 0] = 1
    silent = model.predict_proba(np.zeros_like(first))[0]
    assert (model.predict_proba(first)[0, 1:] < silent[1:] / 2).all()


def test_without_labels_declared_precisions_rank_the_votes() -> None:
    """Nothing labelled: a vote of the better function counts for more, one against for less than silence."""
    votes, labels = made(50)
    votes, labels = np.pad(votes, ((0, 0), (0, 0), (0, 16))), np.pad(labels, ((0, 0), (0, 16)))
    model = fit_label_model(votes, np.full_like(labels, -1), FUNCTIONS)
    asked = np.zeros((4, 1, AREAS + 16), np.int8)
    asked[0:2, 0, 0], asked[2, 0, 1], asked[3, 0, 2] = 1, 1, -1
    strong, weak, against, silent = model.predict_proba(asked)[0, :4]
    assert strong > weak > silent > against


def test_sparse_areas_borrow_from_the_others() -> None:
    """An area that has no labelled paper is judged by how good the function is elsewhere."""
    votes, labels = made(600)
    labels[:, 3] = 0  # never applies in the sample, and nobody votes for it
    votes[:, :, 3] = 0
    asked = np.zeros((4, 1, AREAS), np.int8)
    asked[:2, 0, 3] = 1
    model = fit_label_model(votes, labels, FUNCTIONS)
    assert model.predict_proba(asked)[0, 3] > 5 * model.predict_proba(np.zeros_like(asked))[0, 3]


def test_unknown_labels_are_left_out() -> None:
    """Hiding labels of a random half of the pairs changes little; they are not taken for negatives."""
    votes, labels = made(1500)
    hidden = np.where(np.random.default_rng(4).random(labels.shape) < 0.5, labels, -1).astype(np.int8)
    fresh, _ = made(300, seed=5)
    full, half = (fit_label_model(votes, y, FUNCTIONS).predict_proba(fresh) for y in (labels, hidden))
    assert np.abs(full - half).mean() < 0.03


def test_joint_votes_that_never_occurred_get_the_mean_of_the_single_ones() -> None:
    """The good function without its copy was never seen; it still speaks for the area."""
    votes, labels = made(500)
    model = fit_label_model(votes, labels, FUNCTIONS)
    asked = np.zeros((4, 1, AREAS), np.int8)
    silent = model.predict_proba(asked)[0, 0]
    asked[0, 0, 0] = 1
    assert model.predict_proba(asked)[0, 0] > 3 * silent


def test_cross_fitted_probabilities_are_not_better_than_fresh_ones() -> None:
    """No paper is judged by a model that saw it."""
    votes, labels = made(400)
    model = fit_label_model(votes, labels, FUNCTIONS)
    held_out = cross_fitted_proba(votes, labels, FUNCTIONS, strengths=model.strengths)
    assert log_loss(held_out, labels) >= log_loss(model.predict_proba(votes), labels)


def test_wrong_shapes_are_refused() -> None:
    """Votes of another number of functions or areas name both shapes."""
    votes, labels = made(50)
    model = fit_label_model(votes, labels, FUNCTIONS)
    with pytest.raises(ValueError, match="do not agree"):
        fit_label_model(votes[1:], labels, FUNCTIONS)
    with pytest.raises(ValueError, match=r"expected \(4, papers, 4\)"):
        model.predict_proba(votes[:, :, :2])
    assert model.predict_proba(votes[:, :0]).shape == (0, AREAS)


@settings(max_examples=30)
@given(st.lists(st.integers(-1, 1), min_size=4 * 3 * AREAS, max_size=4 * 3 * AREAS))
def test_any_votes_give_probabilities(flat: list[int]) -> None:
    """Whatever the votes, also joint ones that never occurred, the answer is finite and between 0 and 1."""
    votes, labels = made(60)
    model = fit_label_model(votes, np.full_like(labels, -1), FUNCTIONS)
    predicted = model.predict_proba(np.array(flat, np.int8).reshape(4, 3, AREAS))
    assert np.isfinite(predicted).all()
    assert ((predicted >= 0) & (predicted <= 1)).all()


def test_no_paper_is_judged_by_its_own_labels() -> None:
    """Whatever they are, its cross-fitted probabilities stay, while those of the others move."""
    votes, labels = made(60)
    before = cross_fitted_proba(votes, labels, FUNCTIONS, strengths=Strengths())
    changed = labels.copy()
    changed[7] = 1 - changed[7]
    after = cross_fitted_proba(votes, changed, FUNCTIONS, strengths=Strengths())
    assert (after[7] == before[7]).all()
    assert (after != before).any(axis=1).sum() == len(labels) - len(labels) // N_FOLDS
    assert after.dtype == np.float32 and after.shape == labels.shape


def test_the_seed_alone_decides_the_folds() -> None:
    """The same seed gives the same model, bit for bit; another one other folds."""
    votes, labels = made(60)
    first, again = (cross_fitted_proba(votes, labels, FUNCTIONS, strengths=Strengths(), seed=3) for _ in range(2))
    other = cross_fitted_proba(votes, labels, FUNCTIONS, strengths=Strengths(), seed=4)
    assert (first == again).all() and (first != other).any()


def test_strengths_are_chosen_from_the_grid_or_taken_as_given() -> None:
    """A choice by cross-validation tries every value of each."""
    votes, labels = made(200)
    chosen = fit_label_model(votes, labels, FUNCTIONS).strengths
    assert all(getattr(chosen, name) in values for name, values in GRID.items())
    given = Strengths(own=7.0, transfer=0.25, cross=9.0, rho=0.4, ridge=50.0)
    assert fit_label_model(votes, labels, FUNCTIONS, strengths=given).strengths == given
    unlabelled = np.full_like(labels, -1)
    assert fit_label_model(votes, unlabelled, FUNCTIONS, strengths=given).strengths == given
    assert fit_label_model(votes, unlabelled, FUNCTIONS).strengths == Strengths()


def test_chosen_strengths_predict_fresh_votes_no_worse_than_any_extreme() -> None:
    """So the least loss is looked for, not the most."""
    votes, labels = made(300)
    fresh, truth = made(600, seed=8)
    chosen = fit_label_model(votes, labels, FUNCTIONS)
    loss = log_loss(chosen.predict_proba(fresh), truth)
    for extreme in (Strengths(own=100, cross=1, rho=0.0, ridge=1), Strengths(own=1, cross=1, rho=1.0, ridge=10_000)):
        model = fit_label_model(votes, labels, FUNCTIONS, strengths=extreme)
        assert loss <= log_loss(model.predict_proba(fresh), truth) + 0.005


def test_areas_of_one_field_share_more_evidence() -> None:
    """Where the second area is never labelled with a vote for the first, its field says how the two go together."""
    rng = np.random.default_rng(5)
    labels = np.zeros((400, 4), np.int8)
    labels[np.arange(400), rng.integers(0, 4, 400)] = 1
    votes = (labels * (rng.random((400, 1)) < 0.6)).astype(np.int8)[None]
    strengths = Strengths(cross=100.0)
    apart = fit_label_model(votes, labels, FUNCTIONS[:1], strengths=strengths)
    alone = fit_label_model(votes, labels, FUNCTIONS[:1], fields=[0, 1, 2, 3], strengths=strengths)
    joined = fit_label_model(votes, labels, FUNCTIONS[:1], fields=[0, 0, 1, 1], strengths=strengths)
    assert (apart.predict_proba(votes) == alone.predict_proba(votes)).all()
    assert (apart.predict_proba(votes) != joined.predict_proba(votes)).any()


def test_without_labels_every_source_counts_alike() -> None:
    """A little less than its declared precision says, and nothing is made of other areas or of silence."""
    votes, labels = made(50)
    weights = fit_label_model(votes, np.full_like(labels, -1), FUNCTIONS).weights
    assert weights.tolist() == [0.0, 1.0, 0.7, 0.7, 0.7, 0.0, 0.0]


def test_weights_are_those_of_logistic_regression_and_none_is_negative() -> None:
    """But for the bias; a source that misleads gets no weight rather than a negative one."""
    rng = np.random.default_rng(6)
    features = rng.normal(size=(4000, 6)).astype(np.float32)
    features[:, 0] = 1.0
    wanted = np.array([-1.0, 0.8, 1.5, 0.5, 0.4, 0.0])
    uniform = rng.random(4000)
    weights = fit_weights(features, uniform < 1 / (1 + np.exp(-features @ wanted)), ridge=0.0)
    assert weights == pytest.approx(wanted, abs=0.2)
    misled = features @ wanted - 0.7 * features[:, 5]
    weights = fit_weights(features, uniform < 1 / (1 + np.exp(-misled)), ridge=0.0)
    assert weights[5] == 0.0 and weights[0] < 0 and (weights[1:5] > 0).all()


def test_the_ridge_draws_the_sources_to_their_mean_and_nothing_else() -> None:
    """So strong that nothing else counts, they are equal; the prior's weight is free of it."""
    rng = np.random.default_rng(7)
    features = rng.normal(size=(3000, 6)).astype(np.float32)
    features[:, 0] = 1.0
    truth = rng.random(3000) < 1 / (1 + np.exp(-features @ np.array([0.0, 3.0, 2.0, 0.2, 1.0, 0.1])))
    free, tied = fit_weights(features, truth, ridge=0.0), fit_weights(features, truth, ridge=1e6)
    assert free[2] - free[3] > 1.0 and tied[2] == pytest.approx(tied[3], abs=0.01)
    assert tied[2] == pytest.approx(free[2:4].mean(), rel=0.3)
    assert tied[1] > 1.5 * tied[2]

"""The label model on votes that are made from known areas."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.label_model.baselines import majority_share, noisy_or
from training.label_model.fit_label_model import cross_fitted_proba, fit_label_model
from training.label_model.model import cross_evidence, logit, sigmoid, state_codes
from training.label_model.recorded import with_recorded
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


def test_cross_evidence_is_discounted_by_the_number_of_votes() -> None:
    """Two votes for other areas, each worth 1, are worth 2 when independent and 1 when fully correlated."""
    votes = np.array([[[1, 1, 0]]], np.int8)
    table = (np.ones((1, 3, 3)) - np.eye(3)).astype(np.float32)
    for rho, expected in ((0.0, [1, 1, 2]), (1.0, [1, 1, 1])):
        assert cross_evidence(votes, table, rho)[0] == pytest.approx(expected)


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


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-1, 1), min_size=4 * 3 * AREAS, max_size=4 * 3 * AREAS))
def test_any_votes_give_probabilities(flat: list[int]) -> None:
    """Whatever the votes, also joint ones that never occurred, the answer is finite and between 0 and 1."""
    votes, labels = made(60)
    model = fit_label_model(votes, np.full_like(labels, -1), FUNCTIONS)
    predicted = model.predict_proba(np.array(flat, np.int8).reshape(4, 3, AREAS))
    assert np.isfinite(predicted).all()
    assert ((predicted >= 0) & (predicted <= 1)).all()


def test_state_codes_tell_all_joint_votes_apart() -> None:
    """Nine joint votes of two functions have nine codes."""
    pairs = np.array([[a, b] for a in (-1, 0, 1) for b in (-1, 0, 1)], np.int8)
    assert sorted(state_codes(pairs.T[:, :, None]).ravel()) == list(range(9))


def test_recorded_votes_move_the_probabilities_both_ways() -> None:
    """A recorded vote for raises, one against lowers, silence leaves as it was."""
    prior, votes = np.full(3, 0.02), np.array([[1, -1, 0]], np.int8)
    heard = with_recorded(np.full((1, 3), 0.1, np.float32), votes, prior, reliability=0.9)[0]
    assert heard[0] > 0.9
    assert heard[1] < 0.02
    assert heard[2] == pytest.approx(0.1, abs=1e-6)


def test_sigmoid_undoes_logit() -> None:
    """Also near the ends."""
    p = np.array([1e-5, 0.3, 0.999])
    assert sigmoid(logit(p)) == pytest.approx(p)

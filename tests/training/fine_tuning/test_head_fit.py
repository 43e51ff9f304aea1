"""Heads fitted on embeddings drawn at random."""

import numpy as np
import pytest

from training.fine_tuning.head_fit import PENALTIES, fit_heads, fit_scaled_heads

HIDDEN = 12


def embeddings(count: int, seed: int = 0) -> np.ndarray:
    """Rows of length sqrt(hidden)."""
    rows = np.random.default_rng(seed).normal(size=(count, HIDDEN))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True) * np.sqrt(HIDDEN), dtype=np.float32)


def test_learns_what_the_labels_say_and_keeps_the_rest() -> None:
    """A labelled output turns to its labels; one without labels does not move at all."""
    inputs = embeddings(200)
    targets = np.full((200, 2), np.nan, dtype=np.float32)
    targets[:, 0] = inputs[:, 0] > 0
    weight = np.ones((2, HIDDEN), dtype=np.float32)
    fit = fit_heads(inputs, targets, weight, np.array([0.5, -0.5], dtype=np.float32))
    assert ((fit.held_out[:, 0] > 0) == targets[:, 0]).mean() > 0.9
    assert fit.weight[0, 0] > 1.5 and fit.penalty < max(PENALTIES)
    assert fit.weight[1] == pytest.approx(weight[1], abs=1e-6) and fit.bias[1] == pytest.approx(-0.5, abs=1e-6)


def test_noise_leaves_the_start() -> None:
    """When the labels are as the start says but for chance, cross-validation stays with it."""
    inputs = embeddings(300, seed=1)
    start = np.zeros((1, HIDDEN), dtype=np.float32)
    targets = (np.random.default_rng(2).random((300, 1)) < 0.5).astype(np.float32)
    fit = fit_heads(inputs, targets, start, np.zeros(1, dtype=np.float32))
    assert fit.penalty >= 30 and np.abs(fit.weight).max() < 0.1


def test_few_papers_move_little() -> None:
    """Too few to try penalties: the strongest; progress ends at its last step."""
    steps: list[tuple[int, int]] = []
    fit = fit_heads(
        embeddings(5),
        np.ones((5, 1), dtype=np.float32),
        np.zeros((1, HIDDEN), dtype=np.float32),
        np.zeros(1, dtype=np.float32),
        lambda step, total: steps.append((step, total)),
    )
    assert fit.penalty == max(PENALTIES) and 0 < fit.bias[0] < 0.02
    assert steps == [(1, 1)]


def test_of_several_starts_the_one_that_foretells_best_is_fitted() -> None:
    """The multiple of the start that the labels were drawn from is found, and fitted as from that start alone."""
    inputs = embeddings(120)
    weight = np.random.default_rng(1).normal(size=(3, HIDDEN)).astype(np.float32)
    chance = 1 / (1 + np.exp(-2.0 * inputs @ weight.T))
    targets = (np.random.default_rng(2).random(chance.shape) < chance).astype(np.float32)
    bias = np.zeros(3, dtype=np.float32)
    found = fit_scaled_heads(inputs, targets, weight, bias, (0.5, 1.0, 2.0, 4.0))
    alone = fit_heads(inputs, targets, weight * np.float32(2.0), bias)
    assert found.weight == pytest.approx(alone.weight) and found.held_out == pytest.approx(alone.held_out)
    assert found.penalty == alone.penalty

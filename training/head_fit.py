"""Training heads alone, on embeddings of a frozen encoder: convex, quick, and close to where it starts.

Every output is a logistic regression whose penalty is the distance from its start, not from zero (L2-SP; Li, Grandvalet
and Davoine, Explicit Inductive Bias for Transfer Learning, 2018), so an area without new labels stays as it was.
How strong the penalty is, cross-validation says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.model_selection import KFold

FloatArray = NDArray[np.float32]
Wide = NDArray[np.float64]
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Positions to fit on and positions left out."""

PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03)
"""Penalties tried, strongest first, in units of the squared length of an embedding: at 1, one paper moves its own
logit by about its error."""
FOLDS = 5
FEWEST = 10
"""With fewer papers the strongest penalty is taken untried."""
TRIED_ON = 500
"""So many papers left out tell penalties apart: of larger folds fewer are tried."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadFit:
    """Fitted outputs.

    Attributes:
        weight: float32 [outputs, hidden].
        bias: float32 [outputs].
        penalty: what cross-validation chose.
        held_out: float32 [n, outputs], logits of every paper by a fit that it took no part in.
        loss: their cross-entropy, summed over the known targets.
    """

    weight: FloatArray
    bias: FloatArray
    penalty: float
    held_out: FloatArray
    loss: float


def fit_heads(
    embeddings: FloatArray,
    targets: FloatArray,
    weight: FloatArray,
    bias: FloatArray,
    progress: Callable[[int, int], None] = lambda step, steps: None,
    seed: int = 0,
) -> HeadFit:
    """Move heads from their start towards the targets.

    Args:
        embeddings: float32 [n, hidden], all of length sqrt(hidden).
        targets: float32 [n, outputs], probabilities; NaN where nothing is known.
        weight, bias: the start, float32 [outputs, hidden] and [outputs].
        progress: told fits done and fits to do.
    """
    # a constant of the embedding's length: the penalty lets bias and weights move a logit equally far
    length = np.sqrt(embeddings.shape[1])
    inputs = np.hstack([embeddings, np.full((len(embeddings), 1), length)]).astype(np.float64)
    start = np.hstack([weight, bias[:, None] / length]).astype(np.float64)  # (outputs, hidden + 1)
    folds = list(KFold(FOLDS, shuffle=True, random_state=seed).split(inputs)) if len(inputs) >= FEWEST else []
    trials = folds[: -(-FOLDS * TRIED_ON // len(inputs))] if folds else []
    steps = len(trials) * len(PENALTIES) + 1
    best, tried = _choose_penalty(inputs, targets, start, trials, lambda done: progress(done, steps))
    held_out = inputs @ start.T
    for fold, (fit, out) in enumerate(folds):
        weights = tried[fold] if fold < len(tried) else _fit(inputs[fit], targets[fit], start, best, start)
        held_out[out] = inputs[out] @ weights.T
    fitted = _fit(inputs, targets, start, best, start)
    progress(steps, steps)
    return HeadFit(
        weight=fitted[:, :-1].astype(np.float32),
        bias=(fitted[:, -1] * length).astype(np.float32),
        penalty=best,
        held_out=held_out.astype(np.float32),
        loss=_loss(held_out, targets)[0],
    )


def fit_scaled_heads(
    embeddings: FloatArray,
    targets: FloatArray,
    weight: FloatArray,
    bias: FloatArray,
    scales: Sequence[float],
    seed: int = 0,
) -> HeadFit:
    """The best of `fit_heads` from several multiples of the starting weights, by cross-validation.

    Args:
        scales: multiples to try, ascending; a later one is tried while they get better.
    """
    best = fit_heads(embeddings, targets, weight * np.float32(scales[0]), bias, seed=seed)
    for scale in scales[1:]:
        fit = fit_heads(embeddings, targets, weight * np.float32(scale), bias, seed=seed)
        if fit.loss >= best.loss:
            break
        best = fit
    return best


def _choose_penalty(
    inputs: Wide, targets: FloatArray, start: Wide, trials: Sequence[Fold], progress: Callable[[int], None]
) -> tuple[float, list[Wide]]:
    """The penalty with the least loss on papers left out, and the weights that each trial reached with it."""
    best, best_loss, worse = PENALTIES[0], np.inf, 0
    best_weights = reached = [start] * len(trials)
    for number, penalty in enumerate(PENALTIES if trials else ()):
        loss, before, reached = 0.0, reached, []
        for (fit, out), guess in zip(trials, before, strict=True):  # from a stronger penalty this one is not far
            reached.append(_fit(inputs[fit], targets[fit], start, penalty, guess))
            loss += _loss(inputs[out] @ reached[-1].T, targets[out])[0]
            progress(number * len(trials) + len(reached))
        worse = 0 if loss < best_loss else worse + 1
        if loss < best_loss:
            best, best_loss, best_weights = penalty, loss, reached
        if worse == 2:
            break  # weaker penalties only overfit more, and take longest
    return best, best_weights


def _fit(inputs: Wide, targets: FloatArray, start: Wide, penalty: float, guess: Wide) -> Wide:
    """Weights [outputs, hidden + 1] of the penalised regressions, by L-BFGS over all outputs at once from a guess."""
    strength = penalty * inputs.shape[1]

    def objective(flat: Wide) -> tuple[float, Wide]:
        weights = flat.reshape(start.shape)
        loss, error = _loss(inputs @ weights.T, targets)
        distance = weights - start
        value = loss + 0.5 * strength * float((distance**2).sum())
        return value, (error.T @ inputs + strength * distance).ravel()

    result = minimize(objective, guess.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-7})
    return np.asarray(result.x, dtype=np.float64).reshape(start.shape)


def _loss(logits: Wide, targets: FloatArray) -> tuple[float, Wide]:
    """Cross-entropy summed over the known targets, and its gradient by the logits [n, outputs]."""
    known = ~np.isnan(targets)
    wanted = np.where(known, targets, 0.0)
    small = np.exp(-np.abs(logits))  # one exponential for both
    loss = np.where(known, np.maximum(logits, 0.0) + np.log1p(small) - wanted * logits, 0.0)
    probability = np.where(logits >= 0, 1.0, small) / (1.0 + small)
    return float(loss.sum()), np.where(known, probability - wanted, 0.0)

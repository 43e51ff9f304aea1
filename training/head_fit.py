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
from scipy.special import expit
from sklearn.model_selection import KFold

FloatArray = NDArray[np.float32]
Wide = NDArray[np.float64]

PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03)
"""Penalties tried, strongest first, in units of the squared length of an embedding: at 1, one paper moves its own
logit by about its error."""
FOLDS = 5
FEWEST = 10
"""With fewer papers the strongest penalty is taken untried."""


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
    steps = len(folds) * len(PENALTIES) + 1
    best, best_loss, best_logits, worse = PENALTIES[0], np.inf, inputs @ start.T, 0
    reached = [start] * len(folds)  # by a stronger penalty; from there the next one is not far
    for number, penalty in enumerate(PENALTIES if folds else ()):
        logits = np.empty((len(inputs), len(start)))
        for fold, (fit, out) in enumerate(folds):
            reached[fold] = _fit(inputs[fit], targets[fit], start, penalty, reached[fold])
            logits[out] = inputs[out] @ reached[fold].T
            progress(number * len(folds) + fold + 1, steps)
        loss = _loss(logits, targets)[0]
        worse = 0 if loss < best_loss else worse + 1
        if loss < best_loss:
            best, best_loss, best_logits = penalty, loss, logits
        if worse == 2:
            break  # weaker penalties only overfit more, and take longest
    fitted = _fit(inputs, targets, start, best, start)
    progress(steps, steps)
    return HeadFit(
        weight=fitted[:, :-1].astype(np.float32),
        bias=(fitted[:, -1] * length).astype(np.float32),
        penalty=best,
        held_out=best_logits.astype(np.float32),
        loss=_loss(best_logits, targets)[0],
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
    loss = np.where(known, np.logaddexp(0.0, logits) - wanted * logits, 0.0)
    return float(loss.sum()), np.where(known, expit(logits) - wanted, 0.0)

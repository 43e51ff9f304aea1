"""Fits heads to papers while the encoder stays as it is: a convex problem, solved in seconds for few papers.

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
from threadpoolctl import threadpool_limits

FloatArray = NDArray[np.float32]
Wide = NDArray[np.float64]
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Positions to fit on and positions left out."""

PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03)
"""Penalties tried, strongest first, in units of the squared length of an embedding: at 1, a training paper moves its
logit by about the error of its probability."""
FOLDS = 5
FEWEST = 10
"""With fewer papers the strongest penalty is taken untried."""
TRIED_ON = 500
"""Papers left out on which each penalty is tried: enough to tell penalties apart; of larger folds, fewer are used."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadFit:
    """Fitted outputs.

    Attributes:
        weight: float32 [outputs, hidden].
        bias: float32 [outputs].
        penalty: what cross-validation chose.
        held_out: float32 [n, outputs], logits of every paper by a fit that it took no part in.
    """

    weight: FloatArray
    bias: FloatArray
    penalty: float
    held_out: FloatArray


def fit_heads(
    embeddings: FloatArray,
    targets: FloatArray,
    weight: FloatArray,
    bias: FloatArray,
    progress: Callable[[int, int], None] = lambda step, steps: None,
    seed: int = 0,
) -> HeadFit:
    """Fit heads by logistic regression, held to given weights by a penalty that cross-validation chooses.

    Args:
        embeddings: float32 [n, hidden], all of length sqrt(hidden).
        targets: float32 [n, outputs], probabilities; NaN where nothing is known.
        weight: the start, float32 [outputs, hidden].
        bias: the start, float32 [outputs].
        progress: told fits done and fits to do.
        seed: of the folds.
    """
    problem = _problem(embeddings, targets, weight, bias, seed)
    steps = len(problem.trials) * len(PENALTIES) + 1
    fit = _fit_chosen(problem, _choose_penalty(problem, lambda done: progress(done, steps)))
    progress(steps, steps)
    return fit


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
        embeddings: as for `fit_heads`.
        targets: as for `fit_heads`.
        weight: as for `fit_heads`, before it is multiplied.
        bias: as for `fit_heads`.
        scales: multiples to try, ascending; a later one is tried while they get better.
        seed: of the folds.
    """
    best: tuple[_Problem, _Choice] | None = None
    for scale in scales:
        problem = _problem(embeddings, targets, weight * np.float32(scale), bias, seed)
        choice = _choose_penalty(problem)
        if best is not None and choice.loss >= best[1].loss:
            break
        best = problem, choice
    if best is None:
        raise ValueError("no scales to try")
    return _fit_chosen(*best)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """The fit as a smaller problem: the unknowns are how far the weights move from their start.

    With few papers there are far more weights than papers, but the best move is a sum of the papers' embeddings
    (representer theorem; Kimeldorf and Wahba, 1971). So it has as many coordinates as the embeddings have directions
    (their rank), along orthonormal axes, which leave lengths and thereby the penalty as they are.

    Attributes:
        inputs: float32 [n, rank], embeddings and a constant in these coordinates.
        logits: float32 [n, outputs], those of the start.
        targets: float32 [n, outputs].
        start: float64 [outputs, hidden + 1].
        basis: float64 [rank, hidden + 1], orthonormal.
        folds: none where the papers are too few to try penalties.
    """

    inputs: FloatArray
    logits: FloatArray
    targets: FloatArray
    start: Wide
    basis: Wide
    folds: Sequence[Fold]

    @property
    def trials(self) -> Sequence[Fold]:
        """The folds on which penalties are tried; the first of `folds`."""
        return self.folds[: -(-FOLDS * TRIED_ON // len(self.inputs))]

    def unmoved(self) -> Wide:
        """The start, float64 [outputs, rank]."""
        return np.zeros((len(self.start), len(self.basis)))


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """The penalty with the least loss on papers left out, that loss, and the moves [outputs, rank] of each trial."""

    penalty: float
    loss: float
    moves: Sequence[Wide]


def _problem(embeddings: FloatArray, targets: FloatArray, weight: FloatArray, bias: FloatArray, seed: int) -> _Problem:
    count = len(embeddings)
    # a constant of the embedding's length: the penalty lets bias and weights move a logit equally far
    length = np.sqrt(embeddings.shape[1])
    inputs = np.hstack([embeddings, np.full((count, 1), length)]).astype(np.float64)
    start = np.hstack([weight, bias[:, None] / length]).astype(np.float64)
    basis = np.linalg.svd(inputs, full_matrices=False)[2]
    folds = list(KFold(FOLDS, shuffle=True, random_state=seed).split(inputs)) if count >= FEWEST else []
    return _Problem(
        inputs=(inputs @ basis.T).astype(np.float32),
        logits=(inputs @ start.T).astype(np.float32),
        targets=targets,
        start=start,
        basis=basis,
        folds=folds,
    )


def _choose_penalty(problem: _Problem, progress: Callable[[int], None] = lambda done: None) -> _Choice:
    trials = problem.trials
    reached = [problem.unmoved()] * len(trials)
    best, worse = _Choice(PENALTIES[0], np.inf, reached), 0
    for number, penalty in enumerate(PENALTIES if trials else ()):
        loss, before, reached = 0.0, reached, []
        for (fit, out), guess in zip(trials, before, strict=True):  # from a stronger penalty this one is not far
            reached.append(_fit(problem, fit, penalty, guess))
            loss += _loss(_logits(problem, out, reached[-1]), problem.targets[out])[0]
            progress(number * len(trials) + len(reached))
        worse = 0 if loss < best.loss else worse + 1
        if loss < best.loss:
            best = _Choice(penalty, loss, reached)
        if worse == 2:
            break  # weaker penalties only overfit more, and take longest
    return best


def _fit_chosen(problem: _Problem, choice: _Choice) -> HeadFit:
    """Fit all papers with the penalty chosen, and the folds that did not try it."""
    guess = choice.moves[0] if choice.moves else problem.unmoved()  # most of the papers are the same
    held_out = problem.logits.copy()
    for fold, (fit, out) in enumerate(problem.folds):
        tried = fold < len(choice.moves)
        move = choice.moves[fold] if tried else _fit(problem, fit, choice.penalty, guess)
        held_out[out] = _logits(problem, out, move)
    move = _fit(problem, np.arange(len(problem.inputs)), choice.penalty, guess)
    fitted = problem.start + move @ problem.basis
    return HeadFit(
        weight=fitted[:, :-1].astype(np.float32),
        bias=(fitted[:, -1] * np.sqrt(fitted.shape[1] - 1)).astype(np.float32),
        penalty=choice.penalty,
        held_out=held_out,
    )


def _fit(problem: _Problem, rows: NDArray[np.intp], penalty: float, guess: Wide) -> Wide:
    """The move [outputs, rank] of the penalised regressions, by L-BFGS over all outputs at once from a guess.

    Logits and errors are float32, whose rounding is far below the tolerance; sums are float64. One thread: NumPy and
    SciPy bring a pool of BLAS threads each, and these would wait for each other's processors at every step.
    """
    inputs, logits, targets = problem.inputs[rows], problem.logits[rows], problem.targets[rows]
    strength = penalty * problem.start.shape[1]

    def objective(flat: Wide) -> tuple[float, Wide]:
        move = flat.reshape(guess.shape)
        loss, error = _loss(logits + inputs @ move.T.astype(np.float32), targets)
        value = loss + 0.5 * strength * float((move**2).sum())
        return value, (error.T @ inputs + strength * move).ravel()

    with threadpool_limits(1, user_api="blas"):
        result = minimize(objective, guess.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-7})
    return np.asarray(result.x, dtype=np.float64).reshape(guess.shape)


def _logits(problem: _Problem, rows: NDArray[np.intp], move: Wide) -> FloatArray:
    return problem.logits[rows] + problem.inputs[rows] @ move.T.astype(np.float32)


def _loss(logits: FloatArray, targets: FloatArray) -> tuple[float, FloatArray]:
    """Cross-entropy summed over the known targets, and its gradient by the logits, float32 [n, outputs]."""
    known = ~np.isnan(targets)
    wanted = np.where(known, targets, np.float32(0.0))
    small = np.exp(-np.abs(logits))  # one exponential for both
    loss = np.where(known, np.maximum(logits, 0.0) + np.log1p(small) - wanted * logits, 0.0)
    probability = np.where(logits >= 0, np.float32(1.0), small) / (1.0 + small)
    return float(loss.sum(dtype=np.float64)), np.where(known, probability - wanted, np.float32(0.0))

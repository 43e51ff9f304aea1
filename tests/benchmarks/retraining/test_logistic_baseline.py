"""The regression that fine-tuning is compared with."""

import numpy as np

from benchmarks.retraining.logistic_baseline import best_threshold, fit_logistic


def test_it_learns_what_embeddings_tell() -> None:
    """A direction that decides an area is found; an area without a paper is never given, one that all have always."""
    rows = np.random.default_rng(0).normal(size=(160, 8))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    labels = np.stack([rows[:, 0] > 0.1, np.zeros(160, bool), np.ones(160, bool)], axis=1)
    model = fit_logistic(rows[:120], labels[:120], strengths=(1.0, 100.0))
    predicted = model.predict(rows[120:])
    assert (predicted[:, 0] == labels[120:, 0]).mean() > 0.9
    assert not predicted[:, 1].any() and predicted[:, 2].all()
    assert model.inverse_strength == 100.0 and 0.9 < model.cross_validated <= 1.0


def test_the_best_threshold_is_found() -> None:
    """Against all thresholds tried one by one."""
    random = np.random.default_rng(1)
    labels = random.random((30, 4)) < 0.3
    probabilities = np.clip(labels * 0.3 + random.random((30, 4)) * 0.7, 0, 1).astype(np.float32)

    def micro_f1(threshold: float) -> float:
        given = probabilities >= threshold
        return float(2 * (given & labels).sum() / (given.sum() + labels.sum()))

    f1, threshold = best_threshold(probabilities, labels)
    assert f1 == micro_f1(threshold) == max(map(micro_f1, probabilities.ravel().tolist()))

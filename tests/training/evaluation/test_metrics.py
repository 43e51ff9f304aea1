"""Measures against values computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from training.evaluation.metrics import (
    average_precision,
    bootstrap_intervals,
    coverage_at_precision,
    expected_calibration_error,
    per_area,
    point_metrics,
    precision_on_demand,
    risk_coverage,
)

# three papers, three areas; the third area is not in gold
LABELS = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=bool)
PROBABILITIES = np.array([[0.9, 0.2, 0.1], [0.8, 0.4, 0.6], [0.7, 0.3, 0.0]], dtype=np.float32)
PREDICTED = PROBABILITIES >= 0.5


def test_point_metrics_by_hand() -> None:
    """Two of four predicted pairs are right, two of four gold pairs are found; the first area's F1 is 0.8."""
    found = point_metrics(PROBABILITIES, PREDICTED, LABELS)
    assert found["micro_f1"] == 0.5
    assert found["precision"] == 0.5
    assert found["recall"] == 0.5
    assert found["macro_f1"] == pytest.approx(0.4)  # 0.8 and 0
    assert found["p_at_1"] == pytest.approx(2 / 3)
    assert found["mean_average_precision"] == pytest.approx(1.0)
    assert found["abstention"] == 0.0
    assert found["brier"] == pytest.approx(0.2)  # squared distances add up to 1.8 over nine pairs


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=3, max_size=3), min_size=1, max_size=30))
def test_average_precision_is_that_of_scikit_learn(pairs: list[list[tuple[int, bool]]]) -> None:
    """For any number of papers, of equal probability or not."""
    probabilities = np.array([[quarter / 4 for quarter, _ in row] for row in pairs], dtype=np.float32)
    labels = np.array([[named for _, named in row] for row in pairs])
    present = labels.any(axis=0)
    found = average_precision(probabilities[:, present], labels[:, present])
    expected = [average_precision_score(labels[:, area], probabilities[:, area]) for area in np.flatnonzero(present)]
    assert found == pytest.approx(expected)


def test_papers_without_any_area_have_measures_too() -> None:
    """A resample of few papers may hold no other ones."""
    found = point_metrics(PROBABILITIES, PREDICTED, np.zeros_like(LABELS))
    assert (found["macro_f1"], found["mean_average_precision"], found["precision"]) == (0.0, 0.0, 0.0)


def test_calibration_error_counts_pairs_that_matter() -> None:
    """Perfectly calibrated pairs have no error; the many near zero do not hide an overconfident one."""
    generator = np.random.default_rng(0)
    probabilities = generator.uniform(0.01, 1, size=(4000, 5)).astype(np.float32)
    labels = generator.uniform(size=probabilities.shape) < probabilities
    assert expected_calibration_error(probabilities, labels) < 0.02
    sparse = np.zeros((100, 50), dtype=np.float32)
    sparse[:, 0] = 0.9
    truth = np.zeros(sparse.shape, dtype=bool)
    truth[:50, 0] = True
    assert expected_calibration_error(sparse, truth) == pytest.approx(0.4, abs=1e-6)
    assert expected_calibration_error(np.zeros((3, 2), np.float32), np.zeros((3, 2), bool)) == 0.0


def test_risk_falls_with_coverage_when_confidence_is_informative() -> None:
    """The surest third is right, all three together are wrong once."""
    curve = risk_coverage(PROBABILITIES, LABELS)
    assert curve[0]["risk"] == 0.0
    assert curve[-1]["coverage"] == 1.0
    assert curve[-1]["risk"] == pytest.approx(1 / 3)


def test_coverage_at_precision_is_the_longest_good_prefix() -> None:
    """Sorted, the pairs are right, right, wrong, ...: half of the gold is found at full precision."""
    assert coverage_at_precision(PROBABILITIES, LABELS, 1.0) == pytest.approx(2 / 4)


def test_per_area_leaves_out_areas_nobody_named() -> None:
    """An area neither in gold nor predicted has no row; one only predicted has precision zero."""
    table = per_area(PROBABILITIES, PREDICTED, LABELS, ("a", "b", "c"))
    assert table["a"]["f1"] == pytest.approx(0.8)
    assert table["b"]["recall"] == 0.0
    assert table["c"] == {"support": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0, "average_precision": 0.0}
    assert "d" not in per_area(np.zeros((1, 1), np.float32), np.zeros((1, 1), bool), np.zeros((1, 1), bool), ("d",))


def test_bootstrap_interval_holds_the_value_and_narrows() -> None:
    """More papers give a narrower interval around the mean."""
    values = np.random.default_rng(1).normal(size=400)
    wide = bootstrap_intervals(lambda rows: {"mean": float(values[:50][rows].mean())}, 50)["mean"]
    narrow = bootstrap_intervals(lambda rows: {"mean": float(values[rows].mean())}, 400)["mean"]
    assert narrow[0] < values.mean() < narrow[1]
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_bootstrap_intervals_are_those_of_each_measure() -> None:
    """Several measures of one resample do not mix, and a single paper has no spread."""
    values = np.random.default_rng(2).normal(size=30)
    high, low = values + 10, values - 10

    def measure(rows: NDArray[np.intp]) -> dict[str, float]:
        return {"high": float(high[rows].mean()), "low": float(low[rows].mean())}

    found = bootstrap_intervals(measure, 30, rounds=150)
    for name, centre in (("high", 10), ("low", -10)):
        assert centre - 1 < found[name][0] < found[name][1] < centre + 1
    assert bootstrap_intervals(measure, 1) == {"high": (high[0], high[0]), "low": (low[0], low[0])}


def test_precision_on_demand_by_hand() -> None:
    """Two papers, two areas; the second paper gets none at the higher precisions."""
    probabilities = np.array([[0.9, 0.6], [0.7, 0.1]], dtype=np.float32)
    labels = np.array([[True, False], [True, False]])
    thresholds = np.array([[0.5, 0.5], [0.8, 0.8], [0.95, np.inf]], dtype=np.float32)
    rows = precision_on_demand(probabilities, probabilities >= 0.05, labels, thresholds)
    assert [row["promised"] for row in rows] == [0.80, 0.90, 0.95]
    assert rows[0] == {"promised": 0.80, "found": 2 / 3, "papers": 1.0, "areas": 0.75, "recall": 1.0}
    assert rows[1] == {"promised": 0.90, "found": 1.0, "papers": 0.5, "areas": 0.25, "recall": 0.5}
    assert rows[2] == {"promised": 0.95, "found": 0.0, "papers": 0.0, "areas": 0.0, "recall": 0.0}

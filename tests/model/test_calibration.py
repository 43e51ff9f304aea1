"""Applying a calibration, and its JSON."""

import numpy as np
import pytest

from model.calibration import NO_ADJUSTMENT, PRECISIONS, Adjustment, Calibration

RISING = tuple(precision**2 for precision in PRECISIONS)


def test_probabilities_are_the_scaled_sigmoid() -> None:
    """By hand: slope 2, offsets 0 and 1."""
    calibration = Calibration(2.0, (0.0, 1.0), (0.5, 0.5))
    found = calibration.probabilities(np.array([[0.0, -0.5], [500.0, -500.0]], dtype=np.float32))
    np.testing.assert_allclose(found, [[0.5, 0.5], [1.0, 0.0]], atol=1e-6)


def test_json_round_trip_and_checks() -> None:
    """What was written is read; lists of another length and numbers that are none are refused."""
    calibration = Calibration(1.5, (0.1, -0.2), (0.4, 0.6), RISING)
    record = calibration.to_json()
    record = {key: list(value) if isinstance(value, tuple) else value for key, value in record.items()}
    assert Calibration.from_json(record, 2) == calibration
    with pytest.raises(ValueError, match="3 entries"):
        Calibration.from_json(record, 3)
    with pytest.raises(ValueError, match="finite"):
        Calibration.from_json({**record, "slope": float("nan")}, 2)
    with pytest.raises(ValueError, match="lists"):
        Calibration.from_json({}, 2)
    assert Calibration.from_json({**record, "precision_thresholds": []}, 2).precision_thresholds == ()
    for wrong in (list(RISING[1:]), list(RISING[::-1]), [*RISING[:-1], None], 0.5):
        with pytest.raises(ValueError, match="50 rising numbers"):
            Calibration.from_json({**record, "precision_thresholds": wrong}, 2)


def test_the_threshold_of_a_precision() -> None:
    """That of the next precision which is known; of a model that knows none it is the precision itself."""
    known = Calibration(1.0, (0.0,), (0.5,), RISING)
    assert known.threshold_at(0.80) == RISING[30] and known.threshold_at(0.801) == RISING[31]
    assert known.threshold_at(0.0) == known.threshold_at(0.5) == 0.25
    assert known.threshold_at(0.995) == 0.995 and known.threshold_at(1.0) == 1.0
    assert Calibration.identity(1).threshold_at(0.8) == 0.8
    titles = known.adjusted(Adjustment(slope=0.5, precision_thresholds=PRECISIONS))
    assert titles.threshold_at(0.8) == 0.8


def test_an_adjustment_moves_probabilities_and_thresholds() -> None:
    """Log-odds are scaled and shifted, thresholds shifted, in all outputs alike; no adjustment changes nothing."""
    calibration = Calibration(2.0, (0.0, 1.0), (0.5, 0.5))
    adjusted = calibration.adjusted(Adjustment(slope=0.5, offset=-1.0, threshold_shift=1.0))
    logits = np.array([[1.0, -1.0]], np.float32)
    np.testing.assert_allclose(adjusted.probabilities(logits), 1 / (1 + np.exp([[0.0, 1.5]])), rtol=1e-6)
    np.testing.assert_allclose(adjusted.thresholds, 1 / (1 + np.exp(-1)))
    assert calibration.adjusted(NO_ADJUSTMENT) is calibration


def test_an_adjustment_survives_json_and_refuses_nonsense() -> None:
    """Numbers come back; what is missing or infinite is refused."""
    adjustment = Adjustment(0.8, -0.6, -0.4, RISING)
    assert Adjustment.from_json(adjustment.to_json()) == adjustment
    for record in ({}, {**adjustment.to_json(), "slope": float("inf")}):
        with pytest.raises(ValueError, match="finite"):
            Adjustment.from_json(record)

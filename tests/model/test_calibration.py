"""Applying a calibration, and its JSON."""

import numpy as np
import pytest

from model.calibration import NO_ADJUSTMENT, Adjustment, Calibration


def test_probabilities_are_the_scaled_sigmoid() -> None:
    """By hand: slope 2, offsets 0 and 1."""
    calibration = Calibration(2.0, (0.0, 1.0), (0.5, 0.5))
    found = calibration.probabilities(np.array([[0.0, -0.5], [500.0, -500.0]], dtype=np.float32))
    np.testing.assert_allclose(found, [[0.5, 0.5], [1.0, 0.0]], atol=1e-6)


def test_json_round_trip_and_checks() -> None:
    """What was written is read; lists of another length and numbers that are none are refused."""
    calibration = Calibration(1.5, (0.1, -0.2), (0.4, 0.6))
    record = calibration.to_json()
    record = {key: list(value) if isinstance(value, tuple) else value for key, value in record.items()}
    assert Calibration.from_json(record, 2) == calibration
    with pytest.raises(ValueError, match="3 entries"):
        Calibration.from_json(record, 3)
    with pytest.raises(ValueError, match="finite"):
        Calibration.from_json({**record, "slope": float("nan")}, 2)
    with pytest.raises(ValueError, match="lists"):
        Calibration.from_json({}, 2)


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
    adjustment = Adjustment(0.8, -0.6, -0.4)
    assert Adjustment.from_json(adjustment.to_json()) == adjustment
    for record in ({}, {**adjustment.to_json(), "slope": float("inf")}):
        with pytest.raises(ValueError, match="finite"):
            Adjustment.from_json(record)

"""Calibrations of the embedding alone, as they lie beside a model's own."""

from __future__ import annotations

import json

import pytest

from model.calibration import Calibration
from model.embedding_calibration import EmbeddingCalibration

BOTH = EmbeddingCalibration(
    Calibration(1.5, (0.1, -0.2, 0.0), (0.3, 0.4, 0.5)), Calibration(0.5, (0.0, 0.25), (0.5, 0.75))
)


def test_what_is_written_is_read() -> None:
    """Areas and fields are not mixed up."""
    record = json.loads(json.dumps(BOTH.to_json()))
    assert record.keys() == {"areas", "fields"}
    assert EmbeddingCalibration.from_json(record, 3, 2) == BOTH


@pytest.mark.parametrize(("areas", "fields"), [(2, 2), (3, 3)])
def test_those_of_another_taxonomy_are_refused(areas: int, fields: int) -> None:
    """Each must have a number for every output."""
    with pytest.raises(ValueError, match="entries"):
        EmbeddingCalibration.from_json(json.loads(json.dumps(BOTH.to_json())), areas, fields)

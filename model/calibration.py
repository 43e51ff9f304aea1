"""Calibrated probabilities and decision thresholds of a model, as numbers in a JSON file.

They are fitted in `training.calibration.fit_calibration`; this module only applies them.
"""

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FILE_NAME = "calibration.json"
Array = NDArray[np.float32]

PRECISIONS = tuple(round(0.50 + 0.01 * step, 2) for step in range(50))
"""Precisions (0.50 to 0.99) that thresholds are kept for, see `Calibration.threshold_at`."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Correction of a calibration for papers with a title only: the same for all outputs, in calibrated log-odds.

    Attributes:
        slope: below 1 where less text makes the model surer than it should be.
        offset: added to the scaled log-odds.
        threshold_shift: added to the log-odds of every threshold.
        precision_thresholds: those of the corrected calibration.
    """

    slope: float = 1.0
    offset: float = 0.0
    threshold_shift: float = 0.0
    precision_thresholds: tuple[float, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Plain numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict[str, object]) -> "Adjustment":
        """Inverse of `to_json`.

        Raises:
            ValueError: a value is missing or not a finite number.
        """
        values: list[Any] = [record.get(name) for name in ("slope", "offset", "threshold_shift")]
        if not _are_finite(values):
            raise ValueError("slope, offset and threshold_shift must be finite numbers")
        slope, offset, shift = map(float, values)
        return cls(slope, offset, shift, _precision_thresholds(record))


NO_ADJUSTMENT = Adjustment()


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling (Platt, 1999) with one slope, one offset per output, and one threshold per output.

    Attributes:
        slope: multiplies every logit.
        offsets: added to the scaled logit of each output; float64 [outputs].
        thresholds: an output is predicted at or above this probability; float64 [outputs].
        precision_thresholds: for each of `PRECISIONS` the probability from which on outputs are right that often,
            all of them together, rising; float64 [50]. Empty where that is not known, as in models of before.
    """

    slope: float
    offsets: tuple[float, ...]
    thresholds: tuple[float, ...]
    precision_thresholds: tuple[float, ...] = ()

    @classmethod
    def identity(cls, outputs: int, threshold: float = 0.5) -> "Calibration":
        """The calibration that leaves sigmoid probabilities as they are."""
        return cls(1.0, (0.0,) * outputs, (threshold,) * outputs)

    def probabilities(self, logits: Array) -> Array:
        """Probabilities in (0, 1), float32 [n, outputs], of logits [n, outputs]."""
        scaled = np.clip(self.slope * logits.astype(np.float64) + np.asarray(self.offsets), -60.0, 60.0)
        return np.asarray(1.0 / (1.0 + np.exp(-scaled)), dtype=np.float32)

    def threshold_at(self, precision: float) -> float:
        """Probability from which on outputs are right in at least this share of the cases, over a collection.

        Where it is not known the precision itself: of outputs with at least that probability at least that share is
        right if probabilities are, and more often than not a larger one.
        """
        if not self.precision_thresholds:
            return precision
        known = [t for wanted, t in zip(PRECISIONS, self.precision_thresholds, strict=True) if wanted >= precision]
        return known[0] if known else max(precision, self.precision_thresholds[-1])

    def adjusted(self, adjustment: Adjustment) -> "Calibration":
        """This calibration corrected for papers with a title only: every log-odds and threshold moves alike."""
        if adjustment == NO_ADJUSTMENT:
            return self
        thresholds = np.clip(np.asarray(self.thresholds), 1e-9, 1 - 1e-9)
        moved = 1.0 / (1.0 + np.exp(-np.log(thresholds / (1 - thresholds)) - adjustment.threshold_shift))
        offsets = adjustment.slope * np.asarray(self.offsets) + adjustment.offset
        return Calibration(
            adjustment.slope * self.slope,
            tuple(offsets.tolist()),
            tuple(moved.tolist()),
            adjustment.precision_thresholds,
        )

    def to_json(self) -> dict[str, object]:
        """Plain numbers and lists."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict[str, object], outputs: int) -> "Calibration":
        """Inverse of `to_json`.

        Raises:
            ValueError: a value is missing, not a finite number, or a list has not `outputs` entries.
        """
        slope: Any = record.get("slope")
        offsets, thresholds = record.get("offsets"), record.get("thresholds")
        if not isinstance(offsets, list) or not isinstance(thresholds, list):
            raise ValueError("offsets and thresholds must be lists of numbers")
        if len(offsets) != outputs or len(thresholds) != outputs:
            raise ValueError(f"offsets and thresholds must have {outputs} entries")
        if not _are_finite([slope]) or not _are_finite(offsets) or not _are_finite(thresholds):
            raise ValueError("slope, offsets and thresholds must be finite numbers")
        return cls(
            float(slope), tuple(map(float, offsets)), tuple(map(float, thresholds)), _precision_thresholds(record)
        )


def _precision_thresholds(record: dict[str, Any]) -> tuple[float, ...]:
    values = record.get("precision_thresholds", [])
    fits = isinstance(values, list | tuple) and len(values) in (0, len(PRECISIONS)) and _are_finite(values)
    if not fits or list(values) != sorted(values):
        raise ValueError(f"precision_thresholds must be {len(PRECISIONS)} rising numbers")
    return tuple(map(float, values))


def _are_finite(values: Iterable[Any]) -> bool:
    """Whether all are numbers (texts, booleans and the like are none) that a float can hold."""
    return all(type(value) in (int, float) and abs(value) <= sys.float_info.max for value in values)

"""Calibrations of a model without its lexical features (`model.embedding_only`), as a JSON file beside its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from model.calibration import Calibration

FILE_NAME = "embedding_calibration.json"


@dataclass(frozen=True, slots=True)
class EmbeddingCalibration:
    """Calibrations of areas and fields whose logits are of the embedding alone."""

    areas: Calibration
    fields: Calibration

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and lists."""
        return {"areas": self.areas.to_json(), "fields": self.fields.to_json()}

    @classmethod
    def from_json(cls, record: dict[str, Any], areas: int, fields: int) -> EmbeddingCalibration:
        """Inverse of `to_json`; raises ValueError as `Calibration.from_json` does."""
        return cls(Calibration.from_json(record["areas"], areas), Calibration.from_json(record["fields"], fields))

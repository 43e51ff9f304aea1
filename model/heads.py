"""Linear heads on a paper's features, applied in numpy: one row an area, one row a field.

Features are the encoder's embedding and, where the model has them, the lexical ones (`model.lexical`).

They live in their own small file, so an area can be added, removed or retrained without touching the encoder.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from model.calibration import Calibration
from model.tensors import Wanted, read_tensors

FILE_NAME = "heads.safetensors"
Array = NDArray[np.float32]
_FLOATS = ("float32", "float64", "float16")


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights of the two linear layers.

    Attributes:
        area_weight: float32 [areas, features].
        area_bias: float32 [areas].
        field_weight: float32 [fields, features].
        field_bias: float32 [fields].
    """

    area_weight: Array
    area_bias: Array
    field_weight: Array
    field_bias: Array

    def logits(self, features: Array) -> tuple[Array, Array]:
        """Uncalibrated log-odds of areas [n, areas] and fields [n, fields] from features [n, features]."""
        # One product a row and head: a matrix product rounds by its shape, and an area would change as others come.
        return (
            np.vecdot(features[:, None], self.area_weight) + self.area_bias,
            np.vecdot(features[:, None], self.field_weight) + self.field_bias,
        )

    def folded(self, areas: Calibration, fields: Calibration) -> "Heads":
        """Heads whose logits are the calibrated log-odds, so that the identity is their calibration."""
        return Heads(
            *_folded(self.area_weight, self.area_bias, areas), *_folded(self.field_weight, self.field_bias, fields)
        )

    def over_embedding(self, hidden_size: int) -> "Heads":
        """The part of the heads that reads the embedding, without that of the lexical features."""
        return Heads(
            self.area_weight[:, :hidden_size], self.area_bias, self.field_weight[:, :hidden_size], self.field_bias
        )

    def stacked(self) -> tuple[Array, Array]:
        """Weights [areas + fields, features] and biases [areas + fields], areas first."""
        weights, biases = (self.area_weight, self.field_weight), (self.area_bias, self.field_bias)
        return np.concatenate(weights), np.concatenate(biases)

    @classmethod
    def from_stacked(cls, weight: Array, bias: Array, areas: int) -> "Heads":
        """Inverse of `stacked`, for a number of areas."""
        return cls(weight[:areas], bias[:areas], weight[areas:], bias[areas:])

    def to_bytes(self) -> bytes:
        """The content of the file in a model directory: the four arrays as float32 safetensors."""
        return save({name: np.ascontiguousarray(getattr(self, name)) for name in self.__slots__})

    @classmethod
    def load(cls, folder: Path, areas: int, fields: int, features: int) -> "Heads":
        """Read and check the four arrays of a model directory.

        Raises:
            AreatagError: the file is damaged, or an array is missing, of the wrong shape, or not finite.
        """
        shapes = {
            "area_weight": (areas, features),
            "area_bias": (areas,),
            "field_weight": (fields, features),
            "field_bias": (fields,),
        }
        arrays, _ = read_tensors(folder / FILE_NAME, {name: Wanted(shape, _FLOATS) for name, shape in shapes.items()})
        return cls(**{name: array.astype(np.float32) for name, array in arrays.items()})


def _folded(weight: Array, bias: Array, calibration: Calibration) -> tuple[Array, Array]:
    slope = np.float32(calibration.slope)
    return weight * slope, bias * slope + np.asarray(calibration.offsets, dtype=np.float32)

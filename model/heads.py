"""Linear heads on a paper's features, applied in numpy: one row an area, one row a field.

Features are the encoder's embedding and, where the model has them, the lexical ones (`model.lexical`).

They live in their own small file, so an area can be added, removed or retrained without touching the encoder.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from data.errors import AreatagError

Array = NDArray[np.float32]


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

    def save(self, path: Path) -> None:
        """Write the four arrays as float32 safetensors."""
        save_file({name: np.ascontiguousarray(getattr(self, name)) for name in self.__slots__}, path)

    @classmethod
    def load(cls, path: Path, areas: int, fields: int, features: int) -> "Heads":
        """Read and check the four arrays.

        Raises:
            AreatagError: the file is damaged, or an array is missing or has the wrong shape.
        """
        try:
            arrays = load_file(path)
        except (SafetensorError, OSError) as error:
            raise AreatagError(f"{path}: the heads cannot be read ({error}); install the model again") from error
        shapes = {
            "area_weight": (areas, features),
            "area_bias": (areas,),
            "field_weight": (fields, features),
            "field_bias": (fields,),
        }
        for name, shape in shapes.items():
            if name not in arrays or arrays[name].shape != shape:
                raise AreatagError(f"{path}: {name} should have shape {shape}; install or export the model again")
        return cls(**{name: arrays[name].astype(np.float32) for name in shapes})

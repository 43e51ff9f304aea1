"""Tensors of a safetensors file of a model directory, which is not trusted: right names, types, shapes, and finite."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from data.errors import AreatagError


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a tensor must be.

    Attributes:
        shape: None for a dimension of any size.
        types: names of the numpy types that it may have.
        optional: whether it may be missing, as in models made before there was one.
    """

    shape: tuple[int | None, ...]
    types: tuple[str, ...] = ("float32",)
    optional: bool = False


def read_tensors(path: Path, wanted: Mapping[str, Wanted]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The wanted tensors of a file, and its metadata; others in it are left alone.

    Raises:
        AreatagError: the file is damaged, or a tensor is missing, of another type or shape, or not finite.
    """
    tensors = {}
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            given = set(file.keys())
            for name, expected in wanted.items():
                if name in given or not expected.optional:
                    tensors[name] = file.get_tensor(name)
    # beside its own error, the library lets through what numpy raises of types that it does not have
    except (SafetensorError, OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise AreatagError(f"{path}: cannot be read ({error}); install the model again") from error
    for name, tensor in tensors.items():
        _check(path, name, tensor, wanted[name])
    return tensors, metadata


def _check(path: Path, name: str, tensor: NDArray[Any], expected: Wanted) -> None:
    fits = tensor.ndim == len(expected.shape) and all(
        wanted in (None, size) for size, wanted in zip(tensor.shape, expected.shape, strict=True)
    )
    if not fits:
        shape = ", ".join("any" if size is None else str(size) for size in expected.shape)
        raise AreatagError(f"{path}: {name} should have shape ({shape}); install or export the model again")
    if tensor.dtype.name not in expected.types:
        raise AreatagError(f"{path}: {name} should be {expected.types[0]}; install or export the model again")
    if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
        raise AreatagError(f"{path}: {name} has numbers that are not finite; do not use the model")

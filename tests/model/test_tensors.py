"""Tensors of a file that is not trusted."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from data.errors import AreatagError
from model.tensors import Wanted, read_tensors

WANTED = {"weight": Wanted((2, None)), "ids": Wanted((None,), ("int64", "int32"))}


def _file(folder: Path, **tensors: NDArray[np.generic]) -> Path:
    path = folder / "t.safetensors"
    given = {"weight": np.ones((2, 3), np.float32), "ids": np.arange(4, dtype=np.int32), **tensors}
    save_file(given, path, metadata={"made": "here"})
    return path


def test_wanted_tensors_are_read_and_others_left(tmp_path: Path) -> None:
    """A dimension of None may have any size, also none."""
    tensors, metadata = read_tensors(_file(tmp_path, more=np.zeros(2)), WANTED)
    assert tensors.keys() == {"weight", "ids"} and metadata == {"made": "here"}
    np.testing.assert_array_equal(tensors["ids"], [0, 1, 2, 3])
    empty = _file(tmp_path, weight=np.ones((2, 0), np.float32))
    assert read_tensors(empty, WANTED)[0]["weight"].shape == (2, 0)


@pytest.mark.parametrize(
    ("tensors", "reason"),
    [
        ({"weight": np.ones((3, 3), np.float32)}, r"weight should have shape \(2, any\)"),
        ({"weight": np.ones(2, np.float32)}, r"weight should have shape \(2, any\)"),
        ({"weight": np.ones((2, 3))}, "weight should be float32"),
        ({"ids": np.ones(4, np.float32)}, "ids should be int64"),
        ({"weight": np.array([[1, np.nan], [0, 0]], np.float32)}, "not finite"),
        ({"weight": np.array([[1, np.inf], [0, 0]], np.float32)}, "not finite"),
    ],
)
def test_tensors_of_another_kind_are_refused(
    tmp_path: Path, tensors: dict[str, NDArray[np.generic]], reason: str
) -> None:
    """The message names the file and the tensor."""
    with pytest.raises(AreatagError, match=rf"t\.safetensors: .*{reason}"):
        read_tensors(_file(tmp_path, **tensors), WANTED)


def test_an_optional_tensor_may_be_missing_but_not_wrong(tmp_path: Path) -> None:
    """Models made before there was one lack it."""
    wanted = {"weight": Wanted((2, 3)), "more": Wanted((1,), optional=True)}
    weight = np.ones((2, 3), np.float32)
    assert set(read_tensors(_file(tmp_path, weight=weight), wanted)[0]) == {"weight"}
    assert set(read_tensors(_file(tmp_path, weight=weight, more=np.ones(1, np.float32)), wanted)[0]) == set(wanted)
    with pytest.raises(AreatagError, match="more should have shape"):
        read_tensors(_file(tmp_path, weight=weight, more=np.ones(2, np.float32)), wanted)


@pytest.mark.parametrize("content", [b"", b"no tensors", bytes(100), b"\xff" * 16])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    """A missing one too, and one in which a tensor is missing."""
    path = tmp_path / "t.safetensors"
    with pytest.raises(AreatagError, match="install the model again"):
        read_tensors(path, WANTED)
    path.write_bytes(content)
    with pytest.raises(AreatagError, match=r"cannot be read .* install the model again"):
        read_tensors(path, WANTED)
    save_file({"weight": np.ones((2, 3), np.float32)}, path)
    with pytest.raises(AreatagError, match="ids"):
        read_tensors(path, WANTED)


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3", "F8_E5M2", "F4", "U8", "NONE"])
def test_types_that_numpy_does_not_have_are_refused(tmp_path: Path, dtype: str) -> None:
    """The library itself fails on some of them in its own ways."""
    path = tmp_path / "t.safetensors"
    header = json.dumps({"weight": {"dtype": dtype, "shape": [2, 4], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    with pytest.raises(AreatagError):
        read_tensors(path, {"weight": Wanted((2, None))})

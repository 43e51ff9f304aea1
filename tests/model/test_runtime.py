"""The two runtimes answer alike, and devices are asked for by name."""

from pathlib import Path

import numpy as np
import pytest

from data.errors import UsageError
from model.artefact import Artefact
from model.openvino_runtime import OpenVinoRuntime
from model.runtime import batches_by_length, load_runtime
from model.torch_runtime import TorchRuntime


def test_cpu_and_torch_runtimes_agree(tiny_model: Path) -> None:
    """Both read the same half-precision weights: float32 embeddings differ by rounding alone."""
    artefact = Artefact.open(tiny_model)
    generator = np.random.default_rng(0)
    texts = [generator.integers(5, 20, size=length).tolist() for length in (1, 2, 31, 7, 7, 16, 3, 32, 5, 9)]
    openvino = OpenVinoRuntime(artefact, threads=1, precision="f32").embed(texts)
    torch = TorchRuntime(artefact, "cpu").embed(texts)
    np.testing.assert_allclose(openvino, torch, atol=2e-4)
    np.testing.assert_allclose(np.linalg.norm(openvino, axis=1), artefact.hidden_size**0.5, rtol=1e-4)


def test_batches_cover_every_text_once_longest_first() -> None:
    """Nothing is lost or repeated, and the padding is masked."""
    texts = [[1] * length for length in (3, 9, 1, 5, 9)]
    seen: list[int] = []
    widths = []
    for positions, ids, mask in batches_by_length(texts, 2):
        seen += positions.tolist()
        widths.append(ids.shape[1])
        assert mask.sum(1).tolist() == [len(texts[position]) for position in positions]
        assert (ids[mask == 0] == 0).all()
    assert sorted(seen) == [0, 1, 2, 3, 4]
    assert widths == [16, 8, 8]  # whole steps: the CPU runtime keeps memory for every shape


def test_a_much_shorter_text_is_not_padded() -> None:
    """It begins a batch of its own; one text alone, and texts of one length, are padded to a whole step at most."""
    texts = [[1] * length for length in (100, 95, 60, 58, 100, 10)]
    batches = [
        ([len(texts[position]) for position in positions], ids.shape)
        for positions, ids, _ in batches_by_length(texts, 8, most_padding=0.1)
    ]
    assert batches == [([100, 100, 95], (3, 104)), ([60, 58], (2, 64)), ([10], (1, 16))]
    assert [ids.shape for _, ids, _ in batches_by_length([[1] * 7], 8)] == [(1, 8)]


def test_unknown_device_is_refused(tiny_model: Path) -> None:
    """The message lists the devices."""
    with pytest.raises(UsageError, match="auto, cpu, cuda"):
        load_runtime(Artefact.open(tiny_model), "tpu")

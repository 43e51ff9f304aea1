"""The two runtimes answer alike, and devices are asked for by name."""

from pathlib import Path

import numpy as np
import pytest

from data.errors import UsageError
from model.artefact import Artefact
from model.runtimes.load import load_runtime
from model.runtimes.openvino import OpenVinoRuntime
from model.runtimes.torch import TorchRuntime


def test_cpu_and_torch_runtimes_agree(tiny_model: Path) -> None:
    """Both read the same half-precision weights: float32 embeddings differ by rounding alone."""
    artefact = Artefact.open(tiny_model)
    generator = np.random.default_rng(0)
    texts = [generator.integers(5, 20, size=length).tolist() for length in (1, 2, 31, 7, 7, 16, 3, 32, 5, 9)]
    openvino = OpenVinoRuntime(artefact.encoder_path, threads=1, precision="f32").embed(texts)
    torch = TorchRuntime(artefact.encoder_path, "cpu").embed(texts)
    np.testing.assert_allclose(openvino, torch, atol=2e-4)
    np.testing.assert_allclose(np.linalg.norm(openvino, axis=1), artefact.hidden_size**0.5, rtol=1e-4)


def test_unknown_device_is_refused(tiny_model: Path) -> None:
    """The message lists the devices."""
    with pytest.raises(UsageError, match="auto, cuda, cpu"):
        load_runtime(tiny_model / "encoder", "tpu")


def test_a_precision_can_be_asked_for(tiny_model: Path) -> None:
    """Of every runtime; another one gives other embeddings of the same text."""
    encoder, text = tiny_model / "encoder", [[5, 6, 7, 8]]
    exact, rounded = (load_runtime(encoder, "cpu", 1, precision).embed(text) for precision in ("f32", "bf16"))
    assert 0 < np.abs(exact - rounded).max() < 0.2
    exact, rounded = (TorchRuntime(encoder, "cpu", precision).embed(text) for precision in ("f32", "bf16"))
    assert 0 < np.abs(exact - rounded).max() < 0.2

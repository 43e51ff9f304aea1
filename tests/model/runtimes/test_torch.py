"""The GPU runtime, run on the CPU."""

from pathlib import Path

import numpy as np

from model.runtimes.torch import CPU_BATCH_SIZE, TorchRuntime


def test_rows_are_in_the_order_of_the_texts(tiny_model: Path) -> None:
    """Also over more than one batch."""
    runtime = TorchRuntime(tiny_model / "encoder", "cpu")
    generator = np.random.default_rng(2)
    texts = [generator.integers(5, 20, size=2 + number % 7).tolist() for number in range(2 * CPU_BATCH_SIZE + 1)]
    together = runtime.embed(texts)
    assert together.dtype == np.float32 and together.shape == (len(texts), 16)
    np.testing.assert_allclose(together, np.concatenate([runtime.embed([text]) for text in texts]), atol=1e-5)
    assert runtime.embed([]).shape == (0, 16)

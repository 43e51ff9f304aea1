"""The GPU runtime: the model's encoder in torch, in bfloat16. It also runs on the CPU, for comparison."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from model.runtimes.cancellation import Cancellation
from model.runtimes.tokenization import batches_by_length
from model.runtimes.torch_encoder import PooledEncoder

GPU_BATCH_SIZE = 256
CPU_BATCH_SIZE = 8
_DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}


def start(encoder: Path, threads: int | None, precision: str | None, streams: int) -> "TorchRuntime | None":
    """Load the encoder onto the GPU; None where torch cannot use one. It needs no CPU threads, nor streams of them."""
    return TorchRuntime(encoder, "cuda", precision) if torch.cuda.is_available() else None


class TorchRuntime:
    """Encoder in torch: bfloat16 on a GPU, float32 on the CPU, or in a `precision` of "bf16" or "f32"."""

    def __init__(self, encoder: Path, device: str, precision: str | None = None) -> None:
        self.device = device
        dtype = _DTYPES[precision or ("bf16" if device == "cuda" else "f32")]
        self._encoder = PooledEncoder.from_directory(encoder).eval().to(device, dtype)
        self._hidden = self._encoder.hidden_size
        self._cancellation = Cancellation()

    def embed(self, token_ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Embeddings float32 [n, hidden], in the order of `token_ids`."""
        embeddings = np.empty((len(token_ids), self._hidden), dtype=np.float32)
        check = self._cancellation.check()
        size = GPU_BATCH_SIZE if self.device == "cuda" else CPU_BATCH_SIZE
        with torch.inference_mode():
            for positions, ids, mask in batches_by_length(token_ids, size):
                check()
                batch = (torch.from_numpy(ids).to(self.device), torch.from_numpy(mask).to(self.device))
                embeddings[positions] = self._encoder(*batch).float().cpu().numpy()
        return embeddings

    def cancel(self) -> None:
        """End what is being embedded now, after its batch."""
        self._cancellation.cancel()

"""Unit-length embeddings of texts by an encoder before any fine-tuning: what zero-shot similarity compares."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from model.runtimes.tokenization import batches_by_length
from model.runtimes.torch_encoder import PooledEncoder
from training.encoder.base_encoder import load_tokenizer, resolve_encoder
from training.encoder.device import cpu_has_bf16, uses_gpu

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

MAX_TOKENS = 128
"""Title and first half of an abstract: more costs twice the time, and similarity to a description gains little."""


def text_embedder(encoder: str | None = None, device: str = "auto", max_tokens: int = MAX_TOKENS) -> Embed:
    """A function from n texts to float32 [n, hidden], every row of length 1.

    Args:
        encoder: as for `training.encoder.base_encoder.resolve_encoder`.
        device: "auto", "cpu" or "cuda".
        max_tokens: tokens that a text is cut to.

    Raises:
        UsageError: there is no such encoder.
    """
    path = resolve_encoder(encoder)
    tokenizer = load_tokenizer(path)
    network = PooledEncoder.from_directory(path).eval()
    on_gpu = uses_gpu(device)
    place = "cuda" if on_gpu else "cpu"
    network.to(place)
    size = 256 if on_gpu else 16

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        embeddings = np.empty((len(texts), network.hidden_size), dtype=np.float32)
        tokens = tokenizer.encode(texts, max_tokens)
        with torch.inference_mode(), torch.autocast(place, torch.bfloat16, enabled=on_gpu or cpu_has_bf16()):
            for positions, ids, mask in batches_by_length(tokens, size):
                batch = network(torch.from_numpy(ids).to(place), torch.from_numpy(mask).to(place))
                embeddings[positions] = batch.float().cpu().numpy()
        embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
        return embeddings

    return embed

"""Texts to token ids, and these to batches: the same path for training and for every runtime of the encoder."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import tokenizers
from numpy.typing import NDArray

from data.errors import AreatagError

IntArray = NDArray[np.int64]

LENGTH_STEP = 8
"""Tokens by which batches grow: the CPU runtime keeps memory for every shape that it has met."""


class Tokenizer:
    """A fast tokenizer (of the library `tokenizers`) loaded from a `tokenizer.json`."""

    def __init__(self, path: Path) -> None:
        """Load the file.

        Raises:
            AreatagError: the file is missing or damaged.
        """
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises bare Exception for every problem
            raise AreatagError(f"{path}: the tokenizer cannot be read ({error}); install the model again") from error
        self._tokenizer.no_padding()
        self._limit, self._limiting = 0, Lock()
        ids = (self._tokenizer.token_to_id(token) for token in ("[PAD]", "<pad>"))
        self.padding_id: int = next((number for number in ids if number is not None), 0)

    def encode(self, texts: Sequence[str], max_tokens: int) -> list[list[int]]:
        """Token ids of each text, special tokens included, cut at `max_tokens`."""
        with self._limiting:  # it cannot be changed while another thread encodes
            if max_tokens != self._limit:
                self._tokenizer.enable_truncation(max_tokens)
                self._limit = max_tokens
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]


def batches_by_length(
    token_ids: Sequence[Sequence[int]], size: int, most_padding: float = 1.0
) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Group texts of similar length, so that little is padded; longest first, so that memory is asked for once.

    Args:
        token_ids: of n texts, a list of ids each.
        size: most texts of a batch.
        most_padding: share in [0, 1] of the longest text of a batch up to which a shorter one is padded; a text that
            is shorter still begins a batch of its own.

    Yields:
        positions int64 [batch], input_ids and attention_mask int64 [batch, tokens], in steps of 8 tokens; padding is
        id 0, whatever the tokenizer's own: the mask hides it.
    """
    lengths = np.array([len(ids) for ids in token_ids], dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]])
        width = -(-longest // LENGTH_STEP) * LENGTH_STEP
        positions = order[start : start + size]
        positions = positions[lengths[positions] >= (1 - most_padding) * longest]
        start += len(positions)
        ids = np.zeros((len(positions), width), dtype=np.int64)
        mask = np.zeros((len(positions), width), dtype=np.int64)
        for row, position in enumerate(positions):
            ids[row, : lengths[position]] = token_ids[position]
            mask[row, : lengths[position]] = 1
        yield positions, ids, mask

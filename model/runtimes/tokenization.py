"""Texts to token ids with the `tokenizers` library: the same path for training, the CPU runtime and the GPU runtime."""

from collections.abc import Sequence
from pathlib import Path

import tokenizers

from data.errors import AreatagError


class Tokenizer:
    """A fast tokenizer loaded from a `tokenizer.json`."""

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
        self._limit = 0
        ids = (self._tokenizer.token_to_id(token) for token in ("[PAD]", "<pad>"))
        self.padding_id: int = next((number for number in ids if number is not None), 0)

    def encode(self, texts: Sequence[str], max_tokens: int) -> list[list[int]]:
        """Token ids of each text, special tokens included, cut at `max_tokens`."""
        if max_tokens != self._limit:
            self._tokenizer.enable_truncation(max_tokens)
            self._limit = max_tokens
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]

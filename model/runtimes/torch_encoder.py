"""The encoder in torch: a transformer with mean pooling, used for training, export and the GPU runtime.

This is the only module of `model` that imports torch; nothing imports it unless a GPU or training is asked for.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel
from transformers.utils import logging as transformers_logging

# its report on the unused pooling layer of BERT and its progress bars would stand between our messages
transformers_logging.set_verbosity_error()
transformers_logging.disable_progress_bar()


class PooledEncoder(nn.Module):
    """Tokens to one embedding a text: masked mean of the last hidden states, scaled to length sqrt(hidden).

    The mean pooling is that of sentence-transformers (Reimers and Gurevych, 2019). The fixed length gives every
    dimension unit variance on average, so heads learn at one rate whatever the encoder; two embeddings' dot product
    divided by the hidden size is their cosine similarity.
    """

    transformer: Any  # a Hugging Face model: a module with a configuration

    def __init__(self, transformer: nn.Module, hidden_size: int) -> None:
        super().__init__()
        self.transformer = transformer
        self.hidden_size = hidden_size

    @classmethod
    def from_directory(cls, name_or_path: str | Path, dropout: float | None = None) -> "PooledEncoder":
        """Load a Hugging Face encoder by name or directory, in float32.

        Args:
            name_or_path: name at the Hugging Face Hub, or directory.
            dropout: replaces the configuration's hidden and attention dropout when given.
        """
        # code that an encoder brings along is never run, nor is anybody asked whether it should be
        config = AutoConfig.from_pretrained(name_or_path, trust_remote_code=False)
        if dropout is not None:
            config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
        transformer = AutoModel.from_pretrained(
            name_or_path, config=config, dtype=torch.float32, trust_remote_code=False, **_pooler(config)
        )
        return cls(transformer, int(config.hidden_size))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Embed a padded batch.

        Args:
            input_ids: int64 [batch, tokens].
            attention_mask: int64 [batch, tokens], 1 for a token and 0 for padding.

        Returns:
            float [batch, hidden], every row of Euclidean length sqrt(hidden).
        """
        hidden = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state  # (B, T, H)
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
        pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)  # (B, H)
        embedding: Tensor = nn.functional.normalize(pooled, dim=-1) * self.hidden_size**0.5
        return embedding


def _pooler(config: Any) -> dict[str, bool]:
    """BERT-like models carry an unused pooling layer: leave it out where the architecture allows that."""
    return {"add_pooling_layer": False} if config.model_type in {"bert", "roberta", "xlm-roberta", "mpnet"} else {}

"""Starting values of the heads: what an area's name and description say, and how often the area occurs.

An area's row starts at the embedding of its text, relative to the mean over areas, so a rare or new area is not learnt
from nothing (language-guided heads); the bias starts at the log-odds of the labels (Lin et al., Focal Loss, 2017).
"""

import numpy as np
import torch
from numpy.typing import NDArray

from data.taxonomy import Taxonomy
from model.heads import Heads
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch_encoder import PooledEncoder
from training.fine_tuning.examples import collate

FloatArray = NDArray[np.float32]

TEXT_SCALE = 10.0
"""Logit per unit of centred cosine similarity at the start; 10 spans about four logits over real areas."""


def embed_texts(encoder: PooledEncoder, tokenizer: Tokenizer, texts: list[str], max_tokens: int = 128) -> FloatArray:
    """Embeddings float32 [n, hidden] of a few texts."""
    was_training = encoder.training
    encoder.eval()
    chunks = []
    with torch.no_grad():
        for start in range(0, len(texts), 32):
            ids = tokenizer.encode(texts[start : start + 32], max_tokens)
            batch = collate([{"input_ids": row, "labels": [0.0], "weight": 1.0} for row in ids], tokenizer.padding_id)
            device = next(encoder.parameters()).device
            chunks.append(encoder(batch["input_ids"].to(device), batch["attention_mask"].to(device)).float().cpu())
    encoder.train(was_training)
    return np.asarray(torch.cat(chunks).numpy(), dtype=np.float32)


def text_heads(texts: FloatArray, taxonomy: Taxonomy, area_prior: FloatArray, field_prior: FloatArray) -> Heads:
    """Heads from what is said of the areas.

    Args:
        texts: float32 [areas, hidden], embeddings of `data.taxonomy.area_texts`, of length sqrt(hidden).
        taxonomy: of the areas, with their fields.
        area_prior: float32 [areas], mean label of each area.
        field_prior: float32 [fields], likewise for fields.
    """
    # embeddings have length sqrt(hidden): their product is cosine * hidden
    areas = (texts - texts.mean(axis=0)) * np.float32(TEXT_SCALE / texts.shape[1])
    fields = np.stack(
        [areas[np.array(taxonomy.field_index) == position].mean(axis=0) for position in range(len(taxonomy.fields))]
    )
    return Heads(areas, _log_odds(area_prior), fields, _log_odds(field_prior))


def _log_odds(prior: FloatArray) -> FloatArray:
    odds = np.clip(prior, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(odds / (1 - odds)), dtype=np.float32)

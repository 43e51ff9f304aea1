"""Starting values of the heads: what an area's name and description say, and how often the area occurs.

An area's row starts at the embedding of its text, relative to the mean over areas, so a rare or new area is not learnt
from nothing (language-guided heads); the bias starts at the log-odds of the labels (Lin et al., Focal Loss, 2017).
"""

import numpy as np
import torch
from numpy.typing import NDArray

from data.taxonomy import Taxonomy, area_texts
from model.artefact import Artefact
from model.heads import Heads
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch_encoder import PooledEncoder
from training.fine_tuning.examples import collate
from training.fine_tuning.network import AreaClassifier

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


def initialise_heads(
    network: AreaClassifier,
    tokenizer: Tokenizer,
    taxonomy: Taxonomy,
    area_prior: FloatArray,
    field_prior: FloatArray,
) -> None:
    """Set both heads in place.

    Args:
        network: whose heads are set.
        tokenizer: of its encoder.
        taxonomy: whose texts start the heads.
        area_prior: float32 [areas], mean label of each area.
        field_prior: float32 [fields], likewise for fields.
    """
    set_heads(
        network,
        text_heads(embed_texts(network.encoder, tokenizer, area_texts(taxonomy)), taxonomy, area_prior, field_prior),
    )


def text_heads(texts: FloatArray, taxonomy: Taxonomy, area_prior: FloatArray, field_prior: FloatArray) -> Heads:
    """Heads from what is said of the areas.

    Args:
        texts: float32 [areas, hidden], embeddings of `data.taxonomy.area_texts`, of length sqrt(hidden).
        taxonomy: of the areas, with their fields.
        area_prior: as for `initialise_heads`.
        field_prior: as for `initialise_heads`.
    """
    # embeddings have length sqrt(hidden): their product is cosine * hidden
    areas = (texts - texts.mean(axis=0)) * np.float32(TEXT_SCALE / texts.shape[1])
    fields = np.stack(
        [areas[np.array(taxonomy.field_index) == position].mean(axis=0) for position in range(len(taxonomy.fields))]
    )
    return Heads(areas, _log_odds(area_prior), fields, _log_odds(field_prior))


def set_heads(network: AreaClassifier, heads: Heads) -> None:
    """Put weights into a network."""
    with torch.no_grad():
        for layer, weight, bias in (
            (network.area_head, heads.area_weight, heads.area_bias),
            (network.field_head, heads.field_weight, heads.field_bias),
        ):
            layer.weight.copy_(torch.from_numpy(weight))
            layer.bias.copy_(torch.from_numpy(bias))


def continue_heads(network: AreaClassifier, taxonomy: Taxonomy, earlier: Artefact) -> int:
    """Take over the rows of an earlier model, whose encoder the network has, for areas of the same id and their fields.

    Weights of lexical features are left out: those are learned anew after the encoder
    (`training.fine_tuning.lexical`).

    Returns:
        How many areas were known; the others keep the start that their text gave them.
    """
    heads, before = earlier.heads, earlier.taxonomy
    areas = [area for area in taxonomy.area_ids if area in before.area_ids]
    fields = {taxonomy.area(area).field_id for area in areas} & set(before.field_ids)
    with torch.no_grad():
        for area in areas:
            row, source = taxonomy.index(area), before.index(area)
            network.area_head.weight[row] = torch.from_numpy(heads.area_weight[source, : earlier.hidden_size])
            network.area_head.bias[row] = float(heads.area_bias[source])
        for name in fields:
            row, source = taxonomy.field_ids.index(name), before.field_ids.index(name)
            network.field_head.weight[row] = torch.from_numpy(heads.field_weight[source, : earlier.hidden_size])
            network.field_head.bias[row] = float(heads.field_bias[source])
    return len(areas)


def _log_odds(prior: FloatArray) -> FloatArray:
    odds = np.clip(prior, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(odds / (1 - odds)), dtype=np.float32)

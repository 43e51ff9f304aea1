"""The network that a fine-tuning starts from: a new one on an encoder, or one that answers as a model does."""

from __future__ import annotations

import datasets

from data.taxonomy import Taxonomy, area_texts
from model.artefact import ModelParts
from model.heads import Heads
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch_encoder import PooledEncoder
from training.encoder.device import uses_gpu
from training.fine_tuning.examples import label_means
from training.fine_tuning.linear_probe import TEXT_SCALES, Probe, fit_probe
from training.fine_tuning.network import AreaClassifier
from training.fine_tuning.schedule import probes
from training.fine_tuning.text_heads import embed_texts, text_heads
from training.fine_tuning.train_options import TrainOptions


def new_network(
    encoder: PooledEncoder,
    taxonomy: Taxonomy,
    dataset: datasets.Dataset,
    tokenizer: Tokenizer,
    options: TrainOptions,
    earlier: ModelParts | None = None,
) -> tuple[AreaClassifier, Probe | None]:
    """A network on an encoder, whose heads start at the area texts and, of few papers, are fitted to these.

    Args:
        encoder: pretrained.
        taxonomy: the areas and fields to predict.
        dataset: the training papers, from `training.fine_tuning.examples.build_dataset`.
        tokenizer: of the encoder.
        options: device and seed.
        earlier: the model whose encoder it is; of areas that it knows, its rows are the start.

    Returns:
        The network, and the fit that its heads come from; None with too many papers for one.
    """
    prior, count = label_means(dataset), len(taxonomy.areas)
    network = AreaClassifier(encoder, count, len(taxonomy.fields))
    texts = embed_texts(encoder, tokenizer, area_texts(taxonomy))
    heads = text_heads(texts, taxonomy, prior[:count], prior[count:])
    network.set_heads(heads if earlier is None else continued(heads, taxonomy, earlier))
    if options.imitate or not probes(len(dataset)):
        return network, None
    network.to("cuda" if uses_gpu(options.device) else "cpu")
    scales = TEXT_SCALES if earlier is None else (1.0,)
    probe = fit_probe(encoder, network.heads(), dataset, tokenizer.padding_id, scales, options.seed)
    network.set_heads(probe.heads)
    return network, probe


def network_of(model: ModelParts) -> AreaClassifier:
    """A network that answers as a model does: its logits are the calibrated log-odds."""
    encoder = PooledEncoder.from_directory(model.encoder_path, dropout=0.0)
    lexical = model.feature_size - model.hidden_size
    network = AreaClassifier(encoder, len(model.taxonomy.areas), len(model.taxonomy.fields), lexical)
    network.set_heads(model.folded_heads)
    return network


def continued(heads: Heads, taxonomy: Taxonomy, earlier: ModelParts) -> Heads:
    """Heads with the rows of an earlier model for areas that it knows by their id, and for their fields.

    Weights of lexical features are left out: those are learned anew after the encoder
    (`training.fine_tuning.lexical`).

    Args:
        heads: for the areas of the taxonomy, over the embedding of the earlier model's encoder.
        taxonomy: whose areas the heads predict.
        earlier: the earlier model.
    """
    before, hidden = earlier.taxonomy, earlier.hidden_size
    areas = [area for area in taxonomy.area_ids if area in before]
    fields = sorted({taxonomy.area(area).field_id for area in areas} & set(before.field_ids))
    rows, sources = [taxonomy.index(area) for area in areas], [before.index(area) for area in areas]
    field_rows, field_sources = ([tree.field_ids.index(name) for name in fields] for tree in (taxonomy, before))
    found = Heads(*(getattr(heads, name).copy() for name in Heads.__slots__))
    found.area_weight[rows] = earlier.heads.area_weight[sources, :hidden]
    found.area_bias[rows] = earlier.heads.area_bias[sources]
    found.field_weight[field_rows] = earlier.heads.field_weight[field_sources, :hidden]
    found.field_bias[field_rows] = earlier.heads.field_bias[field_sources]
    return found

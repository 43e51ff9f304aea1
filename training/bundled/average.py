"""The average of two models of one line: their encoders' weights, and their heads.

A training on a part of the papers gains there and forgets some of what all papers taught. Weights between those before
and after it are often better than either, and cost nothing when the model reads (Wortsman et al., Robust Fine-tuning of
Zero-shot Models, 2022).
"""

from __future__ import annotations

from pathlib import Path

import torch

from model.artefact import ModelParts
from model.heads import Heads
from model.runtimes.torch_encoder import PooledEncoder
from training.export.encoder import write_encoder
from training.fine_tuning.network import AreaClassifier


def write_average(before: ModelParts, after: ModelParts, share: float, folder: Path) -> Heads:
    """Write the encoder with averaged weights, and return the averaged heads over its embedding.

    Args:
        before: the model that the training of the other began with; the same taxonomy and architecture.
        after: the model that it made.
        share: of `before` in the average, in [0, 1].
        folder: for the encoder; must not exist.
    """
    encoder = PooledEncoder.from_directory(after.encoder_path, dropout=0.0)
    earlier = PooledEncoder.from_directory(before.encoder_path).state_dict()
    encoder.load_state_dict(
        {
            name: torch.lerp(tensor, earlier[name], share) if tensor.is_floating_point() else tensor
            for name, tensor in encoder.state_dict().items()
        }
    )
    old, new = (model.heads.over_embedding(model.hidden_size) for model in (before, after))
    heads = Heads(*(share * getattr(old, name) + (1 - share) * getattr(new, name) for name in Heads.__slots__))
    network = AreaClassifier(encoder, len(after.taxonomy.areas), len(after.taxonomy.fields))
    network.set_heads(heads)
    write_encoder(network, str(after.encoder_path), folder)
    return network.heads()

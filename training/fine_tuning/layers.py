"""The layers of an encoder: which of them a network has, and which of these learn."""

from torch import nn

from data.errors import UsageError
from model.runtimes.torch_encoder import PooledEncoder


def keep_layers(encoder: PooledEncoder, count: int) -> None:
    """Leave out layers of an encoder, spread evenly; the first stays: half the layers read a paper in half the time.

    What the others did is learned again in training, from the answers of the whole encoder for example (Sanh et al.,
    DistilBERT, 2019).

    Args:
        encoder: changed in place.
        count: of the layers that are kept, at least 1.

    Raises:
        UsageError: the encoder has fewer layers.
    """
    parent, name, layers = _layers(encoder)
    if count > len(layers):
        raise UsageError(f"{count} layers cannot be kept: the encoder has {len(layers)}. Ask for fewer.")
    kept = [layers[index * len(layers) // count] for index in range(count)]
    setattr(parent, name, nn.ModuleList(kept))
    encoder.transformer.config.num_hidden_layers = count


def freeze_lower_layers(encoder: PooledEncoder, share: float) -> None:
    """Keep the word embeddings and the lower layers as they are, which saves their part of the backward pass.

    The upper layers learn most of a task (Lee, Tang and Lin, What Would Elsa Do? Freezing Layers During Transformer
    Fine-Tuning, 2019).

    Args:
        encoder: changed in place.
        share: of the layers, from 0 to 1, rounded down.
    """
    layers = layers_of(encoder)
    learning = {id(parameter) for layer in layers[int(share * len(layers)) :] for parameter in layer.parameters()}
    for parameter in encoder.parameters():
        parameter.requires_grad_(id(parameter) in learning)


def layers_of(encoder: PooledEncoder) -> nn.ModuleList:
    """The layers of an encoder, in their order.

    Raises:
        UsageError: it has no list of them.
    """
    return _layers(encoder)[2]


def _layers(encoder: PooledEncoder) -> tuple[nn.Module, str, nn.ModuleList]:
    """The module that has the layers, the name of its attribute, and the layers."""
    for module in encoder.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.ModuleList):
                return module, name, child
    raise UsageError(f"The encoder ({encoder.transformer.config.model_type}) has no list of layers; choose another.")

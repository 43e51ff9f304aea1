"""The inner width of an encoder's feed-forward layers, two thirds of what a small encoder computes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import datasets
import torch
from torch import Tensor, nn

from data.errors import UsageError
from model.runtimes.torch_encoder import PooledEncoder
from training.fine_tuning.examples import collate
from training.fine_tuning.layers import layers_of

_SAMPLE, _BATCH = 1000, 16
"""Papers that tell how the neurons act, and of these in one batch."""
_ROUNDS = 24
"""One in so many of the neurons goes before the rest is looked at again: two that say the same must not go at once."""
_RIDGE = 1e-4
"""Added to the mean squares of the neurons, as a share of their mean, so that silent neurons have an inverse too."""


def narrow_feed_forward(encoder: PooledEncoder, width: int, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
    """Leave the neurons out of each feed-forward layer that the others can best replace, and let these replace them.

    What a layer answers without a neuron, once the others' weights are fitted anew by least squares, is known from the
    products of the neurons' activations alone (Hassibi and Stork, Optimal Brain Surgeon, 1993; for transformers:
    Kurtic et al., ZipLM, 2023). Training mends what is lost.

    Args:
        encoder: changed in place.
        width: neurons that each layer keeps, at least 1.
        batches: texts that tell how the neurons act: input_ids and attention_mask, int64 [batch, tokens].

    Raises:
        UsageError: the encoder has no layers of that kind, or narrower ones.
    """
    config = encoder.transformer.config
    whole = int(getattr(config, "intermediate_size", 0))
    pairs = [_feed_forward(layer, whole) for layer in layers_of(encoder)]
    if width > whole:
        raise UsageError(
            f"{width} neurons of each feed-forward layer cannot be kept: the encoder has {whole}. Ask for fewer."
        )
    for (inner, outer), products in zip(pairs, _products(encoder, [outer for _, outer in pairs], batches), strict=True):
        kept, weight, bias = _fitted(products, outer, width)
        inner.weight, inner.bias = nn.Parameter(inner.weight.data[kept]), nn.Parameter(inner.bias.data[kept])
        outer.weight, outer.bias = nn.Parameter(weight), nn.Parameter(bias)
        inner.out_features = outer.in_features = width
    config.intermediate_size = width


def sample_batches(dataset: datasets.Dataset, padding_id: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Texts for `narrow_feed_forward`: some of the training papers, by chance.

    Args:
        dataset: from `training.fine_tuning.examples.build_dataset`.
        padding_id: of the tokenizer.
        seed: of the choice.
    """
    chosen = dataset.shuffle(seed=seed).select(range(min(_SAMPLE, len(dataset))))
    for start in range(0, len(chosen), _BATCH):
        batch = collate([chosen[row] for row in range(start, min(start + _BATCH, len(chosen)))], padding_id)
        yield batch["input_ids"], batch["attention_mask"]


def _feed_forward(layer: nn.Module, width: int) -> tuple[nn.Linear, nn.Linear]:
    """The linear layer whose outputs are the neurons, and the one that reads them."""
    linear = [module for module in layer.modules() if isinstance(module, nn.Linear)]
    inner = [module for module in linear if module.out_features == width]
    outer = [module for module in linear if module.in_features == width]
    if len(inner) != 1 or len(outer) != 1 or inner[0].bias is None or outer[0].bias is None:
        raise UsageError(
            "The encoder's feed-forward layers are of a kind that cannot be made narrower; choose another."
        )
    return inner[0], outer[0]


def _products(
    encoder: PooledEncoder, readers: list[nn.Linear], batches: Iterable[tuple[Tensor, Tensor]]
) -> list[Tensor]:
    """Of each layer, sums of products of its neurons and a last, constant one: float64 [neurons + 1, neurons + 1]."""
    sums = [torch.zeros(reader.in_features + 1, reader.in_features + 1, dtype=torch.float64) for reader in readers]
    was_training = encoder.training
    encoder.eval()
    with torch.no_grad():
        for ids, mask in batches:
            with _activations(readers) as found:
                encoder(ids, mask)
            for total, activations in zip(sums, found, strict=True):
                tokens = activations[mask.bool()]
                tokens = torch.cat([tokens, tokens.new_ones(len(tokens), 1)], dim=1)
                total += (tokens.T @ tokens).double()
    encoder.train(was_training)
    return sums


@contextmanager
def _activations(readers: list[nn.Linear]) -> Iterator[list[Tensor]]:
    """What is given to linear layers, in their order, while this lasts."""
    found: list[Tensor] = []

    def note(_module: nn.Module, given: tuple[Any, ...], _answer: Tensor) -> None:
        found.append(given[0])

    hooks = [reader.register_forward_hook(note) for reader in readers]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


def _fitted(products: Tensor, outer: nn.Linear, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Which neurons are kept, int64 [width], and weight [outputs, width] and bias [outputs] that read them."""
    neurons = outer.in_features
    ridge = torch.full((neurons + 1,), _RIDGE * float(products.diagonal()[:neurons].mean()), dtype=torch.float64)
    ridge[-1] = 0.0  # the constant always acts
    products = products + torch.diag(ridge)
    whole = torch.cat([outer.weight.data, outer.bias.data[:, None]], dim=1).double().T
    wanted = products @ whole
    kept = torch.arange(neurons + 1)
    while (surplus := len(kept) - 1 - width) > 0:
        inverse = torch.linalg.inv(products[kept][:, kept])
        fitted = inverse @ wanted[kept]
        loss = (fitted.square().sum(dim=1) / inverse.diagonal())[:-1]
        going = loss.argsort(stable=True)[: min(max(1, neurons // _ROUNDS), surplus)]
        stays = torch.ones(len(kept), dtype=torch.bool)
        stays[going] = False
        kept = kept[stays]
    fitted = torch.linalg.solve(products[kept][:, kept], wanted[kept]).float()
    return kept[:-1], fitted[:-1].T.contiguous(), fitted[-1].contiguous()

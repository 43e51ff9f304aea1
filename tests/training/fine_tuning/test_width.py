"""Feed-forward layers that keep some of their neurons."""

from pathlib import Path

import datasets
import pytest
import torch
from torch import Tensor
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

from data.errors import UsageError
from model.runtimes.torch_encoder import PooledEncoder
from training.fine_tuning.width import narrow_feed_forward, sample_batches

WIDTH = 32


def bert() -> PooledEncoder:
    """Two layers with random weights, large enough that neurons matter."""
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=200, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=WIDTH
    )
    encoder = PooledEncoder(BertModel(config, add_pooling_layer=False), 8).eval()
    for layer in encoder.transformer.encoder.layer:
        torch.nn.init.normal_(layer.intermediate.dense.weight)
        torch.nn.init.normal_(layer.output.dense.weight)
        torch.nn.init.normal_(layer.output.dense.bias)
    return encoder


def batches(count: int = 4) -> list[tuple[Tensor, Tensor]]:
    """Texts of different lengths, in batches of eight."""
    generator = torch.Generator().manual_seed(5)
    made = []
    for _ in range(count):
        mask = (torch.arange(12)[None] < torch.randint(3, 13, (8, 1), generator=generator)).long()
        made.append((torch.randint(1, 200, (8, 12), generator=generator) * mask, mask))
    return made


def moved(before: Tensor, after: Tensor) -> float:
    """How far answers moved, in shares of how much they differ among texts."""
    before, after = before.detach(), after.detach()
    return float((after - before).square().sum() / (before - before.mean(dim=0)).square().sum())


def test_with_all_neurons_nothing_changes() -> None:
    """What is fitted is what the layers did."""
    encoder, texts = bert(), batches(1)[0]
    before = encoder(*texts)
    narrow_feed_forward(encoder, WIDTH, batches())
    assert moved(before, encoder(*texts)) < 1e-4


def test_neurons_that_say_the_same_are_not_missed() -> None:
    """Of two copies, of one that never varies and of one that nobody reads, the layer needs the first copy alone."""
    encoder, texts = bert(), batches(1)[0]
    for layer in encoder.transformer.encoder.layer:
        inner, outer = layer.intermediate.dense, layer.output.dense
        half = WIDTH // 2
        inner.weight.data[half:], inner.bias.data[half:] = inner.weight.data[:half], inner.bias.data[:half]
        inner.weight.data[0], inner.bias.data[0] = 0.0, 3.0
        inner.weight.data[half], inner.bias.data[half] = 0.0, 3.0
        outer.weight.data[:, 1] = outer.weight.data[:, half + 1] = 0.0
    before = encoder(*texts)
    narrow_feed_forward(encoder, WIDTH // 2 - 2, batches())
    assert moved(before, encoder(*texts)) < 1e-3


def test_it_loses_less_than_the_first_neurons_alone() -> None:
    """Texts that it has not seen tell."""
    chosen, first = bert(), bert()
    texts = batches(6)[5]
    before = chosen(*texts)
    narrow_feed_forward(chosen, 20, batches())
    for layer in first.transformer.encoder.layer:
        layer.intermediate.dense.weight.data[20:] = 0.0
        layer.intermediate.dense.bias.data[20:] = 0.0
    assert moved(before, chosen(*texts)) < 0.7 * moved(before, first(*texts))


def test_the_narrower_encoder_is_one_for_everybody(tmp_path: Path) -> None:
    """Written and read again it has the width that was asked for, and says the same; it can learn."""
    encoder, texts = bert(), batches(1)[0]
    narrow_feed_forward(encoder, 8, batches())
    said = encoder(*texts)
    encoder.transformer.save_pretrained(tmp_path)
    again = PooledEncoder.from_directory(tmp_path).eval()
    assert again.transformer.config.intermediate_size == 8
    assert torch.allclose(again(*texts), said, atol=1e-6)
    said.sum().backward()
    assert all(parameter.grad is not None for parameter in encoder.transformer.encoder.parameters())


def test_padding_tells_nothing() -> None:
    """Tokens that are hidden are not counted."""
    first, second = bert(), bert()
    narrow_feed_forward(first, 16, batches())
    wider = [
        (torch.nn.functional.pad(ids, (0, 5), value=7), torch.nn.functional.pad(mask, (0, 5)))
        for ids, mask in batches()
    ]
    narrow_feed_forward(second, 16, wider)
    texts = batches(1)[0]
    assert torch.allclose(first(*texts), second(*texts), atol=1e-4)


def test_texts_are_drawn_from_the_training_papers() -> None:
    """Each at most once, the same with the same seed."""
    rows = [{"input_ids": [1, number, 2], "labels": [0.0], "weight": 1.0} for number in range(3, 43)]
    papers = datasets.Dataset.from_list(rows)
    drawn = [ids[:, 1].tolist() for ids, _ in sample_batches(papers, 0, seed=1)]
    assert sorted(number for batch in drawn for number in batch) == list(range(3, 43))
    assert drawn == [ids[:, 1].tolist() for ids, _ in sample_batches(papers, 0, seed=1)]
    assert drawn != [ids[:, 1].tolist() for ids, _ in sample_batches(papers, 0, seed=2)]


def test_wider_than_it_is() -> None:
    """A sentence says how wide it is."""
    with pytest.raises(UsageError, match="the encoder has 32"):
        narrow_feed_forward(bert(), 33, batches())


def test_another_family() -> None:
    """Layers of a kind that is not known are left alone."""
    config = DistilBertConfig(vocab_size=20, dim=8, n_layers=2, n_heads=2, hidden_dim=16)
    with pytest.raises(UsageError, match="cannot be made narrower"):
        narrow_feed_forward(PooledEncoder(DistilBertModel(config), 8), 4, batches())

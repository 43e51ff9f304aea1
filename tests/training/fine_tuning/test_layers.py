"""Layers of an encoder that are left out, and those that do not learn."""

from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

from data.errors import UsageError
from model.runtimes.torch_encoder import PooledEncoder
from training.fine_tuning.layers import freeze_lower_layers, keep_layers

TOKENS = torch.tensor([[2, 5, 7, 3]])
KEPT = [(1, [0]), (2, [0, 3]), (3, [0, 2, 4]), (4, [0, 1, 3, 4]), (6, [0, 1, 2, 3, 4, 5])]


def bert() -> PooledEncoder:
    """Six layers with random weights."""
    config = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=6, num_attention_heads=2, intermediate_size=16)
    return PooledEncoder(BertModel(config, add_pooling_layer=False), 8).eval()


@pytest.mark.parametrize(("count", "kept"), KEPT)
def test_layers_are_spread_and_the_first_stays(count: int, kept: list[int]) -> None:
    """Those that stay are in their order, with their weights."""
    encoder = bert()
    before = list(encoder.transformer.encoder.layer)
    keep_layers(encoder, count)
    assert list(encoder.transformer.encoder.layer) == [before[index] for index in kept]


def test_the_smaller_encoder_is_one_for_everybody(tmp_path: Path) -> None:
    """Written and read again it has the layers that were kept, and says the same."""
    encoder = bert()
    whole = encoder(TOKENS, torch.ones_like(TOKENS))
    keep_layers(encoder, 2)
    said = encoder(TOKENS, torch.ones_like(TOKENS))
    assert not torch.allclose(whole, said)
    encoder.transformer.save_pretrained(tmp_path)
    again = PooledEncoder.from_directory(tmp_path).eval()
    assert torch.allclose(again(TOKENS, torch.ones_like(TOKENS)), said, atol=1e-6)


def test_another_family() -> None:
    """Where the layers have another place and name."""
    config = DistilBertConfig(vocab_size=20, dim=8, n_layers=4, n_heads=2, hidden_dim=16)
    encoder = PooledEncoder(DistilBertModel(config), 8)
    keep_layers(encoder, 2)
    assert len(encoder.transformer.transformer.layer) == 2


def test_more_layers_than_there_are() -> None:
    """A sentence says how many there are."""
    with pytest.raises(UsageError, match="the encoder has 6"):
        keep_layers(bert(), 7)


def test_an_encoder_without_layers() -> None:
    """Nothing is guessed."""
    encoder = bert()
    encoder.transformer.encoder = torch.nn.Identity()
    with pytest.raises(UsageError, match="bert"):
        keep_layers(encoder, 1)


def test_lower_layers_do_not_learn() -> None:
    """Of six layers half are kept, and the words with them."""
    encoder = bert()
    freeze_lower_layers(encoder, 0.5)
    names = {name.removeprefix("transformer.") for name, value in encoder.named_parameters() if value.requires_grad}
    assert {name.split(".")[2] for name in names} == {"3", "4", "5"}
    tokens = torch.ones(1, 3, dtype=torch.int64)
    encoder(tokens, tokens).sum().backward()
    assert all((value.grad is not None) == value.requires_grad for value in encoder.parameters())

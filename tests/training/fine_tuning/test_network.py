"""The loss on soft and open labels."""

import math

import pytest
import torch
from transformers import BertConfig, BertModel

from model.runtimes.torch_encoder import PooledEncoder
from training.fine_tuning.network import freeze_lower_layers, soft_label_loss


def test_loss_by_hand() -> None:
    """At logit 0 every covered pair costs ln 2, and an open pair costs nothing."""
    nan = float("nan")
    labels = torch.tensor([[1.0, 0.3, nan], [nan, nan, 0.0]])
    logits = torch.zeros(2, 3)
    assert soft_label_loss(logits, labels, None).item() == pytest.approx(1.5 * math.log(2))
    weights = torch.tensor([3.0, 1.0])
    assert soft_label_loss(logits, labels, weights).item() == pytest.approx((3 * 2 + 1) / 4 * math.log(2))


def test_open_pairs_have_no_gradient() -> None:
    """What nobody knows teaches nothing."""
    logits = torch.zeros(1, 2, requires_grad=True)
    soft_label_loss(logits, torch.tensor([[float("nan"), 1.0]]), None).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[0, 0].item() == 0.0
    assert logits.grad[0, 1].item() == pytest.approx(-0.5)


def test_soft_label_is_best_matched_by_its_own_probability() -> None:
    """The expected loss is smallest where the predicted probability equals the soft label."""
    logits = torch.linspace(-4, 4, 161).unsqueeze(1)
    losses = torch.stack([soft_label_loss(row[None], torch.tensor([[0.3]]), None) for row in logits])
    assert torch.sigmoid(logits[losses.argmin()]).item() == pytest.approx(0.3, abs=0.01)


def test_lower_layers_do_not_learn() -> None:
    """Of four layers half are kept, and the words with them."""
    config = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=4, num_attention_heads=2, intermediate_size=16)
    encoder = PooledEncoder(BertModel(config, add_pooling_layer=False), 8)
    freeze_lower_layers(encoder, 0.5)
    names = {name.removeprefix("transformer.") for name, value in encoder.named_parameters() if value.requires_grad}
    assert {name.split(".")[2] for name in names} == {"2", "3"}
    tokens = torch.ones(1, 3, dtype=torch.int64)
    encoder(tokens, tokens).sum().backward()
    assert all((value.grad is not None) == value.requires_grad for value in encoder.parameters())

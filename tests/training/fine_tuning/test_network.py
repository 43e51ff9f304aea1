"""The loss on soft and open labels."""

import math

import pytest
import torch

from training.fine_tuning.network import soft_label_loss


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

"""The device of a training."""

import pytest
import torch

from training.encoder.device import uses_gpu


@pytest.mark.parametrize(("device", "there", "used"), [("auto", True, True), ("auto", False, False)])
def test_a_gpu_is_used_when_there_is_one(monkeypatch: pytest.MonkeyPatch, device: str, there: bool, used: bool) -> None:
    """Unless the CPU is asked for; who asks for a GPU gets it or an error of torch."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert uses_gpu(device) is used
    assert uses_gpu("cuda") and not uses_gpu("cpu")

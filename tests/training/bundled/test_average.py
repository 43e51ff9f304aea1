"""Between a model and what a training made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model.artefact import Artefact, ModelParts
from model.heads import Heads
from model.runtimes.torch_encoder import PooledEncoder
from training.bundled.average import write_average
from training.export.encoder import write_encoder
from training.fine_tuning.network import AreaClassifier


@pytest.fixture
def models(tiny_model: Path, tmp_path: Path) -> tuple[ModelParts, ModelParts]:
    """The tiny model, and one whose weights are all larger by a quarter."""
    before = Artefact.open(tiny_model)
    encoder = PooledEncoder.from_directory(before.encoder_path)
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(0.25)
    network = AreaClassifier(encoder, len(before.taxonomy.areas), len(before.taxonomy.fields))
    write_encoder(network, str(before.encoder_path), tmp_path / "encoder")
    more = Heads(*(getattr(before.heads, name) + 0.25 for name in Heads.__slots__))
    return before, replace(before, encoder_path=tmp_path / "encoder", heads=more)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_weights_lie_between(models: tuple[ModelParts, ModelParts], share: float, tmp_path: Path) -> None:
    """Encoder and heads alike, by the share of the model before."""
    before, after = models
    heads = write_average(before, after, share, tmp_path / "average")
    added = 0.25 * (1 - share)
    old = PooledEncoder.from_directory(before.encoder_path).state_dict()
    new = PooledEncoder.from_directory(tmp_path / "average").state_dict()
    for name, tensor in old.items():
        torch.testing.assert_close(
            new[name], tensor + added if tensor.is_floating_point() else tensor, atol=2e-3, rtol=0
        )
    expected = before.heads.over_embedding(before.hidden_size)
    for name in Heads.__slots__:
        np.testing.assert_allclose(getattr(heads, name), getattr(expected, name) + added, atol=1e-5)
    assert (tmp_path / "average" / "encoder.onnx").is_file()

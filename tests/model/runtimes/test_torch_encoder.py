"""Mean pooling in torch, on a tiny encoder."""

from pathlib import Path

import pytest
import torch

from model.runtimes.torch_encoder import PooledEncoder
from tests.support.tiny import write_tiny_encoder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Hugging Face encoder with 16 dimensions."""
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny") / "encoder")


def test_an_embedding_is_the_mean_of_the_tokens_scaled(folder: Path) -> None:
    """Of those that the mask shows, to a length of sqrt(hidden)."""
    encoder = PooledEncoder.from_directory(folder).eval()
    ids, mask = torch.tensor([[2, 5, 6, 3]]), torch.tensor([[1, 1, 1, 0]])
    with torch.inference_mode():
        hidden = encoder.transformer(input_ids=ids, attention_mask=mask).last_hidden_state[0, :3]
        embedding = encoder(ids, mask)[0]
    assert embedding.norm().item() == pytest.approx(4.0)
    torch.testing.assert_close(embedding / 4, hidden.mean(0) / hidden.mean(0).norm())


def test_padding_changes_nothing(folder: Path) -> None:
    """Neither its length nor what stands there."""
    encoder = PooledEncoder.from_directory(folder).eval()
    with torch.inference_mode():
        alone = encoder(torch.tensor([[2, 5, 3]]), torch.ones(1, 3, dtype=torch.long))
        padded = encoder(torch.tensor([[2, 5, 3, 9, 9]]), torch.tensor([[1, 1, 1, 0, 0]]))
        empty = encoder(torch.tensor([[0, 0]]), torch.zeros(1, 2, dtype=torch.long))
    torch.testing.assert_close(alone, padded, atol=1e-5, rtol=0)
    assert not empty.isnan().any()


def test_dropout_is_the_configurations_unless_given(folder: Path) -> None:
    """Fine-tuning sets its own."""
    given = PooledEncoder.from_directory(folder, dropout=0.25)
    assert {module.p for module in given.modules() if isinstance(module, torch.nn.Dropout)} == {0.25}
    kept = PooledEncoder.from_directory(folder)
    assert {module.p for module in kept.modules() if isinstance(module, torch.nn.Dropout)} == {0.1}
    assert next(kept.parameters()).dtype == torch.float32

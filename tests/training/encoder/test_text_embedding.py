"""Embeddings that zero-shot similarity compares."""

from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest

from data.errors import UsageError
from tests.support.tiny import cache_hub_encoder, write_tiny_encoder
from training.encoder.base_encoder import load_tokenizer
from training.encoder.text_embedding import text_embedder

TEXTS = ["the song of a whale", "a ship in the harbour", "a new method for the flight of birds and their nests"]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model hub that cannot be reached, of which only the cache is there."""
    cache = tmp_path / "hub"
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return cache


def test_rows_are_embeddings_of_length_one(tmp_path: Path) -> None:
    """In the order of the texts, whatever the batches; the cut is at `max_tokens`."""
    embed = text_embedder(str(write_tiny_encoder(tmp_path / "encoder")), "cpu")
    embeddings = embed(TEXTS)
    assert embeddings.shape == (3, 16)
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, rtol=1e-5)
    for text, row in zip(TEXTS, embeddings, strict=True):
        np.testing.assert_allclose(embed([text])[0], row, atol=0.02)
    short = text_embedder(str(tmp_path / "encoder"), "cpu", max_tokens=4)
    np.testing.assert_array_equal(short(["the song of a whale"]), short(["the song and ships"]))


def test_an_encoder_of_a_hub_by_its_name(hub: Path) -> None:
    """Its name gives what its folder gives, though a hub's encoder need not have the fast tokenizer's file."""
    folder = cache_hub_encoder(hub, "someone/tiny-encoder")
    expected = text_embedder(str(folder), "cpu")(TEXTS)
    (folder / "tokenizer.json").unlink()
    np.testing.assert_array_equal(text_embedder("someone/tiny-encoder", "cpu")(TEXTS), expected)


@pytest.mark.usefixtures("hub")
def test_an_unknown_encoder_is_bad_usage() -> None:
    """The message names it and says what may be given."""
    with pytest.raises(UsageError, match="The encoder someone/nothing cannot be loaded"):
        load_tokenizer("someone/nothing")

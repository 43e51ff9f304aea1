"""Where heads start."""

from pathlib import Path

import numpy as np
import pytest
import torch

from data.taxonomy import area_texts, parse_taxonomy
from model.artefact import Artefact
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch_encoder import PooledEncoder
from tests.support.tiny import TAXONOMY
from training.fine_tuning.network import AreaClassifier
from training.fine_tuning.text_heads import TEXT_SCALE, continue_heads, embed_texts, initialise_heads

RENAMED = TAXONOMY.replace("sea/ships", "sea/boats")


@pytest.fixture
def network(tiny_model: Path) -> AreaClassifier:
    """A network on the tiny encoder with fresh heads."""
    return AreaClassifier(PooledEncoder.from_directory(tiny_model / "encoder"), 3, 2)


def test_heads_start_at_texts_and_log_odds(network: AreaClassifier, tiny_model: Path) -> None:
    """An area's logit for its own text exceeds the others', and a neutral embedding gives the prior's odds."""
    taxonomy = parse_taxonomy(TAXONOMY, "test")
    tokenizer = Tokenizer(tiny_model / "encoder" / "tokenizer.json")
    prior = np.array([0.2, 0.5, 0.01], dtype=np.float32)
    initialise_heads(network, tokenizer, taxonomy, prior, np.array([0.5, 0.5], dtype=np.float32))
    texts = embed_texts(network.encoder, tokenizer, area_texts(taxonomy))
    bias = network.area_head.bias.detach().numpy()
    np.testing.assert_allclose(1 / (1 + np.exp(-bias)), prior, rtol=1e-4)
    similarity = texts @ network.area_head.weight.detach().numpy().T
    assert (similarity.argmax(axis=1) == np.arange(3)).all()
    assert np.abs(similarity).max() <= TEXT_SCALE


def test_known_areas_continue_and_new_ones_keep_their_text(network: AreaClassifier, tiny_model: Path) -> None:
    """Rows follow the id, not the place; a renamed area counts as new."""
    earlier = Artefact.open(tiny_model)
    fresh = network.area_head.weight.detach().clone()
    assert continue_heads(network, parse_taxonomy(RENAMED, "test"), earlier) == 2
    found = network.area_head.weight.detach()
    np.testing.assert_allclose(found[0], earlier.heads.area_weight[0], rtol=1e-6)
    np.testing.assert_allclose(found[2], earlier.heads.area_weight[2], rtol=1e-6)
    assert torch.equal(found[1], fresh[1])

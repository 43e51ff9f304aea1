"""Where heads start."""

from pathlib import Path

import numpy as np

from data.taxonomy import area_texts
from data.taxonomy_file import parse_taxonomy
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch_encoder import PooledEncoder
from tests.support.tiny import TAXONOMY
from training.fine_tuning.text_heads import TEXT_SCALE, embed_texts, text_heads


def test_heads_start_at_texts_and_log_odds(tiny_model: Path) -> None:
    """An area's logit for its own text exceeds the others', and a neutral embedding gives the prior's odds."""
    taxonomy = parse_taxonomy(TAXONOMY, "test")
    encoder = PooledEncoder.from_directory(tiny_model / "encoder")
    tokenizer = Tokenizer(tiny_model / "encoder" / "tokenizer.json")
    prior = np.array([0.2, 0.5, 0.01], dtype=np.float32)
    texts = embed_texts(encoder, tokenizer, area_texts(taxonomy))
    heads = text_heads(texts, taxonomy, prior, np.array([0.5, 0.5], dtype=np.float32))
    np.testing.assert_allclose(1 / (1 + np.exp(-heads.area_bias)), prior, rtol=1e-4)
    similarity = texts @ heads.area_weight.T
    assert (similarity.argmax(axis=1) == np.arange(3)).all()
    assert np.abs(similarity).max() <= TEXT_SCALE

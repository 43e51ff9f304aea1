"""Heads fitted on a tiny encoder before fine-tuning."""

from pathlib import Path

import datasets
import numpy as np
import pytest

from data.label_matrix import area_targets
from data.readers.labels import read_labels
from data.taxonomy import Taxonomy, area_texts
from data.taxonomy_file import parse_taxonomy
from model.heads import Heads
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch_encoder import PooledEncoder
from tests.support.tiny import TAXONOMY, records, write_jsonl
from training.fine_tuning.examples import build_dataset, examples_of
from training.fine_tuning.linear_probe import embed_dataset, fit_probe
from training.fine_tuning.text_heads import embed_texts, text_heads


@pytest.fixture
def taxonomy() -> Taxonomy:
    """The tiny one."""
    return parse_taxonomy(TAXONOMY, "test")


@pytest.fixture
def tokenizer(tiny_model: Path) -> Tokenizer:
    """Of the tiny encoder."""
    return Tokenizer(tiny_model / "encoder" / "tokenizer.json")


@pytest.fixture
def encoder(tiny_model: Path) -> PooledEncoder:
    """The tiny encoder, trained."""
    return PooledEncoder.from_directory(tiny_model / "encoder")


@pytest.fixture
def dataset(taxonomy: Taxonomy, tokenizer: Tokenizer, tmp_path: Path) -> datasets.Dataset:
    """Sixty labelled papers."""
    labels = list(read_labels(write_jsonl(tmp_path / "labels.jsonl", records(60, seed=11)), taxonomy))
    examples = examples_of([label.paper for label in labels], area_targets(labels, taxonomy))
    return build_dataset(examples, taxonomy, tokenizer, 32, tmp_path / "examples.arrow")


def test_embeddings_are_in_the_order_of_the_papers(
    encoder: PooledEncoder, dataset: datasets.Dataset, tokenizer: Tokenizer
) -> None:
    """Whatever the lengths; and the encoder is in training again if it was so before."""
    encoder.train()
    rows = embed_dataset(encoder, dataset, tokenizer.padding_id)
    assert encoder.training
    texts = [f"{row['title']}. {row['abstract']}" for row in records(60, seed=11)]
    np.testing.assert_allclose(rows, embed_texts(encoder, tokenizer, texts, 32), atol=2e-2)


def test_the_probe_answers_with_calibrated_probabilities(
    encoder: PooledEncoder, dataset: datasets.Dataset, taxonomy: Taxonomy, tokenizer: Tokenizer
) -> None:
    """Its heads need no calibration: on papers of the same kind their probabilities and thresholds are right."""
    prior = np.full(3, 0.4, np.float32)
    start = text_heads(embed_texts(encoder, tokenizer, area_texts(taxonomy)), taxonomy, prior, prior[:2])
    probe = fit_probe(encoder, start, dataset, tokenizer.padding_id)
    assert (probe.areas.slope, set(probe.areas.offsets)) == (1.0, {0.0})
    fresh = records(80, seed=12)
    embeddings = embed_texts(encoder, tokenizer, [f"{row['title']}. {row['abstract']}" for row in fresh], 32)
    probabilities = probe.areas.probabilities(probe.heads.logits(embeddings)[0])
    truth = np.array([[area in row["areas"] for area in taxonomy.area_ids] for row in fresh])  # type: ignore[operator]
    assert ((probabilities >= np.array(probe.areas.thresholds)) == truth).mean() > 0.9
    assert abs(probabilities.mean() - truth.mean()) < 0.1


def test_soft_targets_are_learned(encoder: PooledEncoder, taxonomy: Taxonomy, tokenizer: Tokenizer) -> None:
    """An area without any known target stays at its start, calibration aside, and nothing is divided by nothing."""
    columns = {
        "input_ids": [[2, 5, 6, 3]] * 20,
        "length": [4] * 20,
        "labels": [[0.9, float("nan"), 0.1, 0.9, 0.1]] * 20,
        "weight": [1.0] * 20,
    }
    start = Heads(*(np.zeros(shape, np.float32) for shape in ((3, 16), (3,), (2, 16), (2,))))
    probe = fit_probe(encoder, start, datasets.Dataset.from_dict(columns), tokenizer.padding_id)
    first, unknown, last = probe.areas.probabilities(
        probe.heads.logits(embed_dataset(encoder, datasets.Dataset.from_dict(columns), tokenizer.padding_id)[:1])[0]
    )[0]
    assert unknown == pytest.approx(0.5)
    assert first > unknown > last

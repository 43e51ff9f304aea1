"""A tiny encoder, taxonomy and corpus, made on the spot: tests of training download nothing and take seconds."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

TAXONOMY = """\
version: 1
fields:
  - id: sea
    name: Sea science
    areas:
      - {id: sea/whales, name: Whales, description: Whales and their songs in the ocean}
      - {id: sea/ships, name: Ships, description: Ships and harbours and sailing}
  - id: sky
    name: Sky science
    areas:
      - {id: sky/birds, name: Birds, description: Birds and their nests and flight}
"""

WORDS = {
    "sea/whales": ["whale", "song", "ocean"],
    "sea/ships": ["ship", "harbour", "sail"],
    "sky/birds": ["bird", "nest", "flight"],
}
FILLER = ["we", "study", "the", "of", "and", "a", "new", "method", "for", "results", "show"]


def write_tiny_encoder(folder: Path, hidden: int = 16, further: Sequence[str] = (), positions: int = 64) -> Path:
    """A two-layer BERT with random weights and a word-level vocabulary, as a Hugging Face directory.

    Args:
        folder: to be made.
        hidden: size of the hidden layers.
        further: lower-case words of the vocabulary beside those of the tiny corpus.
        positions: tokens that a text may have; texts of areas have up to 128.
    """
    import torch  # only tests that train pay for it
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *FILLER, *(w for group in WORDS.values() for w in group)]
    words += dict.fromkeys(further)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join([*words, *"abcdefghijklmnopqrstuvwxyz.", *(f"##{c}" for c in "abcdefghij")]))
    BertTokenizerFast(vocab=str(vocabulary), do_lower_case=True).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary.read_text().splitlines()),
        hidden_size=hidden,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=positions,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def cache_hub_encoder(cache: Path, name: str) -> Path:
    """A tiny encoder without `tokenizer.json`, as a hub's cache has it under its name; gives its folder."""
    repository = cache / f"models--{name.replace('/', '--')}"
    revision = "0" * 40
    folder = write_tiny_encoder(repository / "snapshots" / revision)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(revision)
    return folder


def records(count: int, seed: int = 0) -> list[dict[str, object]]:
    """Labelled papers whose words give their areas away."""
    generator = np.random.default_rng(seed)
    made: list[dict[str, object]] = []
    for number in range(count):
        areas = sorted(generator.choice(list(WORDS), size=generator.integers(1, 3), replace=False))
        words = [str(generator.choice(WORDS[area])) for area in areas for _ in range(4)]
        filler = [str(generator.choice(FILLER)) for _ in range(6)]
        abstract = " ".join(generator.permutation([*words, *filler]))
        made.append(
            {
                "id": f"p{seed}-{number}",
                "title": f"{words[0]} {words[-1]} {seed} {number}",
                "abstract": f"{abstract}.",
                "areas": areas,
            }
        )
    return made


def write_jsonl(path: Path, rows: Sequence[object]) -> Path:
    """One JSON value a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def train_tiny_model(folder: Path, papers: int = 96) -> Path:
    """A complete model directory, trained on the tiny corpus by the real training path."""
    from training.fine_tuning.train_options import TrainOptions
    from training.train import train

    taxonomy = folder / "taxonomy.yaml"
    taxonomy.write_text(TAXONOMY)
    options = TrainOptions(
        output=folder / "model",
        labels=write_jsonl(folder / "train.jsonl", records(papers, seed=1)),
        validation=write_jsonl(folder / "gold.jsonl", records(40, seed=2)),
        taxonomy=taxonomy,
        encoder=str(write_tiny_encoder(folder / "encoder")),
        max_tokens=32,
        inference_tokens=32,
        epochs=4,
        learning_rate=2e-3,
    )
    train(options)
    return options.output

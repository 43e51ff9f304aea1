"""From a SKOS vocabulary to answers with its URIs: import, training, tagging."""

from __future__ import annotations

import numpy as np
import pytest

from data.papers import Paper
from data.skos.graph import read_graph
from data.skos.vocabulary_import import taxonomy_of
from data.taxonomy_file import load_taxonomy
from model.artefact import Artefact
from model.tagger import Tagger
from model.tags import TagOptions
from tests.support.tiny import FILLER, write_jsonl, write_tiny_encoder
from tests.support.vocabulary import BASE, area_words, turtle
from training.fine_tuning.train_options import TrainOptions
from training.train import train

AREAS = ("chemistry-7", "astronomy-10", "geography-20", "geography-25")
"""Those that papers are about."""


def papers(count: int, seed: int) -> list[dict[str, object]]:
    """Labelled papers about what is below the areas, labelled by the areas' names."""
    names = {"chemistry-7": "Noble gases", "astronomy-10": "Zodiac constellations"}
    names |= {"geography-20": "Nordic countries", "geography-25": "Oceans and seas"}
    words = {uri.rpartition("/")[2]: found for uri, found in area_words().items()}
    generator = np.random.default_rng(seed)
    made: list[dict[str, object]] = []
    for number in range(count):
        area = AREAS[number % len(AREAS)]
        text = [*generator.choice(words[area], 6), *generator.choice(FILLER, 4)]
        abstract = " ".join(map(str, generator.permutation(text)))
        title = f"{text[0]} {text[1]} {seed} {number}"
        made.append({"id": f"{seed}-{number}", "title": title, "abstract": abstract, "areas": [names[area]]})
    return made


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    """A model that was trained on papers of the vocabulary."""
    folder = tmp_path_factory.mktemp("vocabulary")
    (folder / "nature.ttl").write_text(turtle(), encoding="utf-8")
    taxonomy, _ = taxonomy_of(read_graph(folder / "nature.ttl"), "nature", None, 2)
    (folder / "areas.yaml").write_text(taxonomy.to_yaml(), encoding="utf-8")
    words = [word.lower() for found in area_words().values() for name in found for word in name.split()]
    options = TrainOptions(
        output=folder / "model",
        labels=write_jsonl(folder / "train.jsonl", papers(160, 1)),
        validation=write_jsonl(folder / "gold.jsonl", papers(40, 2)),
        taxonomy=folder / "areas.yaml",
        encoder=str(write_tiny_encoder(folder / "encoder", further=words, positions=128)),
        max_tokens=32,
        inference_tokens=32,
        epochs=6,
        learning_rate=2e-3,
    )
    train(options)
    assert Artefact.open(folder / "model").taxonomy == load_taxonomy(folder / "areas.yaml")
    return Tagger.load(folder / "model")


def test_answers_carry_the_uris_of_the_vocabulary(tagger: Tagger) -> None:
    """The likeliest area is the right one, with its URI and notation, and in Finnish where that is asked for."""
    asked = [
        Paper("a", "A study", "helium neon argon krypton xenon"),
        Paper("b", "A study", "Finland Sweden Norway Iceland"),
    ]
    options = TagOptions(threshold=0.0, top_k=1, language="fi")
    first, second = (result.areas[0] for result in tagger.tag(asked, options))
    assert (first.uri, first.notation, first.name) == (f"{BASE}chemistry-7", "7", "Jalokaasut")
    assert (second.uri, second.notation, second.name) == (f"{BASE}geography-20", "20", "Pohjoismaat")

"""Papers to areas, on a tiny real model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.papers import Paper
from model.calibration import NO_ADJUSTMENT
from model.runtimes.tokenization import Tokenizer
from model.tagger import Tagger
from model.tags import TagOptions
from tests.support.tiny import records

WHALES = Paper("w", "Whale song", "The whale sings in the ocean. We study the song. Results show a new method.")
BIRDS = Paper("b", "Bird nest", "A bird and the nest of the bird in flight.")


@pytest.fixture(scope="module")
def tagger(tiny_model: Path) -> Tagger:
    """The tiny model on the CPU runtime."""
    return Tagger.load(tiny_model, "cpu")


def test_tags_by_content_and_keeps_order(tagger: Tagger) -> None:
    """Results come in input order and name the best area of each paper first."""
    first, second = tagger.tag([WHALES, BIRDS])
    assert (first.id, second.id) == ("w", "b")
    assert first.areas[0].id == "sea/whales"
    assert second.areas[0].id == "sky/birds"
    assert first.fields[0].id == "sea"
    assert first.model == tagger.version


def test_tokens_are_counted(tiny_model: Path) -> None:
    """As many as the encoder reads: those of a cut text no more than once."""
    tagger, counts = Tagger.load(tiny_model, "cpu"), list[int]()
    tagger.on_tokens = counts.append
    papers = [Paper("w", "Whale"), Paper("long", "Bird", "bird nest " * 600)]
    tagger.tag(papers)
    tokenizer, limit = Tokenizer(tagger.artefact.encoder_path / "tokenizer.json"), tagger.artefact.max_tokens
    short, long = (len(ids) for ids in tokenizer.encode([paper.text for paper in papers], limit))
    assert (counts, long) == ([short + long], limit)


def test_a_batch_gives_what_single_papers_give(tagger: Tagger) -> None:
    """Padding and the order of lengths do not change a probability."""
    papers = [Paper(str(r["id"]), str(r["title"]), str(r["abstract"])) for r in records(30, seed=5)]
    papers += [Paper("short", "Whale"), Paper("long", "Bird", "bird nest " * 60)]
    together = tagger.probabilities(papers)
    alone = np.concatenate([tagger.probabilities([paper]) for paper in papers])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_field_is_at_least_as_probable_as_its_areas(tagger: Tagger) -> None:
    """A field is implied by any of its areas."""
    row = tagger.predict([WHALES])[0]
    areas, fields = row[:3], row[3:]
    assert fields[0] >= areas[:2].max()
    assert fields[1] >= areas[2]


def test_options_are_applied_to_probabilities(tagger: Tagger) -> None:
    """The threshold replaces every area's own, top_k caps, areas restricts, all_scores adds the rest."""
    everything = tagger.tag([WHALES], TagOptions(threshold=0.0, all_scores=True))[0]
    assert len(everything.areas) == 3
    assert everything.scores is not None and set(everything.scores) == set(tagger.taxonomy.area_ids)
    assert [area.score for area in everything.areas] == sorted(everything.scores.values(), reverse=True)
    assert len(tagger.tag([WHALES], TagOptions(threshold=0.0, top_k=2))[0].areas) == 2
    birds_only = tagger.tag([WHALES], TagOptions(threshold=0.0, areas=frozenset({"sky/birds"})))[0]
    assert [area.id for area in birds_only.areas] == ["sky/birds"]
    assert [field.id for field in birds_only.fields] == ["sky"]
    nothing = tagger.tag([WHALES], TagOptions(threshold=1.0))[0]
    assert nothing.abstained and nothing.areas == ()


def test_a_precision_replaces_the_thresholds(tagger: Tagger) -> None:
    """By the model's own threshold for it, and by the precision itself where a model knows none; counts are told."""
    papers = [WHALES, BIRDS, Paper("title", "Whale")]
    default = tagger.tag(papers)
    for wanted in (0.5, 0.9, 0.99):
        results = tagger.tag(papers, TagOptions(min_precision=wanted, top_k=1))
        found = (tagger.probabilities(papers) >= tagger.precision_thresholds(papers, wanted)[:, None]).sum(axis=1)
        assert [result.at_precision for result in results] == list(
            zip(found, [len(result.areas) for result in default], strict=True)
        )
        assert [len(result.areas) for result in results] == [min(count, 1) for count in found]
    assert default[0].at_precision is None and "at_precision" not in results[0].to_record()
    before = replace(tagger.artefact.area_calibration, precision_thresholds=())
    old = Tagger(replace(tagger.artefact, area_calibration=before, title_areas=NO_ADJUSTMENT), tagger.runtime)
    assert old.precision_thresholds(papers, 0.9) == pytest.approx([0.9] * 3)


def test_explains_by_the_sentences_that_matter(tagger: Tagger) -> None:
    """The evidence for an area are sentences of the paper, largest drop first."""
    paper = Paper("e", "A new method", "We study a method for the results. The bird nest and flight of a bird.")
    result = tagger.tag([paper], TagOptions(explain=True, threshold=0.3))[0]
    assert result.evidence is not None
    evidence = result.evidence["sky/birds"]
    assert evidence[0].sentence == "The bird nest and flight of a bird."
    assert all(item.sentence in f"{paper.title} {paper.abstract}" for item in evidence)
    assert [item.drop for item in evidence] == sorted((item.drop for item in evidence), reverse=True)


def test_no_papers_give_no_results(tagger: Tagger) -> None:
    """An empty list is not an error."""
    assert tagger.tag([]) == []

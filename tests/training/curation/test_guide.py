"""The labelling guide."""

import numpy as np

from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.curation.guide import GuideWriter
from training.curation.telling_phrases import phrase_counts, telling_phrases

AREAS = parse_taxonomy(TAXONOMY, "areas.yaml")
WHALES = ["Deep whale songs", "Humpback calls in fog", "Dialects of orcas", "Deep whale songs again"]
SHIPS = ["Harbour traffic", "Sailing hulls", "Cargo routes"]


def _writer() -> GuideWriter:
    writer = GuideWriter(AREAS)
    for number, title in enumerate(WHALES):
        text = "Whale song recordings show deep singing."
        writer.add(Paper(f"w{number}", title, text), np.array([0.95 - number / 100, 0.1, 0.0], np.float32))
    for number, title in enumerate(SHIPS):
        text = "Harbour engines are loud near piers."
        writer.add(Paper(f"s{number}", title, text), np.array([0.2 + number / 100, 0.9, 0.0], np.float32))
    writer.add(Paper("odd", "A # heading <b>", "* x"), np.array([np.nan, 0.99, np.nan], np.float32))
    return writer


def _guide() -> str:
    return "\n".join(_writer().markdown())


def test_every_area_has_its_section() -> None:
    """Definition, typical papers that are unlike each other, siblings, near misses and telling phrases."""
    text = _guide()
    assert text.startswith("# Labelling guide\n\nMade from 8 papers.")
    whales = text.partition("### Whales")[2].partition("### Ships")[0]
    assert "Whales and their songs in the ocean" in whales
    assert "- Deep whale songs (`w0`)" in whales and "`w3`" not in whales.partition("Not to be")[0]
    assert "Not to be confused with Ships (`sea/ships`): that is ships and harbours and sailing." in whales
    assert "- near miss, Ships only: Cargo routes (`s2`)" in whales
    assert "speaks for Whales: " in whales and "whale" in whales.partition("speaks for Whales: ")[2].splitlines()[0]
    assert "Typical papers: none among those given." in text.partition("### Birds")[2]


def test_titles_bring_no_markup() -> None:
    """A paper cannot end a section or bring HTML."""
    text = _guide()
    assert "A \\# heading &lt;b&gt; (`odd`)" in text


def test_phrases_tell_two_areas_apart() -> None:
    """Words that both have say nothing; a pair says no more than its word."""
    here = phrase_counts(Paper("", "", "We tune neural lenses of telescopes.") for _ in range(5))
    there = phrase_counts(Paper("", "", "We tune radio dishes of telescopes.") for _ in range(5))
    found = telling_phrases(here, there)
    assert "telescopes" not in found and "tune" not in found
    assert any("lenses" in phrase for phrase in found)
    assert telling_phrases(here, here) == []


def test_one_area_alone() -> None:
    """What the guide says of an area, as records: the same papers, siblings and phrases."""
    (guide,) = _writer().area_guides(["sea/whales"])
    assert guide.area.name == "Whales"
    assert [paper.id for paper in guide.typical] == ["w0", "w1", "w2"]
    (ships,) = guide.confusable
    assert ships.area.id == "sea/ships" and [paper.id for paper in ships.near_misses] == ["s2", "s1", "s0"]
    assert "whale" in " ".join(ships.speaks_for_area) and "harbour" in " ".join(ships.speaks_for_sibling)
    assert [guide.typical for guide in _writer().area_guides(["sky/birds"])] == [()]

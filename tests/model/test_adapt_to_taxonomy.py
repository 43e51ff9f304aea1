"""A model for a changed taxonomy, without training."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from data.papers import Paper
from data.taxonomy import Taxonomy
from data.taxonomy_file import parse_taxonomy
from model.activation import activate
from model.adapt_to_taxonomy import adapted_version
from model.artefact import Artefact
from model.fingerprints import Fingerprints
from model.manifest import write_manifest
from model.tagger import Tagger
from model.versions import active_reference, install, resolve_model, versions
from tests.support.tiny import TAXONOMY, records

CHANGED = """\
version: 2
fields:
  - id: sky
    name: Sky science
    areas:
      - {id: sky/birds, name: Birds, description: Birds and their nests and flight}
      - {id: sky/nests, name: Nests, description: nest nest nest, phrases: [nest], added: 2026-03-01}
  - id: sea
    name: Sea science
    areas:
      - {id: sea/mammals, name: Mammals, description: Whales and their songs, replaces: [sea/whales]}
      - {id: sea/ships, name: Ships, description: Ships and harbours and sailing}
  - id: land
    name: Land science
    areas:
      - {id: land/method, name: Method, description: method results}
"""
MERGED = """\
fields:
  - {id: sea, name: Sea science, areas: [{id: sea/all, name: All, replaces: [sea/whales, sea/ships]}]}
  - id: sky
    name: Sky science
    areas:
      - {id: sky/nests, name: nest nest, replaces: [sky/birds]}
      - {id: sky/flight, name: flight, replaces: [sky/birds]}
"""
PAPERS = [Paper(str(row["id"]), str(row["title"]), str(row["abstract"])) for row in records(12, seed=7)]


@pytest.fixture
def changed() -> Taxonomy:
    """Two areas and a field are new, one area is renamed, and the order is another."""
    return parse_taxonomy(CHANGED, "areas.yaml")


def _scores(ref: str | Path) -> tuple[Taxonomy, np.ndarray]:
    tagger = Tagger.load(ref)
    return tagger.taxonomy, tagger.predict(PAPERS)


def test_an_adapted_version_claims_no_figures(tiny_model: Path, changed: Taxonomy) -> None:
    """What was measured, was measured of the version before, which has other areas."""
    assert Artefact.open(tiny_model).metrics["micro_f1"] > 0
    folder = resolve_model(adapted_version(str(tiny_model), changed))
    assert json.loads((folder / "metrics.json").read_text()) == {}
    assert Artefact.open(folder).metrics == {}
    assert "Nothing was measured of this version." in (folder / "README.md").read_text()


def test_an_adapted_version_of_an_earlier_release_claims_none_either(tiny_model: Path, changed: Taxonomy) -> None:
    """There the metrics of the version before were copied."""
    folder = resolve_model(adapted_version(str(tiny_model), changed))
    artefact = Artefact.open(folder)
    shutil.copy(tiny_model / "metrics.json", folder / "metrics.json")
    encoder = {"name": artefact.encoder_name, "hidden_size": artefact.hidden_size, "max_tokens": artefact.max_tokens}
    write_manifest(folder, artefact.version, encoder)
    assert Artefact.open(folder).metrics == {}


def test_other_areas_keep_their_scores_to_the_last_bit(tiny_model: Path, changed: Taxonomy) -> None:
    """Renamed ones too, whatever else comes and in whichever order."""
    before, old = _scores(tiny_model)
    name = activate(adapted_version(str(tiny_model), changed))
    assert active_reference() == name
    after, new = _scores(name)
    assert after == changed
    for area, source in (("sky/birds", "sky/birds"), ("sea/mammals", "sea/whales"), ("sea/ships", "sea/ships")):
        np.testing.assert_array_equal(new[:, after.index(area)], old[:, before.index(source)])
    thresholds = Artefact.open(resolve_model(name)).area_calibration.thresholds
    earlier = Artefact.open(tiny_model).area_calibration.thresholds
    assert thresholds[after.index("sea/mammals")] == earlier[before.index("sea/whales")]


def test_a_new_area_is_tagged_by_its_text(tiny_model: Path, changed: Taxonomy) -> None:
    """Papers on nests get a higher score for it than others; a new field is as probable as its area."""
    name = activate(adapted_version(str(tiny_model), changed))
    taxonomy, scores = _scores(name)
    column, field = taxonomy.index("land/method"), len(taxonomy.areas) + taxonomy.field_ids.index("land")
    np.testing.assert_array_equal(scores[:, field], scores[:, column])
    on_nests = Tagger.load(name).predict([Paper("1", "nest nest nest"), Paper("2", "harbour sail ship")])
    assert on_nests[0, taxonomy.index("sky/nests")] > on_nests[1, taxonomy.index("sky/nests")]


def test_merged_and_split_areas_start_at_their_sources(tiny_model: Path) -> None:
    """The merged area answers to the words of both, the parts of the split one are told apart by their texts."""
    taxonomy = parse_taxonomy(MERGED, "areas.yaml")
    tagger = Tagger.load(activate(adapted_version(str(tiny_model), taxonomy)))
    whale, ship, nest, flight = (
        Paper("", f"{words} {words}") for words in ("whale song ocean", "ship harbour sail", "nest", "flight")
    )
    scores = tagger.probabilities([whale, ship, nest, flight])
    merged = scores[:, taxonomy.index("sea/all")]
    assert merged[:2].min() > merged[2:].max()
    apart = scores[:, taxonomy.index("sky/nests")] - scores[:, taxonomy.index("sky/flight")]
    assert apart[2] > apart[3]


def test_the_same_change_makes_the_same_version_and_none_is_lost(tiny_model: Path, changed: Taxonomy) -> None:
    """Adapting again reuses it; from an adapted version the way back leads to the trained one."""
    trained = install(tiny_model)
    name = adapted_version(trained, changed)
    assert adapted_version(trained, changed) == name == adapted_version(name, changed)
    assert adapted_version(name, parse_taxonomy(TAXONOMY, "areas.yaml")) == trained
    other = adapted_version(name, parse_taxonomy(MERGED, "areas.yaml"))
    assert sorted(versions()) == sorted(["bundled", trained, name, other])
    card = Artefact.open(resolve_model(other)).card["adapted_without_training"]
    assert card["from_version"] == trained
    assert card["merged"] == "sea/whales + sea/ships -> sea/all"


def test_fingerprints_come_along(tiny_model: Path, changed: Taxonomy) -> None:
    """What the encoder learned from does not change."""
    name = adapted_version(str(tiny_model), changed)
    before, after = Fingerprints.read(tiny_model), Artefact.open(resolve_model(name)).fingerprints
    assert len(before) and after.values.tolist() == before.values.tolist()

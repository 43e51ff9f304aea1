"""An earlier model as the start of a new one."""

from pathlib import Path

import numpy as np
import pytest

from data.papers import Paper
from data.taxonomy_file import load_taxonomy
from model.activation import activate
from model.adapt_to_taxonomy import adapted_version
from model.artefact import Artefact
from model.versions import install
from tests.support.tiny import TAXONOMY
from training.fine_tuning.start import network_of
from training.retraining.adapted_model import load_adapted

PAPERS = [Paper("a", "whale song ocean", "the whale"), Paper("b", "bird nest", "flight of a bird")]


def test_folded_heads_give_the_calibrated_log_odds(tiny_model: Path) -> None:
    """A sigmoid is all that is left to apply; the network starts with these heads."""
    earlier = load_adapted(str(tiny_model), None)
    heads = earlier.artefact.folded_heads
    logits, _ = heads.logits(earlier.tagger.embed(PAPERS))
    assert 1 / (1 + np.exp(-logits)) == pytest.approx(earlier.tagger.probabilities(PAPERS), abs=1e-4)
    network = network_of(earlier.artefact)
    assert network.area_head.weight.detach().numpy() == pytest.approx(heads.area_weight)
    assert network.field_head.bias.detach().numpy() == pytest.approx(heads.field_bias)
    assert earlier.known.all() and earlier.learned.all()


def test_a_teacher_reads_no_more_than_its_pupil(tiny_model: Path) -> None:
    """What comes after the last token that it may read changes nothing."""
    teacher = load_adapted(str(tiny_model), None).cut_to(5)
    long, longer = Paper("a", "whale whale whale", ""), Paper("b", "whale whale whale bird bird bird", "")
    read: list[int] = []
    teacher.tagger.on_tokens = read.append
    cut = teacher.tagger.embed([long, longer])
    assert read == [10]
    assert cut[0] == pytest.approx(cut[1], abs=1e-5)
    assert teacher.cut_to(10**6).artefact.max_tokens == 5


def test_a_changed_taxonomy(tiny_model: Path, tmp_path: Path) -> None:
    """Renamed areas are known by their new name; a new one is not known, nor its field, which starts at its areas."""
    changed = tmp_path / "changed.yaml"
    renamed = TAXONOMY.replace("{id: sea/whales,", "{id: sea/cetaceans, replaces: [sea/whales],")
    changed.write_text(renamed + "  - {id: new, name: New, areas: [{id: new/study, name: Study of a new method}]}\n")
    taxonomy = load_taxonomy(changed)
    earlier = load_adapted(str(tiny_model), taxonomy)
    assert earlier.known.tolist() == earlier.learned.tolist() == [True, True, True, False]
    plain = load_adapted(str(tiny_model), None)
    assert earlier.tagger.probabilities(PAPERS)[:, :3] == pytest.approx(plain.tagger.probabilities(PAPERS))
    heads = earlier.artefact.heads
    assert heads.field_weight[2] == pytest.approx(heads.area_weight[3])
    install(tiny_model)
    adapted = activate(adapted_version(Artefact.open(tiny_model).version, taxonomy))
    guessing = load_adapted(adapted, None)  # it tags the new area, from its text
    assert guessing.known.all() and guessing.learned.tolist() == [True, True, True, False]

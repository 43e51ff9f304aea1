"""Lexical features whose share is cross-validated on the training papers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.label_matrix import output_targets
from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from model.artefact import Artefact
from model.calibration import Calibration
from model.embedding_only import embedding_only
from tests.support.tiny import TAXONOMY, records
from training.fine_tuning.examples import Example
from training.fine_tuning.lexical_of_few import weigh_lexical
from training.fine_tuning.linear_probe import Probe

AREAS = parse_taxonomy(TAXONOMY, "tiny")
OUTPUTS = len(AREAS.areas) + len(AREAS.fields)


@pytest.fixture
def examples() -> list[Example]:
    """Papers whose words give their areas away."""
    made = []
    for row in records(120, seed=6):
        areas = np.array([area in row["areas"] for area in AREAS.area_ids], dtype=np.float32)  # type: ignore[operator]
        made.append(Example(Paper(str(row["id"]), str(row["title"]), str(row["abstract"])), areas))
    return made


def _probe(model: Artefact, held_out: np.ndarray) -> Probe:
    areas, fields = len(AREAS.areas), len(AREAS.fields)
    return Probe(model.heads, Calibration.identity(areas), Calibration.identity(fields), 1.0, held_out)


def _logits(examples: list[Example], height: float) -> np.ndarray:
    """Log-odds that are right, by this much, with some noise."""
    targets = output_targets(np.stack([example.areas for example in examples]), AREAS)
    noise = np.random.default_rng(0).normal(size=targets.shape)
    return np.asarray((2 * targets - 1) * height + noise, dtype=np.float32)


def test_the_less_a_probe_knows_the_more_words_count(examples: list[Example], tiny_model: Path) -> None:
    """A probe that guesses leaves everything to them."""
    model = Artefact.open(tiny_model)
    shares = []
    for height in (0.0, 1.0, 4.0):
        weighed = weigh_lexical(examples, AREAS, _probe(model, _logits(examples, height)))
        assert weighed is not None
        shares.append(weighed.shares[0])
    assert shares[0] > shares[1] > shares[2]


def test_the_model_reads_both_and_can_be_exported_without_words(examples: list[Example], tiny_model: Path) -> None:
    """Its own calibration is that of both together; the one it had goes with the embedding alone."""
    model = replace(Artefact.open(tiny_model), area_calibration=Calibration(1.0, (0.0,) * 3, (0.25,) * 3))
    weighed = weigh_lexical(examples, AREAS, _probe(model, _logits(examples, 1.0)))
    assert weighed is not None
    both = weighed.added_to(model.parts)
    assert both.heads.area_weight.shape == (len(AREAS.areas), model.hidden_size + OUTPUTS)
    assert both.lexical is weighed.features and both.area_calibration == weighed.areas
    alone = embedding_only(both)
    assert alone.lexical is None and alone.area_calibration.thresholds == (0.25,) * 3
    np.testing.assert_array_equal(alone.heads.area_weight, model.heads.area_weight)


@pytest.mark.parametrize("papers", [20, 120])
def test_areas_that_are_known_count_where_others_are_not(
    examples: list[Example], tiny_model: Path, papers: int
) -> None:
    """Also where something is unknown of every paper."""
    for example in examples[:papers]:
        example.areas[0] = np.nan
    found = weigh_lexical(examples, AREAS, _probe(Artefact.open(tiny_model), _logits(examples, 1.0)))
    assert found is not None and np.isfinite(found.areas.offsets).all() and found.shares[0] > 0


def test_papers_without_common_terms_get_none(tiny_model: Path) -> None:
    """The model stays as it was."""
    examples = [Example(Paper(str(row), f"Title{row}", ""), np.eye(3, dtype=np.float32)[row % 3]) for row in range(60)]
    probe = _probe(Artefact.open(tiny_model), np.zeros((60, OUTPUTS), dtype=np.float32))
    assert weigh_lexical(examples, AREAS, probe) is None


def test_words_that_add_nothing_are_left_out(examples: list[Example], tiny_model: Path) -> None:
    """As where every known area is denied, so that nothing can be learned."""
    for example in examples:
        example.areas[:] = 0.0
    probe = _probe(Artefact.open(tiny_model), np.zeros((120, OUTPUTS), dtype=np.float32))
    assert weigh_lexical(examples, AREAS, probe) is None

"""The row that a new area gets from its text."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.taxonomy import area_texts
from data.taxonomy_file import parse_taxonomy
from model.artefact import Artefact
from model.heads import Heads
from model.new_areas import with_taxonomy
from model.ood import OodDetector
from tests.support.artefact import write_artefact
from tests.support.tiny import TAXONOMY

CLOUDS = "      - {id: sky/clouds, name: Clouds, description: Clouds and rain}\n"
WITH_CLOUDS = parse_taxonomy(TAXONOMY + CLOUDS, "areas.yaml")
TEXTS = np.eye(4, dtype=np.float32)
"""Embeddings of the area texts, a direction each; the last is that of the new area."""
ROWS = np.array([[4, -1, 0, 0], [0, 3, 1, 1], [-1, 0, 5, 0]], np.float32)
BIASES = np.array([-2, -3, -1], np.float32)


def _heads(folder: Path, texts: NDArray[np.float32] = TEXTS, detector: OodDetector | None = None) -> Heads:
    """The heads of the tiny taxonomy's three areas and of a new one."""
    heads = Heads(ROWS, BIASES, np.zeros((2, 4), np.float32), np.zeros(2, np.float32))
    artefact = replace(Artefact.open(write_artefact(folder, "v1")), heads=heads, ood=detector)
    embedded = dict(zip(area_texts(WITH_CLOUDS), texts, strict=True))
    return with_taxonomy(artefact, WITH_CLOUDS, lambda wanted: np.stack([embedded[text] for text in wanted])).heads


def test_over_papers_its_logit_is_spread_like_those_of_other_areas(tmp_path: Path) -> None:
    """Mean and standard deviation are the others' averages, so that their calibration fits."""
    generator = np.random.default_rng(0)
    papers = (generator.normal(size=(500, 4)) @ generator.normal(size=(4, 4)) + 3).astype(np.float32)
    spread, axes = np.linalg.eigh(np.cov(papers.T))
    detector = OodDetector(
        papers.mean(axis=0), (axes / np.sqrt(spread)).T.astype(np.float32), limit=1.0, title_limit=1.0, languages=()
    )
    logits, _ = _heads(tmp_path / "model", detector=detector).logits(papers)
    means, deviations = logits.mean(axis=0), logits.std(axis=0)
    np.testing.assert_allclose(means[3], means[:3].mean(), rtol=1e-3)
    np.testing.assert_allclose(deviations[3], (papers @ (ROWS - ROWS.mean(axis=0)).T).std(axis=0).mean(), rtol=1e-2)


def test_known_rows_stay_and_the_new_text_suits_the_new_area_best(tmp_path: Path) -> None:
    """Without knowledge of papers too."""
    heads = _heads(tmp_path / "model")
    np.testing.assert_array_equal(heads.area_weight[:3], ROWS)
    np.testing.assert_array_equal(heads.area_bias[:3], BIASES)
    assert heads.logits(TEXTS)[0][:, 3].argmax() == 3


def test_a_direction_in_which_known_areas_differ_counts_less(tmp_path: Path) -> None:
    """Of two directions in the new text the one that tells known areas apart says less about the new area."""
    texts = TEXTS.copy()
    texts[3] = (TEXTS[0] + TEXTS[3]) / np.sqrt(2)
    row = _heads(tmp_path / "model", texts).area_weight[3]
    assert row[3] > 1.5 * row[0]

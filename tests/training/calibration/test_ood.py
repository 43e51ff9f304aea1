"""Fitting the OOD detector: what depends on the length of texts."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from data.papers import Paper
from model.ood import Lengths
from model.tagger import Tagger
from training.calibration.ood import fit_ood_detector


class _Embedder:
    """Embeds texts at random, in a ball that is the wider the shorter a text is."""

    class artefact:
        hidden_size = 4

    def __init__(self, exponent: float) -> None:
        self._exponent = exponent
        self._random = np.random.default_rng(3)

    def embed(self, papers: list[Paper]) -> NDArray[np.float32]:
        """float32 [n, 4]."""
        spread = np.array([len(paper.text) ** (-self._exponent / 2) for paper in papers])
        return np.asarray(self._random.standard_normal((len(papers), 4)) * spread[:, None], dtype=np.float32)


def _papers(sentences: int) -> list[Paper]:
    abstract = "We count the birds of an island. " * sentences
    return [Paper(str(number), f"Birds of island {number}", abstract) for number in range(900)]


@pytest.mark.parametrize("exponent", [0.0, 0.4])
def test_the_exponent_is_found(exponent: float) -> None:
    """That of the spread of distances, from papers and from their first sentences."""
    detector = fit_ood_detector(cast(Tagger, _Embedder(exponent)), _papers(20))
    assert detector is not None
    assert detector.lengths.exponent == pytest.approx(exponent, abs=0.15)
    assert detector.lengths.title == pytest.approx(19, abs=1)
    assert detector.lengths.paper == pytest.approx(680, abs=10)


def test_papers_of_one_sentence_say_nothing_of_lengths() -> None:
    """The exponent is then that of others."""
    papers = [replace(paper, abstract=paper.abstract.strip()) for paper in _papers(1)]
    detector = fit_ood_detector(cast(Tagger, _Embedder(0.4)), papers)
    assert detector is not None
    assert detector.lengths.exponent == Lengths().exponent

"""The OOD detector is fitted to how papers are spread, and its limits to papers that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from data.papers import Paper
from model.ood import Lengths
from model.tagger import Tagger
from training.calibration.ood import FEWEST, WITHIN, fit_ood_detector

HIDDEN = 3
ENGLISH = "We study how the songs of birds travel through the forest in the early morning of the winter"
FRENCH = "Nous étudions le chant des oiseaux dans la forêt et comment il voyage au petit matin de l'hiver"
SPREAD = np.array([[2.0, 0.0, 0.0], [1.0, 0.5, 0.0], [0.0, 0.0, 0.1]])


class FakeTagger:
    """Gives each paper a vector of a known distribution by its number, and lexical features behind it."""

    def __init__(self) -> None:
        self.asked: list[list[Paper]] = []

    def embed(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """Titles alone lie twice as far from the mean."""
        self.asked.append(list(papers))
        rows = [self._vector(paper) for paper in papers]
        return np.array(rows, np.float32).reshape(len(papers), HIDDEN + 2)

    def pooled_embeddings(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """The same without lexical features."""
        return self.embed(papers)[:, :HIDDEN]

    def _vector(self, paper: Paper) -> NDArray[np.float64]:
        drawn = np.random.default_rng(int(paper.id)).normal(size=HIDDEN)
        scale = 1.0 if paper.abstract else 2.0
        return np.concatenate([np.array([5.0, -1.0, 0.0]) + scale * (SPREAD @ drawn), [1e6 * drawn[0], 1e6]])


def _papers(count: int, start: int = 0, text: str = ENGLISH, title: str = "A title") -> list[Paper]:
    return [Paper(str(number), title, text) for number in range(start, start + count)]


def _fit(papers: Sequence[Paper], held_out: Sequence[Paper] = ()) -> tuple[FakeTagger, object]:
    tagger = FakeTagger()
    return tagger, fit_ood_detector(cast(Tagger, tagger), papers, held_out)


@pytest.mark.parametrize(("count", "fitted"), [(FEWEST - 1, False), (FEWEST, True)])
def test_few_papers_make_no_detector(count: int, fitted: bool) -> None:
    """A limit from them would withhold at random."""
    assert (_fit(_papers(count))[1] is not None) is fitted


def test_distances_are_those_of_the_papers_own_spread() -> None:
    """Each direction counts in its own deviation, so distances, which are squared, have the mean of chi-square."""
    papers = _papers(1500)
    tagger = FakeTagger()
    detector = fit_ood_detector(cast(Tagger, tagger), papers)
    assert detector is not None
    assert detector.mean == pytest.approx([5.0, -1.0, 0.0], abs=0.2)
    fresh = detector.distances(tagger.embed(_papers(2000, start=10_000)))
    assert float(fresh.mean()) == pytest.approx(HIDDEN, abs=0.5)
    assert 0.985 < float((fresh <= detector.limit).mean()) <= 1.0
    assert detector.whitening.dtype == detector.mean.dtype == np.float32


def test_limits_come_from_papers_that_did_not_fit_the_spread() -> None:
    """The last third, and those held out; titles alone have a limit of their own, which lies further out."""
    papers, held_out = _papers(600), _papers(50, start=5000)
    tagger = FakeTagger()
    detector = fit_ood_detector(cast(Tagger, tagger), papers, held_out)
    assert detector is not None
    fitting, whole, _, titles = tagger.asked
    assert fitting == papers[:400]
    assert whole == [*papers[400:], *held_out]
    assert titles == [Paper(paper.id, paper.title) for paper in whole]
    distances = detector.distances(FakeTagger().embed(whole))
    assert detector.limit == pytest.approx(float(np.quantile(distances, WITHIN)))
    assert detector.title_limit == pytest.approx(
        float(np.quantile(detector.distances(FakeTagger().embed(titles)), WITHIN))
    )
    assert detector.title_limit > 1.5 * detector.limit


def test_what_a_paper_lacks_sets_no_limit() -> None:
    """Blank abstracts are no abstracts; few titles have no limit of their own."""
    papers = _papers(600)
    tagger = FakeTagger()
    blank = [Paper(str(number), "A title", " \n") for number in range(7000, 7040)]
    untitled = _papers(101, start=499, title=" ")
    detector = fit_ood_detector(cast(Tagger, tagger), [*papers[:499], *untitled], blank)
    assert detector is not None
    _, whole, _, titles = tagger.asked
    assert whole == [*papers[400:499], *untitled]
    assert len(titles) == 99 + 40 and detector.title_limit != detector.limit
    for fewest, same in ((FEWEST // 3 - 1, True), (FEWEST // 3, False)):
        mixed = [*_papers(400 + fewest), *_papers(200 - fewest, start=400 + fewest, title="")]
        detector = fit_ood_detector(cast(Tagger, FakeTagger()), mixed)
        assert detector is not None and (detector.title_limit == detector.limit) is same


@pytest.mark.parametrize(("french", "languages"), [(0, ("en",)), (5, ("en",)), (6, ("en", "fr"))])
def test_languages_are_those_of_more_than_a_few_papers(french: int, languages: tuple[str, ...]) -> None:
    """Two per cent; of 300 that is six."""
    papers = [*_papers(300 - french), *_papers(french, start=300, text=FRENCH, title="Le chant des oiseaux")]
    detector = fit_ood_detector(cast(Tagger, FakeTagger()), papers)
    assert detector is not None and detector.languages == languages


class _Embedder:
    """Embeds texts at random, in a ball that is the wider the shorter a text is."""

    def __init__(self, exponent: float) -> None:
        self._exponent = exponent
        self._random = np.random.default_rng(3)

    def pooled_embeddings(self, papers: list[Paper]) -> NDArray[np.float32]:
        """float32 [n, 4]."""
        spread = np.array([len(paper.text) ** (-self._exponent / 2) for paper in papers])
        return np.asarray(self._random.standard_normal((len(papers), 4)) * spread[:, None], dtype=np.float32)


def _sentences(sentences: int) -> list[Paper]:
    abstract = "We count the birds of an island. " * sentences
    return [Paper(str(number), f"Birds of island {number}", abstract) for number in range(900)]


@pytest.mark.parametrize("exponent", [0.0, 0.4])
def test_the_exponent_is_found(exponent: float) -> None:
    """That of the spread of distances, from papers and from their first sentences."""
    detector = fit_ood_detector(cast(Tagger, _Embedder(exponent)), _sentences(20))
    assert detector is not None
    assert detector.lengths.exponent == pytest.approx(exponent, abs=0.15)
    assert detector.lengths.title == pytest.approx(19, abs=1)
    assert detector.lengths.paper == pytest.approx(680, abs=10)


def test_papers_of_one_sentence_say_nothing_of_lengths() -> None:
    """The exponent is then that of others."""
    papers = [replace(paper, abstract=paper.abstract.strip()) for paper in _sentences(1)]
    detector = fit_ood_detector(cast(Tagger, _Embedder(0.4)), papers)
    assert detector is not None
    assert detector.lengths.exponent == Lengths().exponent

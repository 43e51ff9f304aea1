"""An evaluation of random answers in the tiny taxonomy, without a model."""

from collections.abc import Callable

import numpy as np
import pytest

from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.evaluation.metrics import PROMISED, reliability
from training.evaluation.predictions import BoolArray, Predictions
from training.evaluation.report import report_of
from training.evaluation_report.comparison import compare
from training.evaluation_report.confusion import confusions
from training.evaluation_report.evaluation import Evaluation
from training.evaluation_report.mistakes import worst_mistakes

AREAS = parse_taxonomy(TAXONOMY, "test")
MakeEvaluation = Callable[..., Evaluation]


def predictions(seed: int, labels: BoolArray, model: str = "v7", skill: float = 1.5) -> Predictions:
    """Answers that know the labels the better the larger `skill` is."""
    noise = np.random.default_rng(seed).normal(size=labels.shape)
    probabilities = (1 / (1 + np.exp(-(np.where(labels, skill, -skill) + noise)))).astype(np.float32)
    probabilities[0] = (0.2, 0.9, 0.1)
    thresholds = np.full((len(PROMISED), len(labels)), 0.7, np.float32)
    return Predictions(model, AREAS, labels, probabilities, probabilities >= 0.5, thresholds)


@pytest.fixture
def evaluation(monkeypatch: pytest.MonkeyPatch) -> MakeEvaluation:
    """Make one: of 40 papers, or of those whose texts are given; `against` compares it with worse answers."""
    monkeypatch.setattr("training.evaluation.report.BOOTSTRAP_ROUNDS", 20)

    def make(texts: tuple[str, ...] = (), against: bool = False) -> Evaluation:
        titles = texts or tuple(f"Whale song {number}" for number in range(40))
        papers = [Paper(f"p{n}", title, f"Abstract of {title}" if title else "Text.") for n, title in enumerate(titles)]
        labels = np.random.default_rng(1).random((len(papers), 3)) < 0.4
        labels[0] = (True, False, False)  # the first paper is taken for its sibling
        ids = np.array(AREAS.area_ids)
        labelled = [LabelledPaper(paper, tuple(ids[row])) for paper, row in zip(papers, labels, strict=True)]
        found = predictions(2, labels)
        return Evaluation(
            labelled,
            found,
            report_of(found),
            reliability(found.probabilities, labels),
            confusions(found),
            worst_mistakes(labelled, found, 10),
            compare(found, predictions(3, labels, "v6 <b>", skill=0.2)) if against else None,
        )

    return make

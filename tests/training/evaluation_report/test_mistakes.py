"""The papers that are most wrong."""

import numpy as np

from data.labels import LabelledPaper
from data.papers import Paper
from tests.training.evaluation_report.conftest import AREAS
from training.evaluation.predictions import Predictions
from training.evaluation_report.mistakes import worst_mistakes


def test_the_largest_error_comes_first_and_what_is_right_is_left_out() -> None:
    """With the areas that are wrong, missed and right, the most probable first."""
    labels = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)
    probabilities = np.array([[0.9, 0.2, 0.1], [0.3, 0.1, 0.8], [0.6, 0.1, 0.7]], dtype=np.float32)
    labelled = [
        LabelledPaper(Paper(str(row), f"Paper {row}"), tuple(np.array(AREAS.area_ids)[labels[row]])) for row in range(3)
    ]
    predictions = Predictions("v", AREAS, labels, probabilities, probabilities >= 0.5)
    first, second = worst_mistakes(labelled, predictions, 5)
    assert [mistake.paper.id for mistake in (first, second)] == ["1", "2"]
    assert [area.id for area in first.missed] == ["sea/whales", "sea/ships"]
    assert [area.id for area in first.wrong] == ["sky/birds"] and first.right == ()
    assert first.error == 2.4  # 0.7 + 0.9 + 0.8
    assert [area.id for area in second.right] == ["sky/birds"]
    assert worst_mistakes(labelled, predictions, 1) == [first]
    record = first.to_record()
    assert record["wrong"] == [{"id": "sky/birds", "name": "Birds", "score": 0.8}] and "abstract" not in record

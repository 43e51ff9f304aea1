"""What is said of forgetting, on answers written by hand."""

import numpy as np

from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.retraining.backward_transfer import backward_transfer_report
from training.retraining.gate import Answers

TREE = parse_taxonomy(TAXONOMY, "here")
NOTHING = Answers("v", np.empty((0, 3), np.float32), np.empty((0, 3), bool), np.ones(3, bool))


def answers(rows: list[list[float]]) -> Answers:
    """Probabilities with a threshold at one half; the last area is not known."""
    probabilities = np.array(rows, dtype=np.float32)
    return Answers("v", probabilities, probabilities >= 0.5, np.array([True, True, False]))


def test_changes_of_the_old_areas() -> None:
    """Whales fall from F1 1 to 0, ships stay at 1; birds are new and have no say."""
    labels = np.array([[1, 0, 1], [0, 1, 0]], dtype=np.float32)
    before = answers([[0.9, 0.1, 0.0], [0.1, 0.9, 0.0]])
    after = answers([[0.2, 0.1, 0.9], [0.3, 0.9, 0.0]])
    report = backward_transfer_report((before, after), labels, (before, after), np.array([False, True, True]), TREE)
    old = report["old_areas"]
    assert (old["areas"], old["mean_f1_change"], old["mean_average_precision_change"]) == (2, -0.5, -0.25)
    assert old["unlabelled"] == {"areas": 1, "mean_f1_change": -1.0, "mean_average_precision_change": -0.5}
    assert set(old["by_area"]) == {"sea/whales", "sea/ships"}
    # of three areas given in all, one is the same: 2 * 1 / (2 + 1)
    assert report["agreement"]["micro_f1"] == 0.6667
    assert report["agreement"]["mean_probability_difference"] == np.float32((0.7 + 0.2) / 4).round(5)


def test_nothing_to_compare() -> None:
    """Without papers there are no numbers, and no warning."""
    report = backward_transfer_report(
        (NOTHING, NOTHING), NOTHING.probabilities, (NOTHING, NOTHING), np.ones(3, bool), TREE
    )
    assert report["old_areas"]["mean_f1_change"] is None and report["agreement"]["papers"] == 0

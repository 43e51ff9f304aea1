"""Two models on the same papers."""

from dataclasses import replace

import numpy as np
import pytest

from data.errors import AreatagError
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from tests.training.evaluation_report.conftest import predictions
from training.evaluation.metrics import point_metrics
from training.evaluation_report.comparison import compare

LABELS = np.random.default_rng(5).random((60, 3)) < 0.4


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many that an interval has two ends."""
    monkeypatch.setattr("training.evaluation.report.BOOTSTRAP_ROUNDS", 40)


def test_the_difference_is_that_of_the_measures_with_an_interval_around_it() -> None:
    """Of a much better model the interval is on one side."""
    good, bad = predictions(1, LABELS, "good", 3.0), predictions(2, LABELS, "bad", 0.1)
    found = compare(good, bad)
    one, other = (point_metrics(each.probabilities, each.predicted, LABELS) for each in (good, bad))
    for name, row in found.metrics.items():
        assert (row.model, row.against, row.difference) == (one[name], other[name], one[name] - other[name])
    low, high = found.metrics["micro_f1"].interval
    assert 0 < low < found.metrics["micro_f1"].difference < high
    assert (found.against, found.shared) == ("bad", 3)
    turned = compare(bad, good).metrics["micro_f1"].interval
    assert turned == pytest.approx((-high, -low))


def test_a_model_does_not_differ_from_itself() -> None:
    """Papers are resampled for both at once."""
    same = predictions(1, LABELS)
    assert all(row.interval == (0, 0) for row in compare(same, same).metrics.values())
    assert all(row["change"] == 0 for row in compare(same, same).areas.values())


def test_models_of_different_taxonomies_are_compared_on_what_they_share() -> None:
    """Whatever the order of the areas; without a common one they cannot be."""
    ours = predictions(1, LABELS)
    lines = TAXONOMY.splitlines(keepends=True)
    fewer = parse_taxonomy("".join(line for line in lines if "sea/ships" not in line), "test")
    theirs = replace(
        ours,
        taxonomy=fewer,
        labels=LABELS[:, [0, 2]],
        probabilities=ours.probabilities[:, [0, 2]],
        predicted=ours.predicted[:, [0, 2]],
    )
    found = compare(ours, theirs)
    assert found.shared == 2 and set(found.areas) <= {"sea/whales", "sky/birds"}
    assert found.metrics["micro_f1"].difference == 0
    other = parse_taxonomy(TAXONOMY.replace("sea/", "lake/").replace("sky/", "hill/"), "test")
    with pytest.raises(AreatagError, match="no area in common"):
        compare(ours, replace(ours, taxonomy=other))

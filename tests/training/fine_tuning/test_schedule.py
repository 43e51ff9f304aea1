"""How long and how fast to train."""

from pathlib import Path

import pytest

from training.fine_tuning.schedule import MOST_EPOCHS, PROBED, probes, schedule_for
from training.fine_tuning.train_options import TrainOptions

OPTIONS = TrainOptions(output=Path("out"))


def test_few_papers_are_seen_more_often() -> None:
    """Epochs fall with the number of papers within their bounds, and never below what many papers get."""
    epochs = [schedule_for(OPTIONS, papers).epochs for papers in (1, 100, 1000, 2000, PROBED, PROBED + 1, 10**6)]
    assert epochs == sorted(epochs, reverse=True)
    assert epochs[0] == epochs[1] == MOST_EPOCHS and epochs[-1] == 2.0


def test_fitted_heads_follow_slowly() -> None:
    """Where the heads are fitted first, both rates are lower."""
    few, many = schedule_for(OPTIONS, PROBED), schedule_for(OPTIONS, PROBED + 1)
    assert probes(PROBED) and not probes(PROBED + 1)
    assert few.learning_rate < many.learning_rate and few.head_rate < many.head_rate


@pytest.mark.parametrize("papers", [50, 50_000])
def test_what_is_said_wins(papers: int) -> None:
    """Explicit options hold for any number of papers."""
    options = TrainOptions(output=Path("out"), epochs=0.5, learning_rate=3e-5, head_rate=7.0)
    schedule = schedule_for(options, papers)
    assert (schedule.epochs, schedule.learning_rate, schedule.head_rate) == (0.5, 3e-5, 7.0)

"""Which labelled papers judge."""

import dataclasses

from data.labels import LabelledPaper
from data.papers import Paper
from training.retraining.held_out import is_held_out, split_labels

PAPERS = [
    Paper(f"p{n}", f"Harbour number {n}", f"Ships of kind {n} enter the harbour of town {n}.") for n in range(400)
]
LABELS = [LabelledPaper(paper, ("sea/ships",)) for paper in PAPERS]


def test_a_quarter_judges_and_it_is_always_the_same() -> None:
    """Chosen by content: the id does not matter, nor which other papers there are."""
    split = split_labels(LABELS, 3, calibrate=True)
    assert 70 < len(split.held_out) < 130
    assert 40 < len(split.calibration) < 90
    assert len(split.held_out) + len(split.calibration) + len(split.train) == 400
    assert split_labels(LABELS[:100], 3, calibrate=True).held_out == tuple(
        item for item in LABELS[:100] if item in split.held_out
    )
    assert is_held_out(dataclasses.replace(split.held_out[0].paper, id="other"))


def test_incomplete_labels_train() -> None:
    """A decision about one area of a hundred judges nothing; one that is complete but for a new area does."""
    judged = [item for item in LABELS if is_held_out(item.paper)]
    single = [dataclasses.replace(item, complete=False) for item in judged]
    assert not split_labels(single, 100, calibrate=True).held_out
    nearly = [dataclasses.replace(item, complete=False, rejected=("sea/whales",)) for item in judged]
    assert len(split_labels(nearly, 3, calibrate=True).held_out) == len(judged)


def test_near_duplicates_of_held_out_papers_do_not_train() -> None:
    """Another version of a held-out paper, with the same title, is left out."""
    held = next(item for item in LABELS if is_held_out(item.paper))
    texts = (f"A later version, number {n}." for n in range(100))
    versions = (Paper("v", held.paper.title, text) for text in texts)
    other = next(paper for paper in versions if not is_held_out(paper))
    split = split_labels([held, LabelledPaper(other, ())], 3, calibrate=True)
    assert (split.train, split.held_out) == ((), (held,))


def test_few_labels_all_train() -> None:
    """Below a hundred nothing is set aside for calibration, and nothing where it is not wanted."""
    assert not split_labels(LABELS[:100], 3, calibrate=True).calibration
    assert not split_labels(LABELS, 3, calibrate=False).calibration

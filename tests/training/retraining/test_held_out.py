"""Which labelled papers judge."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

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
    assert (split.train, split.held_out, split.near_held_out) == ((), (held,), (split.near_held_out[0],))
    assert split.near_held_out[0].paper == other


@given(uses=st.lists(st.sampled_from(["trains", "held out", "near", "silent"]), max_size=12))
def test_every_label_is_used_or_said_to_be_left_out(uses: list[str]) -> None:
    """Whatever labels there are: none is lost, and the sentence has the numbers."""
    labels = [_label(use, number) for number, use in enumerate(uses)]
    split = split_labels(labels, 3, calibrate=True)
    parts = (split.train, split.calibration, split.held_out, split.near_held_out, split.silent)
    assert sorted(item.paper.id for part in parts for item in part) == sorted(item.paper.id for item in labels)
    assert len(split.near_held_out) == (uses.count("near") if "held out" in uses else 0)
    numbers = [len(part) for part in (split.near_held_out, split.silent) if part]
    assert [int(word) for word in split.left_out().split() if word.isdecimal()] == numbers
    assert bool(split.left_out()) == bool(numbers)


HELD = next(item for item in LABELS if is_held_out(item.paper))
LEARNED = [item for item in LABELS if not is_held_out(item.paper)]
LATER = [Paper("v", HELD.paper.title, f"A later version, number {number}.") for number in range(100)]
VERSIONS = [paper for paper in LATER if not is_held_out(paper)]


def _label(use: str, number: int) -> LabelledPaper:
    """A label for one use; the first held-out paper is the one that others nearly equal."""
    paper = {
        "trains": LEARNED[number].paper,
        "held out": HELD.paper,
        "near": VERSIONS[number],
        "silent": LEARNED[-1 - number].paper,
    }[use]
    complete = use != "silent"
    return LabelledPaper(dataclasses.replace(paper, id=f"{use} {number}"), ("sea/ships",) * complete, (), complete)


def test_few_labels_all_train() -> None:
    """Below a hundred nothing is set aside for calibration, and nothing where it is not wanted."""
    assert not split_labels(LABELS[:100], 3, calibrate=True).calibration
    assert not split_labels(LABELS, 3, calibrate=False).calibration

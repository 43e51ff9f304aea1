"""The gate, on answers written by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from data.taxonomy import Taxonomy
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.retraining.gate import Answers, Verdict, compare, difference_bounds

TREE: Taxonomy = parse_taxonomy(TAXONOMY, "here")


def answers(predicted: NDArray[np.bool_], known: tuple[bool, bool, bool] = (True, True, True)) -> Answers:
    """Answers that are sure of themselves."""
    return Answers("v", predicted.astype(np.float32), predicted, np.array(known))


def truth(papers: int) -> NDArray[np.bool_]:
    """Each paper has one area; the three take turns."""
    return np.asarray(np.arange(papers)[:, None] % 3 == np.arange(3), dtype=np.bool_)


def test_equal_answers_are_not_inferior() -> None:
    """Nothing changes in any resample, so the bound is zero."""
    gold = truth(60)
    report = compare(answers(gold), answers(gold), gold.astype(np.float32), TREE)
    assert report.verdict is Verdict.NOT_INFERIOR
    assert (report.active_micro_f1, report.difference, report.lower_bound) == (1.0, 0.0, 0.0)
    assert report.areas["sea/whales"].papers == 20 and not report.fallen


def test_few_papers_decide_nothing() -> None:
    """Below 50 held-out papers even a perfect candidate is not judged."""
    gold = truth(49)
    report = compare(answers(~gold), answers(gold), gold.astype(np.float32), TREE)
    assert report.verdict is Verdict.INSUFFICIENT
    assert "49 held-out papers are too few" in report.reasons[0] and "about 200 completely" in report.reasons[0]
    assert report.reasons[0].endswith("Label about 4 more papers completely.")
    nobody = compare(answers(gold[:0]), answers(gold[:0]), gold[:0].astype(np.float32), TREE)
    assert nobody.verdict is Verdict.INSUFFICIENT and nobody.lower_bound is None


def test_a_loss_overall_is_inferior() -> None:
    """Three of sixty papers lost: micro-F1 falls from 1 to 114/117, and the bound says it may be more."""
    gold = truth(60)
    worse = gold.copy()
    worse[:3] = False
    report = compare(answers(gold), answers(worse), gold.astype(np.float32), TREE)
    assert report.difference == pytest.approx(114 / 117 - 1)
    assert report.lower_bound is not None and report.lower_bound < report.difference
    assert report.verdict is Verdict.INFERIOR and "Micro-F1" in report.reasons[0]


def test_one_fallen_area_is_inferior() -> None:
    """Whales lose more than ten points on twenty papers, while the other areas gain more than that."""
    gold = truth(60)
    before, after = gold.copy(), gold.copy()
    before[gold[:, 1] | gold[:, 2]] = False
    after[np.flatnonzero(gold[:, 0])[:4], 0] = False  # F1 32/36
    report = compare(answers(before), answers(after), gold.astype(np.float32), TREE)
    assert report.difference > 0.3 and report.fallen == ("sea/whales",)
    assert report.verdict is Verdict.INFERIOR and "sea/whales" in report.reasons[0]


def test_a_rare_area_has_no_say() -> None:
    """With fewer than ten held-out papers an area's fall is reported and does not decide."""
    gold = truth(300)
    gold[:, 0] = False
    gold[:9, 0] = True
    after = gold.copy()
    after[:2, 0] = False
    report = compare(answers(gold), answers(after), gold.astype(np.float32), TREE)
    assert report.areas["sea/whales"].change < -0.1 and not report.fallen
    assert report.verdict is Verdict.NOT_INFERIOR


def test_a_new_area_cannot_hide_a_loss() -> None:
    """What the active model does not know counts for all areas, not for the verdict."""
    gold = truth(60)
    before, after = gold.copy(), gold.copy()
    before[:, 2] = False
    after[np.flatnonzero(gold[:, 0])[:1], 0] = False
    report = compare(answers(before, (True, True, False)), answers(after), gold.astype(np.float32), TREE)
    assert report.all_areas["candidate"] > report.all_areas["active"]
    assert report.difference < 0 and report.verdict is Verdict.INFERIOR


def test_open_labels_are_not_counted() -> None:
    """A prediction where the label says nothing is neither right nor wrong."""
    gold = truth(60).astype(np.float32)
    gold[:, 2] = np.nan
    known = truth(60)
    known[:, 2] = False
    report = compare(answers(known), answers(known | np.array([False, False, True])), gold, TREE)
    assert report.candidate_micro_f1 == 1.0 and "sky/birds" not in report.areas


def test_the_bound_is_that_of_the_bootstrap() -> None:
    """On papers that are lost with probability 1/2 the bound lies between mean and worst; the seed repeats it."""
    before = np.tile(np.array([[1, 1, 1]]), (100, 1))
    after = before.copy()
    after[::2] = [0, 1, 1]
    bounds = difference_bounds(before, after)
    assert bounds is not None and -0.6 < bounds[0] < -0.5 < bounds[1] < -0.4
    assert bounds == difference_bounds(before, after)
    assert difference_bounds(before[:1], after[:1]) is None


def test_the_record_says_what_the_verdict_hangs_on() -> None:
    """Whoever draws it needs the limits, and both bounds around the difference."""
    gold = truth(60)
    worse = gold.copy()
    worse[:3] = False
    record = compare(answers(gold), answers(worse), gold.astype(np.float32), TREE).to_record()
    assert record["lower_bound"] < record["difference"] < record["upper_bound"] <= 0
    assert record["limits"] == {"papers": 50, "margin": 0.01, "papers_of_area": 10, "area_margin": 0.1}

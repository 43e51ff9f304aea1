"""What is said of labels before a model learns from them."""

import pytest

from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.label_checks import ENOUGH_PAPERS, merged, nothing_to_learn, warnings

A, B, C = "sea/whales", "sea/tides", "sky/birds"
TAXONOMY = Taxonomy(
    1,
    (Field("sea", "Sea", (), (Area(A, "Whales"), Area(B, "Tides"))), Field("sky", "Sky", (), (Area(C, "Birds"),))),
)


def _label(
    number: int, areas: tuple[str, ...], rejected: tuple[str, ...] = (), complete: bool = True, abstract: str = "Text."
) -> LabelledPaper:
    return LabelledPaper(Paper(str(number), f"Paper {number}", abstract), areas, rejected, complete)


def test_the_latest_record_about_each_area_counts() -> None:
    """Of the same text, or the same id and title; the paper stays where it came first, and its id is told."""
    labels, contradicting = merged(
        [
            _label(1, (A,)),
            _label(2, (A,)),
            LabelledPaper(Paper("other", "Paper 1", "Text."), (B,)),
            _label(2, (A, C), abstract="A later version."),
            _label(3, ()),
        ]
    )
    assert [(label.paper.title, label.areas) for label in labels] == [
        ("Paper 1", (B,)),
        ("Paper 2", (A, C)),
        ("Paper 3", ()),
    ]
    assert contradicting == ("other", "2")


@pytest.mark.parametrize(
    ("first", "second", "contradicts"),
    [
        (_label(1, (A, B)), _label(1, (B, A)), False),
        (_label(1, (A,), (), False), _label(1, (B,), (), False), False),
        (_label(1, (A,), (), False), _label(1, (B,), (A,), False), True),
        (_label(1, (A,)), _label(1, (B,), (), False), True),
        (_label(1, (A,), (), False), _label(1, (B,)), True),
    ],
)
def test_only_a_contradiction_is_one(first: LabelledPaper, second: LabelledPaper, contradicts: bool) -> None:
    """What a partial label leaves open contradicts nothing; the two become one."""
    labels, contradicting = merged([first, second])
    assert len(labels) == 1
    assert bool(contradicting) is contradicts
    assert set(second.areas) <= set(labels[0].areas)


def test_an_id_that_two_papers_share_merges_nothing() -> None:
    """Numbers of two collections may be the same."""
    same_id = LabelledPaper(Paper("1", "Another paper", "Text."), (B,))
    assert merged([_label(1, (A,)), same_id]) == ((_label(1, (A,)), same_id), ())


def test_areas_and_papers_that_are_missing_are_named() -> None:
    """Areas that never occur, those that hardly do, and too few papers; what is enough is said."""
    labels = [_label(number, (A, B) if number < 4 else (A,)) for number in range(40)]
    never, few, papers = warnings(labels, (), TAXONOMY, has_validation=False)
    assert "1 of 3 areas occur in no paper" in never and "Birds" in never
    assert "1 of 3 areas occur in fewer than 5 papers" in few and "Tides. 10 papers of each are enough" in few
    assert "only 40 papers" in papers and "none is kept aside" in papers and "300 are enough" in papers
    assert "kept aside" not in warnings(labels, (), TAXONOMY, has_validation=True)[-1]


def test_long_lists_are_cut() -> None:
    """Of areas and of papers."""
    many = Taxonomy(1, (Field("f", "F", (), tuple(Area(str(number), f"Area {number}") for number in range(100))),))
    ids = [f"p{number}" for number in range(30)]
    repeated, never = warnings([_label(1, ())] * ENOUGH_PAPERS, ids, many, has_validation=True)
    assert "30 papers are given more than once" in repeated and "'p7' and 22 more" in repeated
    assert "Area 7 and 92 more" in never


def test_enough_labels_need_no_word() -> None:
    """And labels without any area are told from others."""
    labels = [_label(number, (A, B, C)) for number in range(ENOUGH_PAPERS)]
    assert warnings(labels, (), TAXONOMY, has_validation=False) == []
    assert not nothing_to_learn(labels)
    assert nothing_to_learn([_label(1, (), (A,))])

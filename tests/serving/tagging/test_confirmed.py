"""A curator's label wins over the prediction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from model.tags import Score, TagOptions
from serving.tagging.confirmed import apply_label, confirm
from tests.serving.fake_tagger import TAXONOMY, FakeTagger

PAPER = Paper("1", "We segment depth.")
SEG, TRANSLATION = "vision/segmentation", "language/translation"
SEGMENTATION = Score(SEG, "Segmentation", 1.0, True)


@pytest.mark.parametrize(
    ("label", "options", "expected"),
    [
        (
            LabelledPaper(PAPER, ("vision/segmentation",), (), False),
            {},
            {"vision/segmentation": True, "vision/3d": False},
        ),
        (LabelledPaper(PAPER, (SEG,)), {}, {SEG: True}),
        (LabelledPaper(PAPER, (), ("vision/3d",), False), {}, {SEG: False}),
        (LabelledPaper(PAPER, ()), {}, {}),
        (
            LabelledPaper(PAPER, ("language/translation", "gone"), (), False),
            {"top_k": 1},
            {"language/translation": True},
        ),
        (LabelledPaper(PAPER, (TRANSLATION,)), {"areas": frozenset({"vision/3d"})}, {}),
    ],
)
def test_accepted_areas_come_first_and_rejected_ones_go(
    label: LabelledPaper, options: dict[str, object], expected: dict[str, bool]
) -> None:
    """Partial labels keep the other predictions, complete ones do not; the options still hold."""
    chosen = replace(TagOptions(), **options)  # type: ignore[arg-type]
    result = apply_label(FakeTagger().tag([PAPER], chosen)[0], label, TAXONOMY, chosen)
    assert {area.id: area.confirmed for area in result.areas} == expected
    assert result.abstained == (not expected)


def test_the_record_marks_confirmed_areas_only() -> None:
    """Others keep the keys they had; the field of a confirmed area is certain."""
    label = LabelledPaper(PAPER, ("vision/segmentation",), (), False)
    result = apply_label(FakeTagger().tag([PAPER], TagOptions(explain=True))[0], label, TAXONOMY, TagOptions())
    record = result.to_record()
    assert record["areas"] == [
        {"id": "vision/segmentation", "name": "Segmentation", "score": 1.0, "confirmed": True},
        {"id": "vision/3d", "name": "3D", "score": pytest.approx(0.9)},
    ]
    assert record["fields"] == [{"id": "vision", "name": "Computer vision", "score": 1.0}]
    assert result.evidence is not None and result.evidence.keys() == {"vision/segmentation", "vision/3d"}


def test_each_paper_gets_its_own_label() -> None:
    """Papers are found by content, whatever their ids; one look into the store is enough for all."""
    papers = [Paper("x", "We  segment depth. "), Paper("y", "We translate.")]
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(PAPER, (SEG,)))])
        first, second = confirm(FakeTagger().tag(papers), papers, store, TAXONOMY, TagOptions())
    assert first.areas == (SEGMENTATION,) and first.id == "x"
    assert [area.id for area in second.areas] == ["language/translation"]

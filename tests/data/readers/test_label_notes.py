"""What the user is told of a file of labels."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from data.papers import Paper
from data.readers.label_notes import LabelNotes
from data.readers.records import Record

WHOLE = Paper("1", "Salmon", "They swim.")
TITLE = Paper("1", "Salmon")


def _said(caplog: pytest.LogCaptureFixture, *seen: tuple[Mapping[str, object], Paper]) -> list[str]:
    notes = LabelNotes()
    for line, (fields, paper) in enumerate(seen, start=4):
        notes.see(Record("gold.csv", line, fields), paper)
    notes.log("gold.csv")
    return caplog.messages


def test_of_labels_by_curators_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """Nor of a file without records; one abstract is enough, and a list without areas is meant so."""
    assert _said(caplog, ({"areas": "fish"}, WHOLE), ({"areas": []}, TITLE), ({"model": "v1"}, TITLE)) == []
    assert _said(caplog) == []


def test_answers_of_a_model_are_no_decisions(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the letters of their fields; the first of them is named."""
    answer: dict[str, object] = {"areas": "", "Abstained": True, "MODEL": "v1"}
    (one,) = _said(caplog, ({"areas": "fish"}, WHOLE), (answer, WHOLE))
    assert one.startswith("gold.csv: the record in line 5 is what areatag label wrote: ")
    caplog.clear()
    (two,) = _said(caplog, (answer, WHOLE), ({"areas": "fish"}, WHOLE), (answer, WHOLE))
    assert "2 records, the first in line 4, are what areatag label wrote" in two


def test_an_empty_cell_says_that_no_area_applies(caplog: pytest.LogCaptureFixture) -> None:
    """Which is seldom meant."""
    (one,) = _said(caplog, ({"areas": "fish"}, WHOLE), ({"areas": "  "}, WHOLE))
    assert one.startswith("gold.csv: the record in line 5 is without areas, which says that no area applies")
    caplog.clear()
    (two,) = _said(caplog, ({"areas": ""}, WHOLE), ({"areas": ""}, WHOLE))
    assert "2 records, the first in line 4, are without areas" in two


def test_titles_alone_are_said(caplog: pytest.LogCaptureFixture) -> None:
    """Each note is a line of its own."""
    (alone,) = _said(caplog, ({"areas": "fish"}, TITLE))
    assert alone.startswith("gold.csv: no record has an abstract")
    caplog.clear()
    assert len(_said(caplog, ({"areas": ""}, TITLE), ({"abstained": False, "model": "v"}, TITLE))) == 3


def test_areas_among_keywords_are_said(caplog: pytest.LogCaptureFixture) -> None:
    """Authors may have used the name of an area, too."""
    notes = LabelNotes()
    notes.see_keywords(Record("refs.bib", 7, {"keywords": "Fish"}))
    notes.log("refs.bib")
    (one,) = caplog.messages
    assert one.startswith(
        "refs.bib: the record in line 7 is without a field 'areas': of keywords, those that name areas"
    )

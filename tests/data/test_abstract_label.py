"""Tests of data.abstract_label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.abstract_label import without_label


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("ABSTRACTWe count geese.", "We count geese."),
        ("ABSTRACTA goose sleeps.", "A goose sleeps."),
        ("ABSTRACTGeese sleep.", "Geese sleep."),
        ("ABSTRACTDNA of geese is old.", "DNA of geese is old."),
        ("ABSTRACTBackgroundWe count.MethodsWe sit. ResultsThe geese left.",
         "Background: We count. Methods: We sit. Results: The geese left."),
        ("AbstractIn winter geese leave.", "In winter geese leave."),
        ("Abstract We count geese.", "We count geese."),
        ("Abstract Background: We count. Methods: We sit.", "Background: We count. Methods: We sit."),
        ("ABSTRACT Geese sleep.", "Geese sleep."),
        ("ABSTRACT WE COUNT GEESE.", "WE COUNT GEESE."),
        ("Abstract: geese sleep.", "geese sleep."),
        ("Abstract.\nGeese sleep.", "Geese sleep."),
        ("Abstract\nGeese sleep.", "Geese sleep."),
        ("Abstract—Geese sleep.", "Geese sleep."),
        ("Abstract - Geese sleep.", "Geese sleep."),
        ("[Abstract] Geese sleep.", "Geese sleep."),
        ("[Headnote] Geese sleep.", "Geese sleep."),
        ("ABSTRACT Abstract: Geese sleep.", "Geese sleep."),
        ("SUMMARY We count geese.", "We count geese."),
        ("SummaryWe count geese.", "We count geese."),
        ("SUMMARY: Geese sleep.", "Geese sleep."),
        ("Synopsis: Geese sleep.", "Geese sleep."),
        ("Zusammenfassung: Gänse schlafen.", "Gänse schlafen."),
        ("Résumé — Les oies dorment.", "Les oies dorment."),
        ("摘要\uff1a大雁睡觉。", "大雁睡觉。"),
    ],
)  # fmt: skip
def test_labels_go(abstract: str, expected: str) -> None:
    """Whether a colon, a dash, a line end, a blank or nothing parts them from the text."""
    assert without_label(abstract) == expected


@pytest.mark.parametrize(
    "abstract",
    [
        "Abstract Meaning Representation is a graph.",
        "Abstract Wiener spaces are studied.",
        "Abstract interpretation finds faults.",
        "Abstract-state machines are machines.",
        "Abstractions of geese are drawn.",
        "ABSTRACTION IS HARD.",
        "ABSTRACTIVE summaries of geese.",
        "Summary statistics are sent instead of data.",
        "Summary: We give a tool for geese. Availability: The code is free.",
        "Background: We count. Methods: We sit.",
        "BACKGROUND We count.",
        "Background subtraction finds geese.",
        "Results of a count of geese.",
        "Resumption of flights is planned.",
        "Abstract",
        "Abstract: ",
        "",
    ],
)
def test_what_belongs_to_the_text_stays(abstract: str) -> None:
    """Terms that begin with the word, and headings of structured abstracts."""
    assert without_label(abstract) == abstract


@given(st.text(), st.sampled_from(["ABSTRACT", "Abstract", "Abstract: ", "SUMMARY", ""]))
def test_a_text_is_not_lost(text: str, label: str) -> None:
    """Of any text remains what is no label; what is left of nothing but labels is the text itself."""
    left = without_label(label + text)
    assert bool(left) == bool(label + text)
    assert without_label(left) == left or left.casefold().startswith(("abstract", "summary"))

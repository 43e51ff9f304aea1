"""Tests of data.placeholders."""

import pytest

from data.placeholders import is_no_abstract, is_no_title


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[No abstract available]",
        "No abstract.",
        "Abstract not available",
        "N/A",
        "n.a.",
        "NULL",
        "NaN",
        "None",
        "--",
        "An abstract is not available for this article.",
        "There is no abstract available for this paper",
        "No abstract was provided by the authors",
        "abstract unavailable",
        "Abstract available from the publisher.",
        "There is no abstract associated with this article",
        "Missing Abstract",
        "Publisher: Abstract available from the publisher.",
        "This record has no abstract.",
        "No Abstract Available; No Abstract Available.",
        "Please see the PDF",
        "Click here to view the abstract",
        "To be added.",
        "Full text not available",
        "[ABSTRACT FROM AUTHOR]",
        "[Figure: see text]",
        "xxx",
        "无",
        "Abstract is missing.",
        "[No abstract entered]",
        "This article does not have an abstract.",
        "An abstract is not available for this content so a preview has been provided.",
        "Kein Abstract verfügbar",
        "Pas de résumé disponible.",
        "Sin resumen",
        "暂无摘要",
        "#N/A",
        "#NAME?",
        "\u2026",
    ],
)
def test_placeholders_are_no_abstract(text: str) -> None:
    """What databases write where there is none counts as none."""
    assert is_no_abstract(text)


@pytest.mark.parametrize(
    "text",
    [
        "None of the geese that we saw is ringed.",
        "NA: sodium in comets",
        "Abstract interpretation of programs",
        "No abstract concept survives",
        "We give no abstract of the book.",
        "Missing abstract pages of a codex",
        "This article has geese.",
        "See the paper trail of a forger",
        "Extract of geese",
        "Nana",
    ],
)
def test_a_text_that_begins_like_a_placeholder_stays(text: str) -> None:
    """Only the whole text can be a placeholder."""
    assert not is_no_abstract(text) and not is_no_title(text)


def test_placeholders_are_no_title() -> None:
    """Fewer words stand for a missing title: "Missing" or "Summary" can be one."""
    assert all(
        map(
            is_no_title,
            [
                "",
                "null",
                "[No title available]",
                "[Not Available].",
                "Untitled",
                "-",
                "?",
                "Sans titre",
                "Untitled document",
            ],
        )
    )
    assert not any(map(is_no_title, ["Missing", "Summary", "Unknown", "No"]))

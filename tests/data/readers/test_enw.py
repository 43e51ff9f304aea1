"""Tests of data.readers.enw."""

from collections.abc import Callable

import pytest

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]

REFERENCES = """%0 Conference Proceedings
%T Geese in
sentences
%A Doe, A.
%D 2021
%B Proceedings of the birds
%F doe-2021-geese
%X We parse
songs.

5 % of them are short.
%R 10.5555/geese

%0 Book
%T Herons
%M 77
%! Short
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_references(read_content: ReadContent, end: str) -> None:
    """A reference goes from its type to the next one; lines without a tag continue the field above them."""
    first, second = read_content(REFERENCES.replace("\n", end))
    assert first == Paper(
        "doe-2021-geese",
        "Geese in sentences",
        "We parse songs. 5 % of them are short.",
        date="2021",
        venue="Proceedings of the birds",
    )
    assert second == Paper("77", "Herons")


def test_old_references(read_content: ReadContent) -> None:
    """Without types, blank lines separate the references, as in refer's databases."""
    content = "%A Doe, A.\n%T Geese\n%X We count.\n\n\n%T Herons\n%J Birds\n"
    papers = [paper for paper in read_content(content) if isinstance(paper, Paper)]
    assert [(paper.title, paper.abstract, paper.venue) for paper in papers] == [
        ("Geese", "We count.", ""),
        ("Herons", "", "Birds"),
    ]

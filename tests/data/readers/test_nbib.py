"""Tests of data.readers.nbib."""

from collections.abc import Callable

import pytest

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]

CITATIONS = """
PMID- 90000001
OWN - NLM
STAT- MEDLINE
DP  - 2021 Mar
TI  - Geese on
      frozen lakes.
LID - 10.5555/geese [doi]
AB  - AIMS: We count geese.
      TI  - this is text. RESULTS: Nine.
CI  - (c) 2021 Us.
OAB - Wir zaehlen.
JT  - Journal of birds
MH  - Animals

PMID- 90000002
BTI - A book of herons
OAB - Short words for all.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_citations(read_content: ReadContent, end: str) -> None:
    """Continued lines are joined; a book has its own title, and another abstract counts where there is no AB."""
    assert read_content(CITATIONS.replace("\n", end)) == [
        Paper(
            "90000001",
            "Geese on frozen lakes.",
            "AIMS: We count geese. TI - this is text. RESULTS: Nine.",
            date="2021 Mar",
            venue="Journal of birds",
        ),
        Paper("90000002", "A book of herons", "Short words for all."),
    ]


def test_a_citation_without_text(read_content: ReadContent) -> None:
    """It is rejected at its line, and the next one is read."""
    bad, good = read_content("PMID- 90000001\nOWN - NLM\n\nPMID- 90000002\nTI  - Herons\n")
    assert isinstance(bad, Reject) and bad.line == 1
    assert good == Paper("90000002", "Herons")

"""Tests of data.readers.wos."""

from collections.abc import Callable

import pytest

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]

RECORDS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Doe, A
   Roe, B
TI Geese on
   frozen lakes
SO JOURNAL OF BIRDS
AB We count geese.

   AI systems help.
PY 2021
UT WOS:000000000000901
ER

PT J
TI Herons
DI 10.5555/herons
ER

EF
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_records(read_content: ReadContent, end: str) -> None:
    """Lines continued with three blanks are joined; the id is UT, or the DOI."""
    assert read_content(RECORDS.replace("\n", end)) == [
        Paper(
            "WOS:000000000000901",
            "Geese on frozen lakes",
            "We count geese. AI systems help.",
            date="2021",
            venue="JOURNAL OF BIRDS",
        ),
        Paper("10.5555/herons", "Herons"),
    ]


def test_without_header_and_ends(read_content: ReadContent, titles: Titles) -> None:
    """Joined exports without their first lines, or cut off, are read; a Chinese title where there is no other."""
    content = "PT J\nTI A\nPT J\nZ1 鹅\nER\nEF\n\ufeffFN x\nVR 1.0\nTI C\nER\n"
    assert titles(read_content(content)) == ["A", "鹅", "C"]


def test_refworks(read_content: ReadContent) -> None:
    """Its tagged format has the same lines; each record begins with its type."""
    record = "RT Journal Article\nSR 1\nID 7\nA1 Doe, A.\nT1 Geese\nJF Birds\nYR 2021\nAB We count.\nOL English\n\n"
    assert read_content(record * 2) == [Paper("7", "Geese", "We count.", date="2021", venue="Birds")] * 2

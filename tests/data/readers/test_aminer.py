"""Tests of data.readers.aminer."""

from collections.abc import Callable

import pytest

from data.papers import Paper, Reject
from data.readers.aminer import matches

ReadContent = Callable[..., list[Paper | Reject]]

FIRST = "#*Geese on lakes\n#@Doe;Roe\n#t2010\n#cBirds\n#index7\n#%1\n#%2\n#!We count geese.\n"
LATER = "#index 7\n#* Geese on lakes\n#@ Doe;Roe\n#o University\n#t 2010\n#c Birds\n#% 1\n#! We count geese.\n"
PAPER = Paper("7", "Geese on lakes", "We count geese.", date="2010", venue="Birds")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [FIRST, LATER, "629814\n" + FIRST])
def test_papers(read_content: ReadContent, text: str, end: str) -> None:
    """With the tags of each version, in its order; blank lines part papers, and the first line may be their number."""
    more = text.partition("629814\n")[2] or text
    assert read_content(f"{text}\n{more}\n\n{more}".replace("\n", end)) == [PAPER] * 3


@pytest.mark.parametrize("head", [b"#title,abstract\nA,b\n", b"# Geese\n\n#*\n", b"#index\n", b"#*"])
def test_other_text(head: bytes) -> None:
    """Comments and headings begin with the same sign."""
    assert not matches(head)

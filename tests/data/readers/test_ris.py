"""Tests of data.readers.ris."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import read_records

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]

REFERENCE = """Provider: a publisher

TY  - JOUR
ID  - 55
TI  - Counting geese
 from drones
AB  - We count
geese.
KW  - birds
PY  - 2020
JO  - Journal of Birds
ER  -
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r"])
def test_a_reference(read_content: ReadContent, end: str) -> None:
    """Tags, continued lines and the exporter's own lines are read, with any line end."""
    assert read_content(REFERENCE.replace("\n", end)) == [
        Paper("55", "Counting geese from drones", "We count geese.", date="2020", venue="Journal of Birds")
    ]


def test_other_tags_and_spacing(read_content: ReadContent) -> None:
    """T1 and N2 are title and abstract too; one blank after a tag is enough."""
    (paper,) = read_content("TY - JOUR\nT1 - Geese\nN2 - We count.\nDO - 10.1/2\nER -\n")
    assert paper == Paper("10.1/2", "Geese", "We count.")
    (paper,) = read_content("TY  -   JOUR\nDP  - a.example\nTI  -Geese\nAB  -\n  We count.\nID  -7\nER  -\n")
    assert paper == Paper("7", "Geese", "We count.")


def test_text_that_looks_like_a_tag(read_content: ReadContent) -> None:
    """Two capitals and a hyphen at the start of a continued line are no tag unless RIS has it."""
    (paper,) = read_content(
        "TY  - JOUR\nTI  - Trade\nAB  - We study\nEU - US trade and\nUK -based firms.\nER - US visits.\nER  - \n"
    )
    assert isinstance(paper, Paper)
    assert paper.abstract == "We study EU - US trade and UK -based firms. ER - US visits."


@pytest.mark.parametrize("line", ["  {0}  - {1}", "\t{0}  - {1}", "{0}\t- {1}", "{0}  -{1}", "{0} - {1}"])
def test_spacing_of_programs(read_content: ReadContent, line: str) -> None:
    """Indented, with tabs, with one blank or none."""
    fields = [("TY", "JOUR"), ("TI", "Geese"), ("AB", "We count."), ("ER", "")]
    content = "\n".join(line.format(*field) for field in fields)
    (paper,) = read_content(f"{content}\n{content}\n")[:1]
    assert isinstance(paper, Paper) and (paper.title, paper.abstract) == ("Geese", "We count.")


def test_tags_in_any_order(read_content: ReadContent) -> None:
    """The type of a reference is not always its first line."""
    first = "DB  - x\nC7  - \nTI  - A\nAB  - NA\nTY  - JOUR\nER  - \n\n"
    second = "DB  - y\nAB  - We count.\nTI  - B\nTY  - JOUR\nER  - \n"
    papers = [item for item in read_content(first + second) if isinstance(item, Paper)]
    assert [(paper.title, paper.abstract) for paper in papers] == [("A", ""), ("B", "We count.")]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("TY  - CHAP\nT2  - A handbook\nBT  - A handbook\nTI  - Geese", "Geese"),
        ("TY  - JOUR\nJO  - J\nT2  - Journal\nT1  - Geese", "Geese"),
        ("TY  - EDBOOK\nBT  - All geese", "All geese"),
        ("TY  - UNPB\nCT  - Lost geese", "Lost geese"),
        ("TY  - JOUR\nTT  - Translated geese\nT3  - Series", "Translated geese"),
        ("TY  - JOUR\nTI  - Geese\nTI  - Again", "Geese"),
    ],
)
def test_titles(read_content: ReadContent, lines: str, title: str) -> None:
    """The title is that of the work itself, never of its journal or series."""
    (paper,) = read_content(f"{lines}\nER  - \n")
    assert isinstance(paper, Paper) and paper.title == title


def test_repeated_lines_of_an_abstract(read_content: ReadContent) -> None:
    """The parts of a structured abstract are joined; a note is no abstract; AB goes before N2."""
    lines = "N1  - Cited By: 3\nN2  - Short.\nAB  - AIMS: To count.\nAB  - RESULTS: Nine."
    (paper,) = read_content(f"TY  - JOUR\nTI  - Geese\n{lines}\nER  - \n")
    assert isinstance(paper, Paper) and paper.abstract == "AIMS: To count. RESULTS: Nine."


def test_a_missing_end_or_start(read_content: ReadContent, titles: Titles) -> None:
    """A new TY line ends a reference; one without a TY line is read from its title on."""
    content = "TY  - JOUR\nTI  - A\nTY  - JOUR\nTI  - B\nER  - \nTI  - x\nER  - \n\n3.\nTY  - BOOK\nTI  - C"
    assert titles(read_content(content)) == ["A", "B", "x", "C"]


def test_lines_between_references(read_content: ReadContent, titles: Titles) -> None:
    """Numbers, links and search strategies are neither papers nor Rejects, and belong to no field."""
    content = (
        "1.\nTY  - JOUR\nTI  - A\nER  - \n\nC1  - Database: Birds\nSearch Strategy:\n1  geese\n\n2.\n"
        "TY  - JOUR\nTI  - B\nAB  - We count.\n\n<3>\nTY  - JOUR\nTI  - C\nAB  - In\n2020.\nTY  - JOUR\nTI  - D\n"
    )
    papers = read_content(content)
    assert titles(papers) == ["A", "B", "C", "D"]
    assert [paper.abstract for paper in papers if isinstance(paper, Paper)] == ["", "We count.", "In 2020.", ""]


def test_a_bad_reference_is_rejected_alone(read_content: ReadContent, titles: Titles) -> None:
    """A reference without text or with a damaged letter does not touch the next."""
    content = b"TY  - JOUR\nTI  - A\nER  - \nTY  - JOUR\nTI  - \xc3\xa9 caf\xe9\nER  - \nTY  - JOUR\nAU  - x\nER  - \n"
    assert titles(read_content(content)) == ["A", 4, 7]


def test_an_overlong_reference_is_skipped(tmp_path: Path) -> None:
    """A reference over the limit, on one line or many, is one Reject."""
    path = tmp_path / "papers.ris"
    path.write_text(
        "TY  - JOUR\nTI  - " + "x" * 200_000 + "\nER  - \nTY  - JOUR\n" + "AU  - me\n" * 5000 + "ER  - \n"
        "TY  - JOUR\nTI  - C\nER  - \n"
    )
    records = list(read_records([path], record_bytes=1000))
    assert [(type(item).__name__, item.line) for item in records] == [
        ("Reject", 1),
        ("Reject", 4),
        ("Record", 5006),
    ]


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"))


@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_reference_comes_back(texts: list[tuple[str, str]], end: str) -> None:
    """Any title and abstract come back at the line of their TY tag."""
    content = "".join(f"TY  - JOUR\nTI  - t{title}\nAB  - a{abstract}\nER  - \n\n" for title, abstract in texts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.ris")
        path.write_bytes(content.replace("\n", end).encode())
        records = list(read_records([path]))
    assert [(item.line, item.fields["TI"], item.fields["AB"]) for item in records if not isinstance(item, Reject)] == [
        (5 * number + 1, [" ".join(f"t{title}".split())], [" ".join(f"a{abstract}".split())])
        for number, (title, abstract) in enumerate(texts)
    ]


@pytest.mark.parametrize(
    "line", ["{0}  \u2013 {1}", "{0}  \u2212 {1}", "{0}\xa0 - {1}", "{0}   - {1}", "{0}\xa0\xa0\u2014\xa0{1}"]
)
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_tags_that_a_word_processor_changed(read_content: ReadContent, line: str, case: Callable[[str], str]) -> None:
    """Dashes, blanks that do not break, lower case."""
    fields = [("TY", "JOUR"), ("TI", "Geese"), ("AB", "We count."), ("ID", "7"), ("ER", "")]
    content = "\n".join(line.format(case(tag), value) for tag, value in fields) + "\n"
    assert read_content(content * 2) == [Paper("7", "Geese", "We count.")] * 2


def test_words_are_no_tags_in_lower_case(read_content: ReadContent) -> None:
    """One blank and a hyphen follow many words of two letters."""
    content = "TY  - JOUR\nTI  - Geese\nAB  - We go\nto - and\nip - there,\ndo \u2013 as.\nER  - \n"
    (paper,) = read_content(content)
    assert isinstance(paper, Paper) and paper.abstract == "We go to - and ip - there, do \u2013 as."


def test_a_short_title_alone(read_content: ReadContent, titles: Titles) -> None:
    """ST is the title where there is no other."""
    assert titles(read_content("TY  - CHAP\nST  - Geese\nER  - \nTY  - CHAP\nST  - G\nTI  - Herons\nER  - \n")) == [
        "Geese",
        "Herons",
    ]

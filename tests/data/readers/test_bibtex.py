"""Tests of data.readers.bibtex and data.readers.latex."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import read_papers, read_records
from data.readers.latex import decode_latex

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]

LIBRARY = r"""
% a library
@string{jb = "Journal of {Birds}"}
@comment{not a paper}
@article{nonymous2020, author = {N. Nonymous},
  title = {Counting {G}eese in {M\"u}nchen}, journal = jb, year = 2020,
  abstract = "We count 5% of the geese, with $x_{i}^2$ and \emph{care}.",
}

@InProceedings{herons, title = {Herons}, booktitle = jb, eprint = {2301.00001},
  primaryClass = {cs.CV}}
"""


def test_entries(read_content: ReadContent) -> None:
    """Macros, quotes, braces and accents are read; comments are no records."""
    assert read_content(LIBRARY) == [
        Paper(
            "nonymous2020",
            "Counting Geese in München",
            "We count 5% of the geese, with $x_{i}^2$ and care.",
            date="2020",
            venue="Journal of Birds",
        ),
        Paper("herons", "Herons", categories=("cs.CV",), venue="Journal of Birds"),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        "@article{x, title = {never closed",
        "@article{x, title {a}}",
        "@article{x}",
        "@article{x, author = {N. Nonymous}}",
    ],
)
def test_a_bad_entry_is_rejected_alone(read_content: ReadContent, titles: Titles, bad: str) -> None:
    """The entry after one that is broken, or never ends, is read."""
    content = f"@misc{{a, title = {{A}}}}\n\n{bad}\n@misc{{b, title = {{B}}}}\n"
    assert titles(read_content(content)) == ["A", 3, "B"]


def test_several_entries_on_one_line(read_content: ReadContent, titles: Titles) -> None:
    """An entry ends with its brace, wherever that is."""
    assert titles(read_content("@misc{a, title={A}} @misc{b, title={B}}@misc{c,title={C}}")) == [
        "A",
        "B",
        "C",
    ]


def test_a_repeated_field_or_key_is_no_fault(read_content: ReadContent, titles: Titles) -> None:
    """The first of repeated fields counts, and papers may have the same key."""
    content = "@misc{a, title={A}, note={x}, note={y}}\n@misc{a, title={B}}"
    assert titles(read_content(content)) == ["A", "B"]


def test_bytes_that_are_not_utf8(read_content: ReadContent, titles: Titles) -> None:
    """An entry in another encoding is rejected, the next is read."""
    content = b"@misc{a, title={\xc3\xa9 caf\xe9}}\r\n@misc{b, title={B}}\r\n"
    assert titles(read_content(content)) == [1, "B"]


def test_an_overlong_entry_is_skipped(tmp_path: Path) -> None:
    """Entries over the limit, on one line or many, are one Reject each."""
    path = tmp_path / "papers.bib"
    long = "word\n" * 50_000
    path.write_text(f"@misc{{a, title={{{long}}}}}\n@misc{{b, title={{{'x' * 200_000}}}}}\n@misc{{c, title={{C}}}}\n")
    records = list(read_records([path], record_bytes=1000))
    assert [(type(item).__name__, item.line) for item in records] == [
        ("Reject", 1),
        ("Reject", 50_002),
        ("Record", 50_003),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{BERT} for {Geese}", "BERT for Geese"),
        (r"Erd{\H o}s and M{\"u}ller", "Erdős and Müller"),
        (r"5% and 6\% of \$7", "5% and 6% of $7"),
        (r"$\alpha_{i}$ stays", r"$\alpha_{i}$ stays"),
        ("plain", "plain"),
    ],
)
def test_latex_is_decoded(text: str, expected: str) -> None:
    """Accents and braces are resolved, formulas kept, and a percent sign starts no comment."""
    assert decode_latex(text) == expected


@given(st.text())
def test_any_latex_gives_text(text: str) -> None:
    """No text makes the decoding fail."""
    assert isinstance(decode_latex("\\" + text), str)


_WORDS = st.lists(st.from_regex(r"[A-Za-z0-9,.=#@%~ -]{0,12}", fullmatch=True), max_size=4).map("\n ".join)


@settings(max_examples=50)
@given(st.lists(st.tuples(_WORDS, _WORDS), max_size=6))
def test_every_entry_comes_back(texts: list[tuple[str, str]]) -> None:
    """Entries with any plain text come back in order, at the line where they start."""
    content, expected = "", []
    for number, (title, abstract) in enumerate(texts):
        expected.append((content.count("\n") + 1, f"k{number}", ("t " + title).split(), abstract.split()))
        content += f"@article{{k{number},\n title = {{t {title}}},\n abstract = {{a {abstract}}}\n}}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.bib")
        path.write_text("@comment{}\n@misc{zero, title = {z}}\n" + content)
        records = list(read_records([path]))[1:]
        assert all(isinstance(item, Paper) for item in read_papers([path]))
    assert [
        (
            item.line - 2,
            item.fields["id"],
            str(item.fields["title"]).split(),
            str(item.fields["abstract"]).split()[1:],
        )
        for item in records
        if not isinstance(item, Reject)
    ] == expected

"""Tests of data.readers.bibtex: entries as papers. How a file is cut into entries: test_bibtex_blocks."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import read_papers, read_records
from data.readers.bibtex import matches

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]

LIBRARY = r"""
% a library
@string{jb = "Journal of {Birds}"}
@STRING(fj = "The " # jb)
@comment{not a paper}
@article{nonymous2020, author = {N. Nonymous},
  title = {Counting {G}eese in {M\"u}nchen}, journal = FJ, year = 2020,
  abstract = "We count 5% of the geese, with $x_{i}^2$ and \emph{care}.",
}

@InProceedings{herons, title = "Her" # {ons}, booktitle = jb, eprint = {2301.00001},
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
            venue="The Journal of Birds",
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


def test_a_missing_comma_mixes_no_fields(read_content: ReadContent) -> None:
    """The field after a missing comma is a field of its own."""
    (paper,) = read_content(
        "@article{a, title = {Herons in winter}\n abstract = {We count.} year = 2020 journal = {J}}"
    )
    assert paper == Paper("a", "Herons in winter", "We count.", date="2020", venue="J")


def test_ids(read_content: ReadContent) -> None:
    """The key is the id as it stands, whatever other fields there are; without one the id is that of the content."""
    content = "@misc{Doe et al. 2020, ID = {x}, doi = {10.1/2}, title={A}}\n@misc{, title={B}}\n@misc{title={C}}"
    first, *others = read_content(content)
    assert isinstance(first, Paper) and first.id == "Doe et al. 2020"
    assert all(isinstance(paper, Paper) and paper.id.startswith("sha1:") for paper in others)


def test_a_subtitle(read_content: ReadContent) -> None:
    """What biblatex keeps apart is one title."""
    (paper,) = read_content("@misc{a, title={Geese\n on lakes}, Subtitle={A {Count}}}")
    assert paper == Paper("a", "Geese on lakes: A Count")


def test_a_repeated_field_or_key_is_no_fault(read_content: ReadContent, titles: Titles) -> None:
    """The first of repeated fields counts, and papers may have the same key."""
    content = "@misc{a, title={A}, note={x}, note={y}, title={Z}}\n@misc{a, title={B}}"
    assert titles(read_content(content)) == ["A", "B"]


def test_macros_cannot_explode(read_content: ReadContent, titles: Titles) -> None:
    """Macros that double what others hold end as Rejects, not in memory."""
    doubling = "\n".join(f"@string{{m{number + 1} = m{number} # m{number}}}" for number in range(60))
    records = read_content(f'@string{{m0 = "word "}}\n{doubling}\n@misc{{a, title = {{A}}}}')
    assert records[-1] == Paper("a", "A") and all(isinstance(record, Reject) for record in records[:-1])


def test_blocks_of_programs_are_no_papers(read_content: ReadContent, titles: Titles) -> None:
    """What JabRef, BibDesk and REVTeX keep in a library is neither a paper nor a Reject."""
    content = (
        "% Encoding: UTF-8\n@set{s, entryset={a}}\n@CONTROL{REVTEX41Control}\n@misc{a, title={A}}\n\n"
        "@Comment{jabref-meta: databaseType:bibtex;}\n@bibdesk_info{document_info, x={y}}\n"
        "@comment{BibDesk Static Groups{\n<?xml version='1.0'?><plist>{}</plist>\n}}\n"
    )
    assert titles(read_content(content)) == ["A"]


def test_bytes_that_are_not_utf8(read_content: ReadContent, titles: Titles) -> None:
    """An entry with a damaged letter is rejected, the next is read."""
    content = b"@misc{a, title={\xc3\xa9 caf\xe9}}\r\n@misc{b, title={B}}\r\n"
    assert titles(read_content(content)) == [1, "B"]


def test_nothing_goes_to_the_log(read_content: ReadContent, caplog: pytest.LogCaptureFixture) -> None:
    """A broken entry is a Reject and no line of a log."""
    read_content("@misc{a, title={A}}\n@misc{b, title = {never\n@misc{c, title={C}}")
    assert not caplog.messages


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
    ("head", "expected"),
    [
        (b"@article{key,\n", True),
        (b" \t@Article {key with blanks, title={A}}", True),
        (b"@article(key,\n title={A})", True),
        (b"@misc{\n  title = {A}", True),
        (b"@misc{,", True),
        (b"% head\r@misc{a}", True),
        (b'@string{a = "b"}', True),
        (b"doe@a.example (x), wrote", False),
        (b"We read @type{int} and\n@override (of Java), say", False),
        (b"{", False),
    ],
)
def test_what_bibtex_looks_like(head: bytes, expected: bool) -> None:
    """A line that begins an entry makes a file BibTeX."""
    assert matches(head) is expected


_WORDS = st.lists(st.from_regex(r"[A-Za-z0-9,.=#@%:()-]{0,12}", fullmatch=True), max_size=4).map("\n ".join)


@settings(max_examples=50)
@given(st.lists(st.tuples(_WORDS, _WORDS), max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_entry_comes_back(texts: list[tuple[str, str]], end: str) -> None:
    """Entries with any plain text come back in order, at the line where they start, with any line ends."""
    content, expected = "@comment{}\n@misc{zero, title = {z}}\n", []
    for number, (title, abstract) in enumerate(texts):
        title, abstract = f"t {title}".replace("--", "-"), f"a {abstract}".replace("--", "-")
        expected.append((content.count("\n") + 1, f"k{number}", title.split(), abstract.split()))
        content += f"@article{{k{number},\n title = {{{title}}},\n abstract = {{{abstract}}}\n}}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.bib")
        path.write_bytes(content.replace("\n", end).encode())
        records = list(read_records([path]))[1:]
        assert all(isinstance(item, Paper) for item in read_papers([path]))
    assert [
        (item.line, item.fields["id"], str(item.fields["title"]).split(), str(item.fields["abstract"]).split())
        for item in records
        if not isinstance(item, Reject)
    ] == expected


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("Lang,Roe:1990:CRF:378956.378963", " author = {Lang, A.}, title={A}, abstract={B}"),
        ("a", "title={A}}, abstract={B}"),
        ("a", 'title="A"},\n  abstract = {B}},\n  year = 2020'),
    ],
)
def test_slips_of_exporters(read_content: ReadContent, key: str, fields: str) -> None:
    """A key with a comma in it, a brace too many behind a field: nothing is lost."""
    first, second = read_content(f"@article{{{key},{fields}}}\n@misc{{b, title={{C}}}}\n")
    assert isinstance(first, Paper) and (first.id, first.title, first.abstract) == (key, "A", "B")
    assert isinstance(second, Paper) and second.title == "C"


_STRAY = ["stray words here", "see: (the other one), and more", "note", "a; b", "50 % of them"]


@pytest.mark.parametrize("stray", _STRAY)
@pytest.mark.parametrize(
    "place",
    [
        "@misc{{a,\n {}\n title={{A}},\n abstract={{B}}}}",
        "@misc{{a, title={{A}} {},\n abstract={{B}}}}",
        "@misc{{a, title={{A}},\n {},\n abstract={{B}}\n}}",
        "@misc{{a, title={{A}}, abstract={{B}},\n{}\n}}",
    ],
)
def test_text_between_fields(
    read_content: ReadContent, caplog: pytest.LogCaptureFixture, place: str, stray: str
) -> None:
    """It becomes no part of a field and hides none; a warning says where it is."""
    content = "\n\n" + place.format(stray) + "\n@misc{c, title={C}}"
    assert read_content(content) == [Paper("a", "A", "B"), Paper("c", "C", "")]
    assert "text that belongs to no field, which was left out (in line 3)" in caplog.text


def test_many_texts_between_fields_are_one_warning(read_content: ReadContent, caplog: pytest.LogCaptureFixture) -> None:
    """It names the first lines."""
    assert len(read_content("@misc{a, title={A} x,\n}\n" * 30)) == 30
    (message,) = [record.getMessage() for record in caplog.records]
    assert "(in lines 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and others)" in message


def test_the_rest_of_a_value_is_no_text_between_fields(read_content: ReadContent, titles: Titles) -> None:
    """Behind a brace that is one too many, an abstract would be cut without a word: the entry is rejected."""
    broken = "@misc{a, title={A}, abstract={We} count, and measure.},\n year={2020}\n}\n"
    assert titles(read_content(broken + "@misc{c, title={C}}")) == [1, "C"]


def test_a_repeated_field_that_is_empty(read_content: ReadContent) -> None:
    """The first that has a value counts, and so it does behind two signs of equality."""
    content = "@misc{a, title={}, title={A}, title={X}, abstract={ }, abstract = = {B}}"
    assert read_content(content) == [Paper("a", "A", "B")]


@pytest.mark.parametrize("end", ["}", "= {B}}", ", b}", "\n}"])
def test_blanks_without_end(read_content: ReadContent, end: str) -> None:
    """A name with a million blanks behind it takes no more than the time to read them."""
    assert len(read_content("@misc{a, title={A}, x" + " " * 1_000_000 + end + "\n@misc{c, title={C}}")) == 2

"""Tests of data.readers.arxiv_xml and data.readers.xml_elements."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import read_papers, read_records

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>ArXiv Query: geese</title>
  <entry>
    <id>http://arxiv.org/abs/2301.00001v2</id>
    <published>2023-01-02T03:04:05Z</published>
    <title>Counting geese
      from drones</title>
    <summary>  We count &amp; tell.
</summary>
    <author><name>N. Nonymous</name></author>
    <source><title>not this one</title></source>
    <arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. Birds 7</arxiv:journal_ref>
    <category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/>
    <category term="stat.ML"/>
  </entry>
</feed>"""

OAI = """<?xml version="1.0"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>oai:arXiv.org:2301.00001</identifier><datestamp>2023-02-01</datestamp></header>
<metadata>{metadata}</metadata><about><provenance><title>no</title></provenance></about></record>
<record><header status="deleted"><identifier>oai:arXiv.org:2301.00002</identifier></header></record>
</ListRecords></OAI-PMH>"""

ARXIV = """<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2301.00001</id><created>2023-01-02</created>
<title>Counting geese</title><categories>cs.CV stat.ML</categories><abstract>We
count.</abstract></arXiv>"""

DUBLIN_CORE = """<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/">
<dc:title>Counting geese</dc:title><dc:subject>Computer Vision</dc:subject><dc:subject>Birds</dc:subject>
<dc:description>We count.</dc:description><dc:description>Comment: 5 pages</dc:description>
<dc:date>2023-01-02</dc:date><dc:identifier>http://arxiv.org/abs/2301.00001</dc:identifier></oai_dc:dc>"""


def test_atom(read_content: ReadContent) -> None:
    """An entry gives its own fields, not those of the feed, its authors or its source."""
    assert read_content(ATOM) == [
        Paper(
            "2301.00001",
            "Counting geese from drones",
            "We count & tell.",
            ("cs.CV", "stat.ML"),
            "2023-01-02",
            "J. Birds 7",
        )
    ]


@pytest.mark.parametrize(
    ("metadata", "categories"),
    [
        (ARXIV, ("cs.CV", "stat.ML")),
        (ARXIV.replace("arXiv ", "arXivRaw ", 1).replace("/arXiv>", "/arXivRaw>"), ("cs.CV", "stat.ML")),
        (DUBLIN_CORE, ("Computer Vision", "Birds")),
    ],
)
def test_oai_pmh(read_content: ReadContent, metadata: str, categories: tuple[str, ...]) -> None:
    """Every metadata format gives the paper; a deleted record is rejected."""
    paper, deleted = read_content(OAI.replace("{metadata}", metadata))
    assert paper == Paper("2301.00001", "Counting geese", "We count.", categories, "2023-01-02")
    assert isinstance(deleted, Reject) and "deleted" in deleted.reason


@pytest.mark.parametrize("content", [ARXIV, DUBLIN_CORE])
def test_metadata_without_envelope(read_content: ReadContent, titles: Titles, content: str) -> None:
    """The metadata element alone is read as well, and so are documents after one another."""
    assert titles(read_content(f"<?xml version='1.0'?>\n{content}")) == ["Counting geese"]
    assert titles(read_content(ATOM + "\n" + ATOM)) == ["Counting geese from drones"] * 2


@pytest.mark.parametrize(
    "bad",
    [
        "<entry><title>x</entry>",
        "<entry><title>x & y</title></entry>",
        "<entry><title>&undefined;</title></entry>",
        "<entry><title>never closed</title>",
        "<entry><id>1</id></entry>",
        "<entry><title>\x01</title></entry>",
    ],
)
def test_a_bad_record_is_rejected_alone(read_content: ReadContent, titles: Titles, bad: str) -> None:
    """A record that is not well-formed does not take the next one with it."""
    content = f"<feed><entry><title>A</title></entry>\n{bad}\n<entry><title>B</title></entry></feed>"
    assert titles(read_content(content)) == ["A", 2, "B"]


def test_entities_do_not_expand(read_content: ReadContent) -> None:
    """A document of nested entities costs nothing: its declarations are never read."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    content = f'<!DOCTYPE feed [<!ENTITY l0 "ha">{laughs}]><feed><entry><title>&l9;</title></entry></feed>'
    (rejected,) = read_content(content)
    assert isinstance(rejected, Reject) and "undefined entity" in rejected.reason


def test_external_entities_are_not_opened(read_content: ReadContent, tmp_path: Path) -> None:
    """A document cannot make the reader open a file."""
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    content = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><feed><entry><title>&e;</title></entry></feed>'
    assert "hidden" not in str(read_content(content))


def test_another_encoding(read_content: ReadContent, titles: Titles) -> None:
    """The encoding that the document declares is used."""
    content = "<?xml version='1.0' encoding='ISO-8859-1'?><feed><entry><title>Gänse</title></entry></feed>"
    assert titles(read_content(content.encode("latin-1"))) == ["Gänse"]


def test_cut_off(read_content: ReadContent, titles: Titles) -> None:
    """The record in which the file ends is rejected."""
    assert titles(read_content("<feed>\n<entry><title>A</title></entry>\n<entry><title>B</ti")) == ["A", 3]


def test_an_overlong_record_is_skipped(tmp_path: Path) -> None:
    """A record over the limit is one Reject, also when it and the others are on one line."""
    path = tmp_path / "papers.xml"
    long = "<entry><title>" + "x" * 300_000 + "</title></entry>"
    path.write_text(f"<feed><entry><title>A</title></entry>{long}\n<entry><title>B</title></entry></feed>")
    records = list(read_records([path], record_bytes=1000))
    assert [(type(item).__name__, item.line) for item in records] == [
        ("Record", 1),
        ("Reject", 1),
        ("Record", 2),
    ]


@given(st.lists(st.text(st.characters(exclude_categories=["C"]))), st.integers(0, 80))
def test_every_entry_comes_back(texts: list[str], shift: int) -> None:
    """Any text comes back, wherever chunks end."""
    entries = "".join(f"<entry><title>t{escape(text)}</title></entry>\n" for text in texts)
    # the padding moves the end of the first chunk through the entries
    content = (
        "<feed>" + "\n" * 10 + "<entry><title>" + "x" * (65536 - 60 - shift) + f"</title></entry>\n{entries}</feed>"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.xml")
        path.write_bytes(content.encode())
        records = list(read_records([path]))[1:]
        assert len(list(read_papers([path]))) == len(texts) + 1
    assert [(item.line, item.fields["title"]) for item in records if not isinstance(item, Reject)] == [
        (12 + number, " ".join(f"t{text}".split())) for number, text in enumerate(texts)
    ]

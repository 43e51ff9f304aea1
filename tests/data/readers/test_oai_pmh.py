"""Tests of data.readers.oai_pmh."""

from collections.abc import Callable

import pytest

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]

OAI = """<?xml version="1.0"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>{identifier}</identifier><datestamp>2023-02-01</datestamp></header>
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

ENGLISH = "We count geese on two hundred frozen lakes and compare the counts of drones with those of people."
GERMAN = "Wir zählen Gänse auf zweihundert gefrorenen Seen und vergleichen Drohnen mit Menschen, die das gut können."


def record(metadata: str, identifier: str = "oai:arXiv.org:2301.00001") -> str:
    """Return an answer with one record and a deleted one."""
    return OAI.replace("{metadata}", metadata).replace("{identifier}", identifier)


def dublin_core(*fields: str) -> str:
    """Return a record of Dublin Core with these fields, written as "title de: Gänse"."""
    elements = []
    for field in fields:
        name, _, text = field.partition(": ")
        tag, _, language = name.partition(" ")
        attribute = f" xml:lang='{language}'" if language else ""
        elements.append(f"<dc:{tag}{attribute}>{text}</dc:{tag}>")
    return record(f"<oai_dc:dc>{''.join(elements)}</oai_dc:dc>", "oai:a.example:1")


@pytest.mark.parametrize(
    ("metadata", "categories"),
    [
        (ARXIV, ("cs.CV", "stat.ML")),
        (ARXIV.replace("arXiv ", "arXivRaw ", 1).replace("/arXiv>", "/arXivRaw>"), ("cs.CV", "stat.ML")),
        (DUBLIN_CORE, ("Computer Vision", "Birds")),
    ],
)
def test_records(read_content: ReadContent, metadata: str, categories: tuple[str, ...]) -> None:
    """Every metadata format gives the paper; a deleted record is neither a paper nor a Reject."""
    assert read_content(record(metadata)) == [
        Paper("2301.00001", "Counting geese", "We count.", categories, "2023-01-02")
    ]


@pytest.mark.parametrize("content", [ARXIV, DUBLIN_CORE])
def test_metadata_without_envelope(read_content: ReadContent, titles: Titles, content: str) -> None:
    """The metadata element alone is read as well."""
    assert titles(read_content(f"<?xml version='1.0'?>\n{content}")) == ["Counting geese"]


@pytest.mark.parametrize(
    ("fields", "title", "abstract"),
    [
        (["title: Geese", "description: 12 pages", f"description: {ENGLISH}"], "Geese", ENGLISH),
        (["title: Geese", f"description: {ENGLISH}", "description: 12 pages"], "Geese", ENGLISH),
        (["title de: Gänse", "title en: Geese", f"description en: {ENGLISH}", "description de: x"], "Geese", ENGLISH),
        (["title eng: Geese", "title ger: Gänse", f"description ger: {GERMAN}"], "Gänse", GERMAN),
        (["title: Gänse auf gefrorenen Seen im Winter", "title: Geese on the frozen lakes of winter",
          f"description: {ENGLISH}"], "Geese on the frozen lakes of winter", ENGLISH),
        (["title: Geese", "title fr: Les oies", f"description: {ENGLISH}"], "Geese", ENGLISH),
        (["title: Geese", "description: Comment: 5 pages"], "Geese", ""),
        (["title: Geese", "abstract: We count.", f"description: {ENGLISH}"], "Geese", "We count."),
    ],
)  # fmt: skip
def test_repeated_fields(read_content: ReadContent, fields: list[str], title: str, abstract: str) -> None:
    """The abstract is the longest description, the title the first one in its language."""
    assert read_content(dublin_core(*fields)) == [Paper("oai:a.example:1", title, abstract, date="2023-02-01")]


@pytest.mark.parametrize(
    "metadata",
    [
        "<mods><titleInfo><title>Geese</title></titleInfo><abstract>We count.</abstract>"
        "<relatedItem><titleInfo><title>Birds</title></titleInfo></relatedItem></mods>",
        "<resource><titles><title>Geese</title></titles><descriptions><description>We count.</description>"
        "</descriptions></resource>",
        "<article><front><article-meta><title-group><article-title>Geese</article-title></title-group><abstract><p>We "
        "count.</p></abstract></article-meta></front><body><p>no</p></body></article>",
    ],
)
def test_other_metadata(read_content: ReadContent, metadata: str) -> None:
    """MODS, DataCite and JATS have the same names further down."""
    (paper,) = read_content(record(metadata, "oai:a.example:1"))
    assert isinstance(paper, Paper) and (paper.title, paper.abstract) == ("Geese", "We count.")


def test_an_error_of_the_server(read_content: ReadContent) -> None:
    """Its code and words are the reason of a Reject."""
    (rejected,) = read_content('<OAI-PMH><error code="badVerb">Illegal verb</error></OAI-PMH>')
    assert isinstance(rejected, Reject) and "badVerb: Illegal verb" in rejected.reason


@pytest.mark.parametrize(
    "record",
    [
        "<Records><Record xmlns='x'><header><identifier>i</identifier></header><metadata><dc><title>A</title>"
        "<description>B</description></dc></metadata></Record></Records>",
        "<modsCollection><mods><identifier>i</identifier><titleInfo><title>A</title></titleInfo><abstract>B</abstract>"
        "<relatedItem><titleInfo><title>Journal</title></titleInfo></relatedItem></mods></modsCollection>",
        "<resource xmlns='http://datacite.org/schema/kernel-4'><identifier>i</identifier><titles><title>A</title></titles>"
        "<descriptions><description descriptionType='Abstract'>B</description></descriptions></resource>",
    ],
)
def test_records_without_the_protocol(read_content: ReadContent, record: str) -> None:
    """As harvesters store them, and in MODS and DataCite's XML."""
    assert read_content(record) == [Paper("i", "A", "B")]


def test_other_metadata_is_named(read_content: ReadContent) -> None:
    """Formats without such names are refused with the way out."""
    (rejected,) = read_content(
        "<record><metadata><marc:record><marc:leader>x</marc:leader></marc:record></metadata></record>"
    )
    assert isinstance(rejected, Reject) and "(<record>); harvest them as oai_dc" in rejected.reason

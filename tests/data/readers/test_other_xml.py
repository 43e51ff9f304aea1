"""Tests of data.readers.other_xml."""

from collections.abc import Callable

import pytest

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers.other_xml import matches

ReadContent = Callable[..., list[Paper | Reject]]

_TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader xml:lang="en"><fileDesc><titleStmt>
<title level="a" type="main">Geese on <hi rend="italic">frozen</hi> lakes</title></titleStmt><sourceDesc><biblStruct>
<analytic><title>Geese</title><idno type="DOI">10.5555/7</idno></analytic><monogr><title level="j">Birds</title>
<imprint><date when="2021-02"/></imprint></monogr></biblStruct></sourceDesc></fileDesc>
<profileDesc><abstract xml:lang="fr"><p>Oies.</p></abstract><abstract><div><p>We count.</p><p>And measure.</p></div>
</abstract></profileDesc></teiHeader><text><body><head>A title</head><p>{body}</p></body></text></TEI>"""
_HAL = """<TEI><teiHeader><fileDesc><titleStmt><title>Export</title></titleStmt></fileDesc></teiHeader><text><body>
<listBibl><biblFull><titleStmt><title xml:lang="en">Geese</title></titleStmt><sourceDesc><idno>hal-7</idno></sourceDesc>
<profileDesc><abstract>We count.</abstract></profileDesc></biblFull></listBibl></body></text></TEI>"""
_ACL = """<?xml version="1.0"?><collection id="2021.birds"><volume id="1"><meta><booktitle>Papers</booktitle></meta>
<frontmatter><bibkey>birds-2021</bibkey></frontmatter><paper id="1">
<title>Geese in <fixed-case>E</fixed-case>urope</title>
<abstract>We count.</abstract><url>2021.birds-1.1</url><bibkey>doe-2021-geese</bibkey></paper></volume></collection>"""
_BIOC = """<!DOCTYPE collection SYSTEM "BioC.dtd"><collection><source>S</source><document><id>7</id>
<passage><infon key="type">title</infon><offset>0</offset><text>Geese</text></passage>
<passage><infon key="type">abstract</infon><text>We count.</text></passage></document></collection>"""
_CROSSREF = """<crossref_result><query_result><body><query status="resolved"><doi_record><crossref><journal>
<journal_metadata><full_title>Birds</full_title></journal_metadata><journal_article><titles><title>Geese</title></titles>
<jats:abstract xmlns:jats="j" xml:lang="en"><jats:p>We count.</jats:p></jats:abstract>
<publication_date><year>2021</year></publication_date><doi_data><doi>10.5555/7</doi></doi_data><citation_list><citation><article_title>Cited</article_title>
</citation></citation_list></journal_article></journal></crossref></doi_record></query></body></query_result></crossref_result>"""
_ELSEVIER = """<full-text-retrieval-response xmlns:dc="d" xmlns:prism="p"><coredata><prism:doi>10.5555/7</prism:doi>
<dc:title>Geese</dc:title><dc:description>We count.</dc:description></coredata></full-text-retrieval-response>"""


@pytest.mark.parametrize(
    ("content", "paper"),
    [
        (
            _TEI.replace("{body}", "word " * 2_000_000),
            Paper("10.5555/7", "Geese on frozen lakes", "We count. And measure.", date="2021-02", venue="Birds"),
        ),
        (_HAL, Paper("hal-7", "Geese", "We count.")),
        (_ACL, Paper("doe-2021-geese", "Geese in Europe", "We count.")),
        (_BIOC, Paper("7", "Geese", "We count.")),
        (_CROSSREF, Paper("10.5555/7", "Geese", "We count.", date="2021")),
        (_ELSEVIER, Paper("10.5555/7", "Geese", "We count.")),
    ],
    ids=["TEI", "HAL", "ACL Anthology", "BioC", "Crossref", "Elsevier"],
)
def test_records(read_content: ReadContent, content: str, paper: Paper) -> None:
    """Title and abstract are the paper's own, not those of its journal, body or references."""
    assert read_content(content) == [paper]


@pytest.mark.parametrize(
    "record",
    [
        "<paper><id>7</id><title>Geese</title><abstract>We <i>count</i>.</abstract></paper>",
        "<x:result><x:abstractText>We count.</x:abstractText><x:title>Geese</x:title><x:pmid>7</x:pmid></x:result>",
        '<doc><str name="id">7</str><arr name="title"><str>Geese</str></arr><str name="abstract">We count.</str></doc>',
        '<r><field name="id">7</field><field name="Title">Geese</field><field name="Abstract">We count.</field></r>',
    ],
)
@pytest.mark.parametrize("around", ["<papers><!-- <title>x</title> -->{0}{0}</papers>", "<a><b><c>1</c>{0}{0}</b></a>"])
def test_records_with_plain_fields(read_content: ReadContent, record: str, around: str) -> None:
    """Whatever the record is called, if title and abstract stand side by side in it, by names or attributes."""
    assert read_content("<?xml version='1.0'?>" + around.format(record)) == [Paper("7", "Geese", "We count.")] * 2


@pytest.mark.parametrize(
    "content",
    [
        "<catalogue><book><title>Geese</title><summary>Birds.</summary></book></catalogue>",
        "<svg><title>Geese</title><desc>We draw.</desc></svg>",
        "<a><title>Geese</title><b><abstract>We count.</abstract></b></a>",
    ],
)
def test_other_xml_is_refused(read_content: ReadContent, content: str) -> None:
    """Many things have a title."""
    with pytest.raises(UsageError, match="XML of a kind that is not read"):
        read_content(content)


def test_no_xml() -> None:
    """Nor what begins with a sign of it."""
    assert not any(map(matches, (b"", b"<", b"< 5 geese", b"<<<", b"<!--" * 20_000)))

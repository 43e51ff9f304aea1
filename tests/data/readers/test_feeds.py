"""Tests of data.readers.feeds."""

from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from data.papers import Paper, Reject

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

RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Journal of birds</title><description>All new articles</description>
<item>{}</item></channel></rss>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://a.example/"><title>New</title><items><rdf:Seq><rdf:li rdf:resource="https://a.example/1"/>
</rdf:Seq></items></channel>
<item rdf:about="https://a.example/1"><title><![CDATA[Herons & <i>storks</i>]]></title><link>https://a.example/1</link>
<description><![CDATA[<p>We count herons.</p>]]></description><dc:identifier>doi:10.5555/herons.1</dc:identifier>
<dc:date>2024-02-01</dc:date><prism:publicationName>Birds</prism:publicationName></item></rdf:RDF>"""


def read_item(read_content: ReadContent, item: str) -> Paper:
    """Return the paper in one item of an RSS feed."""
    (paper,) = read_content(RSS.format(item))
    assert isinstance(paper, Paper)
    return paper


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


def test_documents_after_one_another(read_content: ReadContent, titles: Titles) -> None:
    """Pages of one query that were joined are read whole."""
    assert titles(read_content(ATOM + "\n" + ATOM)) == ["Counting geese from drones"] * 2


def test_what_the_api_says_of_a_query_is_no_paper(read_content: ReadContent) -> None:
    """The entry with an error is a Reject with its words."""
    entry = "<id>https://arxiv.org/api/errors#x</id><title>Error</title><summary>start must be a number</summary>"
    (rejected,) = read_content(f"<feed><title>Query</title><entry>{entry}</entry></feed>")
    assert isinstance(rejected, Reject) and "start must be a number" in rejected.reason


@pytest.mark.parametrize(
    "item",
    [
        "<title>Geese</title><link>https://arxiv.org/abs/2499.00031</link><description>arXiv:2499.00031v3 Announce "
        "Type: cross \nAbstract: We count.</description><guid>oai:arXiv.org:2499.00031v3</guid>"
        "<category>cs.CV</category>",
        "<title>Geese. (arXiv:2499.00031v1 [cs.CV] UPDATED)</title><link>http://arxiv.org/abs/2499.00031</link>"
        "<description>&lt;p&gt;We count.&lt;/p&gt;</description><category>cs.CV</category>",
    ],
)
def test_announcements_of_arxiv(read_content: ReadContent, item: str) -> None:
    """The id is arXiv's, the abstract follows the number and the kind of the announcement; old feeds are read too."""
    paper = read_item(read_content, item)
    assert (paper.id, paper.title.rstrip("."), paper.abstract) == ("2499.00031", "Geese", "We count.")
    assert paper.categories == ("cs.CV",)


def test_rdf(read_content: ReadContent) -> None:
    """RSS 1.0 is read with CDATA and the Dublin Core and PRISM fields."""
    assert read_content(RDF) == [
        Paper("10.5555/herons.1", "Herons & storks", "We count herons.", date="2024-02-01", venue="Birds")
    ]


@pytest.mark.parametrize(
    ("description", "abstract"),
    [
        ("<p>We <b>count</b> geese.</p>", "We count geese."),
        (
            "<p>J Birds. 2024 Feb 1.</p><p><b>ABSTRACT</b></p><p>We count.</p>"
            "<p style='color: gray'>PMID:<a href='x'>90000001</a></p>",
            "We count.",
        ),
        ("<p>Birds, Published online: 01 February 2024; <a href='x'>doi:10.5555/1</a></p>We count.", "We count."),
        ("<p>Publication date: May 2024</p><p><b>Source:</b> Birds</p><p>Author(s): A. Doe</p>", ""),
        ("Journal of Birds, Volume 7, Issue 2, Page 1-9, May 2024.", ""),
        ("", ""),
    ],
)
def test_descriptions(read_content: ReadContent, description: str, abstract: str) -> None:
    """What a journal writes around an abstract, or instead of one, is none."""
    item = f"<title>Geese</title><link>https://a.example/1</link><description>{escape(description)}</description>"
    assert read_item(read_content, item) == Paper("https://a.example/1", "Geese", abstract)


def test_the_longer_text_is_the_abstract(read_content: ReadContent) -> None:
    """Where an item has a summary and a content, the longer one counts."""
    content = "&lt;h2&gt;Abstract&lt;/h2&gt;We count geese."
    item = f"<title>Geese</title><description>Birds 7</description><content:encoded>{content}</content:encoded>"
    assert read_item(read_content, item).abstract == "We count geese."

"""Tests of data.readers.zotero_rdf."""

from collections.abc import Callable

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]

LIBRARY = """<rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:link="http://purl.org/rss/1.0/modules/link/">
    <bib:Article rdf:about="http://zotero.example/items/1">
        <z:itemType>journalArticle</z:itemType>
        <dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/>
        <link:link rdf:resource="#item_2"/>
        <dc:title>Counting geese on &lt;i&gt;ice&lt;/i&gt;</dc:title>
        <dcterms:abstract>We count geese &amp; herons.</dcterms:abstract>
        <dc:date>2024-01</dc:date>
        <dc:identifier>DOI 10.1/x</dc:identifier>
    </bib:Article>
    <bib:Journal rdf:about="urn:issn:1234-5678"><dc:title>Journal of Birds</dc:title></bib:Journal>
    <z:Attachment rdf:about="#item_2"><z:itemType>attachment</z:itemType><dc:title>Full Text</dc:title></z:Attachment>
    <rdf:Description rdf:about="#item_3">
        <z:itemType>conferencePaper</z:itemType>
        <dcterms:isPartOf><bib:Proceedings><dc:title>Birds 2024</dc:title></bib:Proceedings></dcterms:isPartOf>
        <dc:title>Herons</dc:title>
    </rdf:Description>
    <bib:Memo rdf:about="#item_4"><rdf:value>A note</rdf:value></bib:Memo>
    <z:Collection rdf:about="#collection_1"><dc:title>My geese</dc:title></z:Collection>
</rdf:RDF>"""


def test_a_library(read_content: ReadContent) -> None:
    """Items are read; journals, files, notes and folders are none."""
    assert read_content(LIBRARY) == [
        Paper("10.1/x", "Counting geese on ice", "We count geese & herons.", date="2024-01"),
        Paper("#item_3", "Herons", venue="Birds 2024"),
    ]

"""Tests of data.readers.dblp_xml."""

from collections.abc import Callable

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]

DATABASE = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE dblp SYSTEM "dblp.dtd">
<dblp>
<article key="journals/birds/Doe24" mdate="2024-01-01"><author>A. D&ouml;e</author><title>G&auml;nse in
O(n<sup>2</sup>).</title><year>2024</year><journal>Birds</journal></article>
<www key="homepages/00/1"><author>A. Doe</author><title>Home Page</title></www>
<inproceedings key="conf/birds/Doe24"><title>Caf\xe9 herons.</title><booktitle>BIRDS</booktitle></inproceedings>
<incollection key="books/birds/Doe24"><title>Storks.</title></incollection>
</dblp>"""


def test_a_database(read_content: ReadContent) -> None:
    """Entities of its DTD and Latin-1 are read; the id is the key; a home page is no publication."""
    assert read_content(DATABASE.encode("latin-1")) == [
        Paper("journals/birds/Doe24", "Gänse in O(n2).", date="2024", venue="Birds"),
        Paper("conf/birds/Doe24", "Café herons.", venue="BIRDS"),
        Paper("books/birds/Doe24", "Storks."),
    ]


def test_the_page_of_a_person(read_content: ReadContent) -> None:
    """A person's export has the same records one level down."""
    content = '<dblpperson name="A. Doe"><r><article key="a/b/1"><title>Geese.</title></article></r></dblpperson>'
    assert read_content(content) == [Paper("a/b/1", "Geese.")]

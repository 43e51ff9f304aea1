"""Tests of data.readers.endnote_xml."""

from collections.abc import Callable

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]

STYLED = '<style face="{}" font="default" size="100%">{}</style>'
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?><xml><records>
<record><rec-number>11</rec-number><titles><title>{title}</title><secondary-title>Birds</secondary-title></titles>
<dates><year>2024</year></dates><abstract>{abstract}</abstract></record>
<record><rec-number>12</rec-number><titles><title/><short-title>Storks</short-title></titles>
<electronic-resource-num>10.5555/storks</electronic-resource-num></record>
</records></xml>"""


def test_a_library(read_content: ReadContent) -> None:
    """Styles go, sub- and superscripts stay readable, secondary titles are the journal's."""
    title = STYLED.format("normal", "O") + STYLED.format("subscript", "2") + STYLED.format("italic", " in geese")
    abstract = STYLED.format("normal", "We count.&#xD;&#xD;Nine (p &lt; 0.05).")
    assert read_content(LIBRARY.replace("{title}", title).replace("{abstract}", abstract)) == [
        Paper("11", "O2 in geese", "We count. Nine (p < 0.05).", date="2024", venue="Birds"),
        Paper("10.5555/storks", "Storks"),
    ]


def test_an_old_library(read_content: ReadContent) -> None:
    """Names in capitals, as before version 8, are read as well."""
    record = "<RECORD><REFNUM>5</REFNUM><TITLE>Geese</TITLE><ABSTRACT>We count.</ABSTRACT></RECORD>"
    assert read_content(f"<XML><RECORDS>{record}</RECORDS></XML>") == [Paper("5", "Geese", "We count.")]

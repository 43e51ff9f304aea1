"""PubMed's XML: articles, books and their chapters."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from data.papers import Reject
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name
from data.readers.xml_records import joined_date, markup, read_elements, text

_ROOT = re.compile("Pubmed(?:Book)?Article(?:Set)?|MedlineCitation(?:Set)?|BookDocument(?:Set)?")


def matches(head: bytes) -> bool:
    """Return whether the document is a set of citations, or one."""
    return _ROOT.fullmatch(root_name(head)) is not None


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every citation; the labels of a structured abstract stand before its parts."""
    return read_elements(stream, ("MedlineCitation", "BookDocument"), _fields)


def _fields(citation: Element) -> Mapping[str, object]:
    article = citation.find("Article")
    article = citation if article is None else article
    titles = ["ArticleTitle", "Book/BookTitle", "VernacularTitle"]
    date = article.find("Journal/JournalIssue/PubDate")
    return {
        "id": text(citation.find("PMID")),
        "title": next(filter(None, (markup(article.find(name)) for name in titles)), ""),
        "abstract": _abstract(article.find("Abstract")) or _abstract(citation.find("OtherAbstract")),
        "date": joined_date(date) or text(article.find("Journal/JournalIssue/PubDate/MedlineDate")),
        "venue": text(article.find("Journal/Title")),
    }


def _abstract(abstract: Element | None) -> str:
    if abstract is None:
        return ""
    parts = []
    for part in abstract.findall("AbstractText"):
        label = part.get("Label", "").strip().rstrip(":")
        content = markup(part)
        labelled = label and label != "UNLABELLED" and content
        parts.append(f"{label}: {content}" if labelled else content)
    return " ".join(filter(None, parts))

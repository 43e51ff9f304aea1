"""OAI-PMH: harvested records in arXiv's formats (arXiv, arXivRaw), Dublin Core, JATS, and others with such names.

MODS and DataCite's records are read without the protocol around them, too.
"""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from data.language import main_language
from data.papers import RecordError, Reject
from data.readers import jats
from data.readers.records import Record
from data.readers.sources import ByteStream
from data.readers.xml_elements import root_name
from data.readers.xml_records import children, markup, read_elements, text, texts

_ROOTS = frozenset(
    ["OAI-PMH", "ListRecords", "GetRecord", "record", "Record", "arXiv", "arXivRaw", "dc", "mods", "modsCollection"]
)
# Roots that others have, too: of files of harvesters, and of a record of DataCite's.
_OTHER_ROOTS = {
    "Records": re.compile(rb"<Records[^>]*>\s*<[Rr]ecord"),
    "resource": re.compile(rb"datacite\.org/schema"),
}
_RECORDS = ("record", "Record", "arXivRaw", "arXiv", "dc", "mods", "resource", "error")
_ARXIV_ID = re.compile(r"(?:https?://(?:\w+\.)?arxiv\.org/abs/|(?:oai:)?arxiv(?:\.org)?:)(\S+?)(?:v\d+)?", re.I)


def matches(head: bytes) -> bool:
    """Return whether the document is an answer of OAI-PMH, or a record out of one."""
    name = root_name(head)
    return name in _ROOTS or (name in _OTHER_ROOTS and _OTHER_ROOTS[name].search(head) is not None)


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield every record; deleted ones have no metadata and are passed over. An error of the server is a Reject."""
    return read_elements(stream, _RECORDS, _fields)


def arxiv_id(identifier: str) -> str:
    """Return the bare id ("2301.00001") of an address or identifier of arXiv's, without its version; else ""."""
    found = _ARXIV_ID.fullmatch(identifier)
    return found.group(1) if found else ""


def _fields(record: Element) -> Mapping[str, object] | None:
    if record.tag == "error":
        raise RecordError(f"The OAI-PMH server reports an error: {record.get('code', '')}: {text(record)}.")
    header = record.find("header")
    if header is not None and header.get("status") == "deleted":
        return None
    metadata = record.find("metadata")
    body = record if metadata is None else next(iter(metadata), metadata)
    if (front := body.find("front")) is not None:
        return jats.front_fields(front)
    if body is not record and all(next(body.iter(name), None) is None for name in ("title", "abstract", "description")):
        raise RecordError(
            f"The record has its metadata in a format that is not read (<{body.tag}>); harvest them as oai_dc."
        )
    abstract = _abstract(body)
    identifiers = texts([*_named(header, "identifier"), *_named(body, "id", "identifier")])
    return {
        "id": next(filter(None, map(arxiv_id, identifiers)), identifiers[0] if identifiers else ""),
        "title": _title(body, abstract),
        "abstract": markup(abstract),
        "categories": texts(_named(body, "categories", "subject")),
        "date": texts([*_named(body, "date", "created"), *_named(header, "datestamp")]),
        "venue": texts(_named(body, "journal-ref", "source")),
    }


def _named(element: Element | None, *names: str) -> list[Element]:
    return children(element, *names) if element is not None else []


def _anywhere(body: Element, name: str) -> list[Element]:
    """Return the fields of this name: direct ones as in Dublin Core, else those deeper, as in MODS and DataCite."""
    return children(body, name) or list(body.iter(name))


def _abstract(body: Element) -> Element | None:
    """Return the abstract: the longest one, or the longest description that is no comment."""
    found = _anywhere(body, "abstract") or [
        description for description in _anywhere(body, "description") if not text(description).startswith("Comment:")
    ]
    return max(found, key=lambda element: len(text(element)), default=None)


def _title(body: Element, abstract: Element | None) -> str:
    """Return the first title in the language of the abstract, or the first of all where none is known to be."""
    found = [title for title in _anywhere(body, "title") if text(title)]
    if len(found) > 1 and abstract is not None:
        said, written = _code(abstract.get("lang", "")), main_language(text(abstract))
        for language in filter(None, (said, written)):
            for title in found:
                if (_code(title.get("lang", "")) or main_language(text(title))) == language:
                    return markup(title)
    return markup(found[0]) if found else ""


def _code(language: str) -> str:
    """Return the two letters of a language that is given as "en", "eng", "en-US" or "English"; else ""."""
    code = re.split("[-_]", language.strip().lower())[0]
    return code if len(code) == 2 else _LONG_CODES.get(code, "")


_LONG_CODES = {
    "eng": "en", "english": "en", "ger": "de", "deu": "de", "german": "de", "fre": "fr", "fra": "fr", "french": "fr",
    "spa": "es", "spanish": "es", "por": "pt", "portuguese": "pt", "ita": "it", "italian": "it", "rus": "ru",
    "russian": "ru", "chi": "zh", "zho": "zh", "chinese": "zh", "jpn": "ja", "japanese": "ja", "kor": "ko", "pol": "pl",
    "dut": "nl", "nld": "nl", "dutch": "nl", "tur": "tr", "ind": "id", "swe": "sv", "cat": "ca", "ukr": "uk",
}  # fmt: skip

"""Generated files of each input format, from sentences of the benchmark's own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

_SENTENCES = """we count geese on frozen lakes and explain why some of them stay through winter while herons near the
river model data learning method results show that our approach network graph language query storm signal noise measure
with R&D p<0.05 large small stable"""
_WORDS = tuple(_SENTENCES.split())
_PAPERS = 500  # of different texts; those of a file repeat them


@dataclass(frozen=True, slots=True)
class Text:
    """What a record says."""

    number: int
    title: str
    abstract: str


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How a file of a format is written: what stands before, between and behind its records."""

    record: Callable[[Text], str]
    head: str = ""
    between: str = ""
    tail: str = ""


def write_file(name: str, path: Path, size: int) -> int:
    """Write a file of some format of about `size` bytes; return how many records it has."""
    if name == "parquet":
        return _write_parquet(path, size)
    kind = FORMATS[name]
    written = count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        written += file.write(kind.head)
        for text in _texts():
            written += file.write((kind.between if count else "") + kind.record(text))
            count += 1
            if written >= size:
                break
        file.write(kind.tail)
    return count


def _texts() -> Iterator[Text]:
    random = Random(0)
    texts = [
        (_sentence(random, 9)[:-1], " ".join(_sentence(random, random.randint(10, 25)) for _ in range(8)))
        for _ in range(_PAPERS)
    ]
    for number, (title, abstract) in enumerate(cycle(texts)):
        yield Text(number, title, abstract)


def _sentence(random: Random, words: int) -> str:
    return " ".join(random.choices(_WORDS, k=words)).capitalize() + "."


def _write_parquet(path: Path, size: int) -> int:
    from pyarrow import Table, parquet

    count, rows, written, texts = 0, 20_000, 0, _texts()
    writer = None
    while written < size:
        part = [next(texts) for _ in range(rows)]
        written += sum(len(text.title) + len(text.abstract) + 20 for text in part)
        columns = {
            "id": [str(text.number) for text in part],
            "title": [text.title for text in part],
            "abstract": [text.abstract for text in part],
        }
        table = Table.from_pydict(columns)
        writer = writer or parquet.ParquetWriter(path, table.schema, compression="none", use_dictionary=False)
        writer.write_table(table)
        count += rows
    if writer is not None:
        writer.close()
    return count


def _jsonl(text: Text) -> str:
    record = {
        "id": f"2401.{text.number:05d}",
        "submitter": "A. Doe",
        "title": text.title,
        "comments": "3 pages",
        "doi": None,
        "abstract": text.abstract,
        "categories": "cs.LG stat.ML",
        "versions": [{"version": "v1", "created": "Mon, 1 Jan 2024"}],
        "update_date": "2024-01-01",
    }
    return json.dumps(record) + "\n"


def _openalex(text: Text) -> str:
    index: dict[str, list[int]] = {}
    for place, word in enumerate(text.abstract.split()):
        index.setdefault(word, []).append(place)
    record = {"id": f"W{text.number}", "title": text.title, "abstract_inverted_index": index, "publication_year": 2024}
    return json.dumps(record)


def _row(delimiter: str, *, quoted: bool) -> Callable[[Text], str]:
    def row(text: Text) -> str:
        line = io.StringIO()
        cells = ["Doe A., Roe R.", text.title, "2024", text.abstract, f"10.1/{text.number}"]
        csv.writer(
            line, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\n"
        ).writerow(cells)
        return line.getvalue()

    return row


def _tagged(lines: str) -> Callable[[Text], str]:
    """Return what fills a pattern with the texts as they are."""
    return lambda text: lines.format(
        number=text.number, title=text.title, abstract=text.abstract, half=text.abstract[300:]
    )


def _xml(elements: str) -> Callable[[Text], str]:
    return lambda text: elements.format(number=text.number, title=escape(text.title), abstract=escape(text.abstract))


_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CSV_HEAD = "Authors{0}Title{0}Year{0}Abstract{0}DOI\n"

FORMATS: Mapping[str, FileFormat] = {
    "jsonl": FileFormat(_jsonl),
    "json": FileFormat(lambda text: _jsonl(text).rstrip(), '{"meta": {"count": 1}, "results": [', ",", "]}"),
    "json, a map by id": FileFormat(lambda text: f'"p{text.number}": ' + _jsonl(text).rstrip(), "{", ",", "}"),
    "json, inverted indices": FileFormat(_openalex, '{"results": [', ",\n", "]}"),
    "csv": FileFormat(_row(",", quoted=True), _CSV_HEAD.format(",")),
    "tsv": FileFormat(_row("\t", quoted=False), _CSV_HEAD.format("\t")),
    "parquet": FileFormat(lambda text: ""),
    "bibtex": FileFormat(
        _tagged(
            "@article{{k{number},\n  author = {{Doe, A. and Roe, R.}},\n  title = {{{title}}},\n  year = {{2024}},\n"
            "  abstract = {{{abstract}}},\n  keywords = {{geese, ice}}\n}}\n\n"
        )
    ),
    "ris": FileFormat(
        _tagged(
            "TY  - JOUR\nAU  - Doe, A.\nTI  - {title}\nAB  - {abstract}\nPY  - 2024\nKW  - geese\nKW  - ice\n"
            "DO  - 10.1/{number}\nER  - \n\n"
        )
    ),
    "nbib": FileFormat(
        _tagged(
            "PMID- {number}\nOWN - NLM\nTI  - {title}\nAB  - {abstract}\n      {half}\nFAU - Doe, A\nDP  - 2024\n\n"
        )
    ),
    "enw": FileFormat(_tagged("%0 Journal Article\n%T {title}\n%A Doe, A.\n%J Birds\n%D 2024\n%X {abstract}\n\n")),
    "wos": FileFormat(
        _tagged("PT J\nAU Doe, A\nTI {title}\nSO BIRDS\nAB {abstract}\n   {half}\nPY 2024\nUT WOS:{number}\nER\n\n"),
        "FN Clarivate Analytics Web of Science\nVR 1.0\n",
        tail="EF\n",
    ),
    "feed": FileFormat(
        _xml(
            "<entry><id>http://arxiv.org/abs/2401.{number:05d}v1</id><published>2024-01-01T00:00:00Z</published>"
            "<title>{title}</title><summary>{abstract}</summary><author><name>A. Doe</name></author>"
            '<link href="http://arxiv.org/abs/2401.{number:05d}v1" rel="alternate"/><category term="cs.LG"/></entry>\n'
        ),
        _DECLARATION + '<feed xmlns="http://www.w3.org/2005/Atom">\n',
        tail="</feed>\n",
    ),
    "oai-pmh": FileFormat(
        _xml(
            "<record><header><identifier>oai:arXiv.org:2401.{number:05d}</identifier></header><metadata>"
            '<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2401.{number:05d}</id><created>2024-01-01</created>'
            "<title>{title}</title><categories>cs.LG stat.ML</categories><abstract>{abstract}</abstract></arXiv>"
            "</metadata></record>\n"
        ),
        _DECLARATION + '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>\n',
        tail="</ListRecords></OAI-PMH>\n",
    ),
    "pubmed-xml": FileFormat(
        _xml(
            '<PubmedArticle><MedlineCitation><PMID Version="1">{number}</PMID><Article><Journal><Title>Birds</Title>'
            "</Journal><ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText>{abstract}</AbstractText></Abstract>"
            "</Article></MedlineCitation></PubmedArticle>\n"
        ),
        _DECLARATION + "<PubmedArticleSet>\n",
        tail="</PubmedArticleSet>\n",
    ),
    "jats": FileFormat(
        _xml(
            '<article><front><article-meta><article-id pub-id-type="doi">10.1/{number}</article-id><title-group>'
            "<article-title>{title}</article-title></title-group><abstract><p>{abstract}</p></abstract></article-meta>"
            "</front></article>\n"
        ),
        _DECLARATION + "<pmc-articleset>\n",
        tail="</pmc-articleset>\n",
    ),
    "endnote-xml": FileFormat(
        _xml(
            "<record><rec-number>{number}</rec-number><titles><title><style>{title}</style></title></titles>"
            "<abstract><style>{abstract}</style></abstract></record>\n"
        ),
        _DECLARATION + "<xml><records>\n",
        tail="</records></xml>\n",
    ),
    "zotero-rdf": FileFormat(
        _xml(
            '<bib:Article rdf:about="#i{number}"><z:itemType>journalArticle</z:itemType><dc:title>{title}</dc:title>'
            "<dcterms:abstract>{abstract}</dcterms:abstract></bib:Article>\n"
        ),
        '<rdf:RDF xmlns:rdf="r" xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:dc="d">\n',
        tail="</rdf:RDF>\n",
    ),
}
"""{name: how its files are written}; Parquet's are written by pyarrow."""

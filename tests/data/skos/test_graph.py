"""Files in RDF to graphs: any syntax by its content, nothing fetched, faults at their line."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from rdflib import Literal, URIRef
from rdflib.namespace import SKOS

from data.errors import AreatagError, ContentError, UsageError
from data.skos.graph import read_graph, write_graph
from data.skos.taxonomy_export import vocabulary_of
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY

LEMON = (URIRef("http://x.example/lemon"), SKOS.prefLabel, Literal("Lemon", lang="en"))
CONTEXT = {"p": {"@id": "http://www.w3.org/2004/02/skos/core#prefLabel", "@language": "en"}}
ITEM = {"@id": "http://x.example/lemon", "p": "Lemon"}
TRIPLE = f'<{LEMON[0]}> <{SKOS.prefLabel}> "Lemon"@en .'


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of files, in a folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.mkdir("folder")
        for name, content in files.items():
            archive.writestr(f"folder/{name}", content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        TRIPLE,
        f"# a comment\n{TRIPLE}",
        f"\ufeff@prefix x: <http://x.example/> .\n{TRIPLE}",
        '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns:s="{SKOS}"><rdf:Description rdf:about="{LEMON[0]}"><s:prefLabel xml:lang="en">Lemon</s:prefLabel>'
        "</rdf:Description></rdf:RDF>",
        json.dumps({"@context": CONTEXT, **ITEM}),
        json.dumps([{"@context": CONTEXT, **ITEM}], indent=2),
        json.dumps({"@context": CONTEXT, "@id": "http://x.example/named", "@graph": [ITEM]}),
    ],
    ids=["triples", "comment", "mark", "xml", "json-ld", "list", "named graph"],
)
def test_the_content_says_the_syntax(tmp_path: Path, text: str) -> None:
    """Names of files do not."""
    path = tmp_path / "vocabulary.txt"
    path.write_text(text, encoding="utf-8")
    assert LEMON in read_graph(path)


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda content: zipped({"v.ttl": content})]
)
def test_packed_vocabularies_are_unpacked(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """As their keepers offer them."""
    path = tmp_path / "vocabulary"
    path.write_bytes(pack(TRIPLE.encode()))
    assert LEMON in read_graph(path)


def test_archives_of_several_files_are_refused(tmp_path: Path) -> None:
    """It is not guessed which one is meant."""
    path = tmp_path / "v.zip"
    path.write_bytes(zipped({"a.ttl": b"", "b.ttl": b""}))
    with pytest.raises(UsageError, match="holds 2 files"):
        read_graph(path)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(TRIPLE.encode())[:-9], zipped({"v.ttl": TRIPLE.encode()})[:-9]],
    ids=["gzip", "zip"],  # their bytes hold the time, and each process collects the tests for itself
)
def test_damaged_archives_are_no_vocabularies(tmp_path: Path, content: bytes) -> None:
    """They are not read in part."""
    path = tmp_path / "v"
    path.write_bytes(content)
    with pytest.raises(ContentError, match="cannot be unpacked"):
        read_graph(path)


@pytest.mark.parametrize("context", ["https://x.example/c.jsonld", "c.jsonld", ["file:///etc/c"], {"@import": "c"}])
def test_contexts_elsewhere_are_not_fetched(tmp_path: Path, context: object) -> None:
    """Neither from the network nor from this machine."""
    path = tmp_path / "v.jsonld"
    path.write_text(json.dumps({"a": [{"@context": context, "@id": "x"}]}))
    with pytest.raises(ContentError, match="nothing is fetched"):
        read_graph(path)


def test_entities_of_xml_are_not_read(tmp_path: Path) -> None:
    """What a file on this machine holds does not come into a vocabulary."""
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden words")
    path = tmp_path / "v.rdf"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="{SKOS}">'
        '<rdf:Description rdf:about="http://x.example/a"><s:prefLabel>&e;</s:prefLabel></rdf:Description></rdf:RDF>'
    )
    try:
        graph = read_graph(path)
    except AreatagError:
        return
    assert "hidden words" not in write_graph(graph, "turtle").decode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{TRIPLE}\n{TRIPLE}\n<http://x.example/a> nonsense", 3),
        ('<?xml version="1.0"?>\n<rdf:RDF>\n</rdf:RDF>', 2),
        ('{"a": 1,\n "b": }', 2),
        ("title,areas\nA paper,x\n", 1),
        ("{" * 5, 1),
        ("\0\x01", 1),
    ],
)
def test_faults_are_named_at_their_line(tmp_path: Path, text: str, line: int) -> None:
    """In the words of the parser, without a traceback."""
    path = tmp_path / "v.ttl"
    path.write_text(text)
    with pytest.raises(ContentError) as raised:
        read_graph(path)
    assert raised.value.problems[0].line == line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is bad usage."""
    with pytest.raises(UsageError, match="Check the path"):
        read_graph(tmp_path / "none.ttl")


@pytest.mark.parametrize("syntax", ["turtle", "nt", "xml", "json-ld"])
def test_what_is_written_is_read(tmp_path: Path, syntax: str) -> None:
    """In each syntax the same statements."""
    graph = vocabulary_of(parse_taxonomy(TAXONOMY, "areas.yaml"))
    path = tmp_path / "v"
    path.write_bytes(write_graph(graph, syntax))
    assert set(read_graph(path)) == set(graph)

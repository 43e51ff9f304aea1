"""Files in RDF (Turtle, N-Triples, RDF/XML, JSON-LD; also packed) to a graph; nothing outside the file is ever read."""

import codecs
import io
import json
import logging
import re
import zipfile
from pathlib import Path
from xml.sax import SAXParseException

from rdflib import Graph
from rdflib.exceptions import ParserError
from rdflib.plugins.parsers.notation3 import BadSyntax

from data.errors import AreatagError, ContentError, Problem, UsageError, quoted
from data.readers.compression import UNPACKING_ERRORS, decompressed

RELATIVE = "https://relative.invalid/"
"""Begins every URI that the file gives in relation to its own, which nobody knows."""
_NAMES = {"xml": "RDF/XML", "json-ld": "JSON-LD", "turtle": "Turtle"}


def read_graph(path: Path) -> Graph:
    """Read a file whose content says in which format it is; .gz, .zst, .bz2, .xz and .zip of one are unpacked.

    Raises:
        UsageError: the file cannot be opened, or is an archive of several files.
        ContentError: it is no RDF, with the line; or it is JSON-LD that would have a context fetched; or it is damaged.
    """
    try:
        packed = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"Cannot read the vocabulary {path}: {reason}. Check the path.") from error
    content = _unpacked(packed, path).removeprefix(codecs.BOM_UTF8)
    file_format = _format_of(content)
    if file_format == "json-ld":
        _refuse_remote_contexts(content, str(path))
    # It would print a traceback for every date such as 1999-00-00.
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    read, graph = Graph(), Graph()
    try:
        read.parse(data=content, format=file_format, publicID=RELATIVE)
    except (BadSyntax, SAXParseException, ParserError, ValueError, RecursionError) as error:
        line, reason = _fault(error)
        advice = "is it RDF in Turtle, N-Triples, RDF/XML or JSON-LD?"
        message = f"This is not valid {_NAMES[file_format]} ({reason}); {advice}"
        raise ContentError(str(path), [Problem(line, message)]) from error
    except Exception as error:  # the parsers raise whatever their input leads them into
        reason = f"{type(error).__name__}: {error}"
        raise AreatagError(
            f"{path} cannot be read as {_NAMES[file_format]} ({reason[:200]}); save it in another format."
        ) from error
    # From the store: with the named graphs that JSON-LD may have.
    for triple, _ in read.store.triples((None, None, None)):
        graph.add(triple)
    return graph


def write_graph(graph: Graph, syntax: str) -> bytes:
    """Return the graph in a syntax of rdflib's."""
    if syntax == "json-ld":
        context = {prefix: str(name) for prefix, name in graph.namespaces()}
        return graph.serialize(format=syntax, encoding="utf-8", context=context)
    return graph.serialize(format=syntax, encoding="utf-8")


def _unpacked(content: bytes, path: Path) -> bytes:
    try:
        if not content.startswith(b"PK\x03\x04"):
            return b"".join(decompressed(iter([content])))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [member for member in archive.infolist() if not member.is_dir()]
            if len(files) != 1:
                raise UsageError(f"{path} holds {len(files)} files; unpack it and name the vocabulary among them.")
            return archive.read(files[0])
    except UNPACKING_ERRORS as error:
        problem = Problem(1, f"The file cannot be unpacked ({error}); get or make it again.")
        raise ContentError(str(path), [problem]) from error


def _format_of(content: bytes) -> str:
    """The format by the first signs; Turtle has N-Triples in it."""
    start = content[:4096].lstrip()
    if start.startswith((b"<?xml", b"<!--", b"<!DOCTYPE", b"\xff\xfe", b"\xfe\xff")) or re.match(rb"<\w+:RDF\b", start):
        return "xml"
    return "json-ld" if re.match(rb"\{|\[\s*[\[{]", start) else "turtle"


def _refuse_remote_contexts(content: bytes, source: str) -> None:
    try:
        root = json.loads(content)
    except (ValueError, RecursionError) as error:
        line, reason = _fault(error)
        raise ContentError(source, [Problem(line, f"This is not valid JSON ({reason}); correct it there.")]) from error
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for context in _listed(value.get("@context")):
                remote = context if isinstance(context, str) else context.get("@import") if context else None
                if isinstance(remote, str):
                    advice = "write the context into the file, or convert it to Turtle; nothing is fetched"
                    raise ContentError(source, [Problem(1, f"The JSON-LD refers to {quoted(remote)}: {advice}.")])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _listed(contexts: object) -> list[str | dict[str, object]]:
    listed = contexts if isinstance(contexts, list) else [contexts]
    return [context for context in listed if isinstance(context, str | dict)]


def _fault(error: BaseException) -> tuple[int, str]:
    """The line and the parser's own words."""
    if isinstance(error, SAXParseException):
        return max(error.getLineNumber() or 1, 1), error.getMessage()
    if isinstance(error, BadSyntax):
        return error.lines + 1, str(error._why)
    if isinstance(error, json.JSONDecodeError):
        return error.lineno, error.msg
    if isinstance(error, RecursionError):
        return 1, "it is nested too deeply"
    return 1, " ".join(str(error).split())[:200]

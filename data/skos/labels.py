"""What a resource is called in each language: SKOS labels, SKOS-XL labels and notes, and the choice of a language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

from data.skos.terms import NAMES_WITHOUT_LABEL, SKOSXL

UNTAGGED = ""
Texts = dict[str, list[str]]
"""Language (lower case, UNTAGGED for none) -> texts, sorted."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one resource."""

    preferred: Texts
    others: Texts
    """altLabel and hiddenLabel."""


def labels_of(graph: Graph, resource: Node) -> Labels:
    """Return every label; where there is no prefLabel, a title or rdfs:label counts as one."""
    preferred = _texts(_labels(graph, resource, "prefLabel"))
    if not preferred:
        preferred = _texts(value for term in NAMES_WITHOUT_LABEL for value in graph.objects(resource, term))
    others = [value for kind in ("altLabel", "hiddenLabel") for value in _labels(graph, resource, kind)]
    return Labels(preferred, _texts(others))


def notes_of(graph: Graph, resource: Node, term: URIRef) -> Texts:
    """Return the notes of a kind; one that is itself a resource has its text as rdf:value."""
    values: list[Node] = []
    for value in graph.objects(resource, term):
        values += [value] if isinstance(value, Literal) else graph.objects(value, RDF.value)
    return _texts(values)


def choose_language(languages: Iterable[str], wanted: str) -> str | None:
    """Return the language that serves best: the one wanted, a variety of it, what it is a variety of, none, English.

    Args:
        languages: in which there are texts, lower case.
        wanted: lower case.
    """
    there = sorted(languages)
    if not there:
        return None
    own = [language for language in there if is_variety(language, wanted)]
    for choice in (wanted, *own, wanted.partition("-")[0], UNTAGGED, "en"):
        if choice in there:
            return choice
    return there[0]


def is_variety(language: str, wanted: str) -> bool:
    """Return whether texts in the language are in the one wanted: "en-gb" where "en" is."""
    return language == wanted or (wanted != UNTAGGED and language.startswith(f"{wanted}-"))


def _labels(graph: Graph, resource: Node, kind: str) -> list[Node]:
    extended = graph.objects(resource, SKOSXL[kind])
    literals = (form for label in extended for form in graph.objects(label, SKOSXL.literalForm))
    return [*graph.objects(resource, SKOS[kind]), *literals]


def _texts(values: Iterable[Node]) -> Texts:
    found: dict[str, set[str]] = {}
    for value in values:
        text = " ".join(str(value).split())
        if isinstance(value, Literal) and text:
            found.setdefault((value.language or UNTAGGED).lower(), set()).add(text)
    return {language: sorted(texts) for language, texts in sorted(found.items())}


def first_texts(texts: Texts, leaving_out: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return (language, first text) of every language but some and UNTAGGED."""
    left_out = {UNTAGGED, *leaving_out}
    return tuple((language, found[0]) for language, found in texts.items() if language not in left_out)

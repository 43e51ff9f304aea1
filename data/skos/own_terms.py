"""What a taxonomy file says and SKOS has no term for, in a vocabulary that was exported: read and written here."""

from collections.abc import Iterable

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from data.skos.terms import AREATAG

_TAXONOMY = AREATAG["taxonomy"]
_LAST = 1 << 60


class OwnTerms:
    """Reads and writes the terms of `AREATAG`; in others' vocabularies there are none, and everything is empty."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.exported = (_TAXONOMY, AREATAG.version, None) in graph
        """Whether the vocabulary is a taxonomy that was exported."""

    def text(self, resource: Node, term: str) -> str:
        """Return the value of a term, "" where there is none."""
        value = self._graph.value(resource, AREATAG[term], any=True)
        return str(value) if isinstance(value, Literal) else ""

    def texts(self, resource: Node, term: str) -> tuple[str, ...]:
        """Return the list that a term leads to."""
        head = self._graph.value(resource, AREATAG[term], any=True)
        return tuple(str(item) for item in self._graph.items(head)) if isinstance(head, BNode | URIRef) else ()

    def order(self, resource: Node) -> int:
        """Return the place of a field or an area in its file; without one it comes last."""
        text = self.text(resource, "order")
        return int(text) if text.isascii() and text.isdigit() else _LAST

    def language(self, otherwise: str) -> str:
        """Return the language of the taxonomy, "" where it says none; in others' vocabularies what is given."""
        return self.text(_TAXONOMY, "language") if self.exported else otherwise

    def version(self) -> int:
        """Return the version of the taxonomy."""
        text = self.text(_TAXONOMY, "version")
        return int(text) if text.isascii() and text.isdigit() else 1

    def removed(self) -> tuple[str, ...]:
        """Return the ids of removed areas."""
        return self.texts(_TAXONOMY, "removed")

    def schemes(self) -> tuple[str, ...]:
        """Return the URIs of concept schemes, in the order of the file."""
        return self.texts(_TAXONOMY, "schemes")

    def add_taxonomy(self, version: int, language: str, removed: Iterable[str], schemes: Iterable[str]) -> None:
        """Write what is said of the taxonomy as a whole."""
        self._graph.add((_TAXONOMY, AREATAG.version, Literal(version)))
        self.add(_TAXONOMY, language=language, removed=tuple(removed), schemes=tuple(schemes))

    def add(self, resource: Node, **values: str | int | tuple[str, ...]) -> None:
        """Write the values that are not empty, under their names."""
        for term, value in values.items():
            if isinstance(value, tuple):
                if value:
                    head = BNode()
                    Collection(self._graph, head, [Literal(item) for item in value])
                    self._graph.add((resource, AREATAG[term], head))
            elif value != "":
                self._graph.add((resource, AREATAG[term], Literal(value)))

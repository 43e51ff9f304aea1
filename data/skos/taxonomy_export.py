"""A taxonomy as a vocabulary in SKOS, which other tools read and which an import makes the same taxonomy of again."""

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS

from data.concept_uri import concept_uri
from data.phrases import is_plain
from data.skos.descriptions import UNDETERMINED
from data.skos.labels import UNTAGGED
from data.skos.own_terms import OwnTerms
from data.skos.terms import AREATAG
from data.taxonomy import Area, Concept, Field, Taxonomy

SCHEME = URIRef("urn:areatag:taxonomy")
"""The concept scheme of a taxonomy that came from none."""


def vocabulary_of(taxonomy: Taxonomy) -> Graph:
    """Return a graph: a concept scheme with the fields as its top concepts and the areas below them.

    A field that has the URI of a concept scheme is that scheme, and its areas are its top concepts. Phrases that are no
    patterns are altLabels; what SKOS has no term for is written in terms of our own.
    """
    graph = Graph(bind_namespaces="none")
    graph.bind("skos", SKOS)
    graph.bind("areatag", AREATAG)
    export = _Export(taxonomy, graph)
    export.add_all()
    return graph


class _Export:
    def __init__(self, taxonomy: Taxonomy, graph: Graph) -> None:
        self._taxonomy, self._graph, self._own = taxonomy, graph, OwnTerms(graph)
        self._scheme = URIRef(taxonomy.schemes[0]) if taxonomy.schemes else SCHEME

    def add_all(self) -> None:
        taxonomy = self._taxonomy
        self._own.add_taxonomy(taxonomy.version, taxonomy.language, taxonomy.removed, taxonomy.schemes)
        for scheme in {self._scheme, *map(URIRef, taxonomy.schemes)}:
            self._graph.add((scheme, RDF.type, SKOS.ConceptScheme))
        for place, field in enumerate(taxonomy.fields):
            self._add_field(place, field)

    def _add_field(self, place: int, field: Field) -> None:
        node = URIRef(concept_uri(field))
        is_scheme = field.uri in self._taxonomy.schemes
        if not is_scheme:
            self._add_concept(node, field, self._scheme, top=True)
        self._add_labels(node, field)
        self._own.add(node, id=field.id, order=place, arxiv=field.arxiv, language=field.language)
        for number, area in enumerate(field.areas):
            self._add_area(number, area, node, node if is_scheme else None)

    def _add_area(self, place: int, area: Area, field: URIRef, scheme: URIRef | None) -> None:
        node = URIRef(concept_uri(area))
        self._add_concept(node, area, scheme or self._scheme, top=scheme is not None)
        self._add_labels(node, area)
        if scheme is None:
            self._graph.add((node, SKOS.broader, field))
            self._graph.add((field, SKOS.narrower, node))
        if area.description:
            self._graph.add((node, SKOS.definition, Literal(area.description, lang=self._language(area))))
        for phrase in area.phrases:
            if is_plain(phrase):
                self._graph.add((node, SKOS.altLabel, Literal(phrase, lang=self._language(area))))
        self._own.add(
            node,
            id=area.id,
            order=place,
            arxiv=area.arxiv,
            language=area.language,
            phrases=area.phrases,
            replaces=area.replaces,
            added=area.added,
        )

    def _add_concept(self, node: URIRef, concept: Concept, scheme: URIRef, *, top: bool) -> None:
        self._graph.add((node, RDF.type, SKOS.Concept))
        self._graph.add((node, SKOS.inScheme, scheme))
        if top:
            self._graph.add((node, SKOS.topConceptOf, scheme))
            self._graph.add((scheme, SKOS.hasTopConcept, node))

    def _add_labels(self, node: URIRef, concept: Concept) -> None:
        self._graph.add((node, SKOS.prefLabel, Literal(concept.name, lang=self._language(concept))))
        for language, name in concept.names:
            self._graph.add((node, SKOS.prefLabel, Literal(name, lang=language)))
        if concept.notation:
            self._graph.add((node, SKOS.notation, Literal(concept.notation)))
        for term, uris in ((SKOS.exactMatch, concept.exact_match), (SKOS.closeMatch, concept.close_match)):
            for uri in uris:
                self._graph.add((node, term, URIRef(uri)))

    def _language(self, concept: Concept) -> str | None:
        language = concept.language or self._taxonomy.language
        return None if language in (UNTAGGED, UNDETERMINED) else language

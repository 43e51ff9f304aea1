"""Which resources of a graph are concepts, which of them are deprecated, and what each one's broader ones are."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.term import Identifier

from data.skos.area_ids import local_name
from data.skos.labels import labels_of
from data.skos.terms import (
    ABOVE_COLLECTION,
    BELOW_COLLECTION,
    BROADER,
    CHANGE_NOTES,
    COLLECTIONS,
    NARROWER,
    REPLACED,
)  # fmt: skip

_OUT_OF_USE = ("deprecated", "obsolete", "withdrawn", "retired", "superseded")


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts of a vocabulary that are in use."""

    broader: dict[Identifier, frozenset[Identifier]]
    """Of every concept its broader ones; those of a deprecated one, or of a collection between, stand in for it."""
    deprecated: frozenset[Identifier]
    schemes: tuple[Identifier, ...]
    """Concept schemes, sorted."""
    collections: int
    absent: int
    """Broader or narrower concepts that the file only mentions."""


def find_concepts(graph: Graph) -> Concepts:
    """Find concepts by their type, and by what only concepts have: labels together with a place in a hierarchy."""
    schemes = {*_instances(graph, SKOS.ConceptScheme), *_resources(graph.objects(None, SKOS.inScheme))}
    schemes |= {*_resources(graph.objects(None, SKOS.topConceptOf)), *_subjects(graph, SKOS.hasTopConcept)}
    collections = {found for kind in COLLECTIONS for found in _instances(graph, kind)}
    collections |= _subjects(graph, SKOS.member)
    typed = _instances(graph, SKOS.Concept)
    pairs = set(_pairs(graph, _with_subproperties(graph, BROADER), _with_subproperties(graph, NARROWER)))
    transitive = set(_pairs(graph, [SKOS.broaderTransitive], [SKOS.narrowerTransitive]))
    placed = {end for pair in pairs | transitive for end in pair}
    placed |= {*_subjects(graph, SKOS.inScheme), *_subjects(graph, SKOS.topConceptOf)}
    placed |= {*_resources(graph.objects(None, SKOS.hasTopConcept)), *_resources(graph.objects(None, SKOS.member))}
    untyped = placed - typed - schemes - collections
    concepts = (typed | {one for one in untyped if labels_of(graph, one).preferred}) - collections
    schemes -= concepts
    deprecated = frozenset(concept for concept in concepts if _is_deprecated(graph, concept))
    own = _grouped(pair for pair in pairs if concepts.issuperset(pair))
    above = _grouped(pair for pair in transitive if concepts.issuperset(pair))
    through = _grouped(_pairs(graph, ABOVE_COLLECTION, BELOW_COLLECTION))
    nearest = {one: own.get(one) or _reduced(one, above) or through.get(one, frozenset()) for one in concepts}
    nearest |= {collection: through.get(collection, frozenset()) for collection in collections}
    return Concepts(
        {concept: _in_use(concept, nearest, deprecated | collections) & concepts for concept in concepts - deprecated},
        deprecated,
        tuple(sorted(schemes)),
        len(collections),
        len(placed - concepts - schemes - collections),
    )


def _resources(nodes: Iterable[object]) -> Iterator[Identifier]:
    return (node for node in nodes if isinstance(node, Identifier) and not isinstance(node, Literal))


def _subjects(graph: Graph, term: URIRef) -> set[Identifier]:
    return set(_resources(graph.subjects(term)))


def _instances(graph: Graph, kind: URIRef) -> set[Identifier]:
    kinds = set(graph.transitive_subjects(RDFS.subClassOf, kind))
    return {found for one in kinds for found in _resources(graph.subjects(RDF.type, one))}


def _with_subproperties(graph: Graph, terms: Iterable[URIRef]) -> list[Identifier]:
    """The terms and what the file itself declares to be a kind of them; not what SKOS declares (broaderTransitive)."""
    found = {one for term in terms for one in _resources(graph.transitive_subjects(RDFS.subPropertyOf, term))}
    return sorted(found)


def _pairs(
    graph: Graph, broader: Iterable[Identifier], narrower: Iterable[Identifier]
) -> Iterator[tuple[Identifier, Identifier]]:
    """(Concept, broader concept), whichever of the two says so; none is broader than itself."""
    said = [(pair[0], pair[1]) for term in broader for pair in graph.subject_objects(term)]
    said += [(pair[1], pair[0]) for term in narrower for pair in graph.subject_objects(term)]
    for concept, above in said:
        ends = list(_resources((concept, above)))
        if len(ends) == 2 and concept != above:
            yield ends[0], ends[1]


def _grouped(pairs: Iterable[tuple[Identifier, Identifier]]) -> dict[Identifier, frozenset[Identifier]]:
    found: dict[Identifier, set[Identifier]] = {}
    for concept, above in pairs:
        found.setdefault(concept, set()).add(above)
    return {concept: frozenset(all_above) for concept, all_above in found.items()}


def _reduced(concept: Identifier, above: Mapping[Identifier, Set[Identifier]]) -> frozenset[Identifier]:
    """The nearest of all concepts above: those that no other of them has above itself, unless it is a circle."""
    ancestors = above.get(concept, frozenset()) - {concept}
    return frozenset(
        one
        for one in ancestors
        if not any(
            one in above.get(other, ()) and other not in above.get(one, ()) for other in ancestors if other != one
        )
    )


def _in_use(
    concept: Identifier, broader: Mapping[Identifier, Set[Identifier]], passed_through: Set[Identifier]
) -> frozenset[Identifier]:
    found: set[Identifier] = set()
    waiting, seen = list(broader[concept]), {concept}
    while waiting:
        above = waiting.pop()
        if above in seen:
            continue
        seen.add(above)
        if above in passed_through:
            waiting.extend(broader[above])
        else:
            found.add(above)
    return frozenset(found)


def _is_deprecated(graph: Graph, concept: Identifier) -> bool:
    """Whether any term says so, of whichever namespace: they are known by their local names and values."""
    if any(local_name(str(kind)).lower().startswith(_OUT_OF_USE) for kind in graph.objects(concept, RDF.type)):
        return True
    for term, value in graph.predicate_objects(concept):
        name, said = local_name(str(term)).lower(), str(value).strip().lower().rstrip("/")
        if name in REPLACED or (name in _OUT_OF_USE and said in ("true", "1")):
            return True
        if name.endswith("status") and said.endswith(_OUT_OF_USE):
            return True
        if term in CHANGE_NOTES and isinstance(value, Literal) and said.startswith(_OUT_OF_USE[:2]):
            return True
    return False

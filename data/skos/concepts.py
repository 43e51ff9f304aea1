"""Which resources of a graph are concepts, which of them are deprecated, and what each one's broader ones are."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS
from rdflib.term import Identifier

from data.skos.labels import labels_of
from data.skos.terms import BROADER, CHANGE_NOTES, COLLECTIONS, DEPRECATED_TYPES, NARROWER, REPLACED, STATUS

_OUT_OF_USE = ("deprecated", "obsolete", "withdrawn", "retired", "superseded")


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts of a vocabulary that are in use."""

    broader: dict[Identifier, frozenset[Identifier]]
    """Of every concept its broader ones; those of a deprecated one stand in for it."""
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
    nearest = {concept: own.get(concept) or _reduced(concept, above) for concept in concepts}
    return Concepts(
        {concept: _in_use(concept, nearest, deprecated) for concept in concepts - deprecated},
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
    concept: Identifier, broader: Mapping[Identifier, Set[Identifier]], deprecated: Set[Identifier]
) -> frozenset[Identifier]:
    found: set[Identifier] = set()
    waiting, seen = list(broader[concept]), {concept}
    while waiting:
        above = waiting.pop()
        if above in seen:
            continue
        seen.add(above)
        if above in deprecated:
            waiting.extend(broader[above])
        else:
            found.add(above)
    return frozenset(found)


def _is_deprecated(graph: Graph, concept: Identifier) -> bool:
    if any(str(value).strip().lower() in ("true", "1") for value in graph.objects(concept, OWL.deprecated)):
        return True
    if any(kind in DEPRECATED_TYPES for kind in graph.objects(concept, RDF.type)):
        return True
    if any((concept, term, None) in graph for term in REPLACED):
        return True
    states = (str(value).lower().rstrip("/") for term in STATUS for value in graph.objects(concept, term))
    if any(state.endswith(_OUT_OF_USE) for state in states):
        return True
    notes = (value for term in CHANGE_NOTES for value in graph.objects(concept, term) if isinstance(value, Literal))
    return any(note.strip().lower().startswith(_OUT_OF_USE[:2]) for note in notes)

"""A SKOS vocabulary to a taxonomy: the upper levels of its hierarchy to fields and areas, the others to phrases."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rdflib import BNode, Graph
from rdflib.namespace import SKOS
from rdflib.term import Identifier

from data.errors import AreatagError
from data.skos.area_ids import Identity, local_name, make_ids
from data.skos.concepts import Concepts, find_concepts
from data.skos.descriptions import Descriptions, Name
from data.skos.hierarchy import Hierarchy, arrange
from data.skos.labels import is_variety, labels_of
from data.skos.own_terms import OwnTerms
from data.skos.report import ImportReport
from data.taxonomy import Area, Field, Taxonomy

_NO_SCHEME = BNode()


def taxonomy_of(graph: Graph, name: str, language: str | None, depth: int) -> tuple[Taxonomy, ImportReport]:
    """Return the taxonomy of a vocabulary, and what became of what it does not hold.

    Concepts without broader ones are fields, those below them areas down to level `depth`; deeper ones give their
    labels to the areas of that level above them. Where a concept of level 1 has none below it, or `depth` is 1, it is
    an area of a field with the name of its concept scheme.

    Args:
        graph: of the vocabulary.
        name: of the field for concepts without a scheme.
        language: in which names are wanted (BCP 47); None: that of a taxonomy that was exported, else English.
        depth: levels that become fields and areas, from 1.

    Raises:
        AreatagError: there are no concepts in use.
    """
    own, concepts = OwnTerms(graph), find_concepts(graph)
    if not concepts.broader:
        others = f" ({len(concepts.deprecated)} are deprecated)" if concepts.deprecated else ""
        raise AreatagError(
            f"The file has no concepts in use{others}; a vocabulary in SKOS has resources of the type skos:Concept, "
            "each with a skos:prefLabel."
        )
    wanted = own.language("en") if language is None else language.lower()
    labels = (labels_of(graph, concept).preferred for concept in concepts.broader)
    spoken = bool(wanted) and (
        own.language("") == wanted or any(is_variety(tag, wanted) for one in labels for tag in one)
    )
    report = ImportReport(len(concepts.broader) + len(concepts.deprecated))
    described = Descriptions(graph, own, wanted, spoken, report)
    tree = arrange(concepts.broader, cache(described.order))
    fields = _Builder(described, concepts, tree, name, depth).fields()
    report.count_vocabulary(graph, concepts, tree, depth)
    schemes = own.schemes() if own.exported else tuple(filter(None, map(described.uri, concepts.schemes)))
    return Taxonomy(own.version(), fields, own.removed(), wanted if spoken else "", schemes), report


@dataclass(frozen=True, slots=True)
class _Group:
    """A field to be: its resource (None: of concepts without a scheme) and its areas, in order."""

    resource: Identifier | None
    areas: list[Identifier]


@dataclass(frozen=True, slots=True)
class _Builder:
    described: Descriptions
    concepts: Concepts
    tree: Hierarchy[Identifier]
    name: str
    depth: int

    def fields(self) -> tuple[Field, ...]:
        groups = list(self._groups())
        names = [self._field_name(group) for group in groups]
        resources = [group.resource for group in groups]
        field_ids = make_ids([self._identity(*pair) for pair in zip(resources, names, strict=True)], [""] * len(groups))
        areas = [area for group in groups for area in group.areas]
        prefixes = [f"{id_}/" for id_, group in zip(field_ids, groups, strict=True) for _ in group.areas]
        area_names = [self.described.name(area) for area in areas]
        area_ids = make_ids([self._identity(*pair) for pair in zip(areas, area_names, strict=True)], prefixes)
        made = map(self._area, areas, area_ids, area_names)
        return tuple(
            self._field(group, id_, name, tuple(next(made) for _ in group.areas))
            for group, id_, name in zip(groups, field_ids, names, strict=True)
        )

    def _groups(self) -> Iterator[_Group]:
        """Fields in order: those that are concepts, then those that are schemes, unless the file says another order."""
        children: dict[Identifier, list[Identifier]] = {}
        for concept, parent in self.tree.parents.items():
            children.setdefault(parent, []).append(concept)
        found: list[_Group] = []
        alone: dict[Identifier | None, list[Identifier]] = {}
        for concept, level in self.tree.levels.items():
            if level == 1 and (self.depth == 1 or concept not in children):
                alone.setdefault(self._scheme(concept), []).append(concept)
            elif level == 1:
                found.append(_Group(concept, list(self._below(concept, children))))
        schemes = sorted(alone, key=lambda scheme: (scheme is None, str(scheme)))
        found += [_Group(scheme, alone[scheme]) for scheme in schemes]
        yield from sorted(found, key=lambda group: self.described.own.order(group.resource or _NO_SCHEME))

    def _below(self, top: Identifier, children: dict[Identifier, list[Identifier]]) -> Iterator[Identifier]:
        """Each concept with those below it behind it, down to the level that is asked for."""
        waiting = children.get(top, [])[::-1]
        while waiting:
            concept = waiting.pop()
            yield concept
            if self.tree.levels[concept] < self.depth:
                waiting += children.get(concept, [])[::-1]

    def _scheme(self, concept: Identifier) -> Identifier | None:
        graph = self.described.graph
        tops = {*graph.objects(concept, SKOS.topConceptOf), *graph.subjects(SKOS.hasTopConcept, concept)}
        schemes = self.concepts.schemes
        named = [scheme for scheme in schemes if scheme in tops]
        return next(iter(named or [one for one in schemes if (concept, SKOS.inScheme, one) in graph]), None)

    def _field_name(self, group: _Group) -> Name:
        if group.resource is None:
            return Name(self.name, "", False)
        is_scheme = group.resource not in self.concepts.broader
        scheme_name = local_name(str(group.resource)) if self.described.uri(group.resource) else self.name
        return self.described.name(group.resource, scheme_name if is_scheme else "")

    def _identity(self, resource: Identifier | None, name: Name) -> Identity:
        if resource is None:
            return Identity(name.text, "", "")
        described = self.described
        uri = "" if isinstance(resource, BNode) else str(resource)
        return Identity(name.text, described.notation(resource), uri, described.own.text(resource, "id"))

    def _field(self, group: _Group, id_: str, name: Name, areas: tuple[Area, ...]) -> Field:
        if group.resource is None:
            return Field(id_, name.text, (), areas)
        self.described.count_field(group.resource)
        arxiv = self.described.own.texts(group.resource, "arxiv")
        return Field(id_, name.text, arxiv, areas, **self.described.entries(group.resource, name))

    def _area(self, concept: Identifier, id_: str, name: Name) -> Area:
        described, own = self.described, self.described.own
        deeper = self.tree.below(concept, self.depth) if self.tree.levels[concept] == self.depth else ()
        return Area(
            id_,
            name.text,
            described.description(concept, name),
            own.texts(concept, "arxiv"),
            described.phrases(concept, name, deeper),
            replaces=own.texts(concept, "replaces"),
            added=own.text(concept, "added"),
            **described.entries(concept, name),
        )

"""What an import took from a vocabulary and what it left out, in sentences."""

from collections import Counter
from dataclasses import dataclass, field

from rdflib import Graph
from rdflib.namespace import SKOS
from rdflib.term import Identifier

from data.skos.concepts import Concepts
from data.skos.hierarchy import Hierarchy
from data.skos.terms import KEPT
from data.taxonomy import Taxonomy

_MOST_NAMED = 8


@dataclass(slots=True)
class ImportReport:
    """Counts of one import."""

    concepts: int
    """Of the vocabulary, deprecated ones too."""
    remarks: Counter[str] = field(default_factory=Counter)
    """What was done where the vocabulary is more than two levels of a tree."""
    left_out: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    """Languages of names that are not in the one wanted."""
    nameless: int = 0
    relations: Counter[str] = field(default_factory=Counter)
    """Other statements in terms of SKOS, which a taxonomy has no place for."""

    def count_vocabulary(self, graph: Graph, concepts: Concepts, tree: Hierarchy[Identifier], depth: int) -> None:
        """Count what does not depend on labels."""
        several = sum(1 < level <= depth and len(concepts.broader[one]) > 1 for one, level in tree.levels.items())
        deeper = sum(level > depth for level in tree.levels.values())
        self.remarks["narrower concepts gave their labels to the area above"] += deeper
        self.remarks["concepts with several broader ones stand below the first"] += several
        self.remarks["circles of broader concepts were opened"] += tree.circles
        tops = {*graph.objects(None, SKOS.hasTopConcept), *graph.subjects(SKOS.topConceptOf)}
        if tops:
            orphans = sum(level == 1 and one not in tops for one, level in tree.levels.items())
            self.remarks["concepts without broader ones are no scheme's top concepts"] += orphans
        below = sum(level > 1 and one in tops for one, level in tree.levels.items())
        self.remarks["top concepts have broader ones and stand below those"] += below
        self.left_out["deprecated concepts"] += len(concepts.deprecated)
        self.left_out["collections"] += concepts.collections
        self.left_out["concepts that the file only refers to"] += concepts.absent
        for _, term, _ in graph:
            if str(term).startswith(str(SKOS)) and term not in KEPT:
                self.relations[str(term).removeprefix(str(SKOS))] += 1

    def summary(self, taxonomy: Taxonomy) -> str:
        """Return one sentence about the taxonomy, and one about what it does not hold."""
        fields, areas = _count(len(taxonomy.fields), "field"), _count(len(taxonomy.areas), "area")
        parts = [f"{fields} and {areas} of {_count(self.concepts, 'concept')}"]
        parts += [f"{number} {what}" for what, number in self.remarks.items() if number]
        lost = [f"{number} {what}" for what, number in self.left_out.items() if number]
        lost += [f"skos:{term} ({number})" for term, number in sorted(self.relations.items())]
        return "; ".join(parts) + (f". Left out: {', '.join(lost)}." if lost else ".")

    def language_warning(self) -> str | None:
        """Return which languages names are in where the one wanted has none; None: all are in it."""
        tags = self.languages.most_common()
        found = [f"{number} in {tag}" if tag else f"{number} without a language" for tag, number in tags]
        if self.nameless:
            found.append(f"{self.nameless} named by notation or URI, for want of any label")
        if not found:
            return None
        listed = ", ".join(found[:_MOST_NAMED]) + (", ..." if len(found) > _MOST_NAMED else "")
        return f"Not every field and area has a name in the language asked for: {listed}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

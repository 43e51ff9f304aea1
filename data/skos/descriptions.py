"""What the resources of a vocabulary say of themselves, as the names, phrases and descriptions of fields and areas."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rdflib import BNode, Graph, URIRef
from rdflib.namespace import SKOS
from rdflib.term import Identifier

from data.concept_uri import is_made_of, is_uri
from data.phrases import phrases_of_label
from data.skos.area_ids import local_name
from data.skos.graph import RELATIVE
from data.skos.labels import UNTAGGED, Labels, Texts, choose_language, first_texts, is_variety, labels_of, notes_of
from data.skos.own_terms import OwnTerms
from data.skos.report import ImportReport
from data.taxonomy_concepts import VocabularyEntries, is_language
from data.text import plain_text

UNDETERMINED = "und"
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Name:
    """A name and the language in which it was found; without any label it is the notation or the end of the URI."""

    text: str
    language: str
    is_label: bool = True


@dataclass(slots=True)
class Descriptions:
    """Reads resources of a graph in one language; what it leaves out is counted in the report.

    Attributes:
        wanted: the language (lower case), UNTAGGED for texts without one.
        spoken: whether the vocabulary has names in that language.
    """

    graph: Graph
    own: OwnTerms
    wanted: str
    spoken: bool
    report: ImportReport
    _labels: dict[Identifier, Labels] = field(default_factory=dict)

    def labels(self, resource: Identifier) -> Labels:
        """All labels of a resource."""
        if resource not in self._labels:
            self._labels[resource] = labels_of(self.graph, resource)
        return self._labels[resource]

    def name(self, resource: Identifier, otherwise: str = "") -> Name:
        """The name of a field or an area; `otherwise` comes before notation and URI."""
        preferred = self.labels(resource).preferred
        wanted = self.wanted
        if wanted == self.own.language(wanted):
            said = self.own.text(resource, "language")
            wanted = UNTAGGED if said == UNDETERMINED else said or wanted
        language = choose_language(preferred, wanted)
        if language is not None:
            return Name(preferred[language][0], language)
        uri = local_name(str(resource)) if isinstance(resource, URIRef) else ""
        return Name(otherwise or self.notation(resource) or uri or "unnamed", self.wanted, False)

    def order(self, resource: Identifier) -> tuple[object, ...]:
        """What sorts resources that stand side by side: a file's order, then notations, then names."""
        notation = self.notation(resource)
        pieces = _DIGITS.split(notation)
        natural = [(not piece.isdecimal(), int(piece) if piece.isdecimal() else piece) for piece in pieces]
        name = self.name(resource).text.casefold()
        return (self.own.order(resource), not notation, natural, name, self._identity(resource))

    def notation(self, resource: Identifier) -> str:
        """The first notation."""
        return min((" ".join(str(one).split()) for one in self.graph.objects(resource, SKOS.notation)), default="")

    def uri(self, resource: Identifier) -> str:
        """The URI, "" where it has none that means anything outside the file."""
        text = str(resource)
        usable = isinstance(resource, URIRef) and is_uri(text) and not text.startswith(RELATIVE)
        return text if usable and not is_made_of(text, self.own.text(resource, "id")) else ""

    def entries(self, resource: Identifier, name: Name) -> VocabularyEntries:
        """What ties the field or area with this name to the vocabulary."""
        self._count_name(resource, name)
        preferred = {tag: texts for tag, texts in self.labels(resource).preferred.items() if is_language(tag)}
        second = sum(len(found) - 1 for tag, found in preferred.items() if not self._is_usable(tag, name.language))
        self.report.left_out["labels in other languages"] += second
        exact = self._matches(resource, SKOS.exactMatch)
        close = [uri for uri in self._matches(resource, SKOS.closeMatch) if uri not in exact]
        return VocabularyEntries(
            uri=self.uri(resource),
            notation=self.notation(resource),
            language=self._said_language(resource, name),
            names=first_texts(preferred, [name.language]),
            exact_match=tuple(exact),
            close_match=tuple(close),
        )

    def phrases(self, area: Identifier, name: Name, deeper: Iterable[Identifier]) -> tuple[str, ...]:
        """The phrases of an area: its other labels, and all labels of the concepts below it."""
        given = self.own.texts(area, "phrases")
        labels = self.labels(area)
        texts = [*self._usable(labels.others, name.language)]
        if not self.own.text(area, "id"):  # an exported area says which of its names are phrases
            spelled = {tag: found for tag, found in labels.preferred.items() if self._is_usable(tag, name.language)}
            texts = [*self._usable(spelled, name.language), *texts]
        for concept in deeper:
            below, language = self.labels(concept), self.name(concept).language
            texts += [*self._usable(below.preferred, language), *self._usable(below.others, language)]
        made = [phrase for text in texts if text not in given for phrase in self._phrases_of(text)]
        named = name.text.casefold()
        return tuple(dict.fromkeys([*given, *(phrase for phrase in made if phrase.casefold() != named)]))

    def description(self, area: Identifier, name: Name) -> str:
        """The definitions of an area and its scope notes, in the language of its name or the one wanted."""
        parts: list[str] = []
        for term in (SKOS.definition, SKOS.scopeNote):
            notes = notes_of(self.graph, area, term)
            usable = [tag for tag in notes if self._is_usable(tag, name.language)]
            language = choose_language(usable, name.language)
            for tag, texts in notes.items():
                if tag == language:
                    parts += texts if self.own.exported else map(plain_text, texts)
                else:
                    self.report.left_out["definitions and notes in other languages"] += len(texts)
        return " ".join(parts)

    def _identity(self, resource: Identifier) -> str:
        """What tells it apart at every import: its URI, or what is said of a blank node, whose name changes."""
        if isinstance(resource, URIRef):
            return str(resource)
        said = self.graph.predicate_objects(resource)
        return str(sorted((str(term), str(value)) for term, value in said if not isinstance(value, BNode)))

    def count_field(self, resource: Identifier) -> None:
        """Count what a field has no place for."""
        notes = [notes_of(self.graph, resource, term) for term in (SKOS.definition, SKOS.scopeNote)]
        lost = [text for texts in (self.labels(resource).others, *notes) for found in texts.values() for text in found]
        self.report.left_out["further labels and notes of fields"] += len(lost)

    def _is_usable(self, language: str, own: str) -> bool:
        return language in (UNTAGGED, own) or is_variety(language, self.wanted)

    def _usable(self, texts: Texts, own: str) -> Iterator[str]:
        for language, found in texts.items():
            if self._is_usable(language, own):
                yield from found
            else:
                self.report.left_out["labels in other languages"] += len(found)

    def _phrases_of(self, label: str) -> tuple[str, ...]:
        phrases = phrases_of_label(label)
        if not phrases:
            self.report.left_out["labels with nothing to look for in a text"] += 1
        return phrases

    def _matches(self, resource: Identifier, term: URIRef) -> list[str]:
        found = {str(one) for one in self.graph.objects(resource, term)}
        usable = sorted(uri for uri in found if is_uri(uri) and not uri.startswith(RELATIVE))
        self.report.left_out["matches that are no URIs"] += len(found) - len(usable)
        return usable

    def _said_language(self, resource: Identifier, name: Name) -> str:
        if not name.is_label or name.language == self.wanted:
            said = self.own.text(resource, "language")
            return said if said == UNDETERMINED and name.language == UNTAGGED else ""
        if name.language == UNTAGGED:
            return UNDETERMINED if self.spoken else ""
        return name.language

    def _count_name(self, resource: Identifier, name: Name) -> None:
        if not name.is_label:
            self.report.nameless += 1
        elif not is_variety(name.language, self.wanted):
            self.report.languages[name.language] += 1
        if isinstance(resource, URIRef) and not is_uri(str(resource)):
            self.report.left_out["URIs with signs that no URI has"] += 1
        self.report.left_out["second notations"] += max(0, len(set(self.graph.objects(resource, SKOS.notation))) - 1)

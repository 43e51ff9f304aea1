"""What ties fields and areas of a taxonomy file to a vocabulary: URIs, notations, names in languages, crosswalks."""

import re
from dataclasses import dataclass, field
from typing import TypedDict

from yaml.nodes import MappingNode, Node

from data.concept_uri import is_uri
from data.errors import quoted
from data.yaml_nodes import NodeChecker, line_of

CONCEPT_KEYS = ("uri", "notation", "language", "names", "exact_match", "close_match")
_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_Entries = dict[str, tuple[Node, Node]]


class VocabularyEntries(TypedDict):
    """The arguments of `data.taxonomy.Concept` that a vocabulary gives."""

    uri: str
    notation: str
    language: str
    names: tuple[tuple[str, str], ...]
    exact_match: tuple[str, ...]
    close_match: tuple[str, ...]


def is_language(tag: str) -> bool:
    """Return whether this has the form of a language tag (BCP 47), such as "fi" or "zh-Hans"."""
    return _LANGUAGE.fullmatch(tag) is not None


@dataclass(slots=True)
class ConceptReader:
    """Reads the keys of `CONCEPT_KEYS`; problems go to the checker."""

    checker: NodeChecker
    lines: dict[str, int] = field(default_factory=dict)
    """URI -> the line of the field or area that has it."""
    usual: str = ""
    """The language of the taxonomy."""

    def read(self, entries: _Entries, kind: str) -> VocabularyEntries:
        """The values of a field or an area, as `kind` says."""
        exact, close = (self._uris(entries, key) for key in ("exact_match", "close_match"))
        for uri, node in close.items():
            if uri in exact:
                self.checker.note(node, f"{quoted(uri)} is an exact and a close match; keep one.")
        language = self.language(entries, f"the {kind}")
        return VocabularyEntries(
            uri=self._uri(entries, kind),
            notation=self._text(entries, "notation", kind),
            language=language,
            names=self._names(entries, kind, language or self.usual),
            exact_match=tuple(sorted(exact)),
            close_match=tuple(sorted(close)),
        )

    def language(self, entries: _Entries, what: str) -> str:
        """The language of the names of the taxonomy, or of one field or area."""
        if "language" not in entries:
            return ""
        node = entries["language"][1]
        return self._tag(node, self.checker.text(node, f"The `language` of {what}"))

    def schemes(self, entries: _Entries) -> tuple[str, ...]:
        """The URIs of the concept schemes that the taxonomy came from, in order."""
        return tuple(self._uris(entries, "schemes"))

    def _uri(self, entries: _Entries, kind: str) -> str:
        uri = self._text(entries, "uri", kind)
        if not uri:
            return ""
        node = entries["uri"][1]
        self._check_uri(node, uri)
        if uri in self.lines:
            self.checker.note(node, f"The URI {quoted(uri)} is already used on line {self.lines[uri]}; correct one.")
        self.lines.setdefault(uri, line_of(node))
        return uri

    def _uris(self, entries: _Entries, key: str) -> dict[str, Node]:
        found = dict(self.checker.texts(entries[key][1], f"`{key}`")) if key in entries else {}
        for uri, node in found.items():
            self._check_uri(node, uri)
        return found

    def _check_uri(self, node: Node, uri: str) -> None:
        if not is_uri(uri):
            form = "write it in full, such as http://example.org/c1, with %20 for a blank"
            self.checker.note(node, f"{quoted(uri)} is no URI; {form}.")

    def _names(self, entries: _Entries, kind: str, own: str) -> tuple[tuple[str, str], ...]:
        if "names" not in entries:
            return ()
        node = entries["names"][1]
        names: dict[str, str] = {}
        given = self.checker.mapping(node, f"`names` of the {kind}") if isinstance(node, MappingNode) else {}
        if not isinstance(node, MappingNode):
            self.checker.note(node, f'`names` of the {kind} must be languages with names, such as {{fi: "Kielioppi"}}.')
        for tag, (key_node, value) in given.items():
            language = self._tag(key_node, tag)
            if language in names:
                self.checker.note(key_node, f"The language {quoted(language)} occurs twice in `names`; keep one.")
            if own and language == own:
                self.checker.note(key_node, f"The name in {quoted(own)} is already `name`; remove one.")
            names[language] = self.checker.text(value, f"The name in {quoted(tag)}")
        return tuple(sorted(names.items()))

    def _tag(self, node: Node, tag: str) -> str:
        if tag and not is_language(tag):
            self.checker.note(node, f"{quoted(tag)} is no language tag; write one such as fi or zh-Hans.")
        return tag.lower()

    def _text(self, entries: _Entries, key: str, kind: str) -> str:
        return self.checker.text(entries[key][1], f"The `{key}` of the {kind}") if key in entries else ""

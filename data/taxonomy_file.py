"""Taxonomy files, read with every problem at its line.

A taxonomy is YAML: `fields: [{id, name, arxiv?, areas: [{id, name, description?, arxiv?, phrases?}]}]`, or a table
(`data.taxonomy_table`). Fields and areas of a vocabulary have further keys (`data.taxonomy_concepts`).
"""

import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from pathlib import Path
from typing import TypedDict

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from data.errors import AreatagError, ContentError, Problem, quoted
from data.phrases import PhraseError, parse_pattern
from data.taxonomy import Area, Field, Taxonomy
from data.taxonomy_concepts import CONCEPT_KEYS, ConceptReader
from data.taxonomy_table import compose_table, is_table
from data.yaml_nodes import LARGEST_FILE, NodeChecker, compose_yaml, kind_of, line_of, read_text

BUNDLED_TAXONOMY = Path(__file__).parent / "taxonomies" / "areas.yaml"
_TAXONOMY_KEYS = ("version", "language", "schemes", "removed", "fields")
_FIELD_KEYS = ("id", "name", "arxiv", "areas", *CONCEPT_KEYS)
_AREA_KEYS = ("id", "name", "description", "arxiv", "phrases", "replaces", "added", *CONCEPT_KEYS)
_Entries = dict[str, tuple[Node, Node]]  # key -> its node and its value's


def load_taxonomy(path: Path | None = None) -> Taxonomy:
    """Read a taxonomy file, YAML or a table (None: the bundled one).

    Raises UsageError when the file cannot be opened, ContentError (every problem with its line) if wrong.
    """
    path = path or BUNDLED_TAXONOMY
    return parse_taxonomy(read_text(path, "taxonomy file"), str(path))


def parse_taxonomy(text: str, source: str) -> Taxonomy:
    """Read a taxonomy from the text of a file; raises ContentError with `source` in the place of the file name."""
    checker = NodeChecker(source)
    if is_table(text, source):
        root, checker.problems = compose_table(text)
    else:
        root = compose_yaml(text, source)
    if root is None:
        checker.finish()
        raise ContentError(source, [Problem(1, "The taxonomy is empty; it needs fields with their areas.")])
    taxonomy = _TaxonomyReader(checker, ConceptReader(checker)).read(root)
    checker.finish()
    return Taxonomy(**taxonomy)


def checked_yaml(taxonomy: Taxonomy, source: str) -> str:
    """The taxonomy as the text of a file, once it is sure that it can be read back.

    Raises:
        AreatagError: it would be too large for a file.
        ContentError: what it was made from breaks a rule of taxonomies; with the line of the YAML.
    """
    text = taxonomy.to_yaml()
    if len(text.encode()) > LARGEST_FILE:
        limit = f"{LARGEST_FILE // 1_000_000} MB"
        raise AreatagError(f"The taxonomy would be larger than {limit}; import fewer levels or a part of it.")
    parse_taxonomy(text, source)
    return text


class _Content(TypedDict):
    """The arguments of `Taxonomy`, which refuses them while there are problems."""

    version: int
    fields: tuple[Field, ...]
    removed: tuple[str, ...]
    language: str
    schemes: tuple[str, ...]


@dataclass(slots=True)
class _TaxonomyReader:
    """Builds fields and areas from nodes; problems go to the checker, ids are remembered with their line."""

    checker: NodeChecker
    concepts: ConceptReader
    lines: dict[tuple[str, str], int] = dataclass_field(default_factory=dict)  # ("area" or "field", id) -> line
    earlier: list[tuple[str, str, Node]] = dataclass_field(default_factory=list)
    """Ids of an earlier taxonomy, each with the area that replaces it ("" for none) and its node."""

    def read(self, root: Node) -> _Content:
        """Everything that the file says."""
        entries = self.checker.mapping(root, "the taxonomy", _TAXONOMY_KEYS)
        self.concepts.usual = self.concepts.language(entries, "the taxonomy")
        fields: list[Field] = []
        if "fields" in entries:
            fields = [self._field(node) for node in self._items(entries["fields"][1], "`fields`")]
        elif isinstance(root, MappingNode):
            self.checker.note(root, "The taxonomy has no `fields:` list; areas stand below a field.")
        removed = self._texts(entries, "removed")
        self.earlier += [(id_, "", node) for id_, node in removed]
        for id_, successor, node in self.earlier:
            if id_ != successor and ("area", id_) in self.lines:
                reason = "an area with another meaning needs a new id"
                self.checker.note(
                    node, f"The area {quoted(id_)} is in the taxonomy and also replaced or removed; {reason}."
                )
        return _Content(
            version=self._version(entries),
            fields=tuple(fields),
            removed=_plain(removed),
            language=self.concepts.usual,
            schemes=self.concepts.schemes(entries),
        )

    def _version(self, entries: _Entries) -> int:
        if "version" not in entries:
            return 1
        node = entries["version"][1]
        if isinstance(node, ScalarNode) and re.fullmatch("[0-9]{1,9}", node.value) and kind_of(node) == "a number":
            return int(node.value)
        self.checker.note(node, f"`version` must be a whole number such as 1, not {quoted(str(node.value))}.")
        return 1

    def _field(self, node: Node) -> Field:
        entries, id_, name = self._head(node, "field", _FIELD_KEYS)
        vocabulary = self.concepts.read(entries, "field")
        areas: list[Area] = []
        if "areas" in entries:
            what = f"`areas` of the field {quoted(id_)}"
            areas = [self._area(item) for item in self._items(entries["areas"][1], what)]
        elif entries:
            self.checker.note(node, f"The field {quoted(id_)} has no `areas:` list; add one or remove the field.")
        arxiv = _plain(self._texts(entries, "arxiv"))
        return Field(id_, name, arxiv, tuple(areas), **vocabulary)

    def _area(self, node: Node) -> Area:
        entries, id_, name = self._head(node, "area", _AREA_KEYS)
        description = self._text(entries, "description", "area")
        arxiv, phrases = self._texts(entries, "arxiv"), self._texts(entries, "phrases")
        for phrase, phrase_node in phrases:
            try:
                parse_pattern(phrase)
            except PhraseError as error:
                self.checker.note(phrase_node, str(error))
        replaces, added = self._texts(entries, "replaces"), self._day(entries)
        self.earlier += [(old, id_, old_node) for old, old_node in replaces]
        return Area(
            id_,
            name,
            description,
            _plain(arxiv),
            _plain(phrases),
            replaces=_plain(replaces),
            added=added,
            **self.concepts.read(entries, "area"),
        )

    def _day(self, entries: _Entries) -> str:
        if "added" not in entries:
            return ""
        node = entries["added"][1]
        try:
            return date.fromisoformat(str(node.value)).isoformat()
        except ValueError:
            self.checker.note(node, f"`added` must be a day such as 2026-01-31, not {quoted(str(node.value))}.")
            return ""

    def _head(self, node: Node, kind: str, keys: tuple[str, ...]) -> tuple[_Entries, str, str]:
        """The entries, id and name of a field or an area; notes missing, unusable and repeated ones."""
        entries = self.checker.mapping(node, f"the {kind}", keys)
        id_, name = (self._text(entries, key, kind) for key in ("id", "name"))
        for key in ("id", "name"):
            if isinstance(node, MappingNode) and key not in entries:
                self.checker.note(node, f"The {kind}{' ' + quoted(id_) if id_ else ''} has no `{key}`; add one.")
        if id_:
            self._check_id(entries["id"][1], kind, id_)
        return entries, id_, name

    def _check_id(self, node: Node, kind: str, id_: str) -> None:
        if ";" in id_:
            self.checker.note(node, f"The {kind} id {quoted(id_)} has a ';', which joins ids in CSV; rename it.")
        first = self.lines.get((kind, id_))
        if first is not None:
            self.checker.note(node, f"The {kind} id {quoted(id_)} is already used on line {first}; rename one.")
        self.lines.setdefault((kind, id_), line_of(node))

    def _items(self, node: Node, what: str) -> list[Node]:
        items = self.checker.sequence(node, what)
        if isinstance(node, SequenceNode) and not items:
            self.checker.note(node, f"{what} is empty; add at least one entry.")
        return items

    def _text(self, entries: _Entries, key: str, kind: str) -> str:
        return self.checker.text(entries[key][1], f"The `{key}` of the {kind}") if key in entries else ""

    def _texts(self, entries: _Entries, key: str) -> list[tuple[str, Node]]:
        return self.checker.texts(entries[key][1], f"`{key}`") if key in entries else []


def _plain(texts: list[tuple[str, Node]]) -> tuple[str, ...]:
    return tuple(text for text, _ in texts)

"""Labelling rules: phrases that speak for or against an area, read from YAML.

    vision/segmentation:
      core: [semantic segmentation, instance segmentation]  # very probably the area, above all in the title
      hints: [pixel-wise label*, mIoU]                      # typical vocabulary: weaker
      unless: [market segmentation]                         # with one of these the rules give no vote
      prototype:                                            # votes for papers this similar to the mean of these
        similarity: 0.45                                    # cosine of embeddings: needs the encoder
        like: ["Panoptic segmentation of street scenes", "Outlining every object in an image"]

A file holds any number of areas; a folder is read as the union of its files, so that suggested rules can be put
beside one's own. See data.phrases for the syntax.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from yaml.nodes import MappingNode, Node

from data.errors import UsageError, did_you_mean, quoted
from data.phrases import Pattern, Phrase, PhraseError, parse_pattern
from data.taxonomy import Taxonomy
from data.yaml_nodes import NodeChecker, kind_of, line_of, read_yaml

__all__ = ["BUNDLED_RULES", "AreaRules", "LabellingRules", "Pattern", "Phrase", "Prototype", "load_rules"]

BUNDLED_RULES = Path(__file__).parent / "labelling_rules"
_KINDS = ("core", "hints", "unless")
_DECIMAL = re.compile(r"[0-9]{0,3}(\.[0-9]{1,20})?")


@dataclass(frozen=True, slots=True)
class Prototype:
    """A typical paper of an area: the mean embedding of the texts `like`, matched from a cosine of `similarity`."""

    like: tuple[str, ...]
    similarity: float


@dataclass(frozen=True, slots=True)
class AreaRules:
    """The patterns of one area: `core` and weaker `hints` speak for it, `unless` silences both.

    A `prototype` speaks for it by similarity, whatever the patterns say.
    """

    core: tuple[Pattern, ...] = ()
    hints: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
    prototype: Prototype | None = None

    @property
    def has_phrases(self) -> bool:
        """Whether there is any pattern."""
        return bool(self.core or self.hints or self.unless)

    def joined(self, other: "AreaRules") -> "AreaRules":
        """The rules of both, each pattern once."""
        return AreaRules(
            core=tuple(dict.fromkeys((*self.core, *other.core))),
            hints=tuple(dict.fromkeys((*self.hints, *other.hints))),
            unless=tuple(dict.fromkeys((*self.unless, *other.unless))),
            prototype=self.prototype or other.prototype,
        )


@dataclass(frozen=True, slots=True)
class LabellingRules:
    """Area id -> its rules; areas without rules are absent."""

    areas: Mapping[str, AreaRules]


def load_rules(path: Path | None, taxonomy: Taxonomy | None) -> LabellingRules:
    """Read the rules of a file or of a folder's *.yaml and *.yml files (None: the bundled ones).

    With a taxonomy, the `phrases` of its areas become core patterns too and every area must be in it; of the
    bundled rules those of other areas are left out. Raises UsageError for a path without rules, ContentError
    naming file and line.
    """
    areas: dict[str, AreaRules] = {}
    places: dict[str, str] = {}  # area id -> where its prototype stands
    for file in _rule_files(path or BUNDLED_RULES):
        checker = NodeChecker(str(file))
        root = read_yaml(file, "rules file")
        entries = checker.mapping(root, "a rules file") if root is not None else {}
        for area_id, (key, value) in entries.items():
            if taxonomy is not None and area_id not in taxonomy and path is not None:
                hint = did_you_mean(area_id, taxonomy.area_ids)
                checker.note(key, f"The taxonomy has no area {quoted(area_id)}; correct or remove its rules.{hint}")
            found = _area_rules(checker, area_id, value)
            if found.prototype is not None:
                if area_id in places:
                    where = places[area_id]
                    checker.note(key, f"{quoted(area_id)} already has a prototype in {where}; keep one of them.")
                places[area_id] = f"{file}, line {line_of(key)}"
            areas[area_id] = areas[area_id].joined(found) if area_id in areas else found
        checker.finish()
    return LabellingRules(areas if taxonomy is None else _fitted(areas, taxonomy))


def _rule_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    visible = (file for file in path.iterdir() if not file.name.startswith("."))
    files = sorted(file for file in visible if file.suffix in (".yaml", ".yml"))
    if not files:
        raise UsageError(f"The folder {path} holds no .yaml file; name a folder or a file with labelling rules.")
    return files


def _area_rules(checker: NodeChecker, area_id: str, node: Node) -> AreaRules:
    what = f"the rules of {quoted(area_id)}"
    entries = checker.mapping(node, what, (*_KINDS, "prototype"))
    lists = {kind: _patterns(checker, entries[kind][1], kind) for kind in _KINDS if kind in entries}
    patterns = {kind: tuple(found) for kind, found in lists.items()}
    prototype = _prototype(checker, entries["prototype"][1], what) if "prototype" in entries else None
    if entries and not any(patterns.values()) and "prototype" not in entries:
        checker.note(node, f"{what} hold no phrase; add some or remove the area.")
    for unless, place in lists.get("unless", {}).items():
        if unless in lists.get("core", {}):
            checker.note(place, f"A phrase in `unless` of {quoted(area_id)} is also in `core`; remove one of them.")
    return AreaRules(**patterns, prototype=prototype)


def _prototype(checker: NodeChecker, node: Node, rules: str) -> Prototype | None:
    what = f"`prototype` in {rules}"
    entries = checker.mapping(node, what, ("like", "similarity"))
    missing = [key for key in ("like", "similarity") if key not in entries]
    if missing:
        if isinstance(node, MappingNode):
            checker.note(node, f"{what} has no `{missing[0]}`; add it.")
        return None
    texts = tuple(text for text, _ in checker.texts(entries["like"][1], "`like`"))
    place = entries["similarity"][1]
    similarity = float(place.value) if kind_of(place) == "a number" and _DECIMAL.fullmatch(place.value) else 0.0
    if not 0 < similarity <= 1:
        checker.note(place, "`similarity` must be a number above 0 and at most 1, such as 0.45.")
    if not texts:
        checker.note(entries["like"][1], f"`like` in {what} names no text; give titles or sentences of typical papers.")
    return Prototype(texts, similarity)


def _patterns(checker: NodeChecker, node: Node, kind: str) -> dict[Pattern, Node]:
    """Pattern -> its node, in order and without repetitions."""
    patterns: dict[Pattern, Node] = {}
    for text, place in checker.texts(node, f"`{kind}`"):
        try:
            patterns.setdefault(parse_pattern(text), place)
        except PhraseError as error:
            checker.note(place, str(error))
    return patterns


def _fitted(areas: Mapping[str, AreaRules], taxonomy: Taxonomy) -> dict[str, AreaRules]:
    """The rules of the taxonomy's areas in its order, with the phrases that the taxonomy itself gives."""
    fitted: dict[str, AreaRules] = {}
    for area in taxonomy.areas:
        rules = areas.get(area.id, AreaRules())
        core = tuple(dict.fromkeys((*rules.core, *map(parse_pattern, area.phrases))))
        if core or rules.hints or rules.unless or rules.prototype:
            fitted[area.id] = replace(rules, core=core)
    return fitted

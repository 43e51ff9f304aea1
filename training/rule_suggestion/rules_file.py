"""Suggested rules as a rules file that a curator can read, correct and use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import yaml

from data.rules import Prototype
from data.taxonomy import Taxonomy
from training.rule_suggestion.proposing import SuggestedRule

_TITLE = 90
"""Characters of an example title that are shown."""
_HEAD = """\
# Suggested labelling rules: delete what is wrong, then use them with areatag weak-label --rules.
# precision: estimated from {labels} labelled papers and, where these say little, from similarity over the pool;
# (right/found) counts labelled papers; pool: papers among {pool} unlabelled ones; new: found by no other rule so far.
"""


def rules_file(rules: Sequence[SuggestedRule], taxonomy: Taxonomy, labels: int, pool: int) -> str:
    """YAML that `data.rules.load_rules` reads, areas in the order of the taxonomy, rules best first."""
    lines = [_HEAD.format(labels=labels, pool=f"{pool:,}")]
    for number, area in enumerate(taxonomy.areas):
        own = [rule for rule in rules if rule.area == number]
        if own:
            lines.append(f"\n{_scalar(area.id)}:  # {_printable(area.name)}\n")
            for kind in ("core", "hints"):
                lines.extend(_phrase_lines(kind, [rule for rule in own if rule.kind == kind]))
            for rule in own:
                if rule.prototype is not None:
                    lines.extend(_prototype_lines(rule, rule.prototype))
    return "".join(lines)


def _phrase_lines(kind: str, rules: Sequence[SuggestedRule]) -> Iterator[str]:
    if rules:
        yield f"  {kind}:\n"
    for rule in rules:
        yield f"    - {_scalar(rule.phrase)}  # {_statistics(rule)}\n"
        yield from (f"    #   {_example(title)}\n" for title in rule.examples)


def _prototype_lines(rule: SuggestedRule, prototype: Prototype) -> Iterator[str]:
    yield f"  prototype:  # {_statistics(rule)}\n"
    yield from (f"    #   {_example(title)}\n" for title in rule.examples)
    yield f"    similarity: {prototype.similarity:g}\n"
    yield "    like:\n"
    yield from (f"      - {_scalar(text)}\n" for text in prototype.like)


def _statistics(rule: SuggestedRule) -> str:
    return f"precision {rule.precision:.2f} ({rule.right}/{rule.known}), pool {rule.found}, new {rule.new}"


def _example(title: str) -> str:
    text = _printable(title)
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…"


def _printable(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _scalar(text: str) -> str:
    """A text as YAML: plain where that reads back as the same text, else in double quotes."""
    try:
        plain = yaml.safe_load(f"- {text}") == [text] and "#" not in text
    except yaml.YAMLError:
        plain = False
    return text if plain else json.dumps(text, ensure_ascii=False)

"""Suggested rules as a file."""

from pathlib import Path

from data.rules import Prototype, load_rules
from tests.training.rule_suggestion.corpus import TAXONOMY
from training.rule_suggestion.proposing import SuggestedRule, rules_by_area
from training.rule_suggestion.rules_file import rules_file


def _rule(
    area: int, phrase: str, prototype: Prototype | None = None, title: str = "A title", p: float = 0.82
) -> SuggestedRule:
    return SuggestedRule(area, phrase, prototype, p, 5, 4, 31, 12, 1.5, (title,))


def test_the_file_reads_back(tmp_path: Path) -> None:
    """Whatever the phrases and titles hold, the rules file gives the same rules."""
    rules = [
        _rule(1, "rye loaf", title="Line\nbreak # and \x07bell: 'quotes'"),
        _rule(1, "no"),
        _rule(0, "1e5 waves"),
        _rule(1, "loaf", p=0.4),
        _rule(3, "", Prototype(('Clouds. "Fog": banks', "- a dash, #1"), 0.413)),
    ]
    path = tmp_path / "rules.yaml"
    path.write_text(rules_file(rules, TAXONOMY, 40, 1200), encoding="utf-8")
    areas = load_rules(path, TAXONOMY).areas
    assert areas == rules_by_area(rules, TAXONOMY)
    assert [str(hint) for hint in areas["bread"].hints] == ["loaf"]


def test_a_person_sees_what_a_rule_rests_on() -> None:
    """Precision, labelled papers, coverage and an example stand beside each rule; a long title is cut."""
    text = rules_file([_rule(1, "rye loaf", title="word " * 50)], TAXONOMY, 40, 1200)
    assert "    - rye loaf  # precision 0.82 (4/5), pool 31, new 12\n    #   word word" in text
    assert "40 labelled papers" in text and "1,200" in text
    assert max(map(len, text.splitlines())) <= 120

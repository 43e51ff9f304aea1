"""Reading of labelling rules."""

from pathlib import Path

import pytest

from data.errors import ContentError, UsageError
from data.rules import BUNDLED_RULES, AreaRules, Pattern, Phrase, Prototype, load_rules
from data.taxonomy_file import load_taxonomy, parse_taxonomy

_TAXONOMY = parse_taxonomy(
    "fields: [{id: f, name: F, areas: [{id: fish, name: A, phrases: [Trout, carp]}, {id: birds, name: B}]}]",
    "t",
)


def _rules(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _one(text: str) -> Pattern:
    return Pattern((Phrase(text),))


def test_a_file_gives_patterns_by_area_and_kind(tmp_path: Path) -> None:
    """Phrases keep their order; one written twice counts once."""
    path = _rules(tmp_path, "fish:\n  core: [salmon, tuna, sal-mon, tuna]\n  unless: [fish and chips]\n")
    rules = load_rules(path, None)
    expected = AreaRules(core=(_one("salmon"), _one("tuna"), _one("sal mon")), unless=(_one("fish and chips"),))
    assert rules.areas == {"fish": expected}


def test_a_folder_is_the_union_of_its_files(tmp_path: Path) -> None:
    """Every .yaml and .yml file is read, other and hidden files are not."""
    for name, area in (("a.yaml", "fish"), ("b.yml", "birds"), (".c.yaml", "x"), ("d.txt", "y")):
        (tmp_path / name).write_text(f"{area}: {{core: [word]}}\n", encoding="utf-8")
    assert set(load_rules(tmp_path, None).areas) == {"fish", "birds"}


def test_the_phrases_of_the_taxonomy_become_core_patterns(tmp_path: Path) -> None:
    """An area needs no rules file when the taxonomy has phrases for it."""
    rules = load_rules(_rules(tmp_path, "birds: {hints: [wing]}\nfish: {core: [carp]}\n"), _TAXONOMY)
    assert list(rules.areas) == ["fish", "birds"]
    assert rules.areas["fish"].core == (_one("carp"), Pattern((Phrase("Trout", case_sensitive=True),)))


def test_bundled_rules_of_other_areas_are_left_out() -> None:
    """A user's own taxonomy works with the bundled rules."""
    assert set(load_rules(None, _TAXONOMY).areas) == {"fish"}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("fish: {core: [x]}\nbirbs:\n  core: [y]\n", 2, "no area 'birbs'.*Did you mean 'birds'"),
        ("fish:\n  cor: [x]\n", 2, "Did you mean 'core'"),
        ("fish:\n  core: [x]\nfish:\n  core: [y]\n", 3, "occurs twice"),
        ("fish:\n  core:\n  - x\n  - y +\n", 4, r"'\+' without a phrase"),
        ("fish:\n  core:\n  - x\n  - '*'\n", 4, "no letter"),
        ("fish:\n  core: [x, '']\n", 2, "is empty"),
        ("fish:\n  core: [NO]\n", 2, 'true or false; write it in quotes: "NO"'),
        ("fish:\n  core: x\n", 2, "must be a list"),
        ("fish:\n  hints: []\n", 2, "hold no phrase"),
        ("fish:\n  core: [x-y]\n  unless:\n  - x y\n", 4, "also in `core`"),
        ("fish\n", 1, "must be a mapping"),
        ("fish:\n  prototype: {like: [x]}\n", 2, "has no `similarity`"),
        ("fish:\n  prototype:\n    like: [x]\n    similarity: 40\n", 4, "above 0 and at most 1"),
        ("fish:\n  prototype:\n    like: []\n    similarity: 0.4\n", 3, "names no text"),
        ("fish: [x\n", 1, "not valid YAML"),
    ],
)
def test_every_problem_has_its_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    """A faulty file is answered with the line and what is wrong there."""
    with pytest.raises(ContentError, match=rf"rules.yaml, line {line}: .*{message}"):
        load_rules(_rules(tmp_path, text), _TAXONOMY)


def test_an_area_in_two_files_has_the_rules_of_both(tmp_path: Path) -> None:
    """Suggested rules can be put beside one's own; a phrase in both counts once."""
    (tmp_path / "a.yaml").write_text("fish: {core: [salmon], unless: [fish and chips]}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("fish: {core: [tuna, salmon]}\n", encoding="utf-8")
    expected = AreaRules(core=(_one("salmon"), _one("tuna")), unless=(_one("fish and chips"),))
    assert load_rules(tmp_path, None).areas == {"fish": expected}


def test_two_prototypes_of_an_area_are_an_error(tmp_path: Path) -> None:
    """The error names both places."""
    for name in ("a.yaml", "b.yaml"):
        text = "# rules\nfish: {prototype: {like: [The salmon run], similarity: 0.4}}\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=r"b.yaml, line 2: 'fish' already has a prototype in .*a.yaml, line 2"):
        load_rules(tmp_path, None)


def test_a_prototype_needs_no_phrase(tmp_path: Path) -> None:
    """It is read with its texts and its threshold, and kept when the rules are fitted to a taxonomy."""
    path = _rules(tmp_path, "birds:\n  prototype:\n    like: [Nests of the wren, Flight]\n    similarity: 0.35\n")
    expected = AreaRules(prototype=Prototype(("Nests of the wren", "Flight"), 0.35))
    assert load_rules(path, _TAXONOMY).areas["birds"] == expected


def test_a_path_without_rules_is_a_usage_error(tmp_path: Path) -> None:
    """A missing file and a folder without YAML are told apart."""
    with pytest.raises(UsageError, match=r"holds no \.yaml file"):
        load_rules(tmp_path, None)
    with pytest.raises(UsageError, match="No such file"):
        load_rules(tmp_path / "none.yaml", None)


def test_the_bundled_rules_fit_the_bundled_taxonomy() -> None:
    """Every bundled file loads and names only known areas."""
    taxonomy = load_taxonomy()
    assert set(load_rules(BUNDLED_RULES, taxonomy).areas) <= set(taxonomy.area_ids)

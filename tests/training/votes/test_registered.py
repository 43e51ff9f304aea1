"""Labelling functions that a user registers in a Python file."""

from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.votes.registered import Registered, RegisteredFunction, labelling_function, load_functions

TAXONOMY = Taxonomy(1, (Field("f", "F", (), (Area("a", "A"), Area("b", "B"))),))
PAPERS = [Paper("1", "About apples"), Paper("2", "About bees")]
FILE = """
from training.votes.registered import labelling_function

@labelling_function(expected=0.9)
def apples(paper):
    return ["a"] if "apples" in paper.title else None

@labelling_function(name="no-bees")
def bees(paper):
    return {"a": -1, "b": 1} if "bees" in paper.title else {}
"""


def test_functions_of_a_file_vote(tmp_path: Path) -> None:
    """Lists vote for, mappings either way, None abstains; names and expected precision come from the decorator."""
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    source = Registered(TAXONOMY, load_functions(path))
    assert [(f.name, f.source, f.expected) for f in source.functions] == [
        ("apples", "apples", 0.9),
        ("no-bees", "no-bees", 0.6),
    ]
    assert source.vote(PAPERS).tolist() == [[[1, 0], [0, 0]], [[0, 0], [-1, 1]]]


@pytest.mark.parametrize(("content", "reason"), [("x = 1", "registers no function"), ("1 / 0", "ZeroDivisionError")])
def test_a_bad_file_is_named(tmp_path: Path, content: str, reason: str) -> None:
    """A file that fails or registers nothing is a usage error with its name."""
    path = tmp_path / "bad.py"
    path.write_text(content)
    with pytest.raises(UsageError, match=reason):
        load_functions(path)
    with pytest.raises(UsageError, match="not a Python file"):
        load_functions(tmp_path / "missing.py")


def failing(paper: Paper) -> list[str]:
    """A function with a mistake."""
    raise KeyError(paper.id)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (failing, "'mine' on paper '1' raised KeyError"),
        (lambda paper: ["nowhere"], "no area 'nowhere'"),
        (lambda paper: {"a": 2}, "a vote is 1 or -1"),
        (lambda paper: "a", "returned 'a'"),
    ],
)
def test_a_bad_answer_names_function_and_paper(body: object, reason: str) -> None:
    """Whatever a function does wrong is one sentence for its author."""
    assert callable(body)
    source = Registered(TAXONOMY, [RegisteredFunction("mine", body, 0.6)])
    with pytest.raises(AreatagError, match=reason):
        source.vote(PAPERS)


def test_expected_precision_must_be_a_probability() -> None:
    """1 would make a vote certain."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        labelling_function(expected=1.0)


def test_what_a_function_says_of_an_area_is_a_rule(tmp_path: Path) -> None:
    """A vote for an area is its function's rule for that area; a vote against is nobody's."""
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    source = Registered(TAXONOMY, load_functions(path))
    numbers, rules = source.fired(PAPERS, source.vote(PAPERS))
    assert [(int(number), source.rules[rule].text, source.rules[rule].area) for number, rule in
            zip(numbers, rules, strict=True)] == [(0, "apples", 0), (1, "no-bees", 1)]  # fmt: skip

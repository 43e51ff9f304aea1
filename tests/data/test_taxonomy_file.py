"""Reading and checking of taxonomy files."""

from pathlib import Path

import pytest

from data.errors import ContentError, UsageError
from data.taxonomy_file import load_taxonomy, parse_taxonomy

_HEAD = "fields:\n- id: f\n  name: F\n  areas:\n"
_GOOD = _HEAD + "  - {id: a, name: A}\n"


def _problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ContentError) as caught:
        parse_taxonomy(text, "t.yaml")
    assert str(caught.value).startswith("t.yaml, line ")
    return [(problem.line, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("version: 1\n", 1, "no `fields:`"),
        ("- id: f\n", 1, "must be a mapping"),
        ("fields: 3\n", 1, "must be a list, not a number"),
        ("version: 1\nfields: []\n", 2, "is empty"),
        ("fields:\n- id: f\n  name: F\n", 2, "'f' has no `areas:`"),
        ("fields:\n- id: f\n  name: F\n  areas: []\n", 4, "areas` of the field 'f' is empty"),
        ("version: two\n" + _GOOD, 1, "`version` must be a whole number"),
        (_HEAD + "  - id: a\n    name: A\n  - id: a\n    name: B\n", 7, "'a' is already used on line 5"),
        (
            _GOOD + "- id: f\n  name: G\n  areas: [{id: b, name: B}]\n",
            6,
            "field id 'f' is already used on line 2",
        ),
        (_HEAD + "  - id: a\n", 5, "'a' has no `name`"),
        (_HEAD + "  - name: A\n", 5, "no `id`"),
        (_HEAD + "  - id: 7\n    name: A\n", 5, 'write it in quotes: "7"'),
        (_HEAD + "  - id: a\n    name: [A]\n", 6, "must be text, not a list"),
        (_HEAD + "  - id: a\n    name: ''\n", 6, "is empty"),
        (_HEAD + "  - a\n", 5, "must be a mapping"),
        (_HEAD + "  - id: a\n    name: A\n    descripton: x\n", 7, "Did you mean 'description'"),
        (_HEAD + "  - id: a\n    name: A\n    arxiv: cs.CL\n", 7, "`arxiv` must be a list, not text"),
        (_HEAD + "  - id: a\n    name: A\n    phrases:\n    - x\n    - '*'\n", 9, "no letter or digit"),
        (_HEAD + "  - id: a\n    name: A\n    id: b\n", 7, "'id' occurs twice"),
        (_HEAD + "  - id: a;b\n    name: A\n", 5, "';'"),
        (
            _HEAD + "  - id: a\n    name: A\n  - id: b\n    name: B\n    replaces: [a]\n",
            9,
            "'a' is in the taxonomy and also",
        ),
        ("removed: [b, a]\n" + _GOOD, 1, "'a' is in the taxonomy and also"),
        (_HEAD + "  - id: a\n\tname: A\n", 6, "tab"),
        (_HEAD + "  - id: a: b\n", 5, "not valid YAML"),
        (_HEAD + "  - 'a\n", 5, "not valid YAML"),
        (_GOOD + "---\n" + _GOOD, 6, "another document"),
        (_GOOD + "# \x07\n", 6, "control character"),
        ("fields: &f\n- *f\n", 1, "contains it"),
        ("fields: " + "[" * 100_000, 1, "levels deep"),
    ],
)
def test_every_problem_has_its_line(text: str, line: int, message: str) -> None:
    """A faulty file is answered with the line and what is wrong there."""
    problems = _problems(text)
    assert [number for number, found in problems if message in found] == [line], problems


def test_all_problems_are_collected() -> None:
    """One reading finds every problem, ordered by line; the message counts the others."""
    text = _HEAD + "  - id: a\n  - name: B\n    x: 1\n"
    assert [line for line, _ in _problems(text)] == [5, 6, 7]
    with pytest.raises(ContentError, match="2 more problems"):
        parse_taxonomy(text, "t.yaml")


def test_an_alias_bomb_is_refused() -> None:
    """Aliases that expand to billions of billions of values are not expanded: that would never end."""
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    assert "expand" in _problems("\n".join(lines))[0][1]


def test_plain_aliases_are_fine() -> None:
    """An alias may repeat a list of categories."""
    text = _HEAD + "  - {id: a, name: A, arxiv: &c [cs.CL]}\n  - {id: b, name: B, arxiv: *c}\n"
    assert parse_taxonomy(text, "t.yaml").areas[1].arxiv == ("cs.CL",)


def test_files_that_are_no_taxonomy_name_path_and_reason(tmp_path: Path) -> None:
    """A missing file, a folder, a huge file and another encoding are told apart."""
    huge, latin = tmp_path / "huge.yaml", tmp_path / "latin.yaml"
    with huge.open("wb") as file:
        file.truncate(100_000_000)
    latin.write_bytes(b"fields:\n- id: \xe9\n")
    with pytest.raises(UsageError, match=r"none\.yaml: No such file"):
        load_taxonomy(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="directory"):
        load_taxonomy(tmp_path)
    with pytest.raises(ContentError, match=r"huge.yaml, line 1: The file is too large"):
        load_taxonomy(huge)
    with pytest.raises(ContentError, match=r"latin.yaml, line 2: This is not UTF-8"):
        load_taxonomy(latin)


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    """Files that a Windows editor saved load as they are."""
    path = tmp_path / "t.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + _GOOD.replace("\n", "\r\n").encode())
    assert load_taxonomy(path).area_ids == ("a",)

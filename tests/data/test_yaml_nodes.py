"""YAML files as nodes that know their line."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from yaml.nodes import Node

from data import yaml_nodes
from data.errors import ContentError, UsageError
from data.yaml_nodes import NodeChecker, compose_yaml, kind_of, line_of, read_yaml


def _root(text: str) -> Node:
    root = compose_yaml(text, "f.yaml")
    assert root is not None
    return root


def _problems(checker: NodeChecker) -> list[tuple[int, str]]:
    with pytest.raises(ContentError) as caught:
        checker.finish()
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_file_is_read_with_or_without_a_mark(tmp_path: Path) -> None:
    """Editors of Windows put a byte order mark first; an empty file is None."""
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: Salmon\n")
    assert NodeChecker("f").mapping(read_yaml(path, "rules") or _root("{}"), "the file").keys() == {"name"}
    path.write_bytes(b"# only a comment\n")
    assert read_yaml(path, "rules") is None


def test_what_cannot_be_opened_is_bad_usage(tmp_path: Path) -> None:
    """A missing file, a folder, and a path that no system call takes."""
    for path in (tmp_path / "missing.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(UsageError, match=r"Cannot read the rules .* Check the path\."):
            read_yaml(path, "rules")
    with pytest.raises(UsageError, match=r"missing\.yaml: No such file or directory\."):
        read_yaml(tmp_path / "missing.yaml", "rules")
    with pytest.raises(UsageError, match="null byte"):
        read_yaml(Path("a\0b"), "rules")


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of exactly the limit is."""
    monkeypatch.setattr(yaml_nodes, "LARGEST_FILE", 8)
    path = tmp_path / "f.yaml"
    path.write_text("a: bcde\n")
    assert read_yaml(path, "rules") is not None
    path.write_text("a: bcdef\n")
    with pytest.raises(ContentError, match="too large"):
        read_yaml(path, "rules")
    path.write_bytes(b"#" * 2_000_001)
    for limit, said in ((2_000_000, 2), (1_999_999, 1)):
        monkeypatch.setattr(yaml_nodes, "LARGEST_FILE", limit)
        with pytest.raises(ContentError, match=f"a taxonomy has at most {said} MB") as caught:
            read_yaml(path, "taxonomy")
        assert [problem.line for problem in caught.value.problems] == [1]


def test_text_of_another_encoding_is_refused_at_its_line(tmp_path: Path) -> None:
    """It would be read as other letters."""
    path = tmp_path / "f.yaml"
    path.write_bytes("a: 1\nb: 2\nc: Gänse\n".encode("latin-1"))
    with pytest.raises(ContentError, match="not UTF-8 text; save the file with the encoding UTF-8") as caught:
        read_yaml(path, "rules")
    assert [problem.line for problem in caught.value.problems] == [3]
    path.write_bytes(b"\n\xff")
    with pytest.raises(ContentError) as caught:
        read_yaml(path, "rules")
    assert [problem.line for problem in caught.value.problems] == [2]


def test_what_the_parser_says_without_a_place_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first line."""

    def fail(*_: object, **__: object) -> None:
        raise yaml.YAMLError("it is of no kind")

    monkeypatch.setattr(yaml, "compose", fail)
    with pytest.raises(ContentError, match=r"This is not YAML: it is of no kind\.") as caught:
        compose_yaml("a: 1", "f.yaml")
    assert [problem.line for problem in caught.value.problems] == [1]


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_nesting_ends_at_thirty_levels(opening: str) -> None:
    """The last of them is read."""
    closing = "]" if opening == "[" else "}"
    assert compose_yaml("a: 1\nb: " + opening * 29 + "x" + closing * 29, "f.yaml") is not None
    with pytest.raises(ContentError, match="more than 30 levels") as caught:
        compose_yaml("a: 1\nb: " + opening * 30 + "x" + closing * 30, "f.yaml")
    assert [problem.line for problem in caught.value.problems] == [2]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: [1, 2\nb: 3\n", 1, "not valid YAML"),
        ("a: 1\nb: 'open\n", 2, "not valid YAML"),
        ("a: 1\nb: {c: d: e}\n", 2, "not valid YAML"),
        ("a: 1\n--- \nb: 2\n", 2, "not valid YAML"),
        ("a: &x\n  b: *x\n", 1, "contains it"),
        ("- " * 40 + "x", 1, "more than 30 levels"),
        ("a: 1\nb: \x1b[31m\n", 2, "control character"),
        ("a: *missing\n", 1, "not valid YAML"),
        ("a:\n  b: 1\n\tc: 2\n", 3, "indented with a tab"),
        ("a: 1\n\tb: {\n", 2, "indented with a tab"),
        ("a: 1\nb: c\t: d: e\n", 2, "not valid YAML"),
        ("\n\x07", 2, "control character"),
    ],
)
def test_a_fault_has_its_line(text: str, line: int, message: str) -> None:
    """That is where an unclosed quote or bracket begins, not where the file ends."""
    with pytest.raises(ContentError) as caught:
        compose_yaml(text, "f.yaml")
    (problem,) = caught.value.problems
    assert (problem.line, message in problem.message) == (line, True), problem


def _nested_aliases(levels: int) -> str:
    """Lists of ten, each level of which holds the one before ten times: 10 ** levels values in a few lines."""
    lines = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, levels)]
    return "\n".join([f"a0: &a0 [{', '.join('x' * 10)}]", *lines])


def test_aliases_expand_to_no_more_than_a_file_could_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far more values than the file spells out are refused, and so are too many in all; a thousand are fine."""
    assert compose_yaml(_nested_aliases(3), "f.yaml") is not None
    with pytest.raises(ContentError, match="expand to far more"):
        compose_yaml(_nested_aliases(4), "f.yaml")
    with pytest.raises(ContentError, match="expand to far more") as caught:
        compose_yaml(_nested_aliases(20), "f.yaml")
    assert [problem.line for problem in caught.value.problems] == [7]  # where ten million are passed
    monkeypatch.setattr(yaml_nodes, "_MOST_VALUES", 1000)
    with pytest.raises(ContentError, match="expand to far more") as caught:
        compose_yaml(_nested_aliases(3), "f.yaml")
    assert [problem.line for problem in caught.value.problems] == [3]  # where there are too many, not line 1


@given(st.text(alphabet=st.sampled_from("ab01:-[]{},'\"&*!|>%@#?\t\n \x85\u2028é"), max_size=80))
def test_no_text_raises_anything_else(text: str) -> None:
    """Whatever a user saves, it is nodes or a ContentError."""
    try:
        root = compose_yaml(text, "f.yaml")
    except ContentError:
        return
    assert root is None or line_of(root) >= 1


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
        max_leaves=20,
    )
)
def test_what_yaml_writes_is_read(value: object) -> None:
    """Safety refuses nothing that a program writes within the levels of nesting."""
    assert compose_yaml(yaml.safe_dump(value, allow_unicode=True), "f.yaml") is not None


def test_faulty_entries_are_noted_and_the_others_kept() -> None:
    """One look finds them all, with their lines."""
    checker = NodeChecker("f.yaml")
    text = "name: a\nnmae: b\nname: c\n7: d\n'': e\nareas: f\n"
    entries = checker.mapping(_root(text), "a field", ["name", "areas"])
    assert {key: value.value for key, (_, value) in entries.items()} == {"name": "a", "areas": "f"}
    assert _problems(checker) == [
        (2, "Unknown key 'nmae' in a field; remove or rename it. Did you mean 'name'?"),
        (3, "'name' occurs twice in a field (first on line 1); merge the two."),
        (4, 'A key of a field must be text, not a number; write it in quotes: "7".'),
        (5, "A key of a field is empty; write some text."),
    ]


def test_values_of_another_kind_are_noted() -> None:
    """The message says what was found in a user's words, and how to make it text where that helps."""
    checker = NodeChecker("f.yaml")
    assert checker.mapping(_root("- a"), "the file") == {}
    assert checker.sequence(_root("a: b"), "the areas") == []
    assert checker.text(_root("yes"), "a name") == checker.text(_root("~"), "a name") == ""
    assert [message for _, message in _problems(checker)] == [
        "The file must be a mapping (key: value), not a list.",
        "The areas must be a list, not a mapping.",
        'A name must be text, not true or false; write it in quotes: "yes".',
        "A name must be text, not empty.",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{a: b}", "a mapping"),
        ("[a]", "a list"),
        ("'1'", "text"),
        ("1", "a number"),
        ("1.5", "a number"),
        ("true", "true or false"),
        ("2026-01-31", "a date"),
        ("~", "empty"),
        ("!!binary aGk=", "a value of the type 'tag:yaml.org,2002:binary'"),
    ],
)
def test_kinds_are_named_in_a_users_words(text: str, kind: str) -> None:
    """Quotes make a text of anything."""
    assert kind_of(_root(text)) == kind


def test_texts_of_a_list_come_once_in_their_order() -> None:
    """White space is collapsed before they are compared; the node is that of the first."""
    checker = NodeChecker("f.yaml")
    texts = checker.texts(_root("- salmon\n- 'the  river '\n- the river\n- salmon\n"), "phrases")
    assert [(text, line_of(node)) for text, node in texts] == [("salmon", 1), ("the river", 2)]
    checker.finish()


def test_a_long_file_without_aliases_is_no_bomb() -> None:
    """However many values it spells out."""
    assert len(NodeChecker("f.yaml").sequence(_root("- a\n" * 3000), "areas")) == 3000


def test_a_repeated_key_is_told_where_it_was_first() -> None:
    """Itself, not its value."""
    checker = NodeChecker("f.yaml")
    checker.mapping(_root("name:\n  - a\nname: b\n"), "a field")
    assert _problems(checker) == [(3, "'name' occurs twice in a field (first on line 1); merge the two.")]


def test_a_long_value_is_not_repeated_whole() -> None:
    """Only its beginning is."""
    checker = NodeChecker("f.yaml")
    checker.text(_root("1" * 500), "A name")
    advice = '; write it in quotes: "'.ljust(80, "1")
    assert _problems(checker) == [(1, f"A name must be text, not a number{advice}.")]

"""Read YAML files as nodes that know their line, so that every problem can name file and line.

Only the light runtime's PyYAML is used. `compose_yaml` refuses what could hang or crash a process: deep
nesting, recursive aliases and aliases that expand to millions of values. `NodeChecker` collects the problems
of a file's content.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from data.errors import ContentError, Problem, UsageError, did_you_mean, quoted

LARGEST_FILE = 10_000_000  # bytes; the bundled taxonomy has 30,000
_DEEPEST = 30  # levels of nesting; a taxonomy has 6. Deep input overflows the C stack of libyaml's composer
_MOST_VALUES = 10_000_000  # with aliases expanded; more than a file of LARGEST_FILE bytes can spell out
_TEXT_TAG = "tag:yaml.org,2002:str"
_KINDS = {
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "empty",
    "timestamp": "a date",
}
_QUOTABLE = ("a number", "true or false", "a date")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster; a wheel may lack it
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # YAML 1.1, section 5.1


def read_yaml(path: Path, what: str) -> Node | None:
    """The root node of the file (None when it is empty); `what` names the kind of file in messages.

    Raises UsageError when the file cannot be opened, ContentError when it is no safe UTF-8 YAML.
    """
    return compose_yaml(read_text(path, what), str(path))


def read_text(path: Path, what: str) -> str:
    """The text of a file of at most LARGEST_FILE bytes; `what` names the kind of file in messages.

    Raises UsageError when the file cannot be opened, ContentError when it is too large or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UsageError(
            f"Cannot read the {what} {path}: {getattr(error, 'strerror', None) or error}. Check the path."
        ) from error
    if len(content) > LARGEST_FILE:
        limit = f"a {what} has at most {LARGEST_FILE // 1_000_000} MB"
        raise ContentError(str(path), [Problem(1, f"The file is too large: {limit}. Check that it is the right file.")])
    return _decode(content, str(path))


def compose_yaml(text: str, source: str) -> Node | None:
    """The root node of one document, None when empty; raises ContentError naming `source` and the line."""
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise ContentError(source, [Problem(line, f"Remove the control character {unprintable.group()!r}.")])
    try:
        _check_depth(text, source)
        root: Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise ContentError(source, [_syntax_problem(error, text)]) from error
    except yaml.YAMLError as error:
        raise ContentError(source, [Problem(1, f"This is not YAML: {error}.")]) from error
    if root is not None:
        _check_aliases(root, source)
    return root


def line_of(node: Node) -> int:
    """The line of a node, from 1."""
    return int(node.start_mark.line) + 1


@dataclass(slots=True)
class NodeChecker:
    """Takes nodes apart and notes what is wrong with them instead of stopping at the first problem."""

    source: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, node: Node, message: str) -> None:
        """Record a problem at the node's line."""
        self.problems.append(Problem(line_of(node), message[:1].upper() + message[1:]))

    def finish(self) -> None:
        """Raise ContentError when any problem was noted."""
        if self.problems:
            raise ContentError(self.source, self.problems)

    def mapping(self, node: Node, what: str, known: Collection[str] | None = None) -> dict[str, tuple[Node, Node]]:
        """Key -> (key node, value node); notes keys that are no text, repeated or not among `known`."""
        if not isinstance(node, MappingNode):
            self.note(node, f"{what} must be a mapping (key: value), not {kind_of(node)}.")
            return {}
        entries: dict[str, tuple[Node, Node]] = {}
        for key_node, value in node.value:
            key = self.text(key_node, f"A key of {what}")
            if not key:
                continue
            if key in entries:
                first = line_of(entries[key][0])
                self.note(key_node, f"{quoted(key)} occurs twice in {what} (first on line {first}); merge the two.")
            elif known is not None and key not in known:
                hint = did_you_mean(key, known) or f" Known: {', '.join(known)}."
                self.note(key_node, f"Unknown key {quoted(key)} in {what}; remove or rename it.{hint}")
            else:
                entries[key] = (key_node, value)
        return entries

    def sequence(self, node: Node, what: str) -> list[Node]:
        """The items of a list; notes anything else."""
        if isinstance(node, SequenceNode):
            return list(node.value)
        self.note(node, f"{what} must be a list, not {kind_of(node)}.")
        return []

    def text(self, node: Node, what: str) -> str:
        """The text of a scalar, whitespace collapsed; notes another type or empty text and returns ""."""
        if isinstance(node, ScalarNode) and node.tag == _TEXT_TAG:
            text = " ".join(node.value.split())
            if not text:
                self.note(node, f"{what} is empty; write some text.")
            return text
        quote = f'; write it in quotes: "{node.value}"' if kind_of(node) in _QUOTABLE else ""
        self.note(node, f"{what} must be text, not {kind_of(node)}{quote[:80]}.")
        return ""

    def texts(self, node: Node, what: str) -> list[tuple[str, Node]]:
        """The texts of a list with their nodes, in order and without repetitions."""
        found: dict[str, Node] = {}
        for item in self.sequence(node, what):
            text = self.text(item, f"An entry of {what}")
            if text:
                found.setdefault(text, item)
        return list(found.items())


def kind_of(node: Node) -> str:
    """What a node is, in a user's words: "a list", "a number", "text"..."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    if node.tag == _TEXT_TAG:
        return "text"
    return _KINDS.get(node.tag.rpartition(":")[2], f"a value of the type {quoted(node.tag)}")


def _decode(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "This is not UTF-8 text; save the file with the encoding UTF-8."
        raise ContentError(source, [Problem(line, message)]) from error


def _syntax_problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    unclosed = re.search("unexpected end|',' or", error.problem or "")  # a quote or bracket: where it begins
    mark = (unclosed and error.context_mark) or error.problem_mark
    line = int(mark.line) + 1 if mark else 1
    lines = text.splitlines()
    start = lines[line - 1] if line <= len(lines) else ""
    if "\t" in start[: len(start) - len(start.lstrip())]:
        return Problem(line, "The line is indented with a tab; YAML needs spaces.")
    reason = " ".join(part for part in (error.context, error.problem) if part)
    return Problem(line, f"This is not valid YAML ({reason}); check indentation, colons and quotes here.")


def _check_depth(text: str, source: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ContentError(
                source, [Problem(line, f"The file is nested more than {_DEEPEST} levels deep; flatten it.")]
            )


def _check_aliases(root: Node, source: str) -> None:
    """Refuse recursive aliases and those that expand to far more than the file holds ("billion laughs").

    An alias follows its anchor, so its size is known by then: the recursion is as deep as the nesting.
    """
    bomb = "The aliases (*name) expand to far more than the file holds; write the values out."
    sizes: dict[int, int | None] = {}  # node -> its values with aliases expanded; None while inside it

    def size(node: Node) -> int:
        total = sizes.get(id(node), 0)
        if total is None:
            raise ContentError(
                source, [Problem(line_of(node), "An alias refers to a list or mapping that contains it.")]
            )
        if total == 0:
            sizes[id(node)] = None
            total = 1 + sum(size(child) for child in _children(node))
            if total > _MOST_VALUES:
                raise ContentError(source, [Problem(line_of(node), bomb)])
            sizes[id(node)] = total
        return total

    if size(root) > 10_000 + 10 * len(sizes):
        raise ContentError(source, [Problem(line_of(root), bomb)])


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, SequenceNode):
        yield from node.value

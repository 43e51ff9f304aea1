"""README and docs/ as what can be run: commands with their output, and files that the pages show.

A block of `console` holds commands, each after `$ ` (a line that ends with a backslash or a bar goes on), and below
each what it prints. A block of `python` or `yaml` whose first line is a comment with a file's name is that file.
`<!-- not run: REASON -->` above a block of commands is for what a test cannot have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FILE = re.compile(r"# ([\w-]+\.(?:py|yaml))$")
_NOT_RUN = re.compile(r"<!-- not run: (.+) -->$")
_PIECE = re.compile(
    r"(?P<anything>\.\.\.)|(?P<percent>\b\d+(?:\.\d+)?(?=%))|(?P<number>(?<![\w.-])-?\d+\.\d+(?![\w.-]))"
)
TOLERANCE = 0.03
"""How far a printed decimal number, or a percentage, may be off: processors multiply in different precisions."""


@dataclass(slots=True)
class Block:
    """A fenced block; `start` and `end` are the numbers of its first line and of the line after its last, from 0."""

    language: str
    start: int
    lines: list[str] = field(default_factory=list)
    not_run: str = ""

    @property
    def end(self) -> int:
        """The line of the closing fence."""
        return self.start + len(self.lines)

    @property
    def file(self) -> str:
        """The name of the file that the block is, or nothing."""
        named = _FILE.match(self.lines[0]) if self.lines and self.language in {"python", "yaml"} else None
        return named[1] if named else ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what the page says it prints, on the lines `start` to `end` of the page."""

    text: str
    printed: str
    start: int
    end: int

    def prints(self, text: str) -> bool:
        """Whether that is what the page shows: `...` stands for anything, decimals may be off by `TOLERANCE`."""
        pattern, numbers, end = "", [], 0
        shown = self.printed.rstrip("\n")
        for piece in _PIECE.finditer(shown):
            pattern += re.escape(shown[end : piece.start()])
            pattern += ".*?" if piece["anything"] else r"(-?\d+(?:\.\d+)?)"
            numbers += [] if piece["anything"] else [(float(piece[0]), 100 if piece["percent"] else 1)]
            end = piece.end()
        found = re.fullmatch(pattern + re.escape(shown[end:]), text.rstrip("\n"), re.DOTALL)
        return found is not None and all(
            abs(number - float(printed)) <= TOLERANCE * unit
            for (number, unit), printed in zip(numbers, found.groups(), strict=True)
        )


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page."""
    found: list[Block] = []
    opened = False
    before = ""
    for number, line in enumerate(page.splitlines()):
        if opened and line.strip() == "```":
            opened = False
        elif opened:
            found[-1].lines.append(line)
        elif line.startswith("```"):
            reason = _NOT_RUN.match(before)
            found.append(Block(line[3:].strip(), number + 1, not_run=reason[1] if reason else ""))
            opened = True
        before = line
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a block of `console`, with what is printed below each."""
    starts: list[tuple[int, int]] = []
    goes_on = False
    for number, line in enumerate(block.lines):
        if goes_on:
            starts[-1] = (starts[-1][0], number + 1)
        elif line.startswith("$ "):
            starts.append((number, number + 1))
        goes_on = (goes_on or line.startswith("$ ")) and line.endswith(("\\", "|"))
    ends = [*(first for first, _ in starts[1:]), len(block.lines)][: len(starts)]
    return [
        Command(
            "\n".join(block.lines[first:below]).removeprefix("$ "),
            "".join(f"{line}\n" for line in block.lines[below:end]),
            block.start + below,
            block.start + end,
        )
        for (first, below), end in zip(starts, ends, strict=True)
    ]

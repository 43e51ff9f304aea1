"""What is wrong in the content of a user's file, with the line of every problem."""

from collections.abc import Collection
from dataclasses import dataclass

from data.errors import AreatagError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: the line (from 1) and a sentence that says what to do."""

    line: int
    message: str


class ContentError(AreatagError):
    """A file whose content cannot be used; `problems` holds all that was found, the message the first."""

    def __init__(self, source: str, problems: Collection[Problem]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        first, others = self.problems[0], len(self.problems) - 1
        more = f" ({others} more problem{'s' if others > 1 else ''} in this file.)" if others else ""
        super().__init__(f"{source}, line {first.line}: {first.message}{more}")

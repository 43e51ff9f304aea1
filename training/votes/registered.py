"""Labelling functions that a user writes in Python, in a file given to `areatag weak-label --functions`."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.errors import AreatagError, UsageError
from data.papers import Paper
from data.taxonomy import Taxonomy
from training.votes.material import Material
from training.votes.vote_matrix import AGAINST, FOR, LabellingFunction, Numbers, Rule, Votes

Result = Mapping[str, int] | Iterable[str] | None
Body = Callable[[Paper], Result]


def sources(material: Material) -> list[Registered]:
    """One for each file of the user's."""
    return [Registered(material.taxonomy, load_functions(path)) for path in material.files]


@dataclass(frozen=True, slots=True)
class RegisteredFunction:
    """A user's function of one paper, which stays callable."""

    name: str
    body: Body
    expected: float

    def __call__(self, paper: Paper) -> Result:
        """What the user's function says of a paper."""
        return self.body(paper)


def labelling_function(*, name: str = "", expected: float = 0.6) -> Callable[[Body], RegisteredFunction]:
    """Register a function of a paper that returns area ids, or {area id: 1 or -1}, or None to abstain.

    `expected` is the precision that is assumed of its votes where no labelled papers say otherwise.

        @labelling_function(expected=0.8)
        def mentions_imagenet(paper):
            return ["vision/recognition"] if "ImageNet" in paper.text else None
    """
    if not 0 < expected < 1:
        raise ValueError(f"expected must lie between 0 and 1, not {expected}")

    def register(body: Body) -> RegisteredFunction:
        return RegisteredFunction(name or body.__name__, body, expected)

    return register


def load_functions(path: Path) -> tuple[RegisteredFunction, ...]:
    """The registered functions of a Python file, in file order.

    Raises UsageError when the file cannot be run or registers nothing.
    """
    spec = importlib.util.spec_from_file_location(f"areatag_functions_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UsageError(f"{path} is not a Python file; give a .py file with labelling functions.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a user's file raises is reported as that file's fault
        raise UsageError(f"{path} cannot be run: {type(error).__name__}: {error}.") from error
    found = tuple(value for value in vars(module).values() if isinstance(value, RegisteredFunction))
    if not found:
        raise UsageError(f"{path} registers no function; decorate one with @labelling_function().")
    return found


class Registered:
    """The votes of registered functions; every function is a source of its own."""

    def __init__(self, taxonomy: Taxonomy, functions: Sequence[RegisteredFunction]) -> None:
        self._taxonomy = taxonomy
        self._bodies = tuple(functions)
        self.functions = tuple(LabellingFunction(f.name, f.name, f.expected) for f in functions)
        self.rules = tuple(
            Rule(column, "function", function.name) for function in functions for column in range(len(taxonomy.areas))
        )

    def vote(self, papers: Sequence[Paper]) -> Votes:
        """Votes int8 [functions, papers, areas].

        Raises AreatagError naming the function and paper when a function fails or answers with something
        else.
        """
        votes = np.zeros((len(self._bodies), len(papers), len(self._taxonomy.areas)), np.int8)
        for row, function in enumerate(self._bodies):
            for number, paper in enumerate(papers):
                for area_id, vote in self._answers(function, paper):
                    votes[row, number, self._taxonomy.index(area_id)] = vote
        return votes

    def fired(self, papers: Sequence[Paper], votes: Votes) -> tuple[Numbers, Numbers]:
        """As `RuleSource.fired`; a rule is what one function says of one area."""
        rows, numbers, columns = np.nonzero(votes == FOR)
        return numbers, rows * votes.shape[2] + columns

    @staticmethod
    def _answers(function: RegisteredFunction, paper: Paper) -> Iterable[tuple[str, int]]:
        where = f"The labelling function {function.name!r} on paper {paper.id!r}"
        try:
            result = function(paper)
        except Exception as error:  # a user's function may raise anything
            raise AreatagError(f"{where} raised {type(error).__name__}: {error}.") from error
        if result is None:
            return []
        if isinstance(result, str) or not isinstance(result, Iterable):
            raise AreatagError(f"{where} returned {result!r}; return area ids, {{area id: 1 or -1}} or None.")
        pairs = list(result.items()) if isinstance(result, Mapping) else [(area_id, FOR) for area_id in result]
        for area_id, vote in pairs:
            if vote not in (FOR, AGAINST):
                raise AreatagError(f"{where} voted {vote!r} on {area_id!r}; a vote is 1 or -1.")
        return pairs

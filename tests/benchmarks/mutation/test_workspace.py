"""What is read from cosmic-ray, and which tests belong to a module."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.mutation.modules import TESTS
from benchmarks.mutation.workspace import Mutant, read_mutant

ROOT = Path(__file__).parents[3]


def test_modules_and_their_tests_are_there() -> None:
    """A module that moves takes its line along."""
    named = {argument for tests in TESTS.values() for argument in tests if argument.endswith(".py")}
    assert {path for path in (*TESTS, *named) if not (ROOT / path).is_file()} == set()
    assert all(any(argument in named for argument in tests) for tests in TESTS.values())


def _line(outcome: str, worker: str = "normal") -> str:
    mutation = {"operator_name": "core/NumberReplacer", "start_pos": [12, 4], "end_pos": [12, 5]}
    result = {"worker_outcome": worker, "test_outcome": outcome, "diff": "-1\n+2", "output": ""}
    return json.dumps([{"job_id": "1", "mutations": [mutation]}, result])


def test_a_mutant_survives_or_not() -> None:
    """Those that cannot run are killed as well; operators that are not used make none."""
    assert read_mutant(_line("survived")) == Mutant(12, "NumberReplacer", True, "-1\n+2")
    killed = [read_mutant(_line(outcome)) for outcome in ("killed", "incompetent")]
    assert [mutant.survived for mutant in killed if mutant] == [False, False]
    assert read_mutant(_line("survived", "skipped")) is None
    assert read_mutant(json.dumps([{"mutations": []}, None])) is None

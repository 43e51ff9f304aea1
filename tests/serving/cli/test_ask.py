"""`areatag ask` against a local server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving.cli.conftest import Command, write_lines
from tests.support.llm_server import LlmServer, Reply, by_words, completion, in_turn, llm_server
from tests.support.tiny import TAXONOMY
from tests.support.waiting import PATIENCE, wait_for

ANSWER = by_words({"whale": "sea/whales", "ship": "sea/ships"})
KEY = "sk-very-secret-17"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LlmServer]:
    """A server that answers well, and an environment that names it."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with llm_server(ANSWER) as running:
        monkeypatch.setenv("AREATAG_LLM_URL", running.url)
        monkeypatch.setenv("AREATAG_LLM_KEY", KEY)
        monkeypatch.setenv("AREATAG_LLM_MODEL", "tiny")
        monkeypatch.setenv("AREATAG_HOME", str(tmp_path / "home"))
        yield running


@pytest.fixture
def arguments(tmp_path: Path) -> list[str | Path]:
    """The command for three papers and a bad line."""
    taxonomy = tmp_path / "areas.yaml"
    taxonomy.write_text(TAXONOMY)
    papers = [{"id": "a", "title": "A whale"}, {"id": "b", "title": "A ship"}, "{broken", {"id": "c", "title": "Hills"}]
    return [
        "ask",
        write_lines(tmp_path / "papers.jsonl", papers),
        "--taxonomy",
        taxonomy,
        "-o",
        tmp_path / "votes.jsonl",
    ]


def votes(path: Path) -> list[Any]:
    """The lines of the votes file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_writes_votes_and_says_what_it_may_cost(areatag: Command, server: LlmServer, arguments: list[Any]) -> None:
    """The budget comes first, the sum last, the key nowhere."""
    outcome = areatag(*arguments, "--max-calls", "9")
    assert outcome.code == 0
    assert votes(arguments[-1]) == [
        {"id": "a", "areas": ["sea/whales"]},
        {"id": "b", "areas": ["sea/ships"]},
        {"id": "c", "areas": []},
    ]
    assert "at most 9 calls and 2,000,000 tokens" in outcome.err
    assert "read 4 = labelled 3 + rejected 1 + left for budget 0" in outcome.err
    assert KEY not in outcome.err + outcome.out


def test_a_spent_budget_is_told(areatag: Command, server: LlmServer, arguments: list[Any]) -> None:
    """What was answered is written, and the next run goes on."""
    outcome = areatag(*arguments, "--max-calls", "1")
    assert outcome.code == 0
    assert "left for budget 2" in outcome.err and "same command again" in outcome.err
    assert "2 calls" in areatag(*arguments).err
    assert len(server.requests) == 3


def test_unknown_ids_are_told(areatag: Command, server: LlmServer, arguments: list[Any]) -> None:
    """With how often they were named."""
    server.answer = in_turn(completion('{"papers": [{"paper": 1, "areas": ["sea/ships", "sea/krakens"]}]}'))
    assert "Left out 3 ids that the taxonomy lacks, such as sea/krakens (3)" in areatag(*arguments).err


def test_a_refused_key_is_one_sentence(areatag: Command, server: LlmServer, arguments: list[Any]) -> None:
    """The variable is named, the key is not, also with --debug."""
    server.answer = in_turn(Reply(401, json.dumps({"error": {"message": f"Incorrect API key: {KEY}"}})))
    outcome = areatag(*arguments, "--debug")
    assert outcome.code == 1
    assert "AREATAG_LLM_KEY" in outcome.err and KEY not in outcome.err


def test_is_off_by_default(areatag: Command, monkeypatch: pytest.MonkeyPatch, arguments: list[Any]) -> None:
    """Without an address nothing is sent, and the message says what to set."""
    for name in ("AREATAG_LLM_URL", "AREATAG_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)
    outcome = areatag(*arguments)
    assert outcome.code == 2
    assert "AREATAG_LLM_URL" in outcome.err


def test_a_killed_run_pays_for_no_paper_twice(server: LlmServer, tmp_path: Path, arguments: list[Any]) -> None:
    """SIGKILL in the middle: the second run asks only about the papers that were not answered."""
    write_lines(arguments[1], [{"id": str(number), "title": f"Whale {number}"} for number in range(12)])

    def slow_then_stuck(request: dict[str, Any]) -> Reply:
        if len(server.requests) > 5:
            killed.wait(PATIENCE)
        return ANSWER(request)

    killed = threading.Event()
    server.answer = slow_then_stuck
    command = [sys.executable, "-m", "serving.cli.main", *map(str, arguments), "--concurrency", "1"]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[3], env=os.environ.copy(), stderr=subprocess.DEVNULL)
    wait_for(lambda: len(server.requests), lambda requests: requests == 6)
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed.set()
    assert not arguments[-1].exists()
    server.answer = ANSWER
    server.requests.clear()
    subprocess.run(command, cwd=Path(__file__).parents[3], check=True, capture_output=True)
    assert len(server.requests) == 7
    assert len(votes(arguments[-1])) == 12

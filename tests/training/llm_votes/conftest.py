"""A run against a local server, with the tiny taxonomy."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from tests.support.llm_server import LlmServer, by_words, llm_server
from tests.support.tiny import TAXONOMY, write_jsonl
from tests.support.waiting import PATIENCE
from training.llm_votes import client
from training.llm_votes.ask import AskOptions, AskReport, ask
from training.llm_votes.settings import Endpoint, Limits

WORDS = {"whale": "sea/whales", "ship": "sea/ships", "bird": "sky/birds"}
KEY = "sk-very-secret-17"


@pytest.fixture
def taxonomy(tmp_path: Path) -> Taxonomy:
    """Three areas."""
    path = tmp_path / "areas.yaml"
    path.write_text(TAXONOMY)
    return load_taxonomy(path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LlmServer]:
    """A server that answers well; tests replace its `answer`."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(client, "FIRST_WAIT", 0.01)
    with llm_server(by_words(WORDS)) as running:
        yield running


@dataclasses.dataclass(slots=True)
class Run:
    """Asks about papers, and reads what was written."""

    options: AskOptions

    def __call__(self, titles: list[str], **limits: Any) -> AskReport:
        """Ask about papers with these titles and the ids p0, p1, ..."""
        papers = [{"id": f"p{number}", "title": title} for number, title in enumerate(titles)]
        write_jsonl(Path(self.options.inputs[0]), papers)
        limits = {"timeout": PATIENCE, "concurrency": 1, "retries": 3, **limits}
        return ask(dataclasses.replace(self.options, limits=Limits(**limits)))

    @property
    def votes(self) -> dict[str, list[str]]:
        """Areas by paper id."""
        rows = [json.loads(line) for line in self.options.output.read_text().splitlines()]
        return {row["id"]: row["areas"] for row in rows}

    @property
    def reasons(self) -> list[str]:
        """Why papers have no vote."""
        return [json.loads(line)["reason"] for line in self.options.rejected.read_text().splitlines()]


@pytest.fixture
def run(tmp_path: Path, taxonomy: Taxonomy, server: LlmServer) -> Callable[..., AskReport]:
    """See `Run`."""
    environment = {"AREATAG_LLM_URL": server.url, "AREATAG_LLM_KEY": KEY, "AREATAG_LLM_MODEL": "tiny"}
    return Run(
        AskOptions(
            inputs=(str(tmp_path / "papers.jsonl"),),
            output=tmp_path / "votes.jsonl",
            rejected=tmp_path / "votes.jsonl.rejected.jsonl",
            taxonomy=taxonomy,
            endpoint=Endpoint.from_environment(environment),
            cache=tmp_path / "cache" / "answers.db",
            limits=Limits(),
        )
    )

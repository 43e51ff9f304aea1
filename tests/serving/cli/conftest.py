"""The command line in the test's own process, with a tagger that needs no model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from serving.cli.main import run
from tests.serving.cli.fake_tagger import use_fake_tagger


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, object]]:
        """The label records on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Outcome]


@pytest.fixture
def areatag(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command: ``areatag("label", path)``."""
    use_fake_tagger(monkeypatch)

    def command(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return command


def ids(path: Path) -> list[object]:
    """The ids of the label records of a file, in order."""
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def write_lines(path: Path, records: Iterable[object]) -> Path:
    """Write records as JSONL; a text is written as it is, to make bad lines."""
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """Three papers with a bad line between them."""
    folder = tmp_path / "in"
    folder.mkdir()
    return write_lines(
        folder / "papers.jsonl",
        [
            {"id": "a", "title": "Fast segmentation of plant cells", "abstract": "We outline cells."},
            {"id": "b", "title": "A proof about prime gaps", "abstract": "Gaps are bounded."},
            "{broken",
            {"id": "c", "title": "Joint segmentation and translation", "abstract": "Two tasks, one network."},
        ],
    )

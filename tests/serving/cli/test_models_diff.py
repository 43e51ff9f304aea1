"""`areatag models diff` with two taggers that need no model."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from model.activation import activate
from model.model_diff import ModelDifference, PaperDifference
from model.versions import install
from tests.serving.cli.conftest import Command, write_lines
from tests.serving.cli.fake_tagger import FakeTagger
from tests.support.artefact import write_artefact


def _compared(first: FakeTagger, second: FakeTagger, papers: Iterable[Paper]) -> ModelDifference:
    """Every paper loses the area of its number and gains another."""
    found = ModelDifference(first.version, second.version)
    for number, paper in enumerate(papers):
        found.papers += 1
        found.lost[f"lost/{number}"] += 1
        found.gained["gained/all"] += 1
        found.changed.append(PaperDifference(paper.id, paper.title, (f"lost/{number}",), ("gained/all",)))
    found.areas_given, found.areas_of_both = (2 * found.papers, 2 * found.papers), found.papers
    return found


@pytest.fixture(autouse=True)
def compared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Models are compared without one; `one` and `two` are versions, and the bundled one is active."""
    monkeypatch.setattr("model.model_diff.compare_models", _compared)
    for name in ("one", "two"):
        install(write_artefact(tmp_path / name, name))


def test_the_table_has_the_areas_that_changed_most(areatag: Command, tmp_path: Path) -> None:
    """At most fifteen; it says how many more there are. Records that are no papers are counted."""
    papers = write_lines(tmp_path / "papers.jsonl", [*({"title": f"Paper {n}"} for n in range(20)), "{broken"])
    outcome = areatag("models", "diff", "one", "two", "--papers", papers)
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[0] == "one and two on 20 papers" and "0.500" in lines[2]
    assert [line.split() for line in lines[5:8]] == [
        ["lost", "gained", "area"],
        ["0", "20", "gained/all"],
        ["1", "0", "lost/0"],
    ]
    assert lines[-1] == "and 6 more areas; --json has them all" and "passed over: 1" in outcome.err


def test_json_has_every_paper(areatag: Command, tmp_path: Path) -> None:
    """With what it lost and gained."""
    papers = write_lines(tmp_path / "papers.jsonl", [{"id": "a", "title": "Zwölf Gänse"}])
    record = json.loads(areatag("models", "diff", "one", "--papers", papers, "--json").out)
    assert record["changed"] == [{"id": "a", "title": "Zwölf Gänse", "lost": ["lost/0"], "gained": ["gained/all"]}]
    assert Counter(record["lost"]) == {"lost/0": 1}


def test_without_papers_those_of_the_label_store_count(areatag: Command) -> None:
    """Where there are none either it says what to do."""
    nothing = areatag("models", "diff", "one", "two")
    assert nothing.code == 1 and "name some with --papers" in nothing.err
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(Paper("s", "Stored songs"), ("vision/segmentation",)))])
    assert "on 1 papers" in areatag("models", "diff", "one", "two").out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["one", "one"], "one and one are the same model"),
        (["bundled"], "bundled is itself the active version; name the version"),
        (["one"], "one is itself the active version; name the version to compare it with"),
        (["copy", "one"], "are the same model"),
    ],
)
def test_a_model_is_not_compared_with_itself(
    areatag: Command, tmp_path: Path, arguments: list[str], reason: str
) -> None:
    """Whatever it is called: that nothing differs would read like good news."""
    if "one" in arguments[:1]:
        activate(str(tmp_path / "one"))
    copy = str(tmp_path / "one")
    outcome = areatag("models", "diff", *(copy if name == "copy" else name for name in arguments))
    assert outcome.code == 2 and reason in outcome.err

"""`areatag review` with a tagger that needs no model."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper, content_id
from data.soft_labels import Provenance, SoftLabelBatch, write_soft_labels
from data.tagged_papers import remember
from data.taxonomy_file import BUNDLED_TAXONOMY, load_taxonomy
from model.fingerprints import Fingerprints
from model.tagger import Tagger
from tests.serving.cli.conftest import Command, write_lines
from tests.serving.cli.fake_tagger import FakeTagger
from tests.training.curation.test_candidate_pool import ENGLISH, GERMAN

SEGMENTATION = {"id": "a", "title": "A segmentation of songs", "abstract": ENGLISH}
TRANSLATION = {"id": "b", "title": "A translation of songs", "abstract": ENGLISH + " There is more."}


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """Two papers to ask about, one in German and one that is broken."""
    german = {"id": "c", "title": "Lieder", "abstract": GERMAN}
    return write_lines(tmp_path / "pool.jsonl", [SEGMENTATION, german, "{broken", TRANSLATION])


def test_review_prints_what_to_label(areatag: Command, pool: Path) -> None:
    """One line a paper with --json, as feedback import takes it once areas are added; counts on stderr."""
    outcome = areatag("review", pool, "--json")
    assert outcome.code == 0, outcome.err
    assert {record["id"] for record in outcome.records} == {"a", "b"}
    assert "read 3 = candidates 2 + labelled 0 + too short, not English or repeated 1" in outcome.err
    assert "Rejected" in outcome.err
    plain = areatag("review", pool, "-n", "1")
    assert len(plain.out.strip().splitlines()) == 3 and "The model is unsure of" in plain.out


def test_a_reviewed_line_becomes_a_label(areatag: Command, pool: Path, tmp_path: Path) -> None:
    """Completed and imported, the paper is asked about no more."""
    queue = tmp_path / "queue.jsonl"
    assert areatag("review", pool, "-n", "1", "-o", queue).code == 0
    (record,) = [json.loads(line) for line in queue.read_text().splitlines()]
    labels = write_lines(tmp_path / "labels.jsonl", [{**record, "areas": ["vision/segmentation"]}])
    assert areatag("feedback", "import", labels, "--taxonomy", BUNDLED_TAXONOMY).code == 0
    left = areatag("review", pool, "--json").records
    assert {item["id"] for item in left} == {"a", "b"} - {record["id"]}


def test_tasks_for_label_studio_come_back_as_labels(areatag: Command, pool: Path, tmp_path: Path) -> None:
    """A list of tasks and their configuration; what is exported is imported, and skipped tasks are named."""
    config = tmp_path / "config.xml"
    outcome = areatag("review", pool, "--format", "label-studio", "--labelling-config", config)
    assert outcome.code == 0, outcome.err
    tasks = json.loads(outcome.out)
    assert {task["data"]["id"] for task in tasks} == {"a", "b"}
    assert "vision/segmentation" in config.read_text("utf-8")
    assert {tuple(task["predictions"][0]["result"][0]["value"]["choices"]) for task in tasks} == {
        ("vision/segmentation",),
        ("language/translation",),
    }
    result = {"type": "choices", "from_name": "areas", "value": {"choices": ["vision/segmentation"]}}
    done = {"id": 1, "completed_by": 7, "was_cancelled": False, "result": [result]}
    exported = [{**tasks[0], "id": 1, "annotations": [done]}]
    exported.append({**tasks[1], "id": 2, "annotations": [{**done, "id": 2, "was_cancelled": True}]})
    export = tmp_path / "export.json"
    export.write_text(json.dumps(exported))
    imported = areatag("feedback", "import", export, "--taxonomy", BUNDLED_TAXONOMY)
    assert imported.code == 0 and "read 2 = stored 1 + rejected 1" in imported.err
    assert "skipped or cancelled" in imported.err
    with LabelStore.open() as store:
        (entry,) = store.history(tasks[0]["data"]["id"])
    assert (entry.annotator, entry.model, entry.areas) == ("7", "fake-1", ("vision/segmentation",))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--errors", "--format", "label-studio"],
        ["--json", "--format", "label-studio"],
        ["--labelling-config", "config.xml"],
        ["--format", "csv"],
    ],
)
def test_options_that_exclude_each_other(areatag: Command, arguments: list[str]) -> None:
    """Said before a model is loaded."""
    assert areatag("review", *arguments).code == 2


def test_without_input_the_kept_papers_are_candidates(areatag: Command) -> None:
    """The cache of tagged papers; with nothing there it says what to do."""
    nothing = areatag("review")
    assert nothing.code == 1 and "No paper is left to review" in nothing.err
    remember([Paper("kept", "On segmentation", ENGLISH)], 10)
    assert [record["id"] for record in areatag("review", "--json").records] == ["kept"]


def test_votes_of_soft_labels_count(areatag: Command, tmp_path: Path) -> None:
    """Where votes and model disagree, the reason says so; a small pool is a sample, and that is said."""
    taxonomy = load_taxonomy()
    papers = tuple(Paper(f"s{number}", f"Song {number}", ENGLISH) for number in range(3))
    votes = np.full((3, len(taxonomy.areas)), 0.01, np.float32)
    votes[:, taxonomy.index("vision/segmentation")] = 0.99
    path = tmp_path / "soft.parquet"
    write_soft_labels(path, taxonomy, Provenance(), [SoftLabelBatch(papers, votes, np.ones(3, np.float32))])
    remember([Paper("known", "On segmentation", ENGLISH)], 10)
    outcome = areatag("review", path, "--json", "--pool", "2")
    assert "passed over 1" in outcome.err and "The model looks at 2 of the candidates" in outcome.err
    # the tagger of this test gives these papers no probability at all, so it has no idea of them
    assert outcome.code == 0 and outcome.records == []


def test_errors_lists_suspected_labels(areatag: Command, tmp_path: Path) -> None:
    """In a file, and in the store; papers are no labels."""
    right = [
        {"id": f"r{n}", "title": f"On segmentation {n}", "abstract": ENGLISH, "areas": ["vision/segmentation"]}
        for n in range(6)
    ]
    wrong = {"id": "w", "title": "On segmentation again", "abstract": ENGLISH, "areas": []}
    gold = write_lines(tmp_path / "gold.jsonl", [*right, wrong])
    found = areatag("review", "--errors", "--labels", gold, "--json").records
    assert (found[0]["id"], found[0]["area"], found[0]["given"]) == ("w", "vision/segmentation", False)
    assert "not given, but probable" in areatag("review", "--errors", "--labels", gold, "-n", "1").out
    assert areatag("review", "--errors").code == 1
    with LabelStore.open() as store:
        store.add(
            [Decision(LabelledPaper(Paper("w", "On segmentation", ENGLISH), (), ("vision/segmentation",), False))]
        )
    assert areatag("review", "--errors", "--json").code == 0
    assert areatag("review", gold, "--errors").code == 2


def test_errors_says_what_the_labels_were_for_the_model(
    areatag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trained on them it may repeat their errors; calibrated on them it only has its thresholds from them."""
    papers = [Paper(f"p{n}", f"On segmentation {n}", ENGLISH) for n in range(3)]
    rows = [{"id": p.id, "title": p.title, "abstract": p.abstract, "areas": [], "complete": False} for p in papers]
    gold = write_lines(tmp_path / "gold.jsonl", rows)

    def told(trained: list[Paper], calibrated: list[Paper]) -> str:
        artefact = SimpleNamespace(
            fingerprints=Fingerprints.of([*trained, *calibrated]),
            card={"calibrated_on": [content_id(paper.title, paper.abstract) for paper in calibrated]},
        )
        tagger = FakeTagger()
        tagger.artefact = artefact
        monkeypatch.setattr(Tagger, "load", lambda *_, **__: tagger)
        return areatag("review", "--errors", "--labels", gold).err

    assert "was trained on 2 of these 3 papers and may repeat their errors" in (err := told(papers[:2], papers[2:]))
    assert "was calibrated on 1 of these 3 papers, not trained" in err
    assert "trained on" not in told([], papers) and "learned" not in told([], papers)
    assert told([], []) == ""

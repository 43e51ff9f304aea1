"""`areatag feedback`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from data.label_store.location import label_store_url
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from tests.serving.cli.conftest import Command, write_lines

TAXONOMY = "fields: [{id: v, name: V, areas: [{id: v/seg, name: Segmentation}, {id: v/depth, name: Depth}]}]"
SALMON = {"id": "1", "title": "Salmon", "abstract": "They swim."}
PAPER = Paper("1", "Salmon", "They swim.")


@pytest.fixture
def taxonomy(tmp_path: Path) -> Path:
    """A taxonomy of two areas."""
    path = tmp_path / "areas.yaml"
    path.write_text(TAXONOMY)
    return path


def test_import_stores_and_rejects(areatag: Command, tmp_path: Path, taxonomy: Path) -> None:
    """Good lines are stored with their annotator, bad ones named with line and reason."""
    with LabelStore.open() as store:
        gone = {"id": "9", "title": "Gone"}
        path = write_lines(tmp_path / "gone.jsonl", [{**gone, "areas": []}])
        assert areatag("feedback", "import", path, "--taxonomy", taxonomy).code == 0
        store.forget("9")
    lines = [
        {**SALMON, "areas": ["v/seg"], "not": ["v/depth"], "complete": False},
        {**SALMON, "areas": ["v/sge"]},
        "{oops",
        {**gone, "areas": ["v/seg"]},
        {**SALMON, "areas": ["v/depth"], "complete": False, "annotator": "bob", "model": "v7"},
        {**SALMON, "areas": [], "annotator": 3},
    ]
    path = write_lines(tmp_path / "labels.jsonl", lines)
    outcome = areatag("feedback", "import", path, "--taxonomy", taxonomy, "--annotator", "ada")
    assert outcome.code == 0 and outcome.out == ""
    assert outcome.err.splitlines()[-1] == "read 6 = stored 2 + rejected 4"
    assert "Stored as entries 2 to 3; areatag feedback undo NUMBER withdraws one." in outcome.err
    assert "line 2: Field 'areas' names 'v/sge', an area that the taxonomy lacks. Did you mean" in outcome.err
    assert "line 3: " in outcome.err
    assert "line 4: The paper '9' was forgotten" in outcome.err
    assert "line 6: Field 'annotator' must be text." in outcome.err
    with LabelStore.open() as store:
        assert store.current(PAPER) == LabelledPaper(PAPER, ("v/seg", "v/depth"), (), False)
        assert [(entry.annotator, entry.model) for entry in store.history("1")] == [("ada", None), ("bob", "v7")]


def test_nothing_stored_is_a_failure(areatag: Command, tmp_path: Path, taxonomy: Path) -> None:
    """A file of bad lines ends with 1, a missing file with 2."""
    path = write_lines(tmp_path / "labels.jsonl", ["{oops"])
    outcome = areatag("feedback", "import", path, "--taxonomy", taxonomy)
    assert outcome.code == 1 and "None of the 1 records" in outcome.err
    assert areatag("feedback", "import", tmp_path / "none.jsonl", "--taxonomy", taxonomy).code == 2


def test_list_conflicts_and_undo(areatag: Command, tmp_path: Path, taxonomy: Path) -> None:
    """What holds is printed as a labels file, which import reads again."""
    lines = [
        {**SALMON, "areas": ["v/seg"], "annotator": "ada"},
        {**SALMON, "areas": [], "not": ["v/seg"], "complete": False, "annotator": "bob"},
    ]
    areatag("feedback", "import", write_lines(tmp_path / "labels.jsonl", lines), "--taxonomy", taxonomy)
    (conflict,) = areatag("feedback", "conflicts").records
    assert (conflict["area"], conflict["accepted_by"], conflict["rejected_by"]) == ("v/seg", ["ada"], ["bob"])
    assert areatag("feedback", "undo", "2", "--annotator", "bob").code == 0
    listed = areatag("feedback", "list")
    assert listed.records == [{**SALMON, "areas": ["v/seg"], "not": [], "complete": True, "entries": [1]}]
    again = write_lines(tmp_path / "again.jsonl", [json.dumps(record) for record in listed.records])
    assert areatag("feedback", "import", again, "--taxonomy", taxonomy).code == 0
    outcome = areatag("feedback", "undo", "2")
    assert outcome.code == 2 and "withdrawn already" in outcome.err


def test_backup_and_check(areatag: Command, tmp_path: Path, taxonomy: Path) -> None:
    """A backup is a store that check counts; what cannot be backed up is bad usage."""
    assert areatag("feedback", "backup", tmp_path / "b.db").code == 2
    outcome = areatag("feedback", "check")
    assert outcome.code == 0 and outcome.out.endswith("papers 0, entries 0, forgotten papers 0, problems 0\n")
    said = json.loads(areatag("feedback", "check", "--json").out)
    assert said == {"place": outcome.out.partition(": ")[0], "papers": 0, "entries": 0, "forgotten": 0, "problems": []}
    labels = write_lines(tmp_path / "labels.jsonl", [{**SALMON, "areas": ["v/seg"]}])
    areatag("feedback", "import", labels, "--taxonomy", taxonomy)
    outcome = areatag("feedback", "backup", tmp_path / "b.db")
    assert (outcome.code, outcome.out) == (0, "") and "b.db: papers 1, entries 1" in outcome.err
    again = areatag("feedback", "backup", tmp_path / "b.db")
    assert again.code == 2 and again.err.endswith("exists already; name another file, or replace it with --replace.\n")
    assert areatag("feedback", "backup", tmp_path / "b.db", "--replace").code == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AREATAG_LABEL_STORE", f"sqlite:///{tmp_path / 'b.db'}")
        assert areatag("feedback", "check").out.startswith(f"{tmp_path / 'b.db'}: papers 1, entries 1,")


def test_check_of_a_damaged_store_fails(areatag: Command, tmp_path: Path, taxonomy: Path) -> None:
    """Exit status 1, with each problem on stderr and their number on stdout; a long list is cut."""
    lines = [{"id": str(number), "title": f"Reef {number}", "areas": []} for number in range(30)]
    areatag("feedback", "import", write_lines(tmp_path / "l.jsonl", lines), "--taxonomy", taxonomy)
    with sqlite3.connect(label_store_url().removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE areatag_entries SET title = 'Shoal'")
    connection.close()
    outcome = areatag("feedback", "check")
    assert outcome.code == 1 and "problems 30" in outcome.out
    assert outcome.err.count("its title and abstract are not those") == 20
    assert "is damaged; restore it from a backup" in outcome.err

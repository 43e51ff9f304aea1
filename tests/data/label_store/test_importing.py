"""Feedback files into the label store, on both databases."""

from pathlib import Path

import pytest

from data.errors import UsageError
from data.label_store import importing
from data.label_store.importing import ImportCounts, import_labels
from data.label_store.store import LabelStore
from data.papers import Reject
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY, write_jsonl

AREAS = parse_taxonomy(TAXONOMY, "test")


def _line(number: int, **more: object) -> dict[str, object]:
    return {"id": str(number), "title": f"Whale song {number}", "areas": ["sea/whales"], **more}


def _import(path: Path, store: LabelStore, annotator: str = "") -> tuple[ImportCounts, list[Reject]]:
    rejects: list[Reject] = []
    return import_labels(str(path), AREAS, store, annotator, rejects.append), rejects


def test_a_line_says_who_decided_or_the_caller_does(store: LabelStore, tmp_path: Path) -> None:
    """A line's own annotator and model win."""
    path = write_jsonl(tmp_path / "f.jsonl", [_line(1, annotator="bob", model="v7"), _line(2), _line(3, annotator="")])
    counts, rejects = _import(path, store, annotator="ada")
    assert (counts, rejects) == (ImportCounts(3, 3, 0, (1, 2, 3)), [])
    found = [store.history(str(number))[0] for number in (1, 2, 3)]
    assert [(entry.annotator, entry.model) for entry in found] == [("bob", "v7"), ("ada", None), ("ada", None)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (_line(2, areas=["sea/wales"]), "sea/whales"),
        (_line(2, areas=True), "areas"),
        (_line(2, annotator=7), "Field 'annotator' must be text."),
        (_line(2, model=["v1"]), "Field 'model' must be text."),
        (_line(2, complete="perhaps"), "'complete' must be true or false"),
        ({"id": "2", "areas": []}, "title"),
        ([1], "must be a JSON object"),
    ],
)
def test_a_bad_line_is_rejected_and_the_rest_is_stored(
    store: LabelStore, tmp_path: Path, line: object, reason: str
) -> None:
    """With file, line and reason; read = stored + rejected."""
    counts, (rejected,) = _import(write_jsonl(tmp_path / "f.jsonl", [_line(1), line, _line(3)]), store)
    assert counts.summary() == "read 3 = stored 2 + rejected 1"
    assert (rejected.file, rejected.line) == (str(tmp_path / "f.jsonl"), 2)
    assert reason in rejected.reason
    assert store.counts() == (2, 2)


def test_only_a_forgotten_papers_line_is_refused(
    store: LabelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines are stored many at a time; those around the refused one are stored all the same, once each."""
    monkeypatch.setattr(importing, "_LINES", 2)
    path = write_jsonl(tmp_path / "f.jsonl", [_line(number) for number in range(5)])
    _import(write_jsonl(tmp_path / "first.jsonl", [_line(2)]), store)
    store.forget("2")
    counts, (rejected,) = _import(path, store)
    assert (counts.read, counts.stored, counts.rejected, len(counts.entries)) == (5, 4, 1, 4)
    assert rejected.line == 3
    assert sorted(label.paper.id for label in store.labelled_papers()) == ["0", "1", "3", "4"]


def test_a_missing_file_stores_nothing(store: LabelStore, tmp_path: Path) -> None:
    """It is bad usage, not an import of no lines."""
    with pytest.raises(UsageError, match="No such file or directory"):
        _import(tmp_path / "missing.jsonl", store)
    assert store.counts() == (0, 0)


def test_a_table_is_imported(store: LabelStore, tmp_path: Path) -> None:
    """Names of areas, annotators and rejects have their columns."""
    path = tmp_path / "labels.csv"
    path.write_text("title,areas,Annotator\nWhale song,Whales,bob\nTides,Wales,\nShips,,\n")
    counts, (rejected,) = _import(path, store, annotator="ada")
    assert (counts.read, counts.stored, counts.rejected, len(counts.entries)) == (3, 2, 1, 2)
    assert (rejected.line, "Did you mean" in rejected.reason) == (3, True)
    assert sorted((label.paper.title, label.areas) for label in store.labelled_papers()) == [
        ("Ships", ()),
        ("Whale song", ("sea/whales",)),
    ]


def test_papers_complete_labels_without_abstract(store: LabelStore, tmp_path: Path) -> None:
    """Found by id; a label whose paper is not there or has another title is rejected, one with an abstract is kept."""
    answers = [
        {"id": str(number), "title": f"Whale song {number}", "areas": [{"id": "sea/whales", "name": "", "score": 0.9}]}
        for number in range(4)
    ]
    papers = [{"id": number, "title": f"WHALE  song {number}", "abstract": f"Text {number}."} for number in (0, 1, 3)]
    papers[1]["title"] = "Tides"
    labels = write_jsonl(
        tmp_path / "labels.jsonl",
        [*answers[:3], {**answers[3], "abstract": "Own text."}, {"id": "3", "areas": ["sea/ships"], "complete": False}],
    )
    source = write_jsonl(tmp_path / "papers.jsonl", papers)
    rejects: list[Reject] = []
    counts = import_labels(str(labels), AREAS, store, "", rejects.append, [str(source)])
    assert (counts.read, counts.stored, counts.rejected, len(counts.entries)) == (5, 3, 2, 3)
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (2, "The paper '1' has another title among the papers given: 'Tides'."),
        (3, "The paper '2' is not among the papers given, which have its abstract."),
    ]
    assert sorted((label.paper.id, label.paper.abstract, label.areas) for label in store.labelled_papers()) == [
        ("0", "Text 0.", ("sea/whales",)),
        ("3", "Own text.", ("sea/whales",)),
        ("3", "Text 3.", ("sea/ships",)),
    ]


def test_labels_from_a_pipe_cannot_be_read_twice(store: LabelStore) -> None:
    """It is bad usage, said before anything is read."""
    with pytest.raises(UsageError, match="must be a file"):
        import_labels("-", AREAS, store, papers=["papers.jsonl"])

"""The output folder of a lake: one run at a time, and places that cannot be written."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from data.errors import AreatagError, UsageError
from data.papers import Paper, Reject
from data.readers.reading import papers_of
from serving.lake.label import label_lake
from serving.lake.layout import Outcome, remove_abandoned_folders, temporary_folder
from serving.lake.work_items import WorkItem
from serving.lake.worker import Job
from tests.serving.lake.lake import Workers, files_in, label, lake_run, make_lake


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A folder of papers."""
    return make_lake(tmp_path / "lake")


@pytest.mark.parametrize("resume", [False, True])
def test_two_runs_do_not_write_to_one_folder(lake: Path, tmp_path: Path, resume: bool) -> None:
    """The second is told so, whatever it wants, and changes nothing; the first ends as if it had been alone."""
    label(lake_run([lake], tmp_path / "whole"))
    refused = []

    class Meanwhile(Workers):
        """Another run begins while this one works."""

        def outcomes(self, job: Job, items: Sequence[WorkItem]) -> Iterator[Outcome]:
            """Label and yield."""
            for number, outcome in enumerate(super().outcomes(job, items)):
                before = files_in(tmp_path / "out")
                if number == 1:
                    with pytest.raises(AreatagError, match=r"Another run is writing .*out: wait for it"):
                        label(lake_run([lake], tmp_path / "out", resume=resume))
                    refused.append(before == files_in(tmp_path / "out"))
                yield outcome

    assert label(lake_run([lake], tmp_path / "out"), Meanwhile()).failed == ()
    assert refused == [True]
    assert files_in(tmp_path / "out") == files_in(tmp_path / "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake", "out", "whole"]


def test_a_killed_run_keeps_nobody_off(lake: Path, tmp_path: Path) -> None:
    """Its lock file is one without a lock."""
    (tmp_path / "out.lock").touch()
    label(lake_run([lake], tmp_path / "out"))
    assert not (tmp_path / "out.lock").exists()


def test_a_folder_that_cannot_be_made(lake: Path, tmp_path: Path) -> None:
    """Where a file is in its way: one sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"Cannot write .*out: a part of the path is a file; choose another path"):
        label(lake_run([lake], tmp_path / "file" / "out"))


def full(*_: object, **__: object) -> NoReturn:
    """As a disk without room."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_no_room_for_temporary_files(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part, or the driver, says what to do; with room again the rest is done."""
    run = lake_run([lake], tmp_path / "out")

    class Full(Workers):
        """Their machine has no room."""

        def outcomes(self, job: Job, items: Sequence[WorkItem]) -> Iterator[Outcome]:
            """Fail."""
            with monkeypatch.context() as patch:
                patch.setattr(tempfile, "TemporaryDirectory", full)
                found = list(super().outcomes(job, items[:1]))
            yield from found

    sentence = r"No temporary folder can be made \(No space left on device\); set TMPDIR to a folder with room"
    with pytest.raises(AreatagError, match=sentence):
        label(run, Full())
    assert label(lake_run([lake], tmp_path / "out", resume=True)).counts.labelled == 40
    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    with pytest.raises(AreatagError, match="No temporary folder can be made"):
        label_lake(lake_run([lake], tmp_path / "other"), Workers())


@pytest.mark.parametrize("change", ["grows", "shrinks", "goes", "is written anew"])
@pytest.mark.parametrize("name", ["a.jsonl", "more/c.csv", "d.parquet"])
def test_a_file_that_changes_while_it_is_read(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, change: str
) -> None:
    """Its part fails with a sentence, for nobody knows what was read; the others are done."""
    path = lake / name

    def read(records: Iterator[Paper | Reject], *rest: object) -> Iterator[Paper | Reject]:
        papers = papers_of(records, *rest)  # type: ignore[arg-type]
        first = next(papers)
        if first.id == FIRST[name]:  # type: ignore[union-attr]
            content = path.read_bytes()
            path.unlink()
            if change != "goes":
                path.write_bytes({"grows": content + b" ", "shrinks": content[:-9]}.get(change, content))
                os.utime(path, ns=(1, 1))
        yield first
        yield from papers

    monkeypatch.setattr("serving.lake.item_records.papers_of", read)
    result = label(lake_run([lake], tmp_path / "out"))
    (failed,) = result.failed
    told = "is not there any more" if change == "goes" else "changed since the run began"
    assert failed.problem == f"{path} {told}."
    assert result.counts.labelled == 40 - {"a.jsonl": 15, "more/c.csv": 5, "d.parquet": 10}[name]
    assert not list((tmp_path / "out" / "labels").glob(f"*{failed.number:06d}*"))


FIRST = {"a.jsonl": "paper-0", "more/c.csv": "paper-25", "d.parquet": "paper-30"}
"""The first paper of each."""


def test_folders_of_killed_workers_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that nobody holds any more; not one that is at work, nor one that was made this moment."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, new = tmp_path / "areatag-part-left", tmp_path / "areatag-part-new"
    for folder in (left, new):
        folder.mkdir()
        (folder / "part.lock").touch()
        (folder / "labels").write_text("half a record")
    with temporary_folder() as at_work:
        for lock in (left / "part.lock", at_work / "part.lock"):
            os.utime(lock, (0, 0))
        remove_abandoned_folders()
        assert sorted(tmp_path.iterdir()) == sorted([at_work, new])
    assert list(tmp_path.iterdir()) == [new]

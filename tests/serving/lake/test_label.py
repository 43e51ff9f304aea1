"""Runs over a lake: every record once, and accounts of it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from data.atomic import write_error
from data.errors import AreatagError, UsageError
from data.papers import Paper, Reject
from data.readers import read_papers
from model.tags import TagOptions
from serving.batch.counts import Counts
from serving.batch.writers import OutputFormat
from serving.lake import work_items
from serving.lake.item_records import item_papers
from serving.lake.label import label_lake
from serving.lake.layout import Outcome
from serving.lake.storage import Storage
from serving.lake.work_items import WorkItem, look
from serving.lake.worker import Job
from tests.serving.cli.fake_tagger import FakeTagger
from tests.serving.lake.lake import Workers, files_in, label, labels_in, lake_run, make_lake, record


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A folder of papers."""
    return make_lake(tmp_path / "lake")


@pytest.fixture
def small_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """Items of four rows, or of some four papers."""
    monkeypatch.setattr(work_items, "ITEM_ROWS", 4)
    monkeypatch.setattr(work_items, "ITEM_BYTES", 400)


@pytest.mark.parametrize("file_format", [OutputFormat.JSONL, OutputFormat.PARQUET])
@pytest.mark.usefixtures("small_items")
def test_answers_are_those_of_the_local_engine(lake: Path, tmp_path: Path, file_format: OutputFormat) -> None:
    """Id for id, from files of every kind and parts of large ones; read = labelled + rejected, by file."""
    result = label(lake_run([lake], tmp_path / "out", file_format=file_format))
    papers = [one for one in read_papers([lake]) if isinstance(one, Paper)]
    expected = {answer.id: [area.id for area in answer.areas] for answer in FakeTagger().tag(papers)}
    found = labels_in(tmp_path / "out")
    assert len(found) == 40
    assert {one["id"]: [area["id"] for area in one["areas"]] for one in found} == expected
    assert (result.counts.read, result.counts.labelled, result.counts.rejected) == (41, 40, 1)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["read"] == summary["labelled"] + summary["rejected"] == 41
    by_file = {Path(one["file"]).name: (one["read"], one["labelled"], one["parts"]) for one in summary["files"]}
    assert by_file["a.jsonl"][:2] == (16, 15) and by_file["a.jsonl"][2] > 1
    assert by_file["d.parquet"] == (10, 10, 3)
    assert by_file["b.jsonl.gz"] == (10, 10, 1) and by_file["c.csv"] == (5, 5, 1)
    (reject,) = [
        json.loads(line) for path in (tmp_path / "out" / "rejected").iterdir() for line in path.read_text().splitlines()
    ]
    assert "a.jsonl from byte" in reject["file"]


@pytest.mark.usefixtures("small_items")
@pytest.mark.parametrize("most", range(8))
def test_an_interrupted_run_goes_on(lake: Path, tmp_path: Path, most: int) -> None:
    """Its output is that of a run never interrupted, byte for byte, and no item that was done is done again."""
    label(lake_run([lake], tmp_path / "whole"))
    workers, rest = Workers(most), Workers()
    with pytest.raises(KeyboardInterrupt):
        label(lake_run([lake], tmp_path / "out"), workers)
    label(lake_run([lake], tmp_path / "out", resume=True), rest)
    assert not {*workers.done} & {*rest.done}
    assert files_in(tmp_path / "out") == files_in(tmp_path / "whole")
    label(lake_run([lake], tmp_path / "out", resume=True), nothing := Workers())
    assert nothing.done == [] and files_in(tmp_path / "out") == files_in(tmp_path / "whole")


def test_an_item_of_a_lost_worker_replaces_its_files(lake: Path, tmp_path: Path) -> None:
    """Whatever it had written when it was lost; what it left half written is removed."""
    label(lake_run([lake], tmp_path / "whole"))
    run = lake_run([lake], tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        label(run, Workers(2))
    (tmp_path / "out" / "done" / "part-000001.json").unlink()
    (tmp_path / "out" / "labels" / "part-000002.jsonl").write_text('{"id": "half of it')
    (tmp_path / "out" / "labels" / ".areatag-1234.tmp").write_text("half")
    label(lake_run([lake], tmp_path / "out", resume=True))
    assert files_in(tmp_path / "out") == files_in(tmp_path / "whole")


def _touch(lake: Path) -> None:
    os.utime(lake / "a.jsonl", ns=(1, 1))


def _add(lake: Path) -> None:
    (lake / "e.jsonl").write_text('{"title": "On geese"}\n')


@pytest.mark.parametrize("change", [_touch, _add])
def test_a_changed_input_is_not_resumed(lake: Path, tmp_path: Path, change: object) -> None:
    """Another time or size, or a file more: the sentence names it."""
    with pytest.raises(KeyboardInterrupt):
        label(lake_run([lake], tmp_path / "out"), Workers(1))
    assert callable(change)
    change(lake)
    with pytest.raises(
        UsageError, match=r"Cannot resume .*out: .*/[ae]\.jsonl changed since the run began\. Put that back"
    ):
        label(lake_run([lake], tmp_path / "out", resume=True))


def test_other_options_are_not_resumed(lake: Path, tmp_path: Path) -> None:
    """Nor another format."""
    label(lake_run([lake], tmp_path / "out"))
    with pytest.raises(UsageError, match="the options of labelling changed"):
        label(lake_run([lake], tmp_path / "out", resume=True, options=TagOptions(top_k=1)))
    with pytest.raises(UsageError, match="--format changed"):
        label(lake_run([lake], tmp_path / "out", resume=True, file_format=OutputFormat.PARQUET))


def test_a_vanished_input_leaves_the_others(lake: Path, tmp_path: Path) -> None:
    """One sentence in the summary; --resume does it when the file is back, as it was."""
    content, state = (lake / "d.parquet").read_bytes(), (lake / "d.parquet").stat()

    class Vanishing(Workers):
        """The file goes when the workers begin."""

        def outcomes(self, job: Job, items: Sequence[WorkItem]) -> Iterator[Outcome]:
            (lake / "d.parquet").unlink()
            yield from super().outcomes(job, items)

    result = label(lake_run([lake], tmp_path / "out"), Vanishing())
    (failed,) = result.failed
    assert failed.problem.endswith("d.parquet is not there any more.")
    assert result.counts.labelled == 30
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert [one["problem"] for one in summary["failed"]] == [failed.problem]
    assert label(lake_run([lake], tmp_path / "out", resume=True)).counts.labelled == 30
    (lake / "d.parquet").write_bytes(content)
    os.utime(lake / "d.parquet", ns=(state.st_atime_ns, state.st_mtime_ns))
    assert label(lake_run([lake], tmp_path / "out", resume=True)).counts.labelled == 40


@pytest.mark.parametrize("full", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("folder", ["labels", "done"])
def test_a_full_disk_ends_the_run(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: int, folder: str
) -> None:
    """Two sentences, before all other parts are tagged for nothing; --resume does the rest when there is room."""
    put, workers = Storage.put, Workers()

    def put_where_there_is_room(self: Storage, source: Path) -> None:
        if self.name.endswith((f"{folder}/part-000002.jsonl", f"{folder}/part-000002.json")):
            raise write_error(Path(self.name), OSError(full, os.strerror(full)))
        put(self, source)

    with monkeypatch.context() as patch:
        patch.setattr(Storage, "put", put_where_there_is_room)
        with pytest.raises(AreatagError, match=r"free some space .* What is done is kept; go on with --resume\."):
            label(lake_run([lake], tmp_path / "out"), workers)
    assert workers.done == [0, 1, 2]
    assert not (tmp_path / "out" / "summary.json").exists()
    assert label(lake_run([lake], tmp_path / "out", resume=True), rest := Workers()).counts.labelled == 40
    assert rest.done == [2, 3]


def test_a_part_that_cannot_be_written_leaves_the_others(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store may refuse one object; the accounts of that run do not outlive it."""
    put = Storage.put

    def refused(self: Storage, source: Path) -> None:
        if self.name.endswith("labels/part-000002.jsonl"):
            raise AreatagError(f"{self.name} cannot be written (access denied).")
        put(self, source)

    with monkeypatch.context() as patch:
        patch.setattr(Storage, "put", refused)
        result = label(lake_run([lake], tmp_path / "out"))
    assert [outcome.number for outcome in result.failed] == [2]
    assert (tmp_path / "out" / "summary.json").exists()
    with pytest.raises(KeyboardInterrupt):
        label(lake_run([lake], tmp_path / "out", resume=True), Workers(0))
    assert not (tmp_path / "out" / "summary.json").exists()
    assert label(lake_run([lake], tmp_path / "out", resume=True)).counts.labelled == 40


def test_a_run_without_workers_leaves_nothing(lake: Path, tmp_path: Path) -> None:
    """The same command can be given again, without --resume."""

    @contextmanager
    def nobody(job: Job, items: Sequence[WorkItem]) -> Iterator[Iterable[Outcome]]:
        raise UsageError("There is no cluster.")
        yield ()

    with pytest.raises(UsageError, match="no cluster"):
        label_lake(lake_run([lake], tmp_path / "out"), nobody)
    assert not (tmp_path / "out").exists()
    assert label(lake_run([lake], tmp_path / "out")).counts.labelled == 40


def test_links_lead_to_no_paper_twice(lake: Path, tmp_path: Path) -> None:
    """As with the local engine: links to files are followed, to folders they are not; one to nowhere is a reject."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "e.jsonl").write_text(json.dumps(record(50)) + "\n")
    (lake / "more" / "round").symlink_to("..")
    (lake / "elsewhere").symlink_to(tmp_path / "other")
    (lake / "e.jsonl").symlink_to(tmp_path / "other" / "e.jsonl")
    (lake / "gone.jsonl").symlink_to(tmp_path / "gone.jsonl")
    (lake / "gone.md").symlink_to(tmp_path / "gone.md")  # no file of papers
    local = [one for one in read_papers([lake]) if isinstance(one, Paper)]
    result = label(lake_run([lake], tmp_path / "out"))
    assert sorted(one["id"] for one in labels_in(tmp_path / "out")) == sorted(paper.id for paper in local)
    assert len(local) == 41
    assert result.counts.rejected == 2
    rejects = "".join(path.read_text() for path in (tmp_path / "out" / "rejected").iterdir())
    assert "gone.jsonl" in rejects
    assert "could not be opened when the run began" in rejects


def test_progress_begins_with_what_is_done(lake: Path, tmp_path: Path) -> None:
    """So that a rate is that of this run."""
    told: list[Counts] = []
    with pytest.raises(KeyboardInterrupt):
        label(lake_run([lake], tmp_path / "out"), Workers(2))
    done = label_lake(lake_run([lake], tmp_path / "out", resume=True), Workers(), told.append).counts
    assert 0 < told[0].read < told[-1].read == done.read


def test_an_unreadable_file_is_a_reject(lake: Path, tmp_path: Path) -> None:
    """A damaged one, that is; the rest is done."""
    path = lake / "d.parquet"
    path.write_bytes(path.read_bytes()[:-7])
    result = label(lake_run([lake], tmp_path / "out"))
    assert (result.counts.labelled, result.counts.rejected, result.failed) == (30, 2, ())


def test_a_worker_unlike_the_others_stops_the_run(lake: Path, tmp_path: Path) -> None:
    """With its sentence."""
    run = lake_run([lake], tmp_path / "out")
    with pytest.raises(AreatagError, match="another model"):
        label_lake(run, lambda job, items: nullcontext([Outcome(0, problem="It has another model.", stops=True)]))


def test_items_whose_outcome_is_lost_are_told(lake: Path, tmp_path: Path) -> None:
    """No item vanishes from the accounts."""
    result = label_lake(lake_run([lake], tmp_path / "out"), lambda job, items: nullcontext([]))
    assert len(result.failed) == result.items == 4


def test_folders_that_hold_something_are_refused(lake: Path, tmp_path: Path) -> None:
    """A run, other files, a file in the place, the input itself."""
    label(lake_run([lake], tmp_path / "out"))
    with pytest.raises(UsageError, match="has a run already: continue it with --resume"):
        label(lake_run([lake], tmp_path / "out"))
    with pytest.raises(UsageError, match="is a file or has files"):
        label(lake_run([lake / "a.jsonl"], lake / "more"))
    with pytest.raises(UsageError, match="is a file or has files"):
        label(lake_run([lake / "a.jsonl"], lake / "d.parquet"))
    for inside in (lake, lake / "out"):
        with pytest.raises(UsageError, match="would be read as papers"):
            label(lake_run([lake], inside))


def test_inputs_that_cannot_be(lake: Path, tmp_path: Path) -> None:
    """Each is a sentence."""
    for inputs, sentence in (
        ([lake / "none"], "There is no file or folder"),
        (["-"], "cannot read stdin"),
        ([lake / "a.jsonl", lake], "is given twice"),
        (["nowhere://x/y"], "cannot be used as a lake"),
        ([lake / "README.md"], "in no known format"),
    ):
        with pytest.raises(UsageError, match=sentence):
            label(lake_run(inputs, tmp_path / "out"))


def test_repeated_ids_are_warned_of_within_a_part(tmp_path: Path) -> None:
    """Both papers are labelled."""
    (tmp_path / "a.jsonl").write_text('{"id": "x", "title": "On geese"}\n{"id": "x", "title": "On herons"}\n')
    result = label(lake_run([tmp_path / "a.jsonl"], tmp_path / "out"))
    assert (result.counts.labelled, result.counts.repeated) == (2, 1)
    assert [bool(one["warnings"]) for one in labels_in(tmp_path / "out")] == [False, True]


def test_what_readers_warn_of_is_in_the_result(tmp_path: Path) -> None:
    """A guess of the encoding, say."""
    (tmp_path / "a.csv").write_bytes("title\nÜber Gänse\n".encode("cp1252"))
    (sentence,) = label(lake_run([tmp_path / "a.csv"], tmp_path / "out")).warnings
    assert "a.csv" in sentence and "Windows-1252" in sentence


def test_urls_of_other_file_systems(lake: Path, tmp_path: Path) -> None:
    """Those of fsspec, for inputs and output: the same as by path."""
    pytest.importorskip("fsspec")
    label(lake_run([lake], tmp_path / "by-path"))
    source, output = f"local://{lake}", f"local://{tmp_path}/out"
    result = label(lake_run([source], output))
    assert (result.counts.labelled, result.counts.rejected) == (40, 1)
    assert labels_in(tmp_path / "out") == labels_in(tmp_path / "by-path")
    label(lake_run([source], output, resume=True), again := Workers())
    assert again.done == []


def test_what_nobody_foresaw_costs_one_part(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is done; the sentence names the file."""

    def broken(item: WorkItem, warn: Callable[[str], None]) -> Iterator[Paper | Reject]:
        if item.number == 1:
            raise KeyError("of a bug")
        return item_papers(item, warn)

    monkeypatch.setattr("serving.lake.shard.item_papers", broken)
    (failed,) = label(lake_run([lake], tmp_path / "out")).failed
    assert failed.problem.endswith("d.parquet: unexpected KeyError ('of a bug').")


def test_paths_are_whole(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers have another working directory than the command."""
    monkeypatch.chdir(tmp_path)
    (file, *_) = look(["lake"])
    assert file.state.name == str(lake / "README.md")
    assert Storage.at("out").below("labels").name == str(tmp_path / "out" / "labels")

"""Runs that are interrupted and resumed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import AreatagError, UsageError
from data.papers import Reject
from model.tags import Score, TagOptions, TagResult
from serving.batch import outputs
from serving.batch.counts import Counts
from serving.batch.outputs import work_path
from serving.batch.partial import ResumableOutput, checkpoint_path
from serving.batch.writers import OutputFormat
from tests.support.properties import SHARED_FIXTURES
from tests.support.recorded_syncs import record_syncs

FINGERPRINT = {"the inputs": "1", "the model": "v1"}
Chunk = tuple[list[TagResult], list[Reject]]


def make_chunks(sizes: list[tuple[int, int]]) -> list[Chunk]:
    """Chunks of so many labels and rejects."""
    chunks = []
    for number, (labels, rejects) in enumerate(sizes):
        results = [
            TagResult(f"{number}-{n}", "Title", (Score("a", "A", 0.5),), (), False, (), "v1") for n in range(labels)
        ]
        chunks.append((results, [Reject(f"{number}.jsonl", n, "bad") for n in range(rejects)]))
    return chunks


def open_output(folder: Path, name: str, *, resume: bool = False, model: str = "v1") -> ResumableOutput:
    """The output of a run of `label -o NAME`."""
    return ResumableOutput(
        folder / name,
        folder / f"{name}.rejected.jsonl",
        OutputFormat.PARQUET if "parquet" in name else OutputFormat.CSV if "csv" in name else OutputFormat.JSONL,
        TagOptions(),
        FINGERPRINT | {"the model": model},
        resume=resume,
    )


def write(output: ResumableOutput, chunks: list[Chunk]) -> None:
    """Write chunks as the labelling loop does."""
    for results, rejects in chunks:
        counts = output.counts
        labelled, rejected = counts.labelled + len(results), counts.rejected + len(rejects)
        output.write(results, rejects, Counts(labelled + rejected, labelled, rejected))


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@settings(max_examples=25, suppress_health_check=SHARED_FIXTURES)
@given(
    sizes=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=4),
    stop=st.integers(0, 4),
    torn=st.binary(max_size=9),
    name=st.sampled_from(["out.jsonl", "out.jsonl.gz", "out.csv", "out.parquet"]),
)
def test_resumed_files_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, int]], stop: int, torn: bytes, name: str
) -> None:
    """A run killed after any chunk, in the middle of a write, ends with the bytes of a whole run."""
    chunks = make_chunks(sizes)
    whole, resumed = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("resumed")
    with open_output(whole, name) as output:
        write(output, chunks)
        output.finish()
    with open_output(resumed, name) as output:
        write(output, chunks[:stop])
    for final in (resumed / name, resumed / f"{name}.rejected.jsonl"):
        with work_path(final).open("ab") as file:
            file.write(torn)
    with open_output(resumed, name, resume=True) as output:
        assert output.counts.labelled == sum(labels for labels, _ in sizes[:stop])
        write(output, chunks[stop:])
        output.finish()
    assert contents(resumed) == contents(whole)
    labels, rejects = (sum(numbers) for numbers in zip((0, 0), *sizes, strict=True))
    expected = [name] * (labels > 0) + [f"{name}.rejected.jsonl"] * (rejects > 0)
    assert sorted(contents(whole)) == expected


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_kill_while_finishing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, step: int) -> None:
    """A run killed between two steps of putting files in place is completed by --resume."""
    steps = iter(range(step))
    real_replace, real_unlink = os.replace, Path.unlink

    def count(path: Path) -> None:
        if path.suffix != ".tmp" and next(steps, None) is None:
            raise KeyboardInterrupt

    def replace(source: Path, target: Path) -> None:
        count(source)
        real_replace(source, target)

    def unlink(path: Path, missing_ok: bool = False) -> None:
        count(path)
        real_unlink(path, missing_ok)

    output = open_output(tmp_path, name)
    with output:
        write(output, make_chunks([(2, 1)]))
        with monkeypatch.context() as patch:
            patch.setattr(outputs.WorkFile.publish, "__defaults__", (replace,))
            patch.setattr(Path, "unlink", unlink)
            with pytest.raises(KeyboardInterrupt):
                output.finish()
    with open_output(tmp_path, name, resume=True) as output:
        assert output.finished and output.counts == Counts(3, 2, 1)
        output.finish()
    assert set(contents(tmp_path)) == {name, f"{name}.rejected.jsonl"}
    assert all(contents(tmp_path).values())


def test_other_model_or_inputs(tmp_path: Path) -> None:
    """A run with another model is not continued, and says what changed; without resume it starts over."""
    with open_output(tmp_path, "out.jsonl") as output:
        write(output, make_chunks([(2, 1)]))
    with pytest.raises(UsageError, match=r"the model changed since the run stopped\. Run without --resume"):
        open_output(tmp_path, "out.jsonl", resume=True, model="v2")
    with open_output(tmp_path, "out.jsonl", model="v2") as output:
        assert output.counts == Counts()
        output.finish()
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("damage", ["{", "[]", '{"counts": {}}', '{"counts": {"no": 1}}'])
def test_damaged_checkpoint(tmp_path: Path, damage: str) -> None:
    """A checkpoint that cannot be read is an error that says how to start over."""
    with open_output(tmp_path, "out.jsonl"):
        pass
    checkpoint_path(tmp_path / "out.jsonl").write_text(damage)
    with pytest.raises(AreatagError, match=r"is damaged\. Run without --resume"):
        open_output(tmp_path, "out.jsonl", resume=True)


def test_partial_file_cut_or_gone(tmp_path: Path) -> None:
    """A partial file shorter than the checkpoint says is an error, not a file with a hole."""
    with open_output(tmp_path, "out.jsonl") as output:
        write(output, make_chunks([(2, 0)]))
    work_path(tmp_path / "out.jsonl").unlink()
    with pytest.raises(AreatagError, match="is shorter than when the run stopped"):
        open_output(tmp_path, "out.jsonl", resume=True)


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk that the disk does not take is an error that says how to go on; earlier ones are kept."""
    chunks = make_chunks([(2, 1), (3, 0)])

    def fail(file: object, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with open_output(tmp_path, "out.jsonl") as output:
        write(output, chunks[:1])
        with monkeypatch.context() as patch:
            patch.setattr(outputs, "_write_all", fail)
            with pytest.raises(AreatagError, match=r"No space left on device.* again with --resume"):
                write(output, chunks[1:])
    with open_output(tmp_path, "out.jsonl", resume=True) as output:
        assert output.counts == Counts(3, 2, 1)


def test_a_chunk_is_on_the_disk_before_the_checkpoint_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels, rejects, then the new checkpoint, its name, and at the end the names of the finished files."""
    checkpoint = [
        ("sync", "out.jsonl.partial.json.new"),
        ("rename", "out.jsonl.partial.json.new", "out.jsonl.partial.json"),
        ("sync", "."),
    ]
    rejects = "out.jsonl.rejected.jsonl"
    with open_output(tmp_path, "out.jsonl") as output:
        events = record_syncs(monkeypatch, tmp_path)
        write(output, make_chunks([(2, 1)]))
        assert events == [("sync", "out.jsonl.partial"), ("sync", f"{rejects}.partial"), *checkpoint]
        events.clear()
        monkeypatch.setattr(outputs.WorkFile.publish, "__defaults__", (os.replace,))
        output.finish()
        assert events == [
            *checkpoint,
            ("rename", f"{rejects}.partial", rejects),
            ("rename", "out.jsonl.partial", "out.jsonl"),
            ("sync", "."),
        ]


def test_a_new_run_cuts_no_file_of_which_a_checkpoint_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the two, it would leave a checkpoint of more labels than there are."""
    with open_output(tmp_path, "out.jsonl") as output:
        write(output, make_chunks([(2, 1)]))
    left = work_path(tmp_path / "out.jsonl").stat().st_size
    sizes: list[int] = []
    replace = os.replace

    def noted(source: Path, target: Path) -> None:
        sizes.append(work_path(tmp_path / "out.jsonl").stat().st_size)
        replace(source, target)

    monkeypatch.setattr(os, "replace", noted)
    with open_output(tmp_path, "out.jsonl", model="v2"):
        assert sizes == [left] != [0]
        assert work_path(tmp_path / "out.jsonl").stat().st_size == 0


def test_a_table_begins_with_its_header(tmp_path: Path) -> None:
    """Once, before the first label, whatever came before and however often the run was interrupted."""
    chunks = make_chunks([(0, 1), (2, 0), (1, 0)])
    for number, chunk in enumerate(chunks):
        with open_output(tmp_path, "out.csv", resume=number > 0) as output:
            write(output, [chunk])
    with open_output(tmp_path, "out.csv", resume=True) as output:
        output.finish()
    header, *rows = (tmp_path / "out.csv").read_text().splitlines()
    assert header.startswith("id,title,areas") and len(rows) == 3
    assert not any(row.startswith("id,") for row in rows)


def test_without_rejects_those_of_an_earlier_run_are_removed(tmp_path: Path) -> None:
    """They would be taken for this one's; with some, they are replaced."""
    rejected = tmp_path / "out.jsonl.rejected.jsonl"
    rejected.write_text("of an earlier run\n")
    with open_output(tmp_path, "out.jsonl") as output:
        write(output, make_chunks([(1, 1)]))
        assert rejected.read_text() == "of an earlier run\n"
        output.finish()
    assert "bad" in rejected.read_text() and "earlier" not in rejected.read_text()
    with open_output(tmp_path, "out.jsonl") as output:
        write(output, make_chunks([(1, 0)]))
        output.finish()
    assert set(contents(tmp_path)) == {"out.jsonl"}


def test_all_that_changed_is_named(tmp_path: Path) -> None:
    """What the two runs have in common is not; a thing that is new counts as changed."""
    saved, given = {"the model": "v1", "the inputs": "1"}, {"the model": "v2", "the inputs": "1", "the options": "x"}
    files = tmp_path / "out.jsonl", tmp_path / "rejected.jsonl", OutputFormat.JSONL, TagOptions()
    with ResumableOutput(*files, saved, resume=False):
        pass
    with pytest.raises(UsageError, match=r"out\.jsonl: the model and the options changed since the run stopped"):
        ResumableOutput(*files, given, resume=True)
    with ResumableOutput(*files, saved, resume=True) as output:  # the locks were given back
        assert output.counts == Counts()

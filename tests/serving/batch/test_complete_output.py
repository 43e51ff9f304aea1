"""Whether an output is complete, or a run was interrupted on the way to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import AreatagError
from data.file_lock import lock_output, lock_path
from serving.batch.counts import Counts
from serving.batch.outputs import work_path
from serving.batch.partial import checkpoint_path, is_complete, nothing_to_resume, records_done
from tests.serving.batch.test_partial import contents, make_chunks, open_output, write


@pytest.mark.parametrize("resume", [True, False])
def test_a_complete_output_is_left_alone_only_when_resumed(tmp_path: Path, resume: bool) -> None:
    """Without --resume it is made anew."""
    with open_output(tmp_path, "out.jsonl") as output:
        assert not output.complete
        write(output, make_chunks([(2, 0)]))
        output.finish()
    before = contents(tmp_path)
    with open_output(tmp_path, "out.jsonl", resume=resume) as output:
        assert output.complete is resume and output.counts == Counts() and not output.finished
        assert checkpoint_path(tmp_path / "out.jsonl").exists() is not resume
    assert contents(tmp_path)["out.jsonl"] == before["out.jsonl"]


def test_an_output_beside_a_checkpoint_is_not_complete(tmp_path: Path) -> None:
    """It is of the run before the one that was interrupted."""
    path, rejected = tmp_path / "out.jsonl", tmp_path / "out.jsonl.rejected.jsonl"
    assert not is_complete(path) and not nothing_to_resume(path, rejected) and records_done(path) is None
    path.touch()
    assert is_complete(path) and nothing_to_resume(path, rejected)
    with open_output(tmp_path, "out.jsonl") as output:
        write(output, make_chunks([(2, 1)]))
    assert not is_complete(path) and not nothing_to_resume(path, rejected)
    assert records_done(path) == 3
    checkpoint_path(path).write_text("{")
    assert records_done(path) is None


def test_what_a_run_killed_at_its_very_end_left_is_removed(tmp_path: Path) -> None:
    """The files of its locks; those of a run that is at work are in use."""
    path, rejected = tmp_path / "out.jsonl", tmp_path / "out.jsonl.rejected.jsonl"
    path.touch()
    locks = [lock_path(work_path(final)) for final in (path, rejected)]
    for lock in locks:
        lock.touch()
    assert nothing_to_resume(path, rejected)
    assert set(contents(tmp_path)) == {"out.jsonl"}
    with lock_output(rejected, work_path(rejected)), pytest.raises(AreatagError, match=r"Another run is writing .*rej"):
        nothing_to_resume(path, rejected)

"""What goes wrong around `areatag label`: a sentence each, and the rest is done."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from model.tagger import Tagger
from tests.serving.cli.conftest import Command, areatag, ids, write_lines
from tests.serving.cli.fake_tagger import FakeTagger, use_fake_tagger
from tests.serving.cli.test_label_killed import contents, label

__all__ = ["areatag"]  # a fixture
PAPERS = [{"id": f"p{number}", "title": f"On segmentation, part {number}"} for number in range(60)]


def test_shards_that_are_gone_or_cannot_be_read(
    areatag: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each costs one rejected record that names it; the papers of all others are labelled."""
    lake, out = tmp_path / "lake", tmp_path / "out.jsonl"
    lake.mkdir()
    write_lines(lake / "a.jsonl", PAPERS[:20])
    pq.write_table(pa.Table.from_pylist(PAPERS[20:40]), lake / "b-cut.parquet")
    content = (lake / "b-cut.parquet").read_bytes()
    (lake / "b-cut.parquet").write_bytes(content[: len(content) // 2])
    (lake / "c-torn.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00 no such thing")
    write_lines(lake / "d-gone.jsonl", PAPERS[20:40])
    pq.write_table(pa.Table.from_pylist(PAPERS[20:40]), lake / "e-gone.parquet")
    write_lines(lake / "f.jsonl", PAPERS[40:])

    def load(*_: object, **__: object) -> FakeTagger:
        """The files were listed before the model is loaded."""
        for path in lake.glob("*-gone.*"):
            path.unlink()
        return FakeTagger()

    monkeypatch.setattr(Tagger, "load", load)
    outcome = areatag("label", lake, "-o", out)
    assert outcome.code == 0 and "read 44 = labelled 40 + rejected 4" in outcome.err
    assert ids(out) == [f"p{number}" for number in (*range(20), *range(40, 60))]
    rejects = [json.loads(line) for line in (tmp_path / "out.jsonl.rejected.jsonl").read_text().splitlines()]
    assert [Path(reject["file"]).name[0] for reject in rejects] == ["b", "c", "d", "e"]
    assert ["cannot be opened (No such file" in reject["reason"] for reject in rejects] == [False, False, True, True]
    assert all(reject["reason"].count("\n") == 0 for reject in rejects)


def limited_to(size: int) -> Callable[[], None]:
    """Let no file of a process get longer, as on a disk that is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet"])
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One sentence that says how to go on; with room again the run ends with the bytes of one never interrupted."""
    use_fake_tagger(monkeypatch)
    monkeypatch.setattr("serving.batch.chunks.CHUNK_RECORDS", 3)
    source = write_lines(tmp_path / "papers.jsonl", [*PAPERS[:30], "{bad", *PAPERS[30:]])
    whole, full = tmp_path / "whole", tmp_path / "full"
    whole.mkdir()
    full.mkdir()
    log = tmp_path / "log"
    assert label(log, source, "-o", whole / name).code == 0
    for size in (3000, 5000):
        ended = label(log, source, "-o", full / name, "--resume", prepare=limited_to(size))
        assert ended.code == 1 and "Make room, then run again with --resume." in ended.err
        assert "Traceback" not in ended.err and ended.err.count("Cannot write") == 1
    assert label(log, source, "-o", full / name, "--resume").code == 0
    assert contents(full) == contents(whole)

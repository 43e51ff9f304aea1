"""How much of the inputs has been read."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.readers import ReadingPlace, read_papers

ROWS = [
    {"id": str(number), "title": f"On geese, part {number}", "abstract": "We count. " * 40} for number in range(3000)
]


def write(folder: Path, name: str) -> Path:
    """The rows in a format."""
    path = folder / name
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=300)
    else:
        content = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("name", ["papers.jsonl", "papers.jsonl.gz", "papers.parquet"])
def test_what_is_read_grows_to_the_whole(tmp_path: Path, name: str) -> None:
    """Whatever the format; it never falls, and half of the records are about half of it."""
    write(tmp_path, f"a-{name}")
    write(tmp_path, f"b-{name}")
    place = ReadingPlace()
    assert (place.read, place.total) == (0, 0)
    read = [place.read for _ in read_papers([tmp_path], place=place)]
    assert place.total == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert len(read) == 6000 and read == sorted(read)
    assert read[2999] <= place.total / 2 < read[3300] <= read[-1] <= place.read == place.total


def test_of_a_pipe_it_is_not_known(tmp_path: Path) -> None:
    """Nor of several inputs, one of which is a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    place = ReadingPlace()
    read_papers([write(tmp_path, "papers.jsonl"), pipe], place=place)
    assert (place.read, place.total) == (0, 0)

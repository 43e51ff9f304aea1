"""A teacher's probabilities are kept to a step of 1/255, and those below 0.02 are 0."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from data.errors import AreatagError, UsageError
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY
from training.bundled.teacher_probabilities import (
    LEAST,
    TeacherBatch,
    read_teacher_probabilities,
    write_teacher_probabilities,
)

AREAS = parse_taxonomy(TAXONOMY, "tiny")


ROWS = arrays(np.float32, st.tuples(st.integers(1, 4), st.just(3)), elements=st.floats(0, 1, width=32))


@given(batches=st.lists(ROWS))
def test_they_are_read_as_they_were_written(batches: list[np.ndarray]) -> None:
    """Whatever they are, for any number of papers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.parquet"
        written = [TeacherBatch(tuple(f"{n}-{row}" for row in range(len(b))), b) for n, b in enumerate(batches)]
        write_teacher_probabilities(path, AREAS, "a version", written)
        read = list(read_teacher_probabilities(path, AREAS))
    assert [paper for batch in read for paper in batch.ids] == [paper for batch in written for paper in batch.ids]
    for before, after in zip(
        np.concatenate(batches) if batches else [], [row for batch in read for row in batch.probabilities], strict=True
    ):
        kept = before >= LEAST
        assert (after[~kept] == 0).all() and np.abs(after[kept] - before[kept]).max(initial=0) <= 0.5 / 255 + 1e-6


def test_what_is_no_such_file(tmp_path: Path) -> None:
    """The sentence says what is wrong."""
    path = tmp_path / "said.parquet"
    with pytest.raises(UsageError, match="Cannot read"):
        list(read_teacher_probabilities(path, AREAS))
    path.write_bytes(b"no Parquet")
    with pytest.raises(AreatagError, match="no file of a teacher"):
        list(read_teacher_probabilities(path, AREAS))
    pq.write_table(pa.table({"id": ["a"]}), path)
    with pytest.raises(AreatagError, match="no probabilities of a teacher"):
        list(read_teacher_probabilities(path, AREAS))
    other = parse_taxonomy(TAXONOMY.replace("sky/birds", "sky/clouds"), "other")
    write_teacher_probabilities(path, other, "a version", [])
    with pytest.raises(UsageError, match="another taxonomy"):
        list(read_teacher_probabilities(path, AREAS))

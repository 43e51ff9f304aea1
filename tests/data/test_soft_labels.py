"""The Parquet file of soft labels."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.errors import AreatagError, UsageError
from data.papers import Paper
from data.soft_labels import FunctionSummary, Provenance, SoftLabelBatch, SoftLabels, write_soft_labels
from data.taxonomy_file import parse_taxonomy

_TAXONOMY = parse_taxonomy("fields: [{id: f, name: F, areas: [{id: fish, name: A}, {id: '7', name: é}]}]", "t")
_PROVENANCE = Provenance(
    inputs=("papers.jsonl",),
    functions=(FunctionSummary(name="phrases", coverage=0.5, rates={"sensitivity": 0.75}),),
    settings={"prior": 0.1, "seed": 0, "shared": True, "kind": "dawid-skene"},
)


def _batch(count: int) -> SoftLabelBatch:
    papers = tuple(Paper(f"{number}", f"Title {number}", "They swim." * number) for number in range(count))
    probabilities = np.linspace(0, 1, 2 * count, dtype=np.float32).reshape(count, 2)
    probabilities[0, 1] = np.nan
    return SoftLabelBatch(papers, probabilities, np.arange(count, dtype=np.float32))


def _written(tmp_path: Path, count: int = 5) -> Path:
    path = tmp_path / "soft.parquet"
    assert write_soft_labels(path, _TAXONOMY, _PROVENANCE, [_batch(count)]) == count
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Papers, probabilities with NaN, weights, taxonomy and provenance survive, in batches of any size."""
    path = tmp_path / "soft.parquet"
    assert write_soft_labels(path, _TAXONOMY, _PROVENANCE, [_batch(5), _batch(2)]) == 7
    soft = SoftLabels(path)
    assert (soft.rows, soft.taxonomy, soft.provenance) == (7, _TAXONOMY, _PROVENANCE)
    for size in (1, 3, 1000):
        batches = list(soft.batches(size))
        expected = [_batch(5), _batch(2)]
        assert max(len(batch.papers) for batch in batches) <= size
        assert sum((batch.papers for batch in batches), ()) == sum((batch.papers for batch in expected), ())
        for name in ("probabilities", "weights"):
            found = np.concatenate([getattr(batch, name) for batch in batches])
            assert found.dtype == np.float32
            np.testing.assert_array_equal(found, np.concatenate([getattr(batch, name) for batch in expected]))


def test_other_tools_can_read_the_columns(tmp_path: Path) -> None:
    """The file is plain Parquet with the documented columns."""
    table = pq.read_table(_written(tmp_path))
    assert table.column_names == ["id", "title", "abstract", "probabilities", "weight"]
    assert table.schema.field("probabilities").type.list_size == 2


def test_a_failing_source_leaves_no_file(tmp_path: Path) -> None:
    """The file appears only when every batch was written."""

    def batches() -> Iterator[SoftLabelBatch]:
        yield _batch(3)
        raise AreatagError("no more")

    with pytest.raises(AreatagError, match="no more"):
        write_soft_labels(tmp_path / "soft.parquet", _TAXONOMY, _PROVENANCE, batches())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device /dev/full")
def test_a_full_disk_is_explained() -> None:
    """The error of the disk passes through the Parquet writer."""
    with pytest.raises(AreatagError, match="/dev/full failed: the disk is full"):
        write_soft_labels(Path("/dev/full"), _TAXONOMY, _PROVENANCE, [_batch(3)])


def test_wrong_arrays_are_refused(tmp_path: Path) -> None:
    """Shapes and ranges are checked before anything is written."""
    good = _batch(3)
    for bad in (
        SoftLabelBatch(good.papers[:2], good.probabilities, good.weights),
        SoftLabelBatch(good.papers, good.probabilities[:, :1], good.weights),
        SoftLabelBatch(good.papers, good.probabilities + 1, good.weights),
        SoftLabelBatch(good.papers, good.probabilities, good.weights - 1),
        SoftLabelBatch(good.papers, good.probabilities, good.weights * np.float32("nan")),
    ):
        with pytest.raises(ValueError, match=r"Expected|has a"):
            write_soft_labels(tmp_path / "soft.parquet", _TAXONOMY, _PROVENANCE, [bad])


def test_files_that_hold_no_soft_labels_are_told_apart(tmp_path: Path) -> None:
    """A missing, foreign, truncated or garbled file is answered with its path and what to do."""
    path = _written(tmp_path)
    content = path.read_bytes()
    with pytest.raises(UsageError, match="No such file"):
        SoftLabels(tmp_path / "none.parquet")
    for damaged in (b"", b"hello", content[:-10], content[: len(content) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(AreatagError, match="no complete Parquet file"):
            SoftLabels(path)
    pq.write_table(pa.table({"id": ["1"]}), path)
    with pytest.raises(AreatagError, match="holds no soft labels"):
        SoftLabels(path)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (b"{}", "metadata of .* is damaged"),
        (b'{"format": 2, "area_ids": [], "taxonomy": "", "provenance": {}}', "version 2"),
        (b'{"format": 1, "area_ids": [], "taxonomy": "x", "provenance": {}}', "its taxonomy"),
        (
            b'{"format": 1, "area_ids": ["b"], "provenance": {},'
            b' "taxonomy": "fields: [{id: f, name: F, areas: [{id: a, name: A}]}]"}',
            "do not fit its taxonomy",
        ),
    ],
)
def test_other_metadata_is_refused(tmp_path: Path, metadata: bytes, message: str) -> None:
    """Damaged metadata, another format version and a taxonomy that does not fit are told apart."""
    path = _written(tmp_path)
    pq.write_table(pq.read_table(path).replace_schema_metadata({b"areatag": metadata}), path)
    with pytest.raises(AreatagError, match=message):
        SoftLabels(path)


def test_damage_in_the_pages_is_found_while_reading(tmp_path: Path) -> None:
    """Bytes altered after the header raise an error instead of wrong labels or a crash."""
    path = _written(tmp_path, 500)
    content = bytearray(path.read_bytes())
    content[50:400] = bytes(350)
    path.write_bytes(content)
    with pytest.raises(AreatagError, match=r"soft\.parquet"):
        list(SoftLabels(path).batches())

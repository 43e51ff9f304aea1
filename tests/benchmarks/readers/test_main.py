"""Tests of the benchmark of the readers."""

from pathlib import Path

from benchmarks.readers.__main__ import Reading, Readings, measured, table


def test_a_format_is_measured(tmp_path: Path) -> None:
    """Each size is one file; the checkout itself is as fast as itself."""
    readings = measured("tsv", [1, 1], tmp_path, Path(__file__).parents[3])
    assert [round(reading.megabytes) for reading in readings.readings] == [1, 1]
    assert readings.before is not None and readings.before.papers == readings.readings[-1].papers > 500
    assert all(reading.speed > 0 and reading.mebibytes > 1 for reading in readings.readings)
    assert table({"tsv": readings}).row_count == 1


def test_what_is_linear_and_flat() -> None:
    """The largest file is compared with the one before it."""
    small, large = Reading(2, 10, 0.1, 50), Reading(20, 100, 1.0, 60)
    assert Readings([small, large]).is_linear and Readings([small, large]).is_flat
    assert not Readings([small, Reading(20, 100, 2.0, 60)]).is_linear
    assert not Readings([small, Reading(20, 100, 1.0, 100)]).is_flat
    assert Readings([large]).is_linear and Readings([large]).is_flat


def test_a_checkout_that_cannot_read_a_format(tmp_path: Path) -> None:
    """Nothing is compared with it."""
    assert measured("tsv", [1], tmp_path, tmp_path).before is None

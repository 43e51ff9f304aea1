"""What the overhead of Ray is computed from."""

from __future__ import annotations

import pytest

from benchmarks.scale.ray_overhead import Speed, summary
from data.errors import AreatagError


def test_a_speed_is_that_of_the_papers_more() -> None:
    """100 papers in 60 seconds and 200 in 110: two a second, and ten seconds that have nothing to do with papers."""
    speed = Speed.of((100, 200), (60.0, 110.0))
    assert (speed.papers_per_second, speed.start_seconds) == (2.0, 10.0)
    with pytest.raises(AreatagError, match="took no longer than half of it"):
        Speed.of((100, 200), (60.0, 60.0))


def test_the_overhead_is_of_each_turn() -> None:
    """With its spread, so that one slow turn is seen."""
    turns = [{"local": Speed(10.0, 1.0), "ray": Speed(ray, 9.0)} for ray in (8.0, 10.0, 5.0)]
    found = summary(turns)
    assert found["overhead"] == {"median": 0.25, "least": 0.0, "most": 1.0}
    assert [turn["overhead"] for turn in found["turns"]] == [0.25, 0.0, 1.0]
    assert found["papers_per_second"] == {"local": 10.0, "ray": 8.0}
    assert found["start_seconds"] == {"local": 1.0, "ray": 9.0}

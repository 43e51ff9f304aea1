"""Invented lakes, and what makes a run over them the same as the local engine's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.scale.lakes import ROOT, LakeSize, compare, make_lake
from data.papers import Paper, Reject
from data.readers import read_papers


def answer(paper: str, **scores: float) -> dict[str, Any]:
    """A label record."""
    return {"id": paper, "areas": [{"id": area, "score": score} for area, score in scores.items()]}


def test_a_lake_has_its_papers_and_a_reject_in_each_file(tmp_path: Path) -> None:
    """In both formats."""
    make_lake(tmp_path / "lake", LakeSize(files=3, papers=4, words=30))
    records = list(read_papers([tmp_path / "lake"]))
    assert sum(isinstance(record, Paper) for record in records) == 12
    assert sum(isinstance(record, Reject) for record in records) == 3


def test_what_is_compared() -> None:
    """Missing papers, papers there twice or from nowhere, other areas, and how far scores are apart."""
    expected = [answer("a", x=0.9), answer("b", x=0.5, y=0.4), answer("c")]
    same = compare(expected, [answer("b", x=0.5, y=0.375), answer("c"), answer("a", x=0.9)])
    assert same.is_same and abs(same.largest_difference - 0.025) < 1e-9
    other = compare(expected, [answer("a", y=0.9), answer("a", y=0.9), answer("d")])
    assert (other.missing, other.twice, other.other_areas, other.is_same) == (2, 2, 1, False)


def test_the_page_shows_the_script_for_spark() -> None:
    """To the letter, so that what is shown is what was run."""
    script = (ROOT / "benchmarks" / "scale" / "spark_tagger.py").read_text()
    assert f"```python\n# spark_tagger.py\n{script}```\n" in (ROOT / "docs" / "scale.md").read_text()

"""Tests of benchmarks.readers.formats."""

from pathlib import Path

import pytest

from benchmarks.readers.formats import FORMATS, write_file
from data.papers import Paper
from data.readers import read_papers


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "parquet"])
def test_a_file_has_the_papers_that_were_written(tmp_path: Path, name: str) -> None:
    """All of them can be read, with title and abstract."""
    path = tmp_path / "papers"
    count = write_file(name, path, 30_000)
    papers = list(read_papers([path]))
    assert len(papers) == count and path.stat().st_size >= 30_000
    assert all(isinstance(paper, Paper) and paper.title and len(paper.abstract.split()) >= 80 for paper in papers)
    assert len({paper.id for paper in papers if isinstance(paper, Paper)}) == count


def test_parquet(tmp_path: Path) -> None:
    """It is written in row groups."""
    path = tmp_path / "papers"
    assert write_file("parquet", path, 1) == sum(1 for _ in read_papers([path]))

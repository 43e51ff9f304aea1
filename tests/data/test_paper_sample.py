"""A sample of papers from a stream."""

from collections import Counter
from pathlib import Path

from data.paper_sample import PaperSample, read_sample
from data.papers import Paper

PAPERS = [Paper(str(number), f"Title {number}", "An abstract.") for number in range(20)]


def test_every_paper_has_the_same_chance() -> None:
    """Over many seeds the first and the last paper are drawn about as often."""
    counts = Counter(paper.id for seed in range(600) for paper in PaperSample.of(PAPERS, 5, seed).papers())
    assert sum(counts.values()) == 3000
    assert all(100 < counts[paper.id] < 205 for paper in PAPERS)


def test_papers_without_an_abstract_are_passed_over() -> None:
    """They would not look like whole papers."""
    sample = PaperSample.of([Paper("t", "Only a title"), *PAPERS[:2]], 10, 0)
    assert {paper.id for paper in sample.papers()} == {"0", "1"}


def test_survives_the_disk(tmp_path: Path) -> None:
    """An interrupted training finds its sample again; without one there is none."""
    assert read_sample(tmp_path) == []
    sample = PaperSample.of(PAPERS, 5, 0)
    sample.write(tmp_path)
    assert read_sample(tmp_path) == sample.papers()

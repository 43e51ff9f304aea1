"""The labelling loop."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import AreatagError
from data.papers import Paper, Reject, RepeatedIds
from model.tags import TagOptions, TagResult
from serving.batch import label as batch
from serving.batch.label import Counts, label_papers
from tests.serving.cli.fake_tagger import FakeTagger


class Memory:
    """An output that keeps everything, by chunk."""

    def __init__(self, counts: Counts | None = None) -> None:
        self.counts = counts or Counts()
        self.results: list[TagResult] = []
        self.rejects: list[Reject] = []
        self.chunks: list[int] = []
        self.finished = False

    def write(self, results: Sequence[TagResult], rejects: Sequence[Reject], counts: Counts) -> None:
        """Keep a chunk."""
        self.results += results
        self.rejects += rejects
        self.chunks.append(counts.read - self.counts.read)
        self.counts = counts

    def finish(self) -> None:
        """Nothing is left to do."""


def records(kinds: Sequence[str]) -> list[Paper | Reject]:
    """A paper with each text as its id, or a reject where the text is empty."""
    return [
        Paper(kind, f"Title of {kind}") if kind else Reject("f.jsonl", line, "bad")
        for line, kind in enumerate(kinds, start=1)
    ]


@given(st.lists(st.sampled_from(["", "a", "b", "c", "d"]), max_size=40))
def test_every_record_is_accounted_for(kinds: list[str]) -> None:
    """Labels and rejects come in input order, none is lost, and read = labelled + rejected."""
    output = Memory()
    counts = label_papers(records(kinds), FakeTagger(), TagOptions(explain=True), output)
    assert [result.id for result in output.results] == [kind for kind in kinds if kind]
    assert [reject.line for reject in output.rejects] == [n for n, kind in enumerate(kinds, 1) if not kind]
    assert counts == output.counts
    assert counts.read == len(kinds) == counts.labelled + counts.rejected
    assert counts.repeated == counts.labelled - len({kind for kind in kinds if kind})


@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=30), st.integers(0, 9))
def test_resumed_run_gives_the_rest(kinds: list[str], chunks: int) -> None:
    """A run that starts after some chunks writes what the whole run writes after them, warnings included."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "CHUNK_RECORDS", 3)
        whole = Memory()
        label_papers(records(kinds), FakeTagger(), TagOptions(), whole)
        before = Memory()
        label_papers(records(kinds[: 3 * chunks]), FakeTagger(), TagOptions(), before)
        rest = Memory(before.counts)
        label_papers(records(kinds), FakeTagger(), TagOptions(), rest)
    assert before.results + rest.results == whole.results
    assert before.rejects + rest.rejects == whole.rejects
    assert rest.counts == whole.counts


def test_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are tagged and written a chunk at a time; a chunk of rejects does not reach the tagger."""
    monkeypatch.setattr(batch, "CHUNK_RECORDS", 2)
    tagger, output = FakeTagger(), Memory()
    seen: list[Counts] = []
    label_papers(records(["a", "b", "", "", "c"]), tagger, TagOptions(), output, on_progress=seen.append)
    assert tagger.calls == [2, 1]
    assert output.chunks == [2, 2, 1]
    assert [counts.read for counts in seen] == [2, 4, 5]


@given(st.lists(st.integers(0, 2 * batch.CHUNK_CHARACTERS // 3), max_size=8))
def test_chunks_are_bounded_in_characters(lengths: list[int]) -> None:
    """A chunk ends with the paper that fills it, however few it has; all papers are labelled."""
    output = Memory()
    papers = [Paper(str(number), "t" * (length // 2), "a" * (length // 2)) for number, length in enumerate(lengths)]
    label_papers(papers, FakeTagger(), TagOptions(), output)
    ends = [sum(output.chunks[: number + 1]) for number in range(len(output.chunks))]
    assert len(output.results) == len(papers)
    for start, end in zip([0, *ends], ends, strict=False):
        assert sum(map(len, (paper.title + paper.abstract for paper in papers[start : end - 1]))) < (
            batch.CHUNK_CHARACTERS
        )


def test_what_was_cut_is_a_warning_of_its_paper() -> None:
    """The warnings of the reading come first, then those of the run and of the tagger."""
    output = Memory()
    papers = [Paper("1", "Geese", warnings=("the title was cut",)), Paper("1", "Herons")]
    label_papers(papers, FakeTagger(), TagOptions(), output)
    assert [result.warnings for result in output.results] == [("the title was cut",), (RepeatedIds("run").warning,)]


def test_strict_stops_at_the_first_reject() -> None:
    """With strict, a reject is an error that names file, line and reason."""
    with pytest.raises(AreatagError, match=r"f\.jsonl, line 2: bad\."):
        label_papers(records(["a", "", "b"]), FakeTagger(), TagOptions(), Memory(), strict=True)


def test_summary() -> None:
    """The summary is the equation."""
    assert Counts(read=3, labelled=2, rejected=1).summary() == "read 3 = labelled 2 + rejected 1"

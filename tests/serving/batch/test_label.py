"""The labelling loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from data.errors import AreatagError
from data.papers import Paper, Reject
from model.tags import TagOptions, TagResult
from serving.batch import chunks, window
from serving.batch.counts import Counts
from serving.batch.label import label_papers
from serving.batch.seen_ids import REPEATED_ID
from tests.serving.cli.fake_tagger import FakeTagger
from tests.support.properties import SHARED_FIXTURES
from tests.support.waiting import PATIENCE


class Memory:
    """An output that keeps everything, by chunk."""

    def __init__(self, counts: Counts | None = None, window_path: Path | None = None) -> None:
        self.counts = counts or Counts()
        self.results: list[TagResult] = []
        self.rejects: list[Reject] = []
        self.chunks: list[int] = []
        self.finished = False
        self.window_path = window_path

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


@settings(suppress_health_check=SHARED_FIXTURES)
@given(st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "f"]), max_size=30), st.integers(0, 9))
def test_resumed_run_gives_the_rest(tmp_path: Path, kinds: list[str], done: int) -> None:
    """A run that starts after some chunks writes what the whole run writes after them, warnings included.

    It tags what that tags, and no paper that is identical to one of the window.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_RECORDS", 3)
        patch.setattr(window, "CHUNK_RECORDS", 3)
        patch.setattr(window, "WINDOW_PAPERS", 4)
        whole, before = Memory(), Memory(window_path=tmp_path / "window")
        tagger, first, second = FakeTagger(), FakeTagger(), FakeTagger()
        label_papers(records(kinds), tagger, TagOptions(), whole)
        label_papers(records(kinds[: 3 * done]), first, TagOptions(), before)
        rest = Memory(before.counts, tmp_path / "window")
        label_papers(records(kinds), second, TagOptions(), rest)
    assert before.results + rest.results == whole.results
    assert before.rejects + rest.rejects == whole.rejects
    assert rest.counts == whole.counts
    assert sorted(first.calls + second.calls) == sorted(tagger.calls)
    assert sum(tagger.calls) >= len({kind for kind in kinds if kind})


def test_identical_papers_are_tagged_once() -> None:
    """Each gets its own id; they are found also while the first of them is being tagged."""
    output, tagger = Memory(), FakeTagger()
    papers = [Paper(str(number), "On segmentation", f"Part {number % 7}.") for number in range(3000)]
    label_papers(papers, tagger, TagOptions(), output)
    assert sum(tagger.calls) == 7
    assert [result.id for result in output.results] == [paper.id for paper in papers]
    assert {result.areas for result in output.results} == {result.areas for result in FakeTagger().tag(papers)}


def test_a_failure_ends_the_predictions() -> None:
    """Nobody waits for a chunk that nobody wants any more."""

    class Slow(FakeTagger):
        cancelled = Event()

        def predict(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
            assert self.cancelled.wait(PATIENCE)
            raise CancelledError

        def cancel(self) -> None:
            self.cancelled.set()

    def failing() -> Iterator[Paper]:
        yield from (Paper(str(number), f"On part {number}") for number in range(600))
        raise AreatagError("The cable was cut.")

    with pytest.raises(AreatagError, match="cable"):
        label_papers(failing(), Slow(), TagOptions(), Memory())
    assert Slow.cancelled.is_set()


def test_what_is_predicted_is_written_before_the_input_ends() -> None:
    """Of a slow input, as soon as its next record comes."""
    output, tagger = Memory(), FakeTagger()

    def slow() -> Iterator[Paper]:
        yield from (Paper(str(number), f"On part {number}") for number in range(chunks.CHUNK_RECORDS))
        number = chunks.CHUNK_RECORDS
        while not output.chunks:
            yield Paper(str(number), f"On part {number}")
            number += 1

    label_papers(slow(), tagger, TagOptions(), output)
    assert output.chunks[0] == chunks.CHUNK_RECORDS


def test_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are tagged and written a chunk at a time; a chunk of rejects does not reach the tagger."""
    monkeypatch.setattr(chunks, "CHUNK_RECORDS", 2)
    tagger, output = FakeTagger(), Memory()
    seen: list[Counts] = []
    label_papers(records(["a", "b", "", "", "c"]), tagger, TagOptions(), output, on_progress=seen.append)
    assert sorted(tagger.calls) == [1, 2]
    assert output.chunks == [2, 2, 1]
    assert [counts.read for counts in seen] == [2, 4, 5]


@given(st.lists(st.integers(0, 2 * chunks.CHUNK_CHARACTERS // 3), max_size=8))
def test_chunks_are_bounded_in_characters(lengths: list[int]) -> None:
    """A chunk ends with the paper that fills it, however few it has; all papers are labelled."""
    output = Memory()
    papers = [Paper(str(number), "t" * (length // 2), "a" * (length // 2)) for number, length in enumerate(lengths)]
    label_papers(papers, FakeTagger(), TagOptions(), output)
    ends = [sum(output.chunks[: number + 1]) for number in range(len(output.chunks))]
    assert len(output.results) == len(papers)
    for start, end in zip([0, *ends], ends, strict=False):
        assert sum(map(len, (paper.title + paper.abstract for paper in papers[start : end - 1]))) < (
            chunks.CHUNK_CHARACTERS
        )


def test_what_was_cut_is_a_warning_of_its_paper() -> None:
    """The warnings of the reading come first, then those of the run and of the tagger."""
    output = Memory()
    papers = [Paper("1", "Geese", warnings=("the title was cut",)), Paper("1", "Herons")]
    label_papers(papers, FakeTagger(), TagOptions(), output)
    assert [result.warnings for result in output.results] == [("the title was cut",), (REPEATED_ID,)]


def test_strict_stops_at_the_first_reject() -> None:
    """With strict, a reject is an error that names file, line and reason."""
    with pytest.raises(AreatagError, match=r"f\.jsonl, line 2: bad\."):
        label_papers(records(["a", "", "b"]), FakeTagger(), TagOptions(), Memory(), strict=True)


def test_summary() -> None:
    """The summary is the equation."""
    assert Counts(read=3, labelled=2, rejected=1).summary() == "read 3 = labelled 2 + rejected 1"

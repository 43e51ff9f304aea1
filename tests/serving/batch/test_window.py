"""What the latest papers were predicted."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from data.errors import AreatagError, UsageError
from data.papers import Paper
from serving.batch import window as module
from serving.batch.window import PredictedWindow
from tests.support.properties import SHARED_FIXTURES

Chunks = list[list[str]]
CHUNKS = st.lists(st.lists(st.sampled_from("abcdefghij"), max_size=3), max_size=12)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window of four papers, chunks of three."""
    monkeypatch.setattr(module, "WINDOW_PAPERS", 4)
    monkeypatch.setattr(module, "CHUNK_RECORDS", 3)


def papers(words: Sequence[str]) -> list[Paper]:
    """A paper with each word as its title; the id differs each time."""
    return [Paper(f"{place}", word) for place, word in enumerate(words)]


def predict(new: Sequence[Paper]) -> NDArray[np.float32]:
    """What a model says: the letter, twice."""
    return np.array([[ord(paper.title)] * 2 for paper in new], np.float32).reshape(len(new), 2)


def answered(window: PredictedWindow, chunks: Chunks) -> tuple[list[float], list[list[str]]]:
    """The predictions of all papers, and what had to be predicted."""
    given: list[float] = []
    predicted: list[list[str]] = []
    for chunk in chunks:
        numbers, new = window.number(papers(chunk))
        predicted.append([paper.title for paper in new])
        given += window.predictions(numbers, predict(new))[:, 0].tolist() if chunk else []
    return given, predicted


def expected(chunks: Chunks) -> list[list[str]]:
    """What has to be predicted: a word that is not among the latest four different ones."""
    latest: list[str] = []
    found = []
    for chunk in chunks:
        found.append([word for word in chunk if word not in latest[-4:] and not latest.append(word)])  # type: ignore[func-returns-value]
    return found


@settings(suppress_health_check=SHARED_FIXTURES)
@given(CHUNKS)
def test_identical_papers_are_predicted_once(chunks: Chunks) -> None:
    """Within the window; everybody gets the predictions of the paper's own text."""
    with PredictedWindow() as window:
        given, predicted = answered(window, chunks)
    assert given == [ord(word) for chunk in chunks for word in chunk]
    assert predicted == expected(chunks)


@settings(suppress_health_check=SHARED_FIXTURES)
@given(CHUNKS, st.integers(0, 12))
def test_after_a_kill_the_window_is_the_same(tmp_path: Path, chunks: Chunks, done: int) -> None:
    """Also where the killed run had written one chunk more than its checkpoint says."""
    path = tmp_path / "window"
    with PredictedWindow(path) as window:
        _, predicted = answered(window, chunks[: done + 1])
    with PredictedWindow(path, resume=True) as window:
        for chunk in chunks[:done]:
            window.skip(papers(chunk))
        given, again = answered(window, chunks[done:])
    assert given == [ord(word) for chunk in chunks[done:] for word in chunk]
    assert predicted[:done] + again == expected(chunks)


def test_titles_and_abstracts_are_kept_apart() -> None:
    """Papers whose texts only run together alike are not identical."""
    with PredictedWindow() as window:
        _, new = window.number([Paper("1", "ab", "c"), Paper("2", "a", "bc"), Paper("3", "ab", "c"), Paper("4", "abc")])
    assert [paper.id for paper in new] == ["1", "2", "4"]


@pytest.mark.parametrize("length", [None, 0, 4, 12])
def test_a_file_that_is_cut_or_gone(tmp_path: Path, length: int | None) -> None:
    """A sentence that names it, and no predictions out of nowhere."""
    path = tmp_path / "window"
    with PredictedWindow(path) as window:
        answered(window, [["a", "b"]])
    if length is None:
        path.unlink()
    else:
        os.truncate(path, length)
    with PredictedWindow(path, resume=True) as window:
        window.skip(papers(["a", "b"]))
        with pytest.raises(AreatagError, match=r"Cannot resume: .*window is missing or cut\. Run without --resume"):
            answered(window, [["b"]])


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that says how to go on; without a folder it is bad usage."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with PredictedWindow(tmp_path / "window") as window:
        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(AreatagError, match=r"window: No space left on device\. Make room, then .* --resume"):
            answered(window, [["a"]])
    with pytest.raises(UsageError, match="folder does not exist"):
        PredictedWindow(tmp_path / "nowhere" / "window")


def test_no_place_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that says how to name one."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(AreatagError, match=r"temporary file can be made \(No such file or directory\); set TMPDIR"):
        PredictedWindow()

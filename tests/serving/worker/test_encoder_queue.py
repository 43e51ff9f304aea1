"""The encoder's pace, by which calls are refused."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from data.papers import Paper
from serving.worker import encoder_queue
from serving.worker.encoder_queue import BatchItem, EncoderQueue, Outcome
from tests.serving.fake_tagger import FakeTagger


async def _submit(_: BatchItem) -> Outcome:
    raise AssertionError("nothing is queued")


class _SlowTagger(FakeTagger):
    """Needs 0.4 s for a batch, by a clock that only it moves."""

    now = 100.0

    def predict(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """The predictions, 0.4 s later."""
        self.now += 0.4
        return super().predict(papers)


def test_the_first_batch_overrules_the_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine must not take in what it needs a minute for, only because it has just started."""
    queue, tagger = EncoderQueue(_submit), _SlowTagger()
    monkeypatch.setattr(encoder_queue, "time", SimpleNamespace(monotonic=lambda: tagger.now))
    before = queue.pace
    queue.encode([BatchItem(Paper(str(n), "We segment."), tagger, deadline=160.0, entered=100.0) for n in range(2)])  # type: ignore[arg-type]
    assert queue.pace == pytest.approx(2.9 / 0.418) and queue.pace < before  # the guess counts 0.9 papers and 0.018 s

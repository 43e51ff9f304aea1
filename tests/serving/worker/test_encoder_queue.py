"""The encoder's pace, by which calls are refused; and what shares a batch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from data.papers import Paper
from serving.worker import encoder_queue
from serving.worker.encoder_queue import BatchItem, EncoderQueue, Outcome
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger
from tests.support.waiting import wait_for


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


def test_concurrent_calls_share_encoder_batches(serve: Serve) -> None:
    """Single-paper calls that arrive during a batch go into the next one together."""
    tagger = FakeTagger(seconds=0.05)
    with serve(tagger) as client, ThreadPoolExecutor(24) as pool:
        service = client.app.state.service  # type: ignore[attr-defined]  # the app is FastAPI's

        def call(_: int) -> int:
            return client.post("/tag", json={"papers": [{"title": "We segment."}]}).status_code

        # the dispatcher takes its first calls one by one, to learn their pace
        assert set(pool.map(call, range(48))) == {200}
        tagger.free.clear()
        answers = pool.map(call, range(24))
        wait_for(lambda: service.waiting.used, lambda waiting: waiting == 24)
        tagger.free.set()
        assert set(answers) == {200}
    assert max(tagger.batches) > 4


def test_a_paper_that_fails_does_not_fail_its_neighbours(serve: Serve) -> None:
    """Papers of a failed batch are encoded one by one; only the call with the failing one fails."""
    with serve(FakeTagger(seconds=0.02)) as client, ThreadPoolExecutor(12) as pool:
        titles = ["A poison title" if n == 5 else "We segment." for n in range(24)]
        answers = list(pool.map(lambda title: client.post("/tag", json={"papers": [{"title": title}]}), titles))
    assert [answer.status_code for answer in answers] == [500 if n == 5 else 200 for n in range(24)]
    assert "Traceback" not in answers[5].text
    assert answers[5].json()["detail"] == []

"""The encoder's pace, by which calls are refused."""

from __future__ import annotations

import time
from collections.abc import Sequence

from data.papers import Paper
from serving.encoder_queue import BatchItem, EncoderQueue, Outcome
from tests.serving.fake_tagger import FakeTagger


async def _submit(_: list[BatchItem]) -> Sequence[Outcome]:
    return []


def test_the_first_batch_overrules_the_guess() -> None:
    """A slow machine must not take in what it needs a minute for, only because it has just started."""
    queue, tagger = EncoderQueue(_submit), FakeTagger(seconds=0.4)
    before = queue.pace
    queue.encode([BatchItem(Paper(str(n), "We segment."), tagger, time.monotonic() + 60) for n in range(2)])  # type: ignore[arg-type]
    assert queue.pace <= 3 / 0.4 < before

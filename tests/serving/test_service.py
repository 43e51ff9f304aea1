"""An idle encoder starts at once; papers that come while it is busy share the next batch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bentoml._internal.marshal.dispatcher import CorkDispatcher

from serving.service import PromptOptimizer


def _no_answer() -> int:
    raise AssertionError("a call was dropped")


def test_batches_are_what_came_while_the_encoder_was_busy() -> None:
    """Also after batches that waited: BentoML would hold the next one back."""
    batches: list[int] = []

    async def encode(batch: Sequence[int]) -> Sequence[int]:
        batches.append(len(batch))
        await asyncio.sleep(0.02)
        return batch

    async def run() -> None:
        dispatcher: CorkDispatcher[int, int] = CorkDispatcher(
            24 * 3600 * 1000, 16, fallback=_no_answer, get_batch_size=lambda _: 1
        )
        dispatcher.optimizer = PromptOptimizer(24 * 3600)
        call = dispatcher(encode)
        for _ in range(8):
            assert await asyncio.gather(*(call(number) for number in range(12))) == list(range(12))
        assert (dispatcher.optimizer.wait, dispatcher.optimizer.o_a, dispatcher.optimizer.o_b) == (0, 0, 0)
        dispatcher.shutdown()

    asyncio.run(run())
    assert sum(batches) == 96
    assert max(batches) >= 11

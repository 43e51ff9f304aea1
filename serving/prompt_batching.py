"""BentoML's adaptive batching without its waiting for company."""

from __future__ import annotations

from bentoml._internal.marshal.dispatcher import Optimizer


class PromptOptimizer(Optimizer):
    """Says that a batch gains nothing by waiting, so an idle encoder starts at once with what has come.

    BentoML holds papers back, although the encoder is idle, for as long as papers waited on average lately. That pays
    where a batch of many takes hardly longer than a batch of one. On a CPU it takes many times as long
    (benchmarks/encoder.py), and batches form anyway from what comes while the encoder is busy.
    """

    def __init__(self, max_latency: float) -> None:
        super().__init__(max_latency)
        self.o_a = self.o_b = 0.0  # the expected seconds of a batch, by which the dispatcher reckons its waiting

    def log_outbound(self, n: int, wait: float, duration: float) -> None:
        """Learn nothing from a batch of `n` papers."""

"""What a run may spend: taken before a request leaves, so that concurrent ones cannot overspend."""

from __future__ import annotations

from dataclasses import dataclass

BYTES_A_TOKEN = 2
"""What a prompt is expected to cost at most; English text has about four bytes a token."""


class BudgetSpent(Exception):
    """The next request does not fit into what is left."""


@dataclass(slots=True)
class Budget:
    """Calls and tokens of a run."""

    max_calls: int
    max_tokens: int
    calls: int = 0
    tokens: int = 0
    """Reported by the endpoint; for a request without a report, what was set aside for it."""
    _reserved: int = 0

    def reserve(self, prompt_bytes: int, answer_tokens: int) -> int:
        """Take one call and the tokens that it may cost, and return the tokens.

        Raises:
            BudgetSpent: too little is left; nothing was taken.
        """
        tokens = prompt_bytes // BYTES_A_TOKEN + answer_tokens
        if self.calls >= self.max_calls or self.tokens + self._reserved + tokens > self.max_tokens:
            raise BudgetSpent
        self.calls += 1
        self._reserved += tokens
        return tokens

    def settle(self, reserved: int, used: int | None) -> None:
        """Replace what was set aside by what the endpoint counted; None: it did not say, or may have worked in vain."""
        self._reserved -= reserved
        self.tokens += reserved if used is None else used

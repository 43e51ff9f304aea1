"""What a run may spend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.llm_votes.budget import BYTES_A_TOKEN, Budget, BudgetSpent


def test_a_request_is_paid_before_it_leaves() -> None:
    """So requests under way at once cannot overspend together; what they did not use is free again."""
    budget = Budget(max_calls=10, max_tokens=100)
    first = budget.reserve(prompt_bytes=40 * BYTES_A_TOKEN, answer_tokens=20)
    assert (first, budget.calls, budget.tokens) == (60, 1, 0)
    with pytest.raises(BudgetSpent):
        budget.reserve(prompt_bytes=21 * BYTES_A_TOKEN, answer_tokens=20)
    budget.settle(first, used=30)
    assert budget.reserve(prompt_bytes=50 * BYTES_A_TOKEN, answer_tokens=20) == 70
    assert (budget.calls, budget.tokens) == (2, 30)


def test_what_the_endpoint_does_not_count_costs_what_was_set_aside() -> None:
    """An endpoint that failed may have worked all the same."""
    budget = Budget(max_calls=10, max_tokens=100)
    budget.settle(budget.reserve(0, 40), used=None)
    assert budget.tokens == 40


def test_calls_are_counted_too() -> None:
    """A refused one takes nothing."""
    budget = Budget(max_calls=1, max_tokens=100)
    budget.reserve(0, 1)
    with pytest.raises(BudgetSpent):
        budget.reserve(0, 1)
    assert budget.calls == 1


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 100), st.floats(0, 1)), max_size=30))
def test_a_run_never_spends_more_than_it_may(requests: list[tuple[int, int, float]]) -> None:
    """As long as the endpoint counts no more than was set aside."""
    budget, running = Budget(max_calls=12, max_tokens=500), list[tuple[int, float]]()
    for prompt, answer, share in requests:
        try:
            running.append((budget.reserve(prompt, answer), share))
        except BudgetSpent:
            for reserved, used in running:
                budget.settle(reserved, round(used * reserved))
            running.clear()
        assert budget.calls <= 12 and budget.tokens + sum(reserved for reserved, _ in running) <= 500

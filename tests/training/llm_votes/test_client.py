"""One request to an endpoint, without a network."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from data.errors import AreatagError
from training.llm_votes import client as client_module
from training.llm_votes.budget import Budget, BudgetSpent
from training.llm_votes.client import ChatClient, Completion, RequestFailedError
from training.llm_votes.settings import Endpoint, Limits

KEY = "secret-key-17"
Answer = httpx.Response | Exception


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses before repetitions take no time."""
    monkeypatch.setattr(client_module, "FIRST_WAIT", 0.0)


def _completion(content: object = "{}", finish: str = "stop", tokens: object = 10) -> httpx.Response:
    choice = {"message": {"content": content}, "finish_reason": finish}
    return httpx.Response(200, json={"choices": [choice], "usage": {"total_tokens": tokens}})


class _Endpoint:
    """Gives prepared answers in turn, the last one again and again."""

    def __init__(self, *answers: Answer | Callable[[], Answer]) -> None:
        self.answers = list(answers)
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[httpx.Headers] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        self.headers.append(request.headers)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        given = answer() if callable(answer) else answer
        if isinstance(given, Exception):
            raise given
        return given


def _ask(endpoint: _Endpoint, budget: Budget | None = None, times: int = 1, key: str = KEY) -> Sequence[Completion]:
    budget = budget if budget is not None else Budget(100, 1_000_000)

    async def run() -> list[Completion]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(endpoint)) as http:
            where = Endpoint("https://llm.example/v1", "m1", SecretStr(key))
            client = ChatClient(http, where, Limits(retries=2, longest_wait=5.0), budget, {"type": "object"})
            return [await client.complete("task", "papers", 50) for _ in range(times)]

    return asyncio.run(run())


def test_an_answer_is_given_with_what_it_cost() -> None:
    """The key travels in its header alone, and an answer at its limit says so."""
    endpoint, budget = _Endpoint(_completion("an answer", "length", 123)), Budget(10, 10_000)
    assert _ask(endpoint, budget) == [Completion("an answer", truncated=True)]
    assert (budget.calls, budget.tokens) == (1, 123)
    assert endpoint.headers[0]["authorization"] == f"Bearer {KEY}"
    (body,) = endpoint.bodies
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("m1", 0, 50)
    assert [message["content"] for message in body["messages"]] == ["task", "papers"]
    assert KEY not in json.dumps(body)


def test_without_a_key_none_is_sent() -> None:
    """Local endpoints want none."""
    endpoint = _Endpoint(_completion())
    _ask(endpoint, key="")
    assert "authorization" not in endpoint.headers[0]


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(429),
        httpx.Response(500),
        httpx.Response(503, headers={"Retry-After": "0"}),
        httpx.Response(200, text="no JSON"),
        httpx.Response(200, json={"choices": []}),
        httpx.Response(200, json=[[[]]]),
        httpx.ConnectError("no"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("broken"),
    ],
)
def test_what_may_pass_is_tried_again(trouble: Answer) -> None:
    """And given up after all repetitions, with the last reason."""
    assert _ask(_Endpoint(trouble, _completion("at last")))[0].content == "at last"
    endpoint = _Endpoint(trouble)
    with pytest.raises(RequestFailedError, match=r"llm\.example gave no answer in 3 tries; at last, "):
        _ask(endpoint)
    assert len(endpoint.bodies) == 3


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 410])
def test_what_no_repetition_helps_ends_at_once(status: int) -> None:
    """The sentence quotes what the endpoint says, but for the key."""
    endpoint = _Endpoint(httpx.Response(status, json={"error": {"message": f"no\n {KEY} here"}}))
    with pytest.raises(AreatagError, match=r"llm\.example") as caught:
        _ask(endpoint)
    assert len(endpoint.bodies) == 1 and not isinstance(caught.value, RequestFailedError)
    assert KEY not in str(caught.value) and "\n" not in str(caught.value)


def test_a_parameter_that_is_not_taken_is_left_out_from_then_on() -> None:
    """Without counting as a failed try; the limit of the answer has a newer name."""
    refusals = [
        httpx.Response(400, json={"error": {"message": f"unknown field {name}"}})
        for name in ("response_format", "temperature", "max_completion_tokens")
    ]
    endpoint = _Endpoint(*refusals, _completion())
    _ask(endpoint, times=2)
    assert len(endpoint.bodies) == 5
    for body in endpoint.bodies[-2:]:
        assert not {"response_format", "temperature", "max_tokens"} & body.keys()
        assert body["max_completion_tokens"] == 50


def test_an_invalid_request_is_the_papers_fault_once_others_were_answered() -> None:
    """Before that it is the setting's, and nothing would be answered."""
    invalid = httpx.Response(400, json={"error": {"message": "too long"}})
    with pytest.raises(AreatagError) as caught:
        _ask(_Endpoint(invalid))
    assert not isinstance(caught.value, RequestFailedError)
    with pytest.raises(RequestFailedError, match="'too long'"):
        _ask(_Endpoint(_completion(), invalid), times=2)


def test_a_pause_that_is_too_long_ends_the_run() -> None:
    """Whoever started it may come back then."""
    with pytest.raises(AreatagError, match="asks for a pause of 600 seconds"):
        _ask(_Endpoint(httpx.Response(429, headers={"Retry-After": "600"})))


@pytest.mark.parametrize(
    ("answer", "cost"),
    [
        (_completion(tokens=None), None),
        (_completion(tokens=-5), None),
        (_completion(tokens=True), None),
        (_completion(tokens="many"), None),
        (httpx.Response(500), 0),
        (httpx.ConnectError("no"), 0),
        (httpx.ReadTimeout("slow"), None),
    ],
)
def test_what_is_not_reported_costs_what_was_set_aside(answer: Answer, cost: int | None) -> None:
    """It may have been worked on; where it was turned away nothing was."""
    budget = Budget(max_calls=1, max_tokens=10_000)
    with suppress(BudgetSpent):  # the repetition of a failed one
        _ask(_Endpoint(answer), budget)
    assert (budget.tokens == 0) if cost == 0 else (budget.tokens > 50)


def test_no_request_leaves_without_budget() -> None:
    """Nor a repetition."""
    endpoint = _Endpoint(httpx.Response(500))
    with pytest.raises(BudgetSpent):
        _ask(endpoint, Budget(max_calls=2, max_tokens=10_000))
    assert len(endpoint.bodies) == 2


def test_an_endless_response_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cut is no completion, and the rest is never asked for."""
    monkeypatch.setattr(client_module, "_MOST_BYTES", 1000)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 600

    with pytest.raises(RequestFailedError, match="no chat completion"):
        _ask(_Endpoint(lambda: httpx.Response(200, content=endless())))

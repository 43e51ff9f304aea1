"""More work than the service can take: refused at once, and what was accepted is answered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger
from tests.support.waiting import wait_for

T = TypeVar("T")


def _while_busy(tagger: FakeTagger, call: Callable[[], T], calls: int, accepted: int) -> list[T]:
    """Make calls at once, and let no batch end before all that are not accepted have returned."""
    tagger.free.clear()
    with ThreadPoolExecutor(calls) as pool:
        answers = [pool.submit(call) for _ in range(calls)]
        try:
            wait_for(lambda: sum(answer.done() for answer in answers), lambda done: done >= calls - accepted)
        finally:
            tagger.free.set()
        return [answer.result() for answer in answers]


def test_a_full_queue_refuses_with_429_at_once(serve: Serve) -> None:
    """Accepted calls are all answered, the others are told when to come back."""
    body, tagger = {"papers": [{"title": f"Paper {n}"} for n in range(128)]}, FakeTagger()
    with serve(tagger, max_waiting_papers=256) as client:
        answers = _while_busy(tagger, lambda: client.post("/tag", json=body), 6, accepted=2)
        assert sorted(answer.status_code for answer in answers) == [200] * 2 + [429] * 4
        for answer in answers:
            if answer.status_code == 429:
                assert 1 <= int(answer.headers["retry-after"]) <= 60
                assert set(answer.json()) == {"error", "detail"}
            else:
                assert len(answer.json()["results"]) == 128
        assert client.post("/tag", json=body).status_code == 200
        assert 'areatag_refused_total{limit="papers"}' in client.get("/metrics").text


def test_a_call_that_takes_too_long_is_given_up(serve: Serve) -> None:
    """It gets 429 when its time is over, and its waiting papers are not encoded any more."""
    tagger = FakeTagger(seconds=0.2)
    body = {"papers": [{"title": f"Paper {n}"} for n in range(256)]}
    with serve(tagger, request_seconds=0.5) as client:
        assert client.post("/tag", json=body).status_code == 429
        tagger.seconds = 0
        short = {"papers": [{"title": "x"}]}
        wait_for(lambda: client.post("/tag", json=short).status_code, lambda status: status == 200)
    assert sum(tagger.batches) < 200


def test_a_queue_that_would_take_too_long_refuses_with_429_at_once(serve: Serve) -> None:
    """Few papers on a slow machine are as much as many on a fast one; a call that is accepted is answered."""
    tagger = FakeTagger(seconds=0.3)
    body = {"papers": [{"title": f"Paper {n}"} for n in range(64)]}
    with serve(tagger, max_queue_seconds=0.5) as client:
        assert client.post("/tag", json=body).status_code == 200
        answers = _while_busy(tagger, lambda: client.post("/tag", json=body), 4, accepted=1)
        assert sorted(answer.status_code for answer in answers) == [200] + [429] * 3
        assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 429)
        assert 'areatag_refused_total{limit="queue"}' in client.get("/metrics").text
        assert client.post("/tag", json=body).status_code == 200

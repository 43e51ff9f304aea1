"""More work than the service can take: refused at once, and what was accepted is answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger


def test_a_full_queue_refuses_with_429_at_once(serve: Serve) -> None:
    """Accepted calls are all answered, the others are told when to come back."""
    body = {"papers": [{"title": f"Paper {n}"} for n in range(128)]}
    with serve(FakeTagger(seconds=0.05), max_waiting_papers=256) as client, ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.post("/tag", json=body), range(6)))
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(200) >= 2
        assert statuses.count(429) == 6 - statuses.count(200) > 0
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
        assert client.post("/tag", json={"papers": [{"title": "x"}]}).status_code == 200
    assert sum(tagger.batches) < 200


def test_a_queue_that_would_take_too_long_refuses_with_429_at_once(serve: Serve) -> None:
    """Few papers on a slow machine are as much as many on a fast one; a call that is accepted is answered."""
    tagger = FakeTagger(seconds=0.3)
    body = {"papers": [{"title": f"Paper {n}"} for n in range(64)]}
    with serve(tagger, max_queue_seconds=0.5) as client, ThreadPoolExecutor(4) as pool:
        assert client.post("/tag", json=body).status_code == 200
        answers = list(pool.map(lambda _: client.post("/tag", json=body), range(4)))
        assert sorted({answer.status_code for answer in answers}) == [200, 429]
        assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 429)
        assert 'areatag_refused_total{limit="queue"}' in client.get("/metrics").text
        assert client.post("/tag", json=body).status_code == 200

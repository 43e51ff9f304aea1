"""The hostile requests are the same for a seed, of every kind, and as hostile as they say."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.serving.hostile import highest_status
from benchmarks.serving.hostile_bodies import BODIES, valid_feedback, valid_tag
from benchmarks.serving.hostile_requests import Target, hostile_requests, http
from serving.routes.feedback import FeedbackRequest
from serving.routes.tagging import TagRequest

_TARGET = Target([("POST", "/tag"), ("DELETE", "/feedback/{entry}"), ("POST", "/retrain")], "a-key")
_KINDS = {
    *BODIES,
    *("method and path", "odd path", "content type", "content length", "framing", "compressed", "headers"),
    *("not HTTP", "partial", "slow", "pipelined"),
}


def test_requests_are_the_same_for_a_seed() -> None:
    """A failure can be had again."""
    first, second, other = (list(hostile_requests(60, _TARGET, seed)) for seed in (1, 1, 2))
    assert first == second != other


def test_every_kind_is_sent() -> None:
    """A few hundred requests hold each kind, and no request is empty."""
    requests = list(hostile_requests(400, _TARGET))
    assert {request.kind for request in requests} == _KINDS
    assert all(request.pieces[0] for request in requests)


def test_a_retraining_is_never_started() -> None:
    """What would start real work goes without a key."""
    requests = [piece for request in hostile_requests(600, _TARGET) for piece in request.pieces]
    retraining = [piece for piece in requests if b" /retrain" in piece.split(b"\r\n", 1)[0]]
    assert retraining
    assert not any(b"Authorization" in piece for piece in retraining)


def test_the_bodies_to_be_spoilt_are_valid() -> None:
    """Otherwise every request would fail at the same first check."""
    TagRequest.model_validate(valid_tag(Random(0)))
    FeedbackRequest.model_validate(valid_feedback(Random(0)))


@pytest.mark.parametrize("name", ["deep_nesting", "odd_numbers", "odd_unicode", "too_many", "ambiguous", "broken_json"])
def test_bodies_are_rarely_valid(name: str) -> None:
    """Most bodies of these kinds are refused by a strict reader."""
    random, refused = Random(0), 0
    for _ in range(20):
        try:
            TagRequest.model_validate_json(BODIES[name](random))
        except ValueError:
            refused += 1
    assert refused >= 10


def test_a_request_states_its_length_unless_told_otherwise() -> None:
    """Content-Length is added once, and never beside another framing."""
    plain = http("POST", "/tag", {}, b"{}")
    assert plain == b"POST /tag HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
    assert http("POST", "/tag", {"content-length": "-1"}, b"{}").lower().count(b"content-length") == 1
    assert b"Content-Length" not in http("POST", "/tag", {"Transfer-Encoding": "chunked"}, b"0\r\n\r\n")


def test_the_highest_of_several_statuses_counts() -> None:
    """A 500 behind a 200 on the same connection is not overlooked."""
    good, bad = b"HTTP/1.1 200 OK\r\n\r\n{}", b"HTTP/1.1 500 Internal Server Error\r\n\r\n"
    assert highest_status(good) == 200
    assert highest_status(bad) == 500
    assert highest_status(good + b"\r\n" + bad) == 500
    assert highest_status(b"") == 0

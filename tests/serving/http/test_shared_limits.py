"""Limits by themselves: amounts that calls share, and how much of a body that is refused is still read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from serving.http import limits
from serving.http.errors import ServiceError
from serving.http.limits import INLINE_BYTES, Allowance, ExhaustedError, Share, decode_json, read_pieces, read_whole


@given(st.lists(st.integers(0, 12), max_size=12), st.integers(0, 30))
def test_no_more_is_in_use_than_the_limit(amounts: list[int], limit: int) -> None:
    """What does not fit takes nothing; each change is told, and all of a share is returned once."""
    told: list[float] = []
    allowance = Allowance(limit, told.append)
    share, taken = Share(allowance), 0
    for amount in amounts:
        if taken + amount <= limit:
            share.take(amount)
            taken += amount
        else:
            with pytest.raises(ExhaustedError):
                share.take(amount)
        assert allowance.used == share.taken == taken
    share.give_back()
    share.give_back()
    assert allowance.used == share.taken == 0
    assert max(told, default=0) <= limit and told[-1:] in ([0], [])


def test_a_share_is_returned_however_the_call_ends() -> None:
    """Beside those of other calls, which stay."""
    allowance = Allowance(10)
    allowance.take(3)
    with pytest.raises(KeyError), allowance.share() as share:
        share.take(7)
        raise KeyError
    assert allowance.used == 3
    allowance.give_back(3)
    assert allowance.used == 0


def _request(receive: Callable[[], Any], **headers: str) -> Request:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/tag", "headers": fields}, receive)


class Sender:
    """A client that sends pieces, the last of which says so; or that stops in the middle."""

    def __init__(self, sizes: Iterator[int] | list[int], hangs: bool = False) -> None:
        self._sizes, self._hangs = iter(sizes), hangs
        self.sent = 0

    async def receive(self) -> dict[str, Any]:
        """The next piece."""
        size = next(self._sizes, None)
        if size is None:
            if self._hangs:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": b"", "more_body": False}
        self.sent += size
        return {"type": "http.request", "body": b"x" * size, "more_body": True}


def _endless(size: int) -> Iterator[int]:
    while True:
        yield size


def _read(request: Request, most: int, seconds: float = 60, hold: Callable[[int], None] = lambda size: None) -> bytes:
    return asyncio.run(read_whole(request, most, seconds, hold))


@pytest.mark.parametrize("declared", [{}, {"content_length": "10"}])
def test_a_body_that_fits_is_whole(declared: dict[str, str]) -> None:
    """Each piece is counted as it comes."""
    held: list[int] = []
    assert _read(_request(Sender([4, 0, 6]).receive, **declared), 10, hold=held.append) == b"x" * 10
    assert sum(held) == 10


@pytest.mark.parametrize("headers", [{}, {"content_length": "11"}, {"content_length": "9" * 30}])
def test_of_a_body_that_is_refused_a_moderate_rest_is_read(headers: dict[str, str]) -> None:
    """A client that still sends would not see the answer; one that never stops is cut off."""
    sender = Sender(_endless(3))
    with pytest.raises(ServiceError) as caught:
        _read(_request(sender.receive, **headers), 10)
    assert caught.value.status == 413 and caught.value.headers == {"Connection": "close"}
    assert 40 <= sender.sent <= 40 + 12 + 3
    short = Sender([3] * 5)
    with pytest.raises(ServiceError):
        _read(_request(short.receive, **headers), 10)
    assert short.sent == 15


def test_a_client_that_asked_before_it_sends_is_answered_at_once() -> None:
    """It waits for 100 Continue, and sends nothing."""
    sender = Sender(_endless(3))
    with pytest.raises(ServiceError) as caught:
        _read(_request(sender.receive, content_length="11", expect="100-continue"), 10)
    assert caught.value.status == 413 and sender.sent == 0


def test_a_client_that_stops_sending_is_answered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some time, whether its body was refused or is only slow."""
    monkeypatch.setattr(limits, "_DISCARD_SECONDS", 0.01)
    with pytest.raises(ServiceError) as caught:
        _read(_request(Sender([3], hangs=True).receive, content_length="11"), 10)
    assert caught.value.status == 413
    with pytest.raises(ServiceError, match=r"did not arrive within 0.01 seconds") as caught:
        _read(_request(Sender([3], hangs=True).receive), 10, 0.01)
    assert caught.value.status == 408 and caught.value.headers == {"Connection": "close"}


def test_who_takes_the_pieces_may_refuse_them() -> None:
    """The rest is passed over, as that of any refused body; other errors are passed on as they are."""

    async def refuse(piece: bytes) -> None:
        raise ServiceError(400, "No.")

    async def fail(piece: bytes) -> None:
        raise KeyError

    sender = Sender([3] * 4)
    with pytest.raises(ServiceError, match="No"):
        asyncio.run(read_pieces(_request(sender.receive), 100, 60, refuse))
    assert sender.sent == 12
    sender = Sender([3] * 4)
    with pytest.raises(KeyError):
        asyncio.run(read_pieces(_request(sender.receive), 100, 60, fail))
    assert sender.sent == 3


@pytest.mark.parametrize(("length", "in_thread"), [(INLINE_BYTES, False), (INLINE_BYTES + 1, True)])
def test_a_long_body_is_decoded_in_a_thread(monkeypatch: pytest.MonkeyPatch, length: int, in_thread: bool) -> None:
    """Other calls go on meanwhile."""
    threads: list[threading.Thread] = []
    decode = limits._decode

    def noted(body: bytes, place: str) -> object:
        threads.append(threading.current_thread())
        return decode(body, place)

    monkeypatch.setattr(limits, "_decode", noted)
    assert asyncio.run(decode_json(b"[1]".ljust(length))) == [1]
    assert (threads[0] is not threading.main_thread()) is in_thread
    with pytest.raises(ServiceError) as caught:
        asyncio.run(decode_json(b"[1".ljust(length), "areas"))
    assert caught.value.status == 400 and caught.value.detail[0].field == "areas"

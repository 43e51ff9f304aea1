"""Limits of what calls take: bounded amounts that they share, and JSON bodies of bounded length, time and syntax."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import Request

from serving.http.errors import Detail, ServiceError

_DISCARD_SECONDS = 2.0
_DISCARD_BODIES = 4
_INLINE_BYTES = 64 * 1024
"""Longer bodies are decoded in a thread, so that other calls go on meanwhile."""
_LARGE_BODY = threading.Lock()
"""Held while one is decoded: eight million bytes such as "[],[],[]," become 200 MB of objects."""


class ExhaustedError(Exception):
    """The amount asked for does not fit below the limit now."""


@dataclass(slots=True)
class Share:
    """What one call has taken of an allowance."""

    allowance: Allowance
    taken: int = 0

    def take(self, amount: int) -> None:
        """Take more; raises ExhaustedError (and takes nothing) when it does not fit."""
        if self.allowance.used + amount > self.allowance.limit:
            raise ExhaustedError
        self.allowance.change(amount)
        self.taken += amount


@dataclass(slots=True)
class Allowance:
    """An amount of which at most `limit` is in use; for one event loop, so without locks."""

    limit: int
    observe: Callable[[float], None] | None = None
    """Told the amount in use whenever it changes."""
    used: int = 0

    def change(self, amount: int) -> None:
        """Add to the amount in use; the limit is the caller's to keep."""
        self.used += amount
        if self.observe is not None:
            self.observe(self.used)

    @contextmanager
    def share(self) -> Iterator[Share]:
        """Give a call its share, which is returned when the call ends, however it ends."""
        share = Share(self)
        try:
            yield share
        finally:
            self.change(-share.taken)


class _JsonError(ValueError):
    """Text that Python's decoder takes although it is not JSON, or is ambiguous."""


async def read_json(request: Request, max_bytes: int, seconds: float, hold: Callable[[int], None]) -> object:
    """Return the decoded JSON body.

    Args:
        request: whose body was not read yet.
        max_bytes: longest body; more is refused as soon as it is known.
        seconds: longest time for the body to arrive.
        hold: called with the size of every piece kept in memory; may raise to refuse it.

    Raises:
        ServiceError: 400 not JSON, 408 too slow, 413 too long, 415 not declared as plain JSON.
    """
    _check_media_type(request)
    try:
        async with asyncio.timeout(seconds):
            body = await _read(request, max_bytes, hold)
    except TimeoutError:
        raise ServiceError(
            408, f"The body did not arrive within {seconds:g} seconds; send it faster.", headers=_CLOSE
        ) from None
    return _decode(body) if len(body) <= _INLINE_BYTES else await asyncio.to_thread(_decode_large, body)


_CLOSE = {"Connection": "close"}


def _check_media_type(request: Request) -> None:
    declared = request.headers.get("content-type", "")
    media_type, *parameters = (part.strip().lower() for part in declared.split(";"))
    charset = next((p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")), "utf-8")
    if media_type != "application/json" or charset not in ("utf-8", "utf8"):
        raise ServiceError(415, "The body must be JSON in UTF-8; send it with Content-Type: application/json.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ServiceError(415, "The body must not be compressed; send it without Content-Encoding.")


async def _read(request: Request, max_bytes: int, hold: Callable[[int], None]) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal():
        raise ServiceError(400, "The Content-Length header is not a number.", headers=_CLOSE)
    if int(declared[:20]) > max_bytes:
        await _refuse(request, max_bytes)
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > max_bytes:
            pieces.clear()
            await _refuse(request, max_bytes)
        hold(len(piece))
        pieces.append(piece)
    return b"".join(pieces)


async def _refuse(request: Request, max_bytes: int) -> None:
    """Raise 413, after passing over a moderate rest: a client that still sends would not see the answer."""
    if "expect" not in request.headers:
        until, left = time.monotonic() + _DISCARD_SECONDS, _DISCARD_BODIES * max_bytes
        while left > 0 and (remaining := until - time.monotonic()) > 0:
            try:
                message = await asyncio.wait_for(request.receive(), remaining)
            except TimeoutError:
                break
            left -= len(message.get("body", b""))
            if not message.get("more_body", False):
                break
    raise ServiceError(413, f"The body is longer than {max_bytes} bytes; send fewer papers at once.", headers=_CLOSE)


def _decode_large(body: bytes) -> object:
    with _LARGE_BODY:  # the interpreter would take turns between them anyway
        return _decode(body)


def _decode(body: bytes) -> object:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(f"is not valid UTF-8 at byte {error.start}") from None
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _bad(f"is not valid JSON at line {error.lineno} column {error.colno}: {error.msg}") from None
    except _JsonError as error:
        raise _bad(str(error)) from None
    except ValueError:  # what Python raises for an integer of more than 4300 digits
        raise _bad("has a number with too many digits") from None
    except RecursionError:
        raise _bad("is nested too deeply") from None


def _bad(problem: str) -> ServiceError:
    detail = Detail("", problem)
    return ServiceError(400, detail.sentence, [detail])


def _object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the object; one that names a key twice means different things to different readers."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _JsonError("has an object that names the same key twice")
    return values


def _constant(name: str) -> object:
    raise _JsonError(f"contains {name}, which JSON does not have")


_DECODER = json.JSONDecoder(object_pairs_hook=_object_of, parse_constant=_constant)

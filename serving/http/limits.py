"""Limits of what calls take: amounts that they share, the length and time of bodies, the syntax of JSON."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.requests import Request

from data.readers.records import size_text
from serving.http.errors import Detail, ServiceError, invalid

_DISCARD_SECONDS = 2.0
_DISCARD_BODIES = 4
INLINE_BYTES = 64 * 1024
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
        self.allowance.take(amount)
        self.taken += amount

    def give_back(self) -> None:
        """Return all of it."""
        self.allowance.give_back(self.taken)
        self.taken = 0


@dataclass(slots=True)
class Allowance:
    """An amount of which at most `limit` is in use, by any thread."""

    limit: int
    observe: Callable[[float], None] | None = None
    """Told the amount in use whenever it changes."""
    used: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, amount: int) -> None:
        """Put more to use; raises ExhaustedError (and takes nothing) when it does not fit."""
        with self._lock:
            if self.used + amount > self.limit:
                raise ExhaustedError
            self._change(amount)

    def give_back(self, amount: int) -> None:
        """Return what was taken."""
        with self._lock:
            self._change(-amount)

    def _change(self, amount: int) -> None:
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
            share.give_back()


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
    check_media_type(request, "application/json", "JSON")
    return await decode_json(await read_whole(request, max_bytes, seconds, hold))


async def read_whole(request: Request, max_bytes: int, seconds: float, hold: Callable[[int], None]) -> bytes:
    """Return the bytes of a body; arguments and errors are those of `read_json`, but for what the bytes say."""
    pieces: list[bytes] = []

    async def take(piece: bytes) -> None:
        hold(len(piece))
        pieces.append(piece)

    await read_pieces(request, max_bytes, seconds, take)
    return b"".join(pieces)


async def read_pieces(
    request: Request, max_bytes: int, seconds: float, take: Callable[[bytes], Awaitable[None]]
) -> None:
    """Give each piece of a body to `take`, which may raise to refuse it.

    Args:
        request: whose body was not read yet.
        max_bytes: longest body; more is refused as soon as it is known.
        seconds: longest time for the body to arrive.
        take: waited for before the next piece is read.

    Raises:
        ServiceError: 400 unclear length, 408 too slow, 413 too long, 415 encoded for the way.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ServiceError(415, "The body must not be compressed for the way; send it without Content-Encoding.")
    try:
        async with asyncio.timeout(seconds):
            await _read(request, max_bytes, take)
    except TimeoutError:
        raise ServiceError(
            408, f"The body did not arrive within {seconds:g} seconds; send it faster.", headers=_CLOSE
        ) from None


async def decode_json(text: bytes, place: str = "") -> object:
    """Return what JSON says; a long one is decoded in a thread.

    Args:
        text: in UTF-8.
        place: what errors call it; "" for the whole body.

    Raises:
        ServiceError: 400 with what is wrong with it.
    """
    if len(text) <= INLINE_BYTES:
        return _decode(text, place)
    return await asyncio.to_thread(_decode_large, text, place)


_CLOSE = {"Connection": "close"}


def check_media_type(request: Request, wanted: str, name: str) -> None:
    """Raise the ServiceError 415 for a body that is not declared as `wanted`, which people call `name`, in UTF-8."""
    declared = request.headers.get("content-type", "")
    media_type, *parameters = (part.strip().lower() for part in declared.split(";"))
    charset = next((p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset")), "utf-8")
    if media_type != wanted or charset not in ("utf-8", "utf8"):
        raise ServiceError(415, f"The body must be {name} in UTF-8; send it with Content-Type: {wanted}.")


async def _read(request: Request, max_bytes: int, take: Callable[[bytes], Awaitable[None]]) -> None:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal():
        raise ServiceError(400, "The Content-Length header is not a number.", headers=_CLOSE)
    if int(declared[:20]) > max_bytes:
        await _refuse(request, max_bytes)
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > max_bytes:
            await _refuse(request, max_bytes)
        try:
            await take(piece)
        except ServiceError:
            await _pass_over(request, max_bytes)
            raise


async def _refuse(request: Request, max_bytes: int) -> None:
    await _pass_over(request, max_bytes)
    sentence = f"The body is longer than {size_text(max_bytes)}; send fewer papers at once."
    raise ServiceError(413, sentence, headers=_CLOSE)


async def _pass_over(request: Request, max_bytes: int) -> None:
    """Read a moderate rest of the body: a client that still sends would not see the answer."""
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


def _decode_large(body: bytes, place: str) -> object:
    with _LARGE_BODY:  # the interpreter would take turns between them anyway
        return _decode(body, place)


def _decode(body: bytes, place: str) -> object:
    try:
        return _DECODER.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        problem = f"is not valid UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        problem = f"is not valid JSON at line {error.lineno} column {error.colno}: {error.msg}"
    except _JsonError as error:
        problem = str(error)
    except ValueError:  # what Python raises for an integer of more than 4300 digits
        problem = "has a number with too many digits"
    except RecursionError:
        problem = "is nested too deeply"
    raise invalid([Detail(place, problem)])


def _object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the object; one that names a key twice means different things to different readers."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _JsonError("has an object that names the same key twice")
    return values


def _constant(name: str) -> object:
    raise _JsonError(f"contains {name}, which JSON does not have")


_DECODER = json.JSONDecoder(object_pairs_hook=_object_of, parse_constant=_constant)

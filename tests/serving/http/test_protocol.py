"""Connections without a complete request end; those with one are answered, and what is no HTTP as every error is."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
import uvicorn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from serving.http.protocol import HttpProtocol
from tests.support.waiting import PATIENCE

Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


async def _slow(_: Request) -> PlainTextResponse:
    await asyncio.sleep(3)
    return PlainTextResponse("done")


def _converse(client: Client, seconds: float) -> bytes:
    """What a client gets from a server with this deadline for headers, and a keep-alive that is no limit."""

    async def run() -> bytes:
        config = uvicorn.Config(Starlette(routes=[Route("/", _slow)]), timeout_keep_alive=60, log_config=None)
        config.load()
        state = uvicorn.Server(config).server_state
        loop = asyncio.get_running_loop()
        make = partial(HttpProtocol, seconds, config=config, server_state=state, app_state={})
        server = await loop.create_server(make, "127.0.0.1", 0)
        try:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            answer = await asyncio.wait_for(client(reader, writer), PATIENCE)
            writer.close()
            return answer
        finally:
            server.close()

    return asyncio.run(run())


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_connection_without_a_request_is_closed(beginning: bytes) -> None:
    """Nothing, half a line, headers without an end."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(beginning)
        return await reader.read()

    assert _converse(client, 0.2) == b""


def test_headers_that_trickle_in_do_not_move_the_deadline() -> None:
    """Each piece would otherwise buy more time."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        reading = asyncio.create_task(reader.read())
        while not reading.done():
            writer.write(b"X")
            await asyncio.sleep(0.05)
        with contextlib.suppress(ConnectionResetError):  # what came too late is answered with a reset
            return await reading
        return b""

    assert _converse(client, 0.3) == b""


def test_a_slow_answer_is_not_cut_off() -> None:
    """The deadline is for the client alone; it starts again after the answer."""
    seconds = 2.0  # in which a busy machine sends a line

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"done")
        writer.write(b"GET / HTTP/1.1\r\n")
        return b"second: " + await reader.read()

    assert _converse(client, seconds) == b"second: "


def _answers(raw: bytes) -> bytes:
    """All that the server says to these bytes until it closes the connection."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(raw)
        with contextlib.suppress(ConnectionResetError):
            return await reader.read()
        return b""

    return _converse(client, 30)


_BROKEN = st.one_of(
    st.binary(min_size=1, max_size=40).map(lambda line: b"x" + line.replace(b"\n", b"") + b"\r\n\r\n"),
    st.builds(b"GET / HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n".__mod__, st.sampled_from([b"a b: c", b"Host: y", b": z"])),
    st.builds(b"%b / HTTP/1.1\r\n\r\n".__mod__, st.sampled_from([b"GET", b"POST"])),
    st.integers(70_000, 100_000).map(lambda length: b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * length),
)


@given(raw=_BROKEN)
@settings(max_examples=40)
@example(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\n")
@example(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n")
def test_what_is_no_http_is_answered_as_every_error_is(raw: bytes) -> None:
    """JSON with the keys error and detail, and the end of the connection."""
    head, _, body = _answers(raw).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ") and b"content-type: application/json" in head.lower()
    assert set(json.loads(body)) == {"error", "detail"}


def test_a_body_that_breaks_ends_the_call() -> None:
    """A chunk without a length, while the call waits for it: one answer, and no traceback of a second one."""
    assert (
        _answers(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").count(b"HTTP/1.1 400") == 1
    )

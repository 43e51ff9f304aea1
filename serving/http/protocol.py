"""HTTP/1.1 as uvicorn reads it, with a longest time for half a request, and with errors in our shape."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.http.errors import ServiceError, error_response

_NO_HTTP = "This is no valid HTTP/1.1 request, or its headers are too long; the connection is closed."


class HttpProtocol(H11Protocol):
    """One connection of uvicorn's; `seconds` is the longest time for the headers of a request.

    Without that limit a client that sends half a request and then nothing ("Slowloris") keeps its connection for ever;
    some thousands of them take all file descriptors of the process.
    """

    def __init__(self, seconds: float, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._seconds = seconds
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Go on waiting where this is not the end of the headers."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._forget()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, unless an answer has begun already, and close the connection."""
        if self.cycle is not None:
            self.cycle.disconnected = True  # a call whose body turned out to be broken answers nothing more
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = error_response(ServiceError(400, _NO_HTTP, headers={"Connection": "close"}))
            for event in (
                h11.Response(status_code=400, headers=answer.raw_headers, reason=b"Bad Request"),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        """Start the clock where headers are missing and none runs; stop it where they are complete."""
        if self.conn.their_state is not h11.IDLE:
            self._forget()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self._seconds, self._late)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()

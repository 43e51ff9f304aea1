"""Reading the files of calls in threads of their own, within a time, and no longer than somebody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from data.readers.sources import InputWatch
from serving.http import metrics
from serving.http.errors import ServiceError, overloaded

T = TypeVar("T")

_THREADS = 2
"""More would only take turns; a small file need not wait for a large one."""
_MOST_UNFOLDED = 16
"""A compressed file may unfold to so many times the longest file."""
_MOST_WARNINGS = 100


class StoppedError(Exception):
    """Nobody waits for the work any more."""


class FileWatch(InputWatch):
    """Ends the reading of a file when it is to be stopped or unfolds to too much, and collects its warnings.

    Args:
        most_bytes: of content, decompressed.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most, self._received, self._stopped = most_bytes, 0, False
        self._warnings: list[str] = []
        self._more = 0

    @property
    def warnings(self) -> list[str]:
        """What the user should know of the file, without repetition."""
        more = [f"There are {self._more} more warnings."] if self._more else []
        return [*self._warnings, *more]

    def warn(self, name: str, sentence: str) -> None:
        """Take note of a warning; of very many, only how many there are."""
        warning = f"{name}: {sentence}"
        if len(self._warnings) < _MOST_WARNINGS:
            self._warnings += [warning] * (warning not in self._warnings)
        else:
            self._more += 1

    def received(self, size: int) -> None:
        """Count content; raises as `check`, or the ServiceError 413."""
        self.check()
        self._received += size
        if self._received > self._most:
            raise ServiceError(413, f"The file unfolds to more than {self._most} bytes; send it in parts.")

    def stop(self) -> None:
        """Let the reading end soon, from another thread."""
        self._stopped = True

    def check(self) -> None:
        """Raise StoppedError once the reading is to end."""
        if self._stopped:
            raise StoppedError

    def checked(self, records: Iterable[T]) -> Iterator[T]:
        """Yield the records; raises as `check`."""
        for record in records:
            self.check()
            yield record


class FileThreads:
    """The threads of one worker process.

    Args:
        seconds: longest time for the work of a call, waiting for a thread included.
        max_file_bytes: longest file.
    """

    def __init__(self, seconds: float, max_file_bytes: int) -> None:
        self._seconds, self._most_bytes = seconds, _MOST_UNFOLDED * max_file_bytes
        self._threads = ThreadPoolExecutor(_THREADS, "files")

    async def run(self, request: Request, work: Callable[[FileWatch], T]) -> T:
        """Return what the work returns; when this ends in another way, the work has stopped too.

        Args:
            request: whose body has been read. When its client goes, the work is stopped.
            work: done in a thread; it must heed the watch, and raises whatever it raises.

        Raises:
            ServiceError: 413, it took too long; 429, no thread was free in all that time.
            ClientDisconnect: the client has gone.
        """
        watch = FileWatch(self._most_bytes)
        future = self._threads.submit(work, watch)
        done = asyncio.wrap_future(future)
        gone = asyncio.create_task(_gone(request))
        try:
            either: set[asyncio.Future[Any]] = {done, gone}
            await asyncio.wait(either, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
            if done.done():
                return done.result()
            if gone.done():
                raise ClientDisconnect
            if future.cancel():
                metrics.REFUSED.labels("files").inc()
                raise overloaded("The service has more files to read than it can take; try again later.", self._seconds)
            raise ServiceError(413, f"The file could not be read within {self._seconds:g} seconds; send it in parts.")
        finally:
            gone.cancel()
            watch.stop()
            if not future.cancel():  # its files must not be closed while it reads them
                await asyncio.shield(asyncio.wait({done}))
                done.exception()  # of no interest where the work was stopped

    def close(self) -> None:
        """Begin no further work."""
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass

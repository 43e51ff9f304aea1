"""Work on files: in few threads, within a time, and no longer than its client waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from serving.http.errors import ServiceError
from serving.worker.file_threads import FileThreads, FileWatch, StoppedError
from tests.support.waiting import PATIENCE


def _request(gone: asyncio.Event | None = None) -> Request:
    async def receive() -> Message:
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "headers": []}, receive)


def _until_stopped(ended: threading.Event, begun: Callable[[], object] = lambda: None) -> Callable[[FileWatch], None]:
    def work(watch: FileWatch) -> None:
        begun()
        try:
            while True:
                watch.check()
        finally:
            ended.set()

    return work


def test_the_result_of_the_work_comes_back_and_so_do_its_errors() -> None:
    """From a thread of its own."""

    async def run() -> tuple[str, BaseException]:
        threads = FileThreads(60, 100)
        name = await threads.run(_request(), lambda watch: threading.current_thread().name)
        with pytest.raises(ZeroDivisionError) as caught:
            await threads.run(_request(), lambda watch: 1 // 0)
        threads.close()
        return name, caught.value

    name, error = asyncio.run(run())
    assert name.startswith("files")
    assert isinstance(error, ZeroDivisionError)


def test_work_that_takes_too_long_has_ended_when_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """So its files can be closed."""
    ended, begun, wait = threading.Event(), threading.Event(), asyncio.wait

    async def wait_when_begun(*arguments: Any, **options: Any) -> Any:
        await asyncio.to_thread(begun.wait)  # else no thread was free in that time
        return await wait(*arguments, **options)

    async def run() -> None:
        monkeypatch.setattr(asyncio, "wait", wait_when_begun)
        await FileThreads(0.05, 100).run(_request(), _until_stopped(ended, begun.set))

    with pytest.raises(ServiceError, match=r"within 0\.05 seconds") as caught:
        asyncio.run(run())
    assert (caught.value.status, ended.is_set()) == (413, True)


def test_work_whose_client_has_gone_is_stopped() -> None:
    """However much time it would have had."""
    ended = threading.Event()

    async def run() -> None:
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        work = _until_stopped(ended, lambda: loop.call_soon_threadsafe(gone.set))
        await FileThreads(600, 100).run(_request(gone), work)

    with pytest.raises(ClientDisconnect):
        asyncio.run(run())
    assert ended.is_set()


def test_work_of_a_call_that_is_cancelled_is_stopped() -> None:
    """As at the end of the service."""
    ended = threading.Event()

    async def run() -> None:
        loop, begun = asyncio.get_running_loop(), asyncio.Event()
        work = _until_stopped(ended, lambda: loop.call_soon_threadsafe(begun.set))
        call = asyncio.create_task(FileThreads(600, 100).run(_request(), work))
        await begun.wait()
        call.cancel()
        await call

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
    assert ended.is_set()


def test_a_call_for_which_no_thread_gets_free_is_asked_to_come_again() -> None:
    """Its file was not looked at, so there is nothing wrong with it."""
    freed = threading.Event()

    async def run() -> ServiceError:
        threads = FileThreads(0.2, 100)
        busy = [asyncio.create_task(threads.run(_request(), lambda watch: freed.wait(PATIENCE))) for _ in range(2)]
        await asyncio.sleep(0)  # they are submitted
        with pytest.raises(ServiceError) as caught:
            await threads.run(_request(), lambda watch: pytest.fail("it must not begin"))
        freed.set()
        await asyncio.gather(*busy, return_exceptions=True)
        return caught.value

    error = asyncio.run(run())
    assert error.status == 429
    assert error.headers is not None
    assert "Retry-After" in error.headers


def test_content_is_counted_decompressed() -> None:
    """A bomb ends where it is sixteen times as long as a file may be."""
    watch = FileWatch(1000)
    watch.received(1000)
    with pytest.raises(ServiceError) as caught:
        watch.received(1)
    assert caught.value.status == 413


def test_reading_ends_at_the_next_record_or_piece_when_stopped() -> None:
    """Whichever comes first."""
    watch = FileWatch(1000)
    records = watch.checked([1, 2])
    assert next(records) == 1
    watch.stop()
    for step in (lambda: next(records), lambda: watch.received(1), watch.check):
        with pytest.raises(StoppedError):
            step()


def test_warnings_are_collected_once_and_counted_where_there_are_very_many() -> None:
    """None is lost, and no file makes an endless answer of them."""
    watch = FileWatch(1000)
    for number in [1, 1, *range(200)]:
        watch.warn("a.zip/b.csv", f"row {number} is odd.")
    assert watch.warnings[:2] == ["a.zip/b.csv: row 1 is odd.", "a.zip/b.csv: row 0 is odd."]
    assert watch.warnings[100:] == ["There are 100 more warnings."]

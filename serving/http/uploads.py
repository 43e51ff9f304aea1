"""Files that calls send: as the body itself, or as a part of a form. They arrive within limits and wait on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from serving.http.errors import Detail, invalid
from serving.http.limits import read_pieces
from serving.http.multipart import MULTIPART, OVERHEAD_BYTES, FormParts, Part
from serving.http.spool import MEMORY_BYTES, Spool

FILE = "file"
"""The part of a form that is the file."""


@dataclass(frozen=True, slots=True)
class Upload:
    """The parts of a body by their names, "file" among them; all spools are dropped when the call has been answered."""

    parts: Mapping[str, Part]
    new_spool: Callable[[], Spool]
    """Makes one more, for the answer."""

    @property
    def file(self) -> Part:
        """The file."""
        return self.parts[FILE]


@asynccontextmanager
async def receive_file(
    request: Request, limits: Mapping[str, int], seconds: float, make_spool: Callable[[], Spool]
) -> AsyncIterator[Upload]:
    """Give what a call sends while it is answered.

    Args:
        request: whose body was not read yet. It is the file itself unless it is declared as a form.
        limits: the most bytes of each part of the form; with more parts than the file it must be a form.
        seconds: longest time for the body to arrive.
        make_spool: makes what keeps the bytes of a part.

    Raises:
        ServiceError: what is wrong with the body.
        ExhaustedError: it does not fit beside the bodies of other calls now.
    """
    with ExitStack() as spools:

        def new_spool() -> Spool:
            spool = make_spool()
            spools.callback(spool.close)
            return spool

        declared = request.headers.get("content-type", "")
        if declared.partition(";")[0].strip().lower() == MULTIPART:
            form = FormParts(declared, limits, new_spool)
            await _receive(request, sum(limits.values()) + OVERHEAD_BYTES, seconds, form.write)
            form.finish()
            parts: Mapping[str, Part] = form.parts
        elif len(limits) > 1:
            raise invalid([Detail("", f"must be a form with the parts {' and '.join(limits)}: {MULTIPART}")])
        else:
            parts = {FILE: Part(new_spool())}
            await _receive(request, limits[FILE], seconds, parts[FILE].content.write)
        yield Upload(parts, new_spool)


async def _receive(request: Request, max_bytes: int, seconds: float, write: Callable[[bytes], None]) -> None:
    received = 0

    async def take(piece: bytes) -> None:
        nonlocal received
        received += len(piece)
        if received <= MEMORY_BYTES:
            write(piece)
        else:  # it may have to wait for the disk
            await run_in_threadpool(write, piece)

    await read_pieces(request, max_bytes, seconds, take)

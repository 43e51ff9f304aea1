"""Starting the service in the foreground.

One worker runs in this process, without a supervisor: BentoML's own (circus) would cost another 80 MB and seconds
of start. Several workers run under uvicorn's, which restarts one that dies and drains them on SIGTERM.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import tempfile
import uuid
from collections.abc import Iterator
from functools import partial

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from data.errors import AreatagError, UsageError
from model.artefact import Artefact
from model.versions import resolve_model
from serving.http.access import is_loopback
from serving.http.keys import KEYS, ApiKeys
from serving.http.protocol import HttpProtocol
from serving.http.settings import ServiceSettings
from serving.http.tracing import load_exporters
from serving.worker.workers import SERVICE_ID

_APP = "serving.server:create_app"
_BACKLOG = 2048
_SLOW_WORKER_SECONDS = 60
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of <malloc.h>
_LARGE_BYTES = 1 << 20
_ARENAS = 2


def run(host: str = "127.0.0.1", port: int = 3000, workers: int = 1, model: str | None = None) -> None:
    """Serve until SIGINT or SIGTERM, then finish the running calls and return.

    Raises:
        UsageError: a setting is wrong, or the address cannot be used.
        AreatagError: the model is missing or damaged, or the service could not start.
    """
    if model is not None:
        os.environ["AREATAG_MODEL"] = model  # workers read their settings from the environment
    os.environ[SERVICE_ID] = uuid.uuid4().hex
    settings = ServiceSettings.from_environment()
    check_access(host, settings)
    load_exporters()  # an exporter that is missing is an error here, not one of each worker
    check_model(settings.model)
    with _listen(host, port) as listener, _shared_metrics(workers):
        config = uvicorn.Config(
            _APP,
            factory=True,
            http=partial(HttpProtocol, settings.body_seconds),  # type: ignore[arg-type]  # all it does is call it
            workers=workers,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=settings.drain_seconds,
            timeout_worker_healthcheck=_SLOW_WORKER_SECONDS,
        )
        _serve(config, listener)


def check_access(host: str, settings: ServiceSettings) -> None:
    """Read the API keys once before any worker does; refuse an address on which nobody could call anything."""
    keys = ApiKeys.from_environment()
    if not (keys.entries or settings.open_tagging or is_loopback(host)):
        raise UsageError(
            f"Listening on {host} needs API keys: set {KEYS} to what `areatag keys new --role tag` prints, "
            "or AREATAG_OPEN_TAGGING=true to let everyone tag."
        )


def check_model(ref: str | None) -> None:
    """Open the model once before any worker does: a damaged one is an error, not a service without a model."""
    Artefact.open(resolve_model(ref))


def create_app() -> Starlette:
    """Return the app of one worker process."""
    give_back_large_blocks()
    from serving.service import areatag  # BentoML is not needed by a supervisor

    return areatag.to_asgi()


def give_back_large_blocks() -> bool:
    """Let glibc map blocks of a megabyte or more one by one, and keep few heaps; False where there is no glibc.

    It would raise that limit by itself to 32 MB once such a block is freed, and give every thread a heap of its own:
    hostile bodies then left a process 100 MB larger (benchmarks/serving).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)) and bool(mallopt(_M_ARENA_MAX, _ARENAS))


def _serve(config: uvicorn.Config, listener: socket.socket) -> None:
    if config.workers > 1:
        Multiprocess(config, sockets=[listener]).run()
        return
    server = uvicorn.Server(config)
    # When it has drained, uvicorn raises the signal again for its earlier handler: to us it means "done".
    signal.signal(signal.SIGTERM, lambda *_: None)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        raise AreatagError("The service could not start; the log above says why.")


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server((str(address[0]), int(address[1])), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"Cannot listen on {host} port {port} ({error}); choose another with --host or --port."
        ) from error
    # Accepted connections inherit it. asyncio sets it only on sockets that name their protocol, which these do not; and
    # without it the body of an answer waits up to 40 ms until the client has acknowledged the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextlib.contextmanager
def _shared_metrics(workers: int) -> Iterator[None]:
    """Give several workers a directory in which they share their metrics."""
    if workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="areatag-metrics-") as directory:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
        try:
            yield
        finally:
            del os.environ["PROMETHEUS_MULTIPROC_DIR"]

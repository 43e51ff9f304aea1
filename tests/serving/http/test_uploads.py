"""Files that calls send, as the body itself or as a part of a form."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from serving.http.errors import ServiceError
from serving.http.limits import Allowance, ExhaustedError
from serving.http.spool import MEMORY_BYTES, Spool
from serving.http.uploads import FILE, receive_file

LIMITS = {FILE: 3 * MEMORY_BYTES}


class Service:
    """What a service has for all calls."""

    def __init__(self, memory: int = 4 * MEMORY_BYTES, disk: int = 8 * MEMORY_BYTES) -> None:
        self.memory, self.disk = Allowance(memory), Allowance(disk)

    def receive(
        self, body: bytes, content_type: str = "text/x-bibtex", limits: Mapping[str, int] = LIMITS, step: int = 1 << 16
    ) -> dict[str, tuple[str, bytes]]:
        """Return the parts of a body that comes in pieces, as they are while the call is answered."""

        async def run() -> dict[str, tuple[str, bytes]]:
            request = _request(body, content_type, step)
            async with receive_file(request, limits, 60, lambda: Spool(self.memory, self.disk)) as upload:
                assert upload.file is upload.parts[FILE]
                more = upload.new_spool()
                more.write(b"answer")
                assert self.memory.used > 0
                return {name: (p.file_name, b"".join(p.content.pieces())) for name, p in upload.parts.items()}

        return asyncio.run(run())

    @property
    def used(self) -> int:
        """What is held now."""
        return self.memory.used + self.disk.used


def _request(body: bytes, content_type: str, step: int) -> Request:
    pieces = [body[start : start + step] for start in range(0, len(body), step)] or [b""]

    async def receive() -> dict[str, Any]:
        if not pieces:
            return {"type": "http.disconnect"}
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    return Request({"type": "http", "method": "POST", "path": "/papers", "headers": headers}, receive)


def _form(file: bytes, **fields: str) -> tuple[bytes, str]:
    request = httpx.Request("POST", "http://x/", files={FILE: ("refs.bib", file)}, data=fields)
    return request.read(), request.headers["content-type"]


@pytest.mark.parametrize("size", [0, 10, MEMORY_BYTES, MEMORY_BYTES + 1, 3 * MEMORY_BYTES])
def test_a_body_is_the_file(size: int) -> None:
    """In memory or on disk; what it took is returned when the call has been answered."""
    service, body = Service(), b"x" * size
    assert service.receive(body) == {FILE: ("", body)}
    assert service.used == 0


@pytest.mark.parametrize("declared", ["", "; charset=x"])
def test_a_form_has_a_file_and_other_parts(declared: str) -> None:
    """Whatever the letters of its type; the file keeps its name."""
    service, limits = Service(), {FILE: 100, "areas": 100}
    body, content_type = _form(b"@misc{a}", areas='{"a": []}')
    content_type = content_type.replace("multipart/form-data", "Multipart/Form-Data ") + declared
    assert service.receive(body, content_type, limits) == {FILE: ("refs.bib", b"@misc{a}"), "areas": ("", b'{"a": []}')}
    assert service.receive(*_form(b"@misc{b}"), {FILE: 100}, 7) == {FILE: ("refs.bib", b"@misc{b}")}
    assert service.used == 0


def test_a_call_with_more_parts_than_the_file_must_be_a_form() -> None:
    """The sentence names them."""
    service = Service()
    with pytest.raises(ServiceError, match="file and areas: multipart/form-data") as caught:
        service.receive(b"@misc{a}", limits={FILE: 100, "areas": 100})
    assert caught.value.status == 400 and service.used == 0


@pytest.mark.parametrize(
    ("file", "areas", "status"), [(b"x" * 101, "{}", 413), (b"x", "y" * 101, 413), (b"x" * 100, "y" * 100, 0)]
)
def test_every_part_has_its_limit(file: bytes, areas: str, status: int) -> None:
    """What is longer is refused, and what was kept of it is dropped."""
    service, limits = Service(), {FILE: 100, "areas": 100}
    if status:
        with pytest.raises(ServiceError) as caught:
            service.receive(*_form(file, areas=areas), limits)
        assert caught.value.status == status
    else:
        assert service.receive(*_form(file, areas=areas), limits)[FILE][1] == file
    assert service.used == 0


def test_a_body_over_the_limit_is_refused() -> None:
    """One byte is enough."""
    service = Service()
    with pytest.raises(ServiceError) as caught:
        service.receive(b"x" * 101, limits={FILE: 100})
    assert caught.value.status == 413 and service.used == 0


@pytest.mark.parametrize(("memory", "disk"), [(100, 100 * MEMORY_BYTES), (4 * MEMORY_BYTES, 100)])
def test_what_does_not_fit_beside_other_calls_waits_for_its_turn(memory: int, disk: int) -> None:
    """Nothing stays behind."""
    service = Service(memory, disk)
    with pytest.raises(ExhaustedError):
        service.receive(b"x" * (MEMORY_BYTES + 10))
    assert service.used == 0

"""Bodies that are HTML forms without files: application/x-www-form-urlencoded, within the same limits as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request

from serving.http.errors import Detail, invalid
from serving.http.limits import INLINE_BYTES, check_media_type, read_whole

MEDIA_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100


async def read_form(request: Request, max_bytes: int, seconds: float, hold: Callable[[int], None]) -> dict[str, str]:
    """Return the fields of a form by name.

    Args:
        request: whose body was not read yet.
        max_bytes: longest body; more is refused as soon as it is known.
        seconds: longest time for the body to arrive.
        hold: called with the size of every piece kept in memory; may raise to refuse it.

    Raises:
        ServiceError: 400 no form in UTF-8, or a field twice; 408 too slow, 413 too long, 415 not declared as a form.
    """
    check_media_type(request, MEDIA_TYPE, "a form")
    body = await read_whole(request, max_bytes, seconds, hold)
    return _fields(body) if len(body) <= INLINE_BYTES else await asyncio.to_thread(_fields, body)


def _fields(body: bytes) -> dict[str, str]:
    if body.count(b"&") >= _MOST_FIELDS:
        raise invalid([Detail("", f"has more than {_MOST_FIELDS} fields")])
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise invalid([Detail("", "is no form in UTF-8")]) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        raise invalid([Detail(name, "is sent twice") for name in fields if names.count(name) > 1])
    return fields

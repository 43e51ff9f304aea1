"""The page at /ui: static files from `serving/page`, under a Content-Security-Policy that lets in nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOLDER = Path(__file__).parents[1] / "page"
_MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
# Papers are text from anywhere: no inline script or style, nothing from other hosts, no text parsed as HTML.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # asked for again each time, and answered 304 while unchanged
}

Endpoint = Callable[[Request], Awaitable[Response]]


def _endpoint(file: Path) -> Endpoint:
    content = file.read_bytes()
    headers = {**_HEADERS, "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'}

    async def serve(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=_MEDIA_TYPES[file.suffix])

    return serve


def _routes() -> tuple[Route, ...]:
    """Return one route a file, so that no path of a request ever names a file."""
    page = Route("/ui", _endpoint(_FOLDER / "index.html"))
    files = sorted(file for file in _FOLDER.iterdir() if file.suffix in _MEDIA_TYPES and file.name != "index.html")
    return (page, *(Route(f"/ui/{file.name}", _endpoint(file)) for file in files))


ROUTES = _routes()
"""The page, and the files it loads."""

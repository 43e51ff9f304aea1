"""The page at /ui: static files from `serving/page`, under a Content-Security-Policy that lets in nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from serving.http.keys import Role
from serving.http.routing import Router

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

router = Router()


def _serve(path: str, file: Path) -> None:
    """Add the route of a file: so no path of a request ever names one."""
    content = file.read_bytes()
    headers = {**_HEADERS, "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'}

    @router.hidden(path, Role.NONE)
    async def serve(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=_MEDIA_TYPES[file.suffix])


_serve("/ui", _FOLDER / "index.html")
for _file in sorted(_FOLDER.rglob("*")):
    if _file.suffix in _MEDIA_TYPES and _file.name != "index.html":
        _serve(f"/ui/{_file.relative_to(_FOLDER).as_posix()}", _file)


@router.hidden("/", Role.NONE)
async def root() -> Response:
    """Lead to the page."""
    return RedirectResponse("/ui")

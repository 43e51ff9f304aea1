"""Who may call what: API keys with roles, of which the service knows only SHA-256 digests.

Tagging and reading need no key where a request arrives on a loopback address, and everywhere with
AREATAG_OPEN_TAGGING=true; whatever writes always needs one. Health, metrics, the API's description and the page are
open, for they hold nothing that a key protects.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from pathlib import Path
from typing import Self

from starlette.types import ASGIApp, Receive, Scope, Send

from data.errors import UsageError
from serving.requests.errors import ServiceError, error_response
from serving.requests.origins import TrustedSites, is_loopback

KEYS, KEYS_FILE = "AREATAG_API_KEYS", "AREATAG_API_KEYS_FILE"
_ENTRY = re.compile(r"(tag|label|admin):([0-9a-f]{64})", re.ASCII | re.IGNORECASE)
_OPEN_ROUTES = {"/livez", "/healthz", "/readyz", "/metrics", "/docs.json", "/schema.json", "/ui"}
_READING = {"GET", "HEAD", "OPTIONS"}


class Role(IntEnum):
    """What a key allows; each role includes those before it."""

    TAG = 1
    LABEL = 2
    ADMIN = 3


_ROLES = {
    ("POST", "/tag"): Role.TAG,
    ("POST", "/feedback"): Role.LABEL,
    ("DELETE", "/feedback"): Role.LABEL,
    ("GET", "/review"): Role.LABEL,  # it shows papers that others sent
    ("HEAD", "/review"): Role.LABEL,
    ("GET", "/retrain"): Role.ADMIN,
    ("HEAD", "/retrain"): Role.ADMIN,
}
"""By method and first part of the path; else, what reads needs the role tag, and what changes things admin."""


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """Digests of keys with their roles."""

    entries: tuple[tuple[Role, bytes], ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read AREATAG_API_KEYS and the file that AREATAG_API_KEYS_FILE names: entries `role:sha256-hex`.

        Entries are separated by blanks, commas or lines; # begins a comment.

        Raises:
            UsageError: an entry is malformed (it is not repeated: it may be a key), or the file cannot be read.
        """
        source = os.environ if environment is None else environment
        entries = _entries(KEYS, source.get(KEYS, ""))
        if name := source.get(KEYS_FILE):
            try:
                text = Path(name).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
                raise UsageError(f"{KEYS_FILE}={name} cannot be read: {reason}.") from None
            entries += _entries(name, text)
        return cls(tuple(entries))

    def role_of(self, key: bytes) -> Role | None:
        """The highest role of a key; takes equally long for every key."""
        digest, found = sha256(key).digest(), 0
        for role, known in self.entries:
            found = max(found, role * hmac.compare_digest(digest, known))
        return Role(found) if found else None


def new_key(role: Role) -> tuple[str, str]:
    """Return a fresh key of 256 random bits and its entry for AREATAG_API_KEYS."""
    key = f"areatag_{secrets.token_urlsafe(32)}"
    return key, f"{role.name.lower()}:{sha256(key.encode()).hexdigest()}"


class AccessControl:
    """ASGI middleware that refuses who may not call before anything of the request's body is read."""

    def __init__(self, app: ASGIApp, keys: ApiKeys, sites: TrustedSites, open_tagging: bool) -> None:
        self.app, self._keys, self._sites, self._open = app, keys, sites, open_tagging

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await error_response(refusal)(scope, receive, send)

    def _refusal(self, scope: Scope) -> ServiceError | None:
        return _ambiguous_length(scope) or self._sites.host_refusal(scope) or self._key_refusal(scope)

    def _key_refusal(self, scope: Scope) -> ServiceError | None:
        needed = role_needed(scope["method"], scope["path"])
        if needed is None:
            return None
        key = _bearer(scope)
        if key is None:
            if needed is Role.TAG and (self._open or is_loopback((scope.get("server") or ("",))[0])):
                # A page could not send a key that it does not know; without one it must be a page of this service.
                return None if scope["method"] in _READING else self._sites.origin_refusal(scope)
            name = needed.name.lower()
            return _unauthorized(f"This call needs an API key with the role {name}: Authorization: Bearer KEY.", "")
        role = self._keys.role_of(key)
        if role is None:
            return _unauthorized("This API key is not known here.", ', error="invalid_token"')
        if role < needed:
            sentence = "This call needs an API key with the role {}; this one has the role {}."
            return ServiceError(403, sentence.format(needed.name.lower(), role.name.lower()))
        return None


def role_needed(method: str, path: str) -> Role | None:
    """The role that a call needs, None for one that is open to all."""
    if path == "/" or path in _OPEN_ROUTES or path.startswith("/ui/"):
        return None
    first = "/" + path[1:].partition("/")[0]
    return _ROLES.get((method, first), Role.TAG if method in _READING else Role.ADMIN)


def _entries(place: str, text: str) -> list[tuple[Role, bytes]]:
    lines = [line.partition("#")[0] for line in text.splitlines()]
    entries = []
    for number, entry in enumerate(" ".join(lines).replace(",", " ").split(), start=1):
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise UsageError(
                f"{place}: entry {number} is not ROLE:SHA256 with the role tag, label or admin and 64 hexadecimal "
                "digits; `areatag keys new` makes one."
            )
        entries.append((Role[match[1].upper()], bytes.fromhex(match[2])))
    return entries


def _ambiguous_length(scope: Scope) -> ServiceError | None:
    """Return the 400 for a body with two lengths: a proxy may see another end of it, and hence another request."""
    if {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
        sentence = "The request has both Content-Length and Transfer-Encoding; send one of them."
        return ServiceError(400, sentence, headers={"Connection": "close"})
    return None


def _bearer(scope: Scope) -> bytes | None:
    """The key of a request; None without one, or with a scheme that is not ours."""
    for name, value in scope["headers"]:
        scheme, _, key = value.partition(b" ")
        if name == b"authorization" and scheme.lower() == b"bearer":
            return bytes(key.strip())
    return None


def _unauthorized(sentence: str, parameters: str) -> ServiceError:
    return ServiceError(401, sentence, headers={"WWW-Authenticate": f'Bearer realm="areatag"{parameters}'})

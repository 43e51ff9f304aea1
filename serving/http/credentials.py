"""The API key that a request brings: as a bearer token, or under Annif's paths as the password of Basic authentication.

Annif asks for no key, so its clients have no option for one; but they all take an address such as
http://NAME:KEY@HOST/v1/, from which HTTP libraries make Basic authentication (RFC 7617).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from starlette.types import Scope

from serving.http.problems import answers_problems

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key, and how it came."""

    key: bytes
    """Empty for a password that cannot be read, which is no key."""
    user: str = ""
    """The name beside a password; nothing proves it."""
    is_password: bool = False
    """Browsers remember passwords and send them with requests of any page, which they never do with a bearer token."""

    @property
    def holder(self) -> str:
        """Who sent it: the name beside a password, or else the beginning of the key's SHA-256."""
        return self.user or f"key {sha256(self.key).hexdigest()[:8]}"


def credentials_of(scope: Scope) -> Credentials | None:
    """Return what a request brings; None without a key, or with a scheme that its path does not take."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, given = value.partition(b" ")
            if scheme.lower() == b"bearer":
                return Credentials(bytes(given.strip()))
            if scheme.lower() == b"basic" and answers_problems(scope["path"]):
                return _password(given.strip())
    return None


def _password(encoded: bytes) -> Credentials:
    try:
        user, _, key = base64.b64decode(encoded, validate=True).partition(b":")
    except binascii.Error:
        user = key = b""
    return Credentials(key, user.decode("utf-8", "replace").strip()[:_LONGEST_NAME], is_password=True)

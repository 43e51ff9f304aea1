"""API keys with roles, of which the service knows only SHA-256 digests."""

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

from data.errors import UsageError

KEYS, KEYS_FILE = "AREATAG_API_KEYS", "AREATAG_API_KEYS_FILE"
_ENTRY = re.compile(r"(tag|label|admin):([0-9a-f]{64})", re.ASCII | re.IGNORECASE)


class Role(IntEnum):
    """What a key allows; each role includes those before it."""

    NONE = 0
    """Of a call that needs no key."""
    TAG = 1
    LABEL = 2
    ADMIN = 3


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

"""The language model that is asked, from the environment, and how much it may cost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from data.errors import UsageError

URL, KEY, MODEL = "AREATAG_LLM_URL", "AREATAG_LLM_KEY", "AREATAG_LLM_MODEL"
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that speaks OpenAI's chat completions."""

    url: str
    """Base URL, such as https://llm.example/v1; `/chat/completions` is added to it."""
    model: str
    key: SecretStr
    """Empty: no key is sent. It is never printed, logged or stored."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read AREATAG_LLM_URL, AREATAG_LLM_MODEL and, where one is needed, AREATAG_LLM_KEY.

        Raises:
            UsageError: a variable is missing or cannot be used; the message names it and never shows the key.
        """
        source = os.environ if environment is None else environment
        url, key, model = (source.get(name, "").strip() for name in (URL, KEY, MODEL))
        if not url or not model:
            raise UsageError(
                f"No language model is set up: set {URL} (such as https://llm.example/v1), {MODEL}, and {KEY} "
                "where the endpoint wants a key."
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            raise UsageError(f"{KEY} holds characters that no key has (blanks, line breaks or accents); set it again.")
        return cls(_checked(url), model, SecretStr(key))

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.url).netloc

    @property
    def reveals_key(self) -> bool:
        """Whether the key would travel unencrypted to another machine."""
        parts = urlsplit(self.url)
        return bool(self.key.get_secret_value()) and parts.scheme == "http" and parts.hostname not in _LOCAL_HOSTS


@dataclass(frozen=True, slots=True)
class Limits:
    """How a run asks."""

    max_calls: int = 200
    """Most requests sent, retries included."""
    max_tokens: int = 2_000_000
    """Most tokens, prompts and answers together."""
    concurrency: int = 4
    """Requests on their way at once."""
    batch: int = 1
    """Papers in a request: more cost less, and are read less carefully."""
    answer_tokens: int = 300
    """Longest answer for one paper; a model that thinks before it answers needs more."""
    timeout: float = 60.0
    """Seconds that one request may take."""
    retries: int = 5
    """How often a request is sent again that was turned away, failed or got no answer in time."""
    longest_wait: float = 300.0
    """Seconds; an endpoint that asks for a longer pause ends the run."""


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in url):
        raise UsageError(f"{URL} is no http or https address; set it to something like https://llm.example/v1.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(f"{URL} must have no user, password, '?' or '#' in it; put the key into {KEY}.")
    return url.rstrip("/").removesuffix("/chat/completions")

"""Limits and choices of the REST service, read once from the environment of the process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data.errors import UsageError
from serving.http.access import TrustedSites, host_name

PREFIX = "AREATAG_"
MAX_PAPERS = 256
MAX_EXPLAINED_PAPERS = 8
ENCODER_BATCH = 16
"""Most papers in one encoder batch: more gains nothing on a CPU, and new calls wait for the running batch."""


class ServiceSettings(BaseModel):
    """Every setting is the environment variable AREATAG_ plus its name in upper case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: str | None = None
    """Model to serve: "bundled", a version name or a directory; None: the active version."""
    taxonomy: str | None = None
    """Taxonomy file of this deployment, read anew when a model is activated over HTTP; None: each model's own."""
    device: str = "auto"
    """Device of the encoder: auto, cpu or cuda."""
    threads: int | None = Field(default=None, ge=1)
    """Encoder threads of one worker process; None: the runtime's own choice."""
    max_body_bytes: int = Field(default=8 * 1024 * 1024, ge=1024)
    """Longest request body."""
    max_held_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    """Most bytes of request bodies that one worker holds at once."""
    max_file_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    """Longest file of papers in a call."""
    max_spooled_bytes: int = Field(default=1024 * 1024 * 1024, ge=1024)
    """Most bytes of such files, and of the answers made of them, that one worker keeps on disk (TMPDIR) at once."""
    file_seconds: float = Field(default=60, gt=0)
    """Longest time in which such a file may arrive, and again for it to be read."""
    max_waiting_papers: int = Field(default=1024, ge=MAX_PAPERS)
    """Most papers of one worker that wait for the encoder or are in it; further calls get 429."""
    max_queue_seconds: float = Field(default=6, gt=0)
    """Longest time that the papers which wait now may take the encoder; further calls get 429."""
    body_seconds: float = Field(default=15, gt=0)
    """Longest time in which a client may send the headers of a request, and again for its body."""
    request_seconds: float = Field(default=30, gt=0)
    """Longest time a call may take once its body has arrived."""
    activation_seconds: float = Field(default=60, gt=0)
    """Longest time that activating a model waits for the other worker processes."""
    cache_papers: int = Field(default=0, ge=0)
    """Tagged papers to keep for later retrainings; 0: none."""
    drain_seconds: int = Field(default=30, ge=0)
    """Longest time that running calls get to finish after SIGTERM."""

    open_tagging: bool = False
    """Whether tagging and reading need no API key on any address; where False, only on loopback addresses."""
    cors_origins: str = Field(default="", pattern=r"^\s*(\*|https?://[^\s/,]+)([\s,]+https?://[^\s/,]+)*\s*$|^$")
    """Origins such as https://papers.example whose pages may call the service, separated by blanks or commas."""

    hosts: str = ""
    """Names in the Host header of requests, such as a proxy's, separated by blanks or commas; where given, others are
    refused, and on loopback addresses always: but for these, localhost and loopback addresses."""

    @field_validator("cors_origins", "hosts")
    @classmethod
    def _separated_by_blanks(cls, names: str) -> str:
        return " ".join(names.replace(",", " ").split())

    @field_validator("hosts")
    @classmethod
    def _are_names(cls, hosts: str) -> str:
        for host in hosts.split():
            if host_name(host) is None:
                raise ValueError(f"{host} is no host name such as papers.example")
        return hosts

    def trusted_sites(self) -> TrustedSites:
        """Return `hosts` and `cors_origins` as what requests are checked against."""
        hosts = frozenset(filter(None, map(host_name, self.hosts.split())))
        return TrustedSites(hosts, frozenset(self.cors_origins.split()))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings; an empty variable counts as unset.

        Raises:
            UsageError: a variable has a wrong value; the message names it.
        """
        source = os.environ if environment is None else environment
        values = {name: value for name in cls.model_fields if (value := source.get(PREFIX + name.upper()))}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = PREFIX + str(first["loc"][0]).upper()
            raise UsageError(f"The environment variable {name} is {first['input']!r}: {first['msg']}.") from None

"""Web pages of other sites: a visitor's browser sends their requests to services that only its machine reaches.

Such a page must neither make the service do something nor read its answers. Its requests carry an Origin header that
no script can change (https://fetch.spec.whatwg.org/#origin-header), and most browsers add Sec-Fetch-Site
(https://www.w3.org/TR/fetch-metadata/). Both speak of the name in the address, which is no proof by itself: under DNS
rebinding a name of the page's own leads to this machine. So the name in the Host header is checked before them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import Scope

from serving.requests.errors import ServiceError

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{0,5})?", re.ASCII)
_PROBES = frozenset({"/livez", "/healthz", "/readyz", "/metrics"})
"""What monitoring asks by whatever name it has; they take nothing and tell nothing of papers."""
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def is_loopback(host: str) -> bool:
    """Whether an address is reached only from its own machine."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def host_name(host: str) -> str | None:
    """Return the name of "name:port" or "[address]:port" in lower case; None for what is neither."""
    match = _HOST.fullmatch(host)
    return (match[1] or match[2]).lower() if match else None


@dataclass(frozen=True, slots=True)
class TrustedSites:
    """The names under which the service answers, and the origins whose pages may call it."""

    hosts: frozenset[str] = frozenset()
    """Names in lower case. On loopback addresses localhost and these addresses always count too."""
    origins: frozenset[str] = frozenset()
    """Such as https://papers.example; "*": all."""

    def host_refusal(self, scope: Scope) -> ServiceError | None:
        """Return the 403 for a request under a name that is not the service's; None for all others."""
        local = is_loopback((scope.get("server") or ("",))[0])
        if scope["path"] in _PROBES or not (local or self.hosts):
            return None
        given = _header(scope, b"host")
        name = host_name(given[0]) if len(given) == 1 else None
        if name is not None and (name in self.hosts or (local and is_loopback(name))):
            return None
        return ServiceError(
            403,
            "This service does not answer under the name in the Host header: call it as localhost or by its loopback "
            "address, or name the host in AREATAG_HOSTS.",
        )

    def origin_refusal(self, scope: Scope) -> ServiceError | None:
        """Return the 403 for a call that another origin's page makes; None for pages of the service and all others."""
        given = _header(scope, b"origin")
        if not given or _header(scope, b"sec-fetch-site") == ["same-origin"]:
            return None
        hosts = _header(scope, b"host")
        if all("*" in self.origins or o in self.origins or (o != "null" and _is_of(o, hosts)) for o in given):
            return None
        return ServiceError(
            403,
            "A web page of another origin may not make this call without an API key; AREATAG_CORS_ORIGINS names the "
            "origins that may.",
        )


def _header(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for name, value in scope["headers"] if name == wanted]


def _is_of(origin: str, hosts: Iterable[str]) -> bool:
    """Whether an origin is what the Host headers name; the scheme is not looked at, for a proxy may end TLS."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    default = _DEFAULT_PORTS.get(parts.scheme)
    wanted = parts.netloc.lower().removesuffix(f":{default}")
    found = [host.lower().removesuffix(f":{default}") for host in hosts]
    return default is not None and bool(wanted) and origin == f"{parts.scheme}://{parts.netloc}" and found == [wanted]

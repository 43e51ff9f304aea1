"""Who may call what: refused before anything of the body is read.

Tagging and reading need no key where a request arrives on a loopback address, and everywhere with
AREATAG_OPEN_TAGGING=true; whatever writes always needs one. What needs no role at all (health, metrics, the API's
description, the page) holds nothing that a key protects.

Web pages of other sites can make a visitor's browser send requests to services that only its machine reaches. Such a
page must neither make the service do something nor read its answers. Its requests carry an Origin header that no script
can change (https://fetch.spec.whatwg.org/#origin-header), and most browsers add Sec-Fetch-Site
(https://www.w3.org/TR/fetch-metadata/). Both speak of the name in the address, which is no proof by itself: under DNS
rebinding a name of the page's own leads to this machine. So the name in the Host header is checked before them.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.http.credentials import credentials_of
from serving.http.errors import ServiceError, error_response
from serving.http.keys import ApiKeys, Role
from serving.http.problems import PATH as PROBLEMS_PATH
from serving.http.problems import answers_problems
from serving.http.routing import READING, RouteTable

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{0,5})?", re.ASCII)
_PROBES = frozenset({"/livez", "/healthz", "/readyz", "/metrics"})
"""What monitoring asks by whatever name it has; they take nothing and tell nothing of papers."""
_DEFAULT_PORTS = {"http": "80", "https": "443"}


@lru_cache(maxsize=256)
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
        local = _arrives_on_loopback(scope)
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


class AccessControl:
    """ASGI middleware that refuses who may not call before anything of the request's body is read."""

    def __init__(
        self, app: ASGIApp, keys: ApiKeys, sites: TrustedSites, routes: RouteTable, open_tagging: bool
    ) -> None:
        self.app, self._keys, self._sites, self._routes, self._open = app, keys, sites, routes, open_tagging

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, or answer why it is refused."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await error_response(refusal, scope["path"])(scope, receive, send)

    def _refusal(self, scope: Scope) -> ServiceError | None:
        return _ambiguous_length(scope) or self._sites.host_refusal(scope) or self._key_refusal(scope)

    def _key_refusal(self, scope: Scope) -> ServiceError | None:
        needed = self._routes.role_of(scope["method"], scope["path"])
        if needed is Role.NONE:
            return None
        given = credentials_of(scope)
        if given is None:
            if needed is Role.TAG and (self._open or _arrives_on_loopback(scope)):
                # A page could not send a key that it does not know; without one it must be a page of this service.
                return None if scope["method"] in READING else self._sites.origin_refusal(scope)
            return _no_key(scope["path"], needed.name.lower())
        if given.is_password and scope["method"] not in READING:
            # A browser that knows the password sends it for any page.
            refusal = self._sites.origin_refusal(scope)
            if refusal is not None:
                return refusal
        role = self._keys.role_of(given.key)
        if role is None:
            return _unauthorized(scope["path"], "This API key is not known here.", ', error="invalid_token"')
        if role < needed:
            sentence = "This call needs an API key with the role {}; this one has the role {}."
            return ServiceError(403, sentence.format(needed.name.lower(), role.name.lower()))
        return None


def _arrives_on_loopback(scope: Scope) -> bool:
    return is_loopback((scope.get("server") or ("",))[0])


def _header(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for name, value in scope["headers"] if name == wanted]


def _is_of(origin: str, hosts: list[str]) -> bool:
    """Whether an origin is what the Host headers name; the scheme is not looked at, for a proxy may end TLS."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    default = _DEFAULT_PORTS.get(parts.scheme)
    wanted = parts.netloc.lower().removesuffix(f":{default}")
    found = [host.lower().removesuffix(f":{default}") for host in hosts]
    return default is not None and bool(wanted) and origin == f"{parts.scheme}://{parts.netloc}" and found == [wanted]


def _ambiguous_length(scope: Scope) -> ServiceError | None:
    """Return the 400 for a body with two lengths: a proxy may see another end of it, and hence another request."""
    if {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
        sentence = "The request has both Content-Length and Transfer-Encoding; send one of them."
        return ServiceError(400, sentence, headers={"Connection": "close"})
    return None


def _no_key(path: str, role: str) -> ServiceError:
    how = "Authorization: Bearer KEY"
    if answers_problems(path):
        how = f"the password in the address, http://NAME:KEY@HOST{PROBLEMS_PATH}/, or {how}"
    return _unauthorized(path, f"This call needs an API key with the role {role}: {how}.", "")


def _unauthorized(path: str, sentence: str, parameters: str) -> ServiceError:
    """Return the 401; where passwords are taken nobody is asked for one, or browsers would remember it."""
    challenge = {} if answers_problems(path) else {"WWW-Authenticate": f'Bearer realm="areatag"{parameters}'}
    return ServiceError(401, sentence, headers=challenge)

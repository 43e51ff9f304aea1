"""Hostile HTTP requests as bytes on a connection: odd paths, headers, lengths, framing and timing. Same for a seed."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from benchmarks.serving.hostile_bodies import BODIES

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "\x01")
_PATH_VALUES = (
    *("0", "-1", "99999999999999999999", "1e3", "%00", "..%2f..%2fetc%2fpasswd", "%ff%fe", "bundled", "a" * 3000),
    *("%F0%9F%98%80", "1;drop", "*", "%25%32%65", "true"),
)
_ODD_PATHS = (
    *("/../../etc/passwd", "/ui/../../pyproject.toml", "/ui/%2e%2e/%2e%2e/etc/passwd", "/ui/..%5c..%5cx", "//tag"),
    *("/tag/", "/TAG", "/tag%00", "/%", "/%zz", "/tag?" + "a=b&" * 2000, "/" + "a/" * 3000, "*", "http://other/tag"),
    *("/static_content/%00", "/schema.json/../tag", "/.env", "/tag;x", "/tag#x", "/ui/page.js%00.html", "/\u00e9"),
)


@dataclass(frozen=True, slots=True)
class HostileRequest:
    """What is sent on one connection."""

    kind: str
    pieces: tuple[bytes, ...]
    pause: float = 0.0
    """Seconds between the pieces."""
    half_close: bool = False
    """Whether the client says after the last piece that nothing more comes."""
    to_the_end: bool = False
    """Whether the last answer ends the connection, and all of them are read."""


@dataclass(frozen=True, slots=True)
class Target:
    """What requests are made of."""

    routes: Sequence[tuple[str, str]]
    """Method and path of each call of the service, parameters in braces."""
    key: str
    """An API key that may do everything: what a key protects is attacked too."""


RequestMaker = Callable[[Random, Target], HostileRequest]


def hostile_requests(count: int, target: Target, seed: int = 0) -> Iterator[HostileRequest]:
    """Requests of all kinds in turn; bodies come more often than each other kind."""
    random = Random(seed)
    makers: list[RequestMaker] = [body] * 6 + [*_KINDS]
    for maker in itertools.islice(itertools.cycle(makers), count):
        yield maker(random, target)


def http(method: str, path: str, headers: dict[str, str], content: bytes = b"") -> bytes:
    """A request; the length of its content is among the headers unless they say something else."""
    framed = {"content-length", "transfer-encoding"} & {name.lower() for name in headers}
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if content and not framed:
        lines.append(f"Content-Length: {len(content)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + content


def body(random: Random, target: Target) -> HostileRequest:
    """A well-formed request with a hostile body."""
    name = random.choice(list(BODIES))
    path = random.choice(("/tag", "/tag", "/tag", "/feedback"))
    return HostileRequest(name, (http("POST", path, _json(target), BODIES[name](random)),))


def method_and_path(random: Random, target: Target) -> HostileRequest:
    """Any method on any route, with odd values in the place of parameters."""
    _, path = random.choice(list(target.routes))
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = path[:start] + random.choice(_PATH_VALUES) + path[end + 1 :]
    content = BODIES["ambiguous"](random) if random.random() < 0.5 else b""
    # Without a key where a call with one would start real work.
    headers = {} if path.startswith("/retrain") else _json(target)
    return HostileRequest("method and path", (http(random.choice(_METHODS), path, headers, content),))


def odd_path(random: Random, target: Target) -> HostileRequest:
    """Path traversal, bad escapes, very long paths and queries."""
    return HostileRequest("odd path", (http(random.choice(("GET", "POST")), random.choice(_ODD_PATHS), _json(target)),))


def content_type(random: Random, target: Target) -> HostileRequest:
    """Bodies declared as something else, or in other encodings."""
    kinds = ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-16")
    declared = random.choice((*kinds, "", ";", "application/json;charset=" + "x" * 500, "\x7f", "*/*", "é"))
    headers = {**_json(target), "Content-Type": declared}
    return HostileRequest("content type", (http("POST", "/tag", headers, b'{"papers":[{"title":"x"}]}'),))


def content_length(random: Random, target: Target) -> HostileRequest:
    """Lengths that are no numbers, too large, or not those of the body."""
    length = random.choice(("-1", "abc", "1e3", "5", "500", "9" * 18, "9" * 400, "0x10", "", " 7", "+7", "²", "7, 8"))
    headers = {**_json(target), "Content-Length": length}
    request = http("POST", "/tag", headers, b'{"papers":[{"title":"x"}]}')
    return HostileRequest("content length", (request,), half_close=True)


def framing(random: Random, target: Target) -> HostileRequest:
    """Chunked bodies that are broken, endless or smuggled behind a length."""
    chunked = {**_json(target), "Transfer-Encoding": random.choice(("chunked", "chunked", "gzip, chunked", "xchunked"))}
    if random.random() < 0.3:
        chunked["Content-Length"] = "5"
    content = random.choice(
        (
            b"5\r\nabc",
            b"zz\r\nabc\r\n0\r\n\r\n",
            b"ffffffffffffffffffff\r\n",
            b"-5\r\nhello\r\n0\r\n\r\n",
            b"1\r\n{\r\n" * 2000 + b"0\r\n\r\n",
            b"0\r\n\r\nGET /readyz HTTP/1.1\r\n\r\n",
            b"2;" + b"x" * 10_000 + b"\r\n{}\r\n0\r\n\r\n",
            b"0\r\nTrailer: " + b"x" * 10_000 + b"\r\n\r\n",
        )
    )
    return HostileRequest("framing", (http("POST", "/tag", chunked, content),), half_close=True)


def compressed(random: Random, target: Target) -> HostileRequest:
    """A little that would unpack to a lot."""
    encoding = random.choice(("gzip", "deflate", "br", "zstd", "gzip, gzip", "identity, gzip", "x" * 300))
    return HostileRequest(
        "compressed", (http("POST", "/tag", {**_json(target), "Content-Encoding": encoding}, _bomb()),)
    )


def headers(random: Random, target: Target) -> HostileRequest:
    """Very many, very long and malformed headers."""
    request = http("POST", "/tag", _json(target), b'{"papers":[{"title":"x"}]}')
    line, rest = request.split(b"\r\n", 1)
    more = random.choice(
        (
            b"".join(b"X-%d: y\r\n" % n for n in range(random.choice((100, 1_000, 20_000)))),
            b"X-Long: " + b"y" * random.choice((5_000, 70_000, 500_000)) + b"\r\n",
            *(b"no colon\r\n", b": empty\r\n", b" folded\r\n", b"X\x00: y\r\n", b"X: \xff\xfe\r\n", b"X: a\nY: b\r\n"),
            b"Authorization: Bearer " + bytes(random.randrange(33, 256) for _ in range(200)) + b"\r\n",
            *(b"Authorization: Basic eDp5\r\n", b"Authorization:\r\n", b"X-Request-ID: \xff'\"<>\r\n"),
            *(b"Expect: 100-continue\r\n", b"Expect: nonsense\r\n", b"Range: bytes=0-9999999999\r\n"),
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n",
            *(b"Upgrade: h2c\r\nConnection: Upgrade\r\n", b"traceparent: 00-zz-zz-99\r\n", b"Host: again\r\n"),
            b"Origin: null\r\nAccess-Control-Request-Method: POST\r\n",
        )
    )
    return HostileRequest("headers", (line + b"\r\n" + more + rest,))


def not_http(random: Random, target: Target) -> HostileRequest:
    """Bytes that are no HTTP/1.1 request."""
    noise = bytes(random.randrange(256) for _ in range(random.randint(1, 2000)))
    return HostileRequest(
        "not HTTP",
        (
            random.choice(
                (
                    *(noise, b"\r\n" * 1000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00"),
                    *(b"GET /readyz\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET  /  HTTP/1.1\r\n\r\n", b"\x00" * 5000),
                    b"A" * 200_000,
                )
            ),
        ),
        half_close=True,
    )


def partial(random: Random, target: Target) -> HostileRequest:
    """A request that stops in the middle."""
    request = http("POST", "/tag", _json(target), b'{"papers":[{"title":"x"}]}')
    cut = random.randrange(1, len(request))
    return HostileRequest("partial", (request[:cut],), half_close=random.random() < 0.8)


def slow(random: Random, target: Target) -> HostileRequest:
    """A body that trickles in."""
    request = http("POST", "/tag", {**_json(target), "Content-Length": "10000"})
    return HostileRequest("slow", (request, *(b" " for _ in range(random.randint(1, 8)))), pause=0.05)


def pipelined(random: Random, target: Target) -> HostileRequest:
    """Several requests at once on one connection, good and bad."""
    good = http("GET", "/livez", {})
    bad = http("POST", "/tag", _json(target), BODIES["ambiguous"](random))
    last = http("GET", "/livez", {"Connection": "close"})
    requests = [*random.choices((good, bad), k=random.randint(1, 20)), last]
    return HostileRequest("pipelined", (b"".join(requests),), to_the_end=True)


_KINDS: tuple[RequestMaker, ...] = (
    *(method_and_path, method_and_path, odd_path, content_type, content_length, framing),
    *(compressed, headers, not_http, partial, slow, pipelined),
)


def _json(target: Target) -> dict[str, str]:
    return {"Content-Type": "application/json", "Authorization": f"Bearer {target.key}"}


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    return gzip.compress(b'{"papers":[{"title":"' + b"x" * 10_000_000 + b'"}]}', mtime=0)

"""Hostile JSON bodies: malformed, of wrong types, too deep, too long, too many. The same for the same seed."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from random import Random
from typing import Any

BodyMaker = Callable[[Random], bytes]

_ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**63, -(2**63) - 1, 10**100, 1e308, "", " ", "\x00", "\ud800", "\U0010ffff"),
    *("\u202e", "a" * 5000, [], {}, [[]], {"": None}, [None], "../../etc/passwd", "<script>alert(1)</script>"),
)
_NAMES = (
    *("papers", "title", "abstract", "id", "top_k", "threshold", "areas", "explain", "labels", "paper", "not"),
    *("complete", "annotator", "", "__proto__", "constructor", "a" * 2000),
)
_NUMBERS = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 5000, "0" * 5000, "1." + "0" * 5000, "1e-99999"),
    *("-0", "01", "+1", "0x10", "1e", ".5", "1_000", "9" * 400 + ".0"),
)


def valid_tag(random: Random) -> dict[str, Any]:
    """A body that POST /tag takes."""
    papers = [{"id": f"p{n}", "title": f"A paper {random.random()}"} for n in range(random.randint(1, 3))]
    return {"papers": papers, "top_k": random.randint(1, 5), "threshold": random.random()}


def valid_feedback(random: Random) -> dict[str, Any]:
    """A body that POST /feedback takes, but for its area."""
    return {"labels": [{"paper": {"title": f"A paper {random.random()}"}, "areas": ["no/area"], "complete": False}]}


def broken_json(random: Random) -> bytes:
    """A valid body with some bytes cut, changed, doubled or put in."""
    body = bytearray(_valid(random))
    for _ in range(random.randint(1, 5)):
        place = random.randrange(len(body))
        action = random.randrange(4)
        if action == 0:
            del body[place : place + random.randint(1, 20)]
        elif action == 1:
            body[place] = random.randrange(256)
        elif action == 2:
            body[place:place] = body[place : place + 20]
        else:
            body[place:place] = random.choice((b'"', b"\\", b"{", b"]", b"\x00", b"\xff", b",", b"\\u12"))
        body = body or bytearray(b"{")
    return bytes(body)


def wrong_types(random: Random) -> bytes:
    """A valid body of which some values or names are replaced by odd ones."""
    body: Any = valid_tag(random) if random.random() < 0.6 else valid_feedback(random)
    for _ in range(random.randint(1, 3)):
        body = _replace(body, random)
    return json.dumps(body).encode()


def _replace(node: Any, random: Random) -> Any:
    if random.random() < 0.25 or not isinstance(node, dict | list) or not node:
        return random.choice(_ODD_VALUES)
    if isinstance(node, list):
        place = random.randrange(len(node))
        return [*node[:place], _replace(node[place], random), *node[place + 1 :]]
    if random.random() < 0.2:
        return {**node, random.choice(_NAMES): random.choice(_ODD_VALUES)}
    name = random.choice(list(node))
    return {**node, name: _replace(node[name], random)}


def deep_nesting(random: Random) -> bytes:
    """Lists or objects inside each other, closed or not."""
    depth = random.choice((50, 500, 5_000, 50_000, 500_000))
    left, right = random.choice(((b"[", b"]"), (b'{"papers":', b"}"), (b'[{"a":', b"}]")))
    middle = left * depth + b"1" + (right * depth if random.random() < 0.7 else b"")
    return middle if random.random() < 0.5 else b'{"papers":[{"title":' + middle + b"}]}"


def odd_numbers(random: Random) -> bytes:
    """Numbers that JSON does not have, or that no machine number holds."""
    number = random.choice(_NUMBERS)
    name = random.choice(("top_k", "threshold", "id", "explain"))
    if name == "id":
        return f'{{"papers":[{{"title":"x","id":{number}}}]}}'.encode()
    return f'{{"papers":[{{"title":"x"}}],"{name}":{number}}}'.encode()


def odd_unicode(random: Random) -> bytes:
    """Lone surrogates, null characters, text that is no UTF-8, other encodings, byte order marks."""
    text = random.choice((r"\ud800", r"\udfff\ud800", r"\u0000", r"\uD83D", r"\u0000\u0000x", "\u0000"))
    name = random.choice(("title", "abstract", "id"))
    plain = f'{{"papers":[{{"title":"x","{name}":"a{text}b"}}],"areas":["{text}"]}}'
    encodings: tuple[Callable[[], bytes], ...] = (
        plain.encode,
        lambda: plain.encode("utf-16"),
        lambda: plain.encode("utf-32-le"),
        lambda: codecs.BOM_UTF8 * 2 + plain.encode(),
        lambda: plain.encode()[:-5] + bytes(random.randrange(128, 256) for _ in range(10)) + b'"}]}',
        lambda: plain.encode().replace(b"x", b"\xc0\xaf\xed\xa0\x80"),
    )
    return random.choice(encodings)()


def too_long(random: Random) -> bytes:
    """Long texts and names; beyond some length they are cut or refused."""
    length = random.choices((1_000, 30_000, 300_000, 1_000_000, 9_000_000), (10, 10, 10, 5, 1))[0]
    filler = random.choice(("a", "a ", "\u00e9", "\x1f", " ", "[", "\U0001f600", "."))
    text = filler * (length // len(filler.encode()))
    name = random.choice(("title", "abstract", "id", "unknown"))
    return json.dumps({"papers": [{name: text, **({} if name == "title" else {"title": "x"})}]}).encode()


def too_many(random: Random) -> bytes:
    """Too many papers, labels, names or areas."""
    count = random.choice((257, 1_000, 20_000))
    bodies: tuple[dict[str, Any], ...] = (
        {"papers": [{"title": "x"}] * count},
        {"papers": [{}] * count},
        {"labels": [{"paper": {"title": "x"}, "areas": []}] * count},
        {"papers": [{"title": "x", **{f"n{n}": n for n in range(count)}}] * 1, "top_k": 0},
        {"papers": [{"title": "x"}], "areas": [f"a{n}" for n in range(count)]},
        {f"n{n}": n for n in range(count)},
    )
    if random.random() < 0.05:  # little to send, much to hold
        return b'{"papers":[' + b"[],{}," * random.choice((100_000, 1_000_000)) + b"1]}"
    return json.dumps(random.choice(bodies)).encode()


def ambiguous(random: Random) -> bytes:
    """The same name twice, text after the end, two documents, comments, single quotes, nothing at all."""
    return random.choice(
        (
            b'{"papers":[{"title":"x"}],"papers":[{"title":"y"}]}',
            b'{"papers":[{"title":"x","title":"y"}]}',
            b'{"papers":[{"title":"x"}]} trailing',
            b'{"papers":[{"title":"x"}]}{"papers":[]}',
            b"{'papers': [{'title': 'x'}]}",
            b'/* c */ {"papers":[{"title":"x"}]}',
            b'{"papers":[{"title":"x"},]}',
            *(b"", b" ", b"null", b"[]", b'""', b"0", b"{}", b"\x00" * 100),
            b"<papers/>",
            b"papers=x&title=y",
        )
    )


def _valid(random: Random) -> bytes:
    return json.dumps(valid_tag(random) if random.random() < 0.6 else valid_feedback(random)).encode()


BODIES: dict[str, BodyMaker] = {
    maker.__name__: maker
    for maker in (
        broken_json,
        wrong_types,
        deep_nesting,
        odd_numbers,
        odd_unicode,
        too_long,
        too_many,
        ambiguous,
    )
}
"""Every kind of body by name."""

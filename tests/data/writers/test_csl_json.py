"""Tests of data.writers.csl_json."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.readers.sources import ByteStream
from data.writers import KeywordFormat
from data.writers.csl_json import pieces
from tests.support.properties import SHARED_FIXTURES
from tests.support.segments import Segment, changed_gaps, content_of

GiveBack = Callable[..., bytes]

START = '{"type":"book","title":"A"'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[{"type":"book","title":"A"}]', '[{"type":"book","title":"A","keyword":"Geese"}]'),
        ('[\n {\n  "type": "book",\n  "title": "A"\n }\n]\n',
         '[\n {\n  "type": "book",\n  "title": "A",\n  "keyword": "Geese"\n }\n]\n'),
        (START + ', "keyword": "birds; ice"}', START + ', "keyword": "birds; ice; Geese"}'),
        (START + ', "keyword": "geese"}', START + ', "keyword": "geese"}'),
        (START + ', "keyword": "G\\u00e4nse"}', START + ', "keyword": "G\\u00e4nse, Geese"}'),
        (START + ', "keyword": ["b"], "x": {"keyword": "c"}}',
         START + ', "keyword": ["b", "Geese"], "x": {"keyword": "c"}}'),
        (START + ', "keyword": null}', START + ', "keyword": "Geese"}'),
        (START + ', "keyword": 5}', START + ', "keyword": 5}'),
        ('[{"type":"book"}, 5, {"title": "}"', '[{"type":"book"}, 5, {"title": "}"'),
    ],
)  # fmt: skip
def test_keywords(give_back: GiveBack, content: str, expected: str) -> None:
    """They join those that are there, or come as the last member, spaced as the others; Rejects stay as they are."""
    assert give_back(content, KeywordFormat.CSL_JSON).decode() == expected


def test_a_prefix(give_back: GiveBack) -> None:
    """Earlier keywords of the prefix are replaced, in a text and in a list."""
    for before, after in [
        ('"t:Herons, birds, t:Geese"', '"birds, t:Geese, t:Storks"'),
        ('["t:Herons", "birds"]', '["birds", "t:Geese", "t:Storks"]'),
    ]:
        once = give_back(f'{START}, "keyword": {before}}}', KeywordFormat.CSL_JSON, ["Geese", "Storks"], "t:")
        assert once.decode() == f'{START}, "keyword": {after}}}'


_BLANK = st.sampled_from(["", " ", "\n  ", "\t", "\r\n"])
_STRING = st.text(st.sampled_from('ab"\\/,;{}[]äß\u2028😀\n'), max_size=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _STRING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "keyword", "title"]), inner),
    max_leaves=5,
)


def _string(draw: st.DrawFn, text: str) -> str:
    """Return a text as JSON, escaped in one of the ways that programs have."""
    written = json.dumps(text, ensure_ascii=draw(st.booleans()))
    return written.replace("/", "\\/") if draw(st.booleans()) else written


@st.composite
def _item(draw: st.DrawFn) -> list[Segment]:
    """An item with any spacing; what may change is its keyword, or the place behind its last member."""
    members = [('"type"', '"book"'), ('"title"', _string(draw, "A" + draw(_STRING)))]
    members += [(f'"x{number}"', json.dumps(draw(_JSON))) for number in range(draw(st.integers(0, 3)))]
    at = draw(st.integers(0, len(members))) if draw(st.booleans()) else -1
    segments, opening = [], "{"
    for number in range(len(members) + 1):
        colon = f"{draw(_BLANK)}:{draw(_BLANK)}"
        if number == at:
            segments.append(Segment(f'{opening}{draw(_BLANK)}"keyword"{colon}'))
            segments.append(Segment(_string(draw, draw(_STRING)), is_gap=True))
            opening = draw(_BLANK) + ","
        if number < len(members):
            name, value = members[number]
            segments.append(Segment(f"{opening}{draw(_BLANK)}{name}{colon}{value}"))
            opening = draw(_BLANK) + ","
    segments += [] if at >= 0 else [Segment("", is_gap=True)]
    return [*segments, Segment(draw(_BLANK) + "}")]


@settings(max_examples=250, suppress_health_check=SHARED_FIXTURES)
@given(
    st.lists(_item(), min_size=3, max_size=6),
    st.sampled_from([",", ",\n", " , "]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_only_keywords_change(give_back: GiveBack, items: list[list[Segment]], comma: str, encoding: str) -> None:
    """A thousand items in all: what is no keyword is the same afterwards, and twice is once."""
    segments = [Segment("[")]
    for number, item in enumerate(items):
        segments += [*([Segment(comma)] if number else []), *item]
    segments.append(Segment("]\n"))
    content = content_of(segments).encode(encoding)
    once = give_back(content, KeywordFormat.CSL_JSON, ["Geese, herons", "Storks"])
    assert give_back(once, KeywordFormat.CSL_JSON, ["Geese, herons", "Storks"]) == once
    gaps = changed_gaps(segments, once.decode(encoding))
    assert all("Geese / herons" in after and "Storks" in after for _, after in gaps)
    for before, after in zip(json.loads(content.decode(encoding)), json.loads(once.decode(encoding)), strict=True):
        keyword, old = str(after.pop("keyword")), str(before.pop("keyword", ""))
        assert after == before
        assert _squeezed(keyword) == _squeezed(old)


def _squeezed(keywords: str) -> str:
    """Return keywords without those that were added, and without what is between them."""
    for name in ("Geese / herons", "Storks"):
        keywords = keywords.replace(name, "")
    return keywords.translate(str.maketrans("", "", ",; \n\u2028"))


@given(st.text(st.sampled_from('[]{}"\\,:a1 \n'), max_size=60), st.integers(1, 20), st.integers(3, 60))
def test_pieces_are_the_content(content: str, chunk: int, limit: int) -> None:
    """Whatever bytes come, all of them are in the pieces once, in order."""
    data = content.encode()
    chunks = (data[start : start + chunk] for start in range(0, len(data), chunk))
    assert b"".join(piece.data for piece in pieces(ByteStream("x", chunks, limit))) == data


@pytest.mark.parametrize("key", ["items", "references"])
def test_items_inside_an_object(give_back: GiveBack, key: str) -> None:
    """Zotero's API gives them so: the keywords come into the items, not into the object around them."""
    content = f'{{"{key}": [\n{{"type": "book", "title": "A"}},\n{{"type": "book", "title": "B"}}\n], "n": 2}}'
    expected = content.replace('"A"', '"A", "keyword": "Geese"').replace('"B"', '"B", "keyword": "Geese"')
    assert give_back(content, KeywordFormat.CSL_JSON).decode() == expected


def test_an_item_inside_another_object_stays(give_back: GiveBack) -> None:
    """What is around it is no item, and must not get keywords."""
    content = '[{"key": "K", "data": {"type": "book", "title": "A"}}]'
    assert give_back(content, KeywordFormat.CSL_JSON).decode() == content

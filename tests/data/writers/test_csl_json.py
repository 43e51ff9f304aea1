"""Tests of data.writers.csl_json."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.readers.sources import ByteStream
from data.writers import KeywordFormat
from data.writers.csl_json import pieces

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


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def _item(draw: st.DrawFn) -> dict[str, object]:
    item: dict[str, object] = dict(draw(st.dictionaries(st.text(max_size=5), _JSON)))
    item |= {"type": "book", "title": "A" + draw(st.text(max_size=10))}
    if draw(st.booleans()):
        item["keyword"] = draw(st.text(max_size=20))
    return item


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_item(), min_size=1, max_size=5), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_only_keywords_change(
    give_back: GiveBack, items: list[dict[str, object]], indent: int | str | None, ascii: bool
) -> None:
    """A thousand items in all: what is no keyword is the same afterwards, and twice is once."""
    content = json.dumps(items, indent=indent, ensure_ascii=ascii).encode("utf-8", "replace")
    once = give_back(content, KeywordFormat.CSL_JSON, ["Geese, herons", "Storks"])
    assert give_back(once, KeywordFormat.CSL_JSON, ["Geese, herons", "Storks"]) == once
    written = json.loads(once)
    assert all(item.pop("keyword").count("Storks") == 1 for item in written)
    assert written == [
        {name: value for name, value in item.items() if name != "keyword"} for item in json.loads(content)
    ]


@given(st.text(st.sampled_from('[]{}"\\,:a1 \n'), max_size=60), st.integers(1, 20), st.integers(3, 60))
def test_pieces_are_the_content(content: str, chunk: int, limit: int) -> None:
    """Whatever bytes come, all of them are in the pieces once, in order."""
    data = content.encode()
    chunks = (data[start : start + chunk] for start in range(0, len(data), chunk))
    assert b"".join(piece.data for piece in pieces(ByteStream("x", chunks, limit))) == data

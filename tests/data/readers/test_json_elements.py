"""Tests of data.readers.json_elements."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from data.papers import Reject
from data.readers import read_records
from data.readers.json_elements import Element, Splitter

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_PARTS = st.recursive(
    st.none() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_PAPERS = st.lists(st.dictionaries(_TEXTS, _PARTS, max_size=3).map(lambda extra: {"title": "t", **extra}), min_size=1)
_KEYS = st.sampled_from(["results", "items", "hits", "message", "feed"])


def split(text: str, size: int, limit: int = 1 << 20) -> list[Element]:
    """Return the elements of a text that comes in chunks of `size` bytes."""
    splitter, content = Splitter(limit), text.encode()
    found = [
        element for start in range(0, len(content), size) for element in splitter.feed(content[start : start + size])
    ]
    return found + splitter.end()


@given(
    _PAPERS, st.lists(_KEYS, max_size=3), st.dictionaries(_TEXTS, _PARTS, max_size=2), st.integers(1, 40), st.booleans()
)
def test_the_list_in_any_object_is_found(
    papers: list[dict[str, object]], keys: list[str], extra: dict[str, object], size: int, pretty: bool
) -> None:
    """However deep the list is, whatever stands beside it and wherever chunks end, its objects are the elements."""
    value: object = papers
    for number, key in enumerate(keys):
        value = {"x": extra, key if number else "results": value, "y": extra}
    found = split(f"{json.dumps(value, indent=1 if pretty else None)}\n" * 2, size)
    assert [json.loads(element.data) for element in found] == papers * 2
    assert all(element.complete for element in found)


@given(st.lists(_PARTS.map(lambda part: {"x": part}), max_size=4), st.integers(1, 20))
def test_objects_without_a_paper_stay_whole(objects: list[dict[str, object]], size: int) -> None:
    """Objects that are no wrappers come back as they are, with the lines where they start."""
    found = split("\n\n".join(map(json.dumps, objects)), size)
    assert [json.loads(element.data) for element in found] == objects
    assert [element.line for element in found] == list(range(1, 2 * len(objects), 2))


@given(
    st.dictionaries(_TEXTS, st.sampled_from([[], "}", {"title": "z"}]), min_size=5),
    st.lists(_KEYS, max_size=2),
    st.integers(1, 40),
    st.booleans(),
)
def test_a_map_from_ids_is_opened_when_it_is_too_long(
    extras: dict[str, object], keys: list[str], size: int, pretty: bool
) -> None:
    """Each of its members is an element of its own, {id: paper}, wherever the map is and whatever stands around it."""
    papers = {key: {"title": "t", "abstract": "x" * 200, "extra": extra} for key, extra in extras.items()}
    value: object = papers
    for key in keys:
        value = {"x": 1, key: value, "y": [2, {"z": "}"}]}
    found = split(json.dumps(value, indent=1 if pretty else None) + "\n[5]", size, limit=1200)
    members = {key: paper for element in found[:-1] for key, paper in json.loads(element.data).items()}
    assert members == papers
    assert found[-1].data == b"5"


def test_members_of_a_map(tmp_path: Path) -> None:
    """The key is the id of a paper that has none; a member that is too long is one Reject."""
    path = tmp_path / "papers.json"
    papers: dict[str, object] = {f"p{number}": {"title": f"Geese {number}"} for number in range(2000)}
    papers["p3"] = {"title": "Long", "abstract": "x" * 20_000}
    path.write_text(json.dumps({"count": 2000, "papers": papers, "next": None}))
    records = list(read_records([path], record_bytes=10_000))
    rejected = [item for item in records if isinstance(item, Reject)]
    assert len(rejected) == 1 and "longer than 10000 bytes" in rejected[0].reason
    ids = [str(item.fields["id"]) for item in records if not isinstance(item, Reject)]
    assert ids == [key for key in papers if key != "p3"]


@given(st.text(st.sampled_from('{}[]",:\\\n a1')), st.integers(1, 9), st.integers(5, 50))
def test_any_text_is_split(text: str, size: int, limit: int) -> None:
    """No brackets in any order make it fail, and no element holds much more than the limit."""
    for element in split(text, size, limit):
        assert len(element.data) <= max(limit + size, 512)


def test_deep_nesting_takes_no_memory() -> None:
    """Brackets are counted, not kept."""
    splitter = Splitter(1 << 10)
    for _ in range(100):
        splitter.feed(b'{"title": "t", "x": ' + b"[" * 10_000)
    assert len(splitter.end()) == 1

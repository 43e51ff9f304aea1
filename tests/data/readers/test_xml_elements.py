"""Elements cut from a stream of XML, however it is cut into chunks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers.sources import ByteStream
from data.readers.xml_elements import Element, split_elements


def _elements(content: bytes, size: int, limit: int = 1000) -> list[Element]:
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    return list(split_elements(ByteStream("papers", iter([*pieces, b""]), limit), ["entry", "record"]))


@given(st.lists(st.text(alphabet="ab <>/\n", max_size=30), max_size=6), st.integers(1, 60))
def test_every_element_comes_as_it_stands(texts: list[str], size: int) -> None:
    """With its line, whatever stands between the elements; a prefix and attributes are part of the tag."""
    bodies = [f'<oai:record n="1">{text.replace("<", "&lt;")}</oai:record>'.encode() for text in texts]
    content = b"<list>\n" + b"\n<other>\n</other>".join(bodies) + b"</list>"
    found = _elements(content, size)
    assert [element.data for element in found] == bodies
    assert not any(element.problem for element in found)
    starts = [content.index(body, position) for position, body in _places(content, bodies)]
    assert [element.line for element in found] == [content.count(b"\n", 0, start) + 1 for start in starts]


def _places(content: bytes, bodies: list[bytes]) -> list[tuple[int, bytes]]:
    places, position = [], 0
    for body in bodies:
        position = content.index(body, position)
        places.append((position, body))
        position += len(body)
    return places


def test_names_are_whole() -> None:
    """`<entryway>` is no `<entry>`."""
    assert [element.data for element in _elements(b"<entryway>a</entryway><entry>b</entry >", 5)] == [
        b"<entry>b</entry >"
    ]


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_an_element_without_an_end_costs_only_itself(size: int) -> None:
    """The next one is read; the last one does not end in the file."""
    broken, whole, last = _elements(b"<entry>a<entry>b</entry><record>c", size)
    assert (broken.data, broken.problem) == (b"<entry>a", "The element does not end before the next one begins.")
    assert whole == Element(1, b"<entry>b</entry>")
    assert (last.data, last.problem) == (b"<record>c", "The element does not end in this file.")


@pytest.mark.parametrize("size", [7, 600, 100_000])
def test_an_overlong_element_is_only_begun(size: int) -> None:
    """It is not held in memory; the next one has its right line."""
    content = b"<entry>" + b"x\n" * 5000 + b"</entry>\n<entry>b</entry>"
    overlong, whole = _elements(content, size)
    assert "longer than 1000 bytes" in overlong.problem and len(overlong.data) <= 512
    assert whole == Element(5002, b"<entry>b</entry>")

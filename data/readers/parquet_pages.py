"""What the pages of a Parquet column chunk would take when decoded, from their headers alone.

The headers are Thrift structures in the compact protocol (parquet.thrift of apache/parquet-format); pyarrow does
not show them. A page says how large it is without compression; what its values take can be more, because a
dictionary or the encoding DELTA_BYTE_ARRAY says a repeated value only once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_HEADER_BYTES = 1 << 16
_DICTIONARY_PAGE, _DATA_PAGE, _DATA_PAGE_V2 = 2, 0, 3
_REPEATING = frozenset([2, 7, 8])  # PLAIN_DICTIONARY, DELTA_BYTE_ARRAY, RLE_DICTIONARY
_DEEPEST = 16

# fields of PageHeader, and where the header of each kind of page has the number of its values and their encoding
_KIND, _SIZE, _COMPRESSED_SIZE = 1, 2, 3
_VALUES = {_DATA_PAGE: (5, 1, 2), _DICTIONARY_PAGE: (7, 1, 2), _DATA_PAGE_V2: (8, 1, 4)}


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its bytes without compression, its number of values, and whether it can say a value only once."""

    size: int
    values: int
    repeating: bool


@dataclass(frozen=True, slots=True)
class ColumnPages:
    """The pages of a column chunk."""

    pages: tuple[Page, ...]

    @property
    def largest(self) -> int:
        """Return the bytes of the largest page, which no value exceeds."""
        return max((page.size for page in self.pages), default=0)

    def rows_within(self, limit: int, most: int) -> int:
        """Return how many rows, `most` or fewer but at least 1, surely take no more than about `limit` bytes.

        Values said once may come in every row, each as large as a page. Other values are in the page as they are,
        and no more rows than the shortest page has lie in two pages at most.
        """
        certain = limit // max(1, self.largest)
        if not any(page.repeating for page in self.pages) and 2 * self.largest <= limit:
            certain = max(certain, min((page.values for page in self.pages[:-1]), default=most))
        return max(1, min(most, certain))


def column_pages(file: BinaryIO, start: int, length: int) -> ColumnPages:
    """Return the pages of the column chunk that has these bytes of a file; only their headers are read.

    Raises:
        ValueError: the bytes are no pages.
    """
    pages = []
    position, end = start, start + length
    while position < end:
        file.seek(position)
        header = _Struct(file.read(min(_HEADER_BYTES, end - position)))
        fields = header.read()
        kind, size, compressed = (_number(fields.get(field)) for field in (_KIND, _SIZE, _COMPRESSED_SIZE))
        place = _VALUES.get(kind)
        if place is not None:
            own = fields.get(place[0])
            own = own if isinstance(own, dict) else {}
            repeating = kind == _DICTIONARY_PAGE or _number(own.get(place[2])) in _REPEATING
            pages.append(Page(size, _number(own.get(place[1])), repeating))
        position += header.position + compressed
    return ColumnPages(tuple(pages))


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("a page header is damaged")
    return value


class _Struct:
    """A Thrift structure in the compact protocol; `position` is where it ends once it is read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def read(self, depth: int = _DEEPEST) -> dict[int, object]:
        """Return {field number: number, structure, or None for what is passed over}.

        Raises:
            ValueError: the bytes are no such structure.
        """
        fields: dict[int, object] = {}
        number = 0
        while head := self._byte():
            step, kind = head >> 4, head & 15
            number = number + step if step else self._zigzag()
            fields[number] = self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> object:
        if kind in (1, 2):  # a boolean field is its type
            return kind == 1
        if kind == 12 and depth:
            return self.read(depth - 1)
        if kind in (4, 5, 6):
            return self._zigzag()
        if kind == 3:
            self._skip(1)
        elif kind == 7:
            self._skip(8)
        elif kind == 8:
            self._skip(self._varint())
        elif kind in (9, 10) and depth:
            for _ in self._items():
                pass
        else:
            raise ValueError("a page header is damaged")
        return None

    def _items(self) -> Iterator[object]:
        head = self._byte()
        count = self._varint() if head >> 4 == 15 else head >> 4
        for _ in range(count):
            yield self._byte() if head & 15 in (1, 2) else self._value(head & 15, 1)

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ValueError("a page header is damaged")

    def _byte(self) -> int:
        self._skip(1)
        return self._data[self.position - 1]

    def _skip(self, count: int) -> None:
        self.position += count
        if self.position > len(self._data):
            raise ValueError("a page header is damaged")

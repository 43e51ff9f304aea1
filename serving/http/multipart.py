"""The parts of a multipart/form-data body (RFC 7578), taken apart as it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from data.readers.records import size_text
from data.text import plain_characters
from serving.http.errors import Detail, ServiceError, invalid
from serving.http.spool import Spool

MULTIPART = "multipart/form-data"
OVERHEAD_BYTES = 1 << 16
"""What headers and boundaries may take beside the parts."""
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a body, and the file name that the client gave it ("" for none)."""

    content: Spool
    file_name: str = ""


class FormParts:
    """Takes a body apart.

    Args:
        content_type: of the body, with its boundary.
        limits: the most bytes of each part that there may be, by name.
        new_spool: makes what keeps the bytes of a part.

    Raises:
        ServiceError: 400, the boundary is missing or none.
    """

    def __init__(self, content_type: str, limits: Mapping[str, int], new_spool: Callable[[], Spool]) -> None:
        self.parts: dict[str, Part] = {}
        self._limits, self._new_spool = limits, new_spool
        self._name, self._header, self._value, self._disposition = "", b"", b"", b""
        self._is_complete = False
        try:
            boundary = parse_options_header(content_type)[1][b"boundary"]
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._data,
                    "on_end": self._end,
                },
            )
        except (KeyError, FormParserError):
            raise invalid([Detail("", "has no usable boundary in its Content-Type")]) from None

    def write(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            ServiceError: 400 no form, or with parts that it must not have; 413 a part is too long.
            ExhaustedError: a part does not fit now.
        """
        try:
            self._parser.write(piece)
        except FormParserError:
            raise invalid([Detail("", "is no multipart/form-data as its Content-Type says")]) from None

    def finish(self) -> None:
        """Check that the body is complete; raises the ServiceError 400 that says what is missing."""
        if not self._is_complete:
            raise invalid([Detail("", "ends before the last boundary of its parts")])
        missing = [Detail(name, "is missing; send it as a part of the form") for name in self._limits]
        missing = [detail for detail in missing if detail.field not in self.parts]
        if missing:
            raise invalid(missing)

    def _begin(self) -> None:
        self._disposition = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        options = parse_options_header(self._disposition)[1]
        self._name = options.get(b"name", b"").decode("utf-8", "replace")[:_LONGEST_NAME]
        if not self._name:
            raise invalid([Detail("", "has a part without a name")])
        if self._name not in self._limits:
            raise invalid([Detail(self._name, "is not known here; GET /docs.json lists the names")])
        if self._name in self.parts:
            raise invalid([Detail(self._name, "is sent twice")])
        self.parts[self._name] = Part(self._new_spool(), file_name(options.get(b"filename", b"")))

    def _data(self, data: bytes, start: int, end: int) -> None:
        content, limit = self.parts[self._name].content, self._limits[self._name]
        if content.size + end - start > limit:
            sentence = f"The part {self._name} is longer than {size_text(limit)}; send fewer papers at once."
            raise ServiceError(413, sentence, headers={"Connection": "close"})
        content.write(data[start:end])

    def _end(self) -> None:
        self._is_complete = True


def file_name(given: bytes) -> str:
    """Return the name of a file as messages may repeat it: without folders, and without what is no plain character."""
    name = given.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    return " ".join(plain_characters(name).split())[:_LONGEST_NAME]

"""What a reader yields: a decoded record, or a Reject that says where and why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.papers import RecordError, Reject

EXCERPT_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record as its format gives them, and the line where it starts (Parquet: the row)."""

    file: str
    line: int
    fields: Mapping[str, object]


def reject(file: str, line: int, reason: str, content: bytes | str = b"") -> Reject:
    """Return the Reject of a record, with the first characters of its content on one line."""
    start = content[: 4 * EXCERPT_CHARACTERS]
    text = start.decode("utf-8", "replace") if isinstance(start, bytes) else start
    printable = "".join(character if character.isprintable() else " " for character in text)
    return Reject(file, line, reason, " ".join(printable.split())[:EXCERPT_CHARACTERS])


def decode_utf8(content: bytes) -> str:
    """Return the text of a record. Bytes that are not UTF-8 reject the record rather than alter it silently.

    Raises:
        RecordError: the content is not UTF-8.
    """
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise RecordError(not_utf8(content[error.start])) from error


def not_utf8(byte: int) -> str:
    """Return the reason that rejects a record with this byte."""
    return f"The record is not valid UTF-8 (byte 0x{byte:02X}); convert the file to UTF-8."


def too_long(limit: int) -> str:
    """Return the reason that rejects a record of more than `limit` bytes."""
    return f"The record is longer than {size_text(limit)}, the most one record may have; it was skipped."


def size_text(size: int) -> str:
    """Return a number of bytes for people."""
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"

"""Lines of a stream in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.readers.sources import ByteStream

_KEPT_OF_OVERLONG = 512  # bytes, for the excerpt in the Reject


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end (LF, CR LF or, where asked for, CR); an overlong one has only its first bytes."""

    number: int
    data: bytes
    overlong: bool = False


def bounded_lines(stream: ByteStream, *, carriage_returns: bool = False) -> Iterator[Line]:
    """Yield the lines of a stream from number 1 on, never holding more than `stream.record_bytes` of one.

    A last line that the stream's damage cuts off is not yielded.

    Args:
        stream: what to read.
        carriage_returns: whether a CR without an LF ends a line, too.

    Raises:
        DamagedInput: the stream cannot be read to its end.
    """
    number = 1
    pending = bytearray()
    overlong = False
    for chunk in _without_carriage_returns(stream) if carriage_returns else iter(stream.read, b""):
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            if not (pending or overlong) and len(end) <= stream.record_bytes:
                yield Line(number, end[:-1] if end.endswith(b"\r") else end)
                number += 1
                continue
            overlong = _extend(pending, end, stream.record_bytes, overlong)
            yield _line(number, pending, overlong)
            number += 1
            pending.clear()
            overlong = False
        overlong = _extend(pending, rest, stream.record_bytes, overlong)
    if pending or overlong:
        yield _line(number, pending, overlong)


def _without_carriage_returns(stream: ByteStream) -> Iterator[bytes]:
    """Yield the chunks with every line end as LF."""
    cut = b""
    while chunk := cut + stream.read():
        cut = chunk[-1:] if chunk.endswith(b"\r") and chunk != cut else b""  # an LF may follow
        chunk = chunk[: len(chunk) - len(cut)]
        yield chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _extend(pending: bytearray, data: bytes, limit: int, overlong: bool) -> bool:
    """Append data to the line begun, unless that makes it overlong; return whether it is."""
    if not overlong and len(pending) + len(data) <= limit:
        pending += data
        return False
    if not overlong:
        pending += data[:_KEPT_OF_OVERLONG]
        del pending[_KEPT_OF_OVERLONG:]
    return True


def _line(number: int, pending: bytearray, overlong: bool) -> Line:
    data = bytes(pending)
    return Line(number, data[:-1] if data.endswith(b"\r") else data, overlong)

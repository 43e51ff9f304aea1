"""Text of any encoding as UTF-8: what a byte order mark or an XML declaration says, else what the bytes look like."""

import codecs
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

GUESS = (
    "The text is not UTF-8 and was read as Windows-1252, which is a guess: where letters look wrong, "
    "save it as UTF-8 and read it again."
)

# The order matters: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Without a mark, UTF-16 is known by the zero bytes of its ASCII: most are second bytes of pairs, or first ones.
_FEWEST_ZEROS = 2
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_START_BYTES = 512
# Browsers read these as Windows-1252 too, which has all their letters and the quotation marks that people mean.
_WESTERN = frozenset(["iso8859-1", "cp1252"])
# A letter in UTF-8 has at most four bytes, so a chunk ends with at most three of one that is cut in two.
_CUT_LETTER = re.compile(rb"[\xc0-\xff][\x80-\xbf]{0,2}\Z")
# As browsers do: the five bytes that Windows-1252 leaves undefined become control characters.
_WINDOWS_1252 = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
_TO_WINDOWS_1252 = {ord(letter): byte for byte, letter in enumerate(_WINDOWS_1252)}
_CP1252 = "cp1252"
# Half a surrogate pair is not valid UTF-8, so a record with damage is rejected.
_DAMAGE = "areatag-damage"
codecs.register_error(_DAMAGE, lambda error: ("\udcff", getattr(error, "end", 0)))


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding by its name in Python, the byte order mark at its start, and whether it is a guess."""

    name: str
    mark: bytes = b""
    is_guess: bool = False


UTF8 = Encoding("utf-8")


def as_utf8(chunks: Iterator[bytes], found: Callable[[Encoding], None]) -> Iterator[bytes]:
    """Yield the chunks as UTF-8 without a byte order mark; what is no text (zero bytes) stays as it is.

    Bytes that no encoding explains stay too, so that the record with them can be rejected rather than altered.

    Args:
        chunks: the content in pieces of any size.
        found: told the encoding where it is another one than UTF-8 without a mark, before a byte of it comes.
    """
    start, chunks = peeked(chunks, _START_BYTES)
    encoding = _said(start)
    if encoding is None:
        return _guessed(chunks, found)
    found(encoding)
    if encoding.mark:
        chunks = itertools.chain(filter(None, [start[len(encoding.mark) :]]), itertools.islice(chunks, 1, None))
    return chunks if encoding.name == UTF8.name else _transcoded(chunks, encoding.name)


class Restorer:
    """Puts UTF-8 back into the encoding that it came from, a piece at a time.

    Args:
        encoding: asked at each piece, since that of a text which begins with ASCII is known only later.
    """

    def __init__(self, encoding: Callable[[], Encoding]) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
        self._is_first = True

    def __call__(self, piece: bytes) -> bytes:
        """Return the next piece, the first with the mark; letters that the encoding lacks become question marks."""
        encoding = self._encoding()
        mark = encoding.mark if self._is_first else b""
        self._is_first = False
        if encoding.name == UTF8.name:
            return mark + piece
        return mark + _encoded(self._decoder.decode(piece), encoding.name)

    def as_restored(self, text: str) -> str:
        """Return what will be read of a text that is put in, in the encoding as far as it is known."""
        encoding = self._encoding()
        if encoding.name == UTF8.name or text.isascii():
            return text
        return _encoded(text, encoding.name).decode(encoding.name)


def _encoded(text: str, encoding: str) -> bytes:
    if encoding == _CP1252:
        return codecs.charmap_encode(text, "replace", _TO_WINDOWS_1252)[0]
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


def peeked(chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes (at least `size` where there are as many) and all chunks, those included."""
    start = b""
    while len(start) < size and (chunk := next(chunks, b"")):
        start += chunk
    return start, itertools.chain([start] if start else [], chunks)


def _said(start: bytes) -> Encoding | None:
    """Return the encoding of a text that begins so, None where nothing says which it is."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return Encoding(name, mark)
    if utf16 := _utf16(start[:_START_BYTES]):
        return Encoding(utf16)
    declared = _declared(start)
    return Encoding(_CP1252 if declared in _WESTERN else declared) if declared else None


def _utf16(start: bytes) -> str:
    """Return the kind of UTF-16 that a text without a mark begins with, "" where it is none."""
    first, second = start[0::2].count(0), start[1::2].count(0)
    if first == second or max(first, second) < _FEWEST_ZEROS:
        return ""
    if max(first, second) < len(start) / 4 and _is_utf8(start):  # NULs that stand in a text of another encoding
        return ""
    name = "utf-16-le" if second > first else "utf-16-be"
    try:
        text = codecs.getincrementaldecoder(name)().decode(start)
    except UnicodeDecodeError:
        return ""
    return name if all(letter.isprintable() or letter in "\t\n\r\u3000\xa0" for letter in text) else ""


def _declared(start: bytes) -> str:
    """Return the encoding that an XML declaration names, "" for UTF-8 and for none that Python knows."""
    found = _DECLARED.match(start)
    try:
        name = codecs.lookup(found.group(1).decode()).name if found else ""
        return "" if name.startswith(("utf", "ascii")) else "".encode(name).decode() or name
    except (LookupError, UnicodeError):  # unknown, or no encoding of text ("hex")
        return ""


def _transcoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == _CP1252:
        yield from map(_from_windows_1252, chunks)
        return
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass" if encoding.startswith("utf-16") else _DAMAGE)
    for chunk in chunks:
        try:
            text = decoder.decode(chunk)
        except UnicodeError:  # a decoder with a state, as of ISO-2022, can get stuck
            decoder.reset()
            text = "\udcff"
        if text:
            yield text.encode("utf-8", "surrogatepass")


def _from_windows_1252(chunk: bytes) -> bytes:
    return codecs.charmap_decode(chunk, "strict", _WINDOWS_1252)[0].encode()


def _guessed(chunks: Iterator[bytes], found: Callable[[Encoding], None]) -> Iterator[bytes]:
    """Yield UTF-8 as it is; Windows-1252 where the first letters beyond ASCII are not UTF-8."""
    cut, binary = b"", False
    for chunk in itertools.chain(chunks, [b""]):
        content, cut = _whole_letters(cut + chunk) if chunk else (cut, b"")
        binary = binary or b"\0" in content
        if content.isascii():
            yield from filter(None, [content])
            continue
        chunks = itertools.chain(filter(None, [content, cut]), chunks)
        if not (binary or _is_utf8(content)):
            found(Encoding(_CP1252, is_guess=True))
            chunks = map(_from_windows_1252, chunks)
        yield from chunks
        return


def _whole_letters(content: bytes) -> tuple[bytes, bytes]:
    found = _CUT_LETTER.search(content, max(0, len(content) - 3))
    return (content[: found.start()], found.group()) if found else (content, b"")


def _is_utf8(content: bytes) -> bool:
    """Return whether at least half of what is not ASCII is UTF-8: a damaged letter makes no other encoding."""
    text = content.decode("utf-8", "surrogateescape")
    beyond = [character for character in text if not character.isascii()]
    return 2 * sum("\udc80" <= character <= "\udcff" for character in beyond) <= len(beyond)

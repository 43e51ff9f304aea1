"""A file of references that is read and given back: which formats there are, and the file around its entries."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from data.errors import AreatagError, UsageError, quoted
from data.papers import Paper, Reject
from data.readers.detect import InputFormat
from data.readers.encodings import Restorer
from data.readers.inputs import check_format, find_sources
from data.readers.reading import paper_of
from data.readers.sources import ByteStream, OpenInput
from data.writers.keywords import Piece, keyword_change


class Writer(Protocol):
    """What the module of every format has."""

    def accepts(self, head: bytes) -> bool:
        """Return whether content that begins so, and is in an input format of this one, can be given back."""

    def pieces(self, stream: ByteStream) -> Iterator[Piece]:
        """Yield all of the stream in pieces: the entries, and the text between them."""


class KeywordFormat(StrEnum):
    """The formats that entries are given back in, with keywords."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"

    @property
    def writer(self) -> Writer:
        """Return the module that writes this format, imported when it is first needed."""
        return cast(Writer, import_module(f"data.writers.{self.value.replace('-', '_')}"))

    @property
    def inputs(self) -> frozenset[InputFormat]:
        """Return what the format is called where it is read."""
        return _INPUTS[self]


_INPUTS = {
    KeywordFormat.BIBTEX: frozenset([InputFormat.BIBTEX]),
    KeywordFormat.RIS: frozenset([InputFormat.RIS]),
    KeywordFormat.CSL_JSON: frozenset([InputFormat.JSON, InputFormat.JSONL]),
}


def keyword_format_of(input_format: InputFormat | None, head: bytes) -> KeywordFormat | None:
    """Return the format in which a file that begins so can be given back with keywords; None where there is none."""
    known = (each for each in KeywordFormat if input_format in each.inputs and each.writer.accepts(head))
    return next(known, None)


class Library:
    """The entries of a stream, as papers to tag and then as bytes with keywords, in bounded memory.

    Args:
        stream: the file; what is given back has its encoding.
        file_format: of the stream.
        prefix: sets our keywords apart from others, see `keyword_change`.
    """

    def __init__(self, stream: ByteStream, file_format: KeywordFormat, prefix: str = "") -> None:
        self._stream = stream
        self._format = file_format
        self._prefix = prefix
        self._restored = Restorer(lambda: stream.encoding)
        self._has_lost_letters = False
        self._waiting: deque[tuple[Piece, bool]] = deque()  # read and not written; whether it is a paper

    def records(self) -> Iterator[Paper | Reject]:
        """Yield every entry as a paper or Reject, as `read_papers` does. Write them before many more are read."""
        for piece in self._format.writer.pieces(self._stream):
            record = (
                piece.record if piece.record is None or isinstance(piece.record, Reject) else paper_of(piece.record)
            )
            self._waiting.append((piece, isinstance(record, Paper)))
            if record is not None:
                yield record

    def written(self, keywords: Sequence[Sequence[str] | None]) -> Iterator[bytes]:
        """Yield the next entries with their keywords, and all that stands before them.

        Args:
            keywords: of each of the next papers of `records`, None for one that stays as it is; Rejects have none.
        """
        remaining = deque(keywords)
        while remaining:
            piece, is_paper = self._waiting.popleft()
            names = remaining.popleft() if is_paper else None
            if names is not None and piece.changed:
                yield self._restored(piece.changed(keyword_change([*map(self._writable, names)], self._prefix)))
            else:
                yield self._restored(piece.data)

    def _writable(self, name: str) -> str:
        """Return a name as the encoding of the file can hold it, so that it is found again; tell the user of a loss."""
        written = self._restored.as_restored(name)
        if written != name and not self._has_lost_letters:
            self._has_lost_letters = True
            self._stream.warn(
                f"The encoding {self._stream.encoding.name} lacks letters of {quoted(name)}, which become question "
                "marks: save the file as UTF-8 to have them."
            )
        return written

    def skip(self, papers: int) -> None:
        """Drop the entries up to this many papers, which were written before, and what stands before them."""
        while papers:
            papers -= self._waiting.popleft()[1]

    def rest(self) -> Iterator[bytes]:
        """Yield what was read and not written yet, unchanged: what stands behind the last paper."""
        while self._waiting:
            yield self._restored(self._waiting.popleft()[0].data)


@contextmanager
def open_library(
    inputs: Sequence[str | Path],
    file_format: KeywordFormat,
    input_format: InputFormat | None = None,
    prefix: str = "",
) -> Iterator[Library]:
    """Give the only input as a library while the context lasts.

    Raises:
        UsageError: there are several inputs, or it is missing, empty or of another format.
        AreatagError: it cannot be opened.
    """
    sources = find_sources(inputs, input_format)
    if len(sources) != 1 or (sources[0].path is not None and sources[0].path.is_dir()):
        named = ", ".join(map(str, inputs))
        raise UsageError(f"The entries of one {file_format} file are given back: name one file, not {named}.")
    (source,) = sources
    try:
        opened = OpenInput(source.path)
    except OSError as error:
        raise AreatagError(f"The file {source.name} cannot be opened ({error.strerror}).") from error
    with opened as stream:
        found = source.format or check_format(source.name, stream.head(), stream.damaged)
        if keyword_format_of(found, stream.head()) is not file_format:
            raise UsageError(
                f"{source.name} is no {file_format} file, whose entries could be given back with keywords; "
                "name a file for the labels themselves: -o OUT.jsonl."
            )
        yield Library(stream, file_format, prefix)

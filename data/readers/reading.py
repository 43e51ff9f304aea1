"""Reading papers from any inputs, one after another, in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from data.errors import UsageError
from data.papers import Paper, RecordError, Reject, paper_from_fields
from data.readers import huggingface
from data.readers.abstract_watch import AbstractWatch
from data.readers.detect import InputFormat
from data.readers.inputs import Source, check_format, find_sources
from data.readers.reading_place import ReadingPlace
from data.readers.records import Record, reject
from data.readers.sources import RECORD_BYTES, ByteStream, DamagedInput, OpenInput, warn_of


def read_papers(
    inputs: Sequence[str | Path], input_format: InputFormat | None = None, place: ReadingPlace | None = None
) -> Iterator[Paper | Reject]:
    """Return the papers of all inputs in input order; a record that is no paper is a Reject in its place.

    An input is a file (also compressed, or a .zip of several), a directory (read recursively, in sorted order), "-"
    for standard input, or a Hugging Face dataset. The format is found from the content unless `input_format` names it.
    `place` is told how far the reading has come.

    Raises:
        UsageError: an input is missing, empty or in no known format. It is raised before anything is read;
            for a pipe or a dataset when it is opened.
    """
    sources = find_sources(inputs, input_format)
    place = place or ReadingPlace()
    place.begin(sources)
    return (record for source in sources for record in _source_papers(source, place))


def read_records(
    inputs: Sequence[str | Path], input_format: InputFormat | None = None, record_bytes: int = RECORD_BYTES
) -> Iterator[Record | Reject]:
    """Return the records of all inputs with all their fields, for those that need more than a paper has.

    No record of more than `record_bytes` is held in memory; it is rejected.

    Raises:
        UsageError: as read_papers.
    """
    sources = find_sources(inputs, input_format)
    return (record for source in sources for record in _source_records(source, record_bytes, ReadingPlace()))


def stream_papers(stream: ByteStream, input_format: InputFormat | None = None) -> Iterator[Paper | Reject]:
    """Yield the papers of an input that is open, as `read_papers` does.

    Raises:
        UsageError: the input is empty, in no known format or holds none of its records.
    """
    return papers_of(stream_records(Source(stream.name, None, input_format), stream), stream.warn)


def _source_papers(source: Source, place: ReadingPlace) -> Iterator[Paper | Reject]:
    return papers_of(_source_records(source, RECORD_BYTES, place), partial(warn_of, source.name))


def papers_of(records: Iterator[Record | Reject], warn: Callable[[str], None]) -> Iterator[Paper | Reject]:
    """Yield the papers in records; at the end, tell `warn` where abstracts seem to be in another column."""
    watch = AbstractWatch()
    for record in records:
        if isinstance(record, Reject):
            yield record
        else:
            paper = paper_of(record)
            watch.see(record.fields, paper)
            yield paper
    if sentence := watch.warning():
        warn(sentence)


def paper_of(record: Record) -> Paper | Reject:
    """Return the paper in a record, or the Reject that says why there is none."""
    try:
        return paper_from_fields(record.fields)
    except RecordError as error:
        content = ", ".join(f"{name}: {str(value)[:40]}" for name, value in list(record.fields.items())[:5])
        return reject(record.file, record.line, str(error), content)


def _source_records(source: Source, record_bytes: int, place: ReadingPlace) -> Iterator[Record | Reject]:
    if source.format is InputFormat.HUGGINGFACE:
        yield from huggingface.read_dataset(source.name)
        return
    try:
        opened = OpenInput(source.path, record_bytes)
    except OSError as error:
        yield reject(source.name, 1, f"The file cannot be opened ({error.strerror}).")
        place.leave()
        return
    with opened as stream:
        place.enter(stream)
        yield from stream_records(source, stream)
    place.leave()


def stream_records(source: Source, stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield the records of a source that is open.

    Raises:
        UsageError: a source that the user named is empty, in no known format or holds none of its records.
    """
    try:
        input_format = source.format or check_format(source.name, stream.head(), stream.damaged)
        if input_format is None:
            while stream.read():  # raises what is wrong with it
                pass
        else:
            yield from input_format.reader.read(stream)
    except DamagedInput as error:
        yield reject(source.name, stream.newlines + 1, str(error))
    except UsageError as error:
        if source.named:
            raise
        yield reject(source.name, 1, str(error))

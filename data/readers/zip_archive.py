"""Zip archives: their members are read in order, each in its own format."""

import struct
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from data.errors import UsageError
from data.papers import Reject
from data.readers.compression import UNPACKING_ERRORS
from data.readers.detect import InputFormat
from data.readers.inputs import FORMATS, Source, format_in_folder, is_hidden
from data.readers.reading import stream_records
from data.readers.records import Record, reject
from data.readers.refused import packed_refusal
from data.readers.sources import ByteStream, opened_stream

# A damaged directory of an archive makes zipfile raise any of these.
_DAMAGE = (*UNPACKING_ERRORS, ValueError, LookupError, OverflowError, struct.error)


def matches(head: bytes) -> bool:
    """Return whether the content begins as a zip archive."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read(stream: ByteStream) -> Iterator[Record | Reject]:
    """Yield the records of every member that has some; members of other kinds are left out, as in a folder.

    Members may be compressed once more (papers.jsonl.gz), but not be archives themselves. The format needs to seek,
    so of a pipe a temporary copy goes to disk.

    Raises:
        UsageError: it is no archive of files with papers (an Excel workbook, say).
    """
    with stream.seekable() as content:
        try:
            archive = zipfile.ZipFile(content)
        except _DAMAGE as error:
            yield reject(stream.name, 1, f"The archive is damaged ({error}). Get a complete copy.")
            return
        with archive:
            yield from _members(stream, archive)


def _members(stream: ByteStream, archive: zipfile.ZipFile) -> Iterator[Record | Reject]:
    if why := packed_refusal(archive.namelist()):
        raise UsageError(f"The input {stream.name} {why}")
    is_empty = True
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if not member.filename.endswith("/") and not any(map(is_hidden, path.parts)):
            for record in _records(stream, archive, member):
                is_empty = False
                yield record
    if is_empty:
        raise UsageError(f"The archive {stream.name} has no file with papers ({FORMATS}).")


def _records(stream: ByteStream, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Record | Reject]:
    name = f"{stream.name}/{member.filename}"
    try:
        file = archive.open(member)
    except _DAMAGE as error:
        yield reject(name, 1, f"The member of the archive cannot be unpacked ({error}).")
        return
    with file:
        inner = opened_stream(name, file, stream.record_bytes, watch=stream.watch)
        is_wanted, found = format_in_folder(PurePosixPath(member.filename), inner)
        if is_wanted and found is InputFormat.ZIP:
            yield reject(name, 1, "An archive or workbook inside an archive is not read; unpack the outer one.")
        elif is_wanted:
            yield from stream_records(Source(name, None, found, named=False), inner)

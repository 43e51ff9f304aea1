"""Readers of papers: every input format becomes the same stream of papers and rejected records."""

from data.readers.detect import InputFormat
from data.readers.reading import read_papers, read_records, stream_papers
from data.readers.reading_place import ReadingPlace
from data.readers.records import Record

__all__ = ["InputFormat", "ReadingPlace", "Record", "read_papers", "read_records", "stream_papers"]

"""Records around and far above the largest size, in every format: rejected alone, in bounded memory."""

import csv
import gzip
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from data.papers import Reject
from data.readers import read_records
from data.readers.records import too_long
from data.readers.sources import RECORD_BYTES

Write = Callable[[Sequence[str]], bytes]

ROOT = Path(__file__).resolve().parents[3]
MEMORY_MB = 250
"""Peak of a whole process that reads a record of 100 MB beside small ones; an empty one needs 40."""


def jsonl(titles: Sequence[str]) -> bytes:
    """One object a line."""
    return "".join(json.dumps({"title": title}) + "\n" for title in titles).encode()


def json_array(titles: Sequence[str]) -> bytes:
    """An array on one line."""
    return json.dumps([{"title": title} for title in titles]).encode()


def delimited(titles: Sequence[str], delimiter: str = ",") -> bytes:
    """A table with quoted cells."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "title"], *([str(number), title] for number, title in enumerate(titles))])
    return text.getvalue().encode()


def tsv(titles: Sequence[str]) -> bytes:
    """A table with tabs."""
    return delimited(titles, "\t")


def bibtex(titles: Sequence[str]) -> bytes:
    """One entry after the other."""
    return "".join(f"@misc{{k{number},\n title = {{{title}}}}}\n" for number, title in enumerate(titles)).encode()


def ris(titles: Sequence[str]) -> bytes:
    """One reference after the other."""
    return "".join(f"TY  - JOUR\nTI  - {title}\nER  - \n\n" for title in titles).encode()


def atom(titles: Sequence[str]) -> bytes:
    """A feed on one line."""
    return ("<feed>" + "".join(f"<entry><title>{title}</title></entry>" for title in titles) + "</feed>").encode()


def oai(titles: Sequence[str]) -> bytes:
    """Dublin Core in OAI-PMH."""
    records = "".join(f"<record><metadata><dc><title>{title}</title></dc></metadata></record>\n" for title in titles)
    return f"<OAI-PMH><ListRecords>{records}</ListRecords></OAI-PMH>".encode()


def daily(titles: Sequence[str]) -> bytes:
    """A saved page of Daily Papers; the texts are abstracts."""
    papers = (f"On Geese\n\n{title} and so on.\n\n  • 4 authors\n·\nMay 3, 2020\n\n" for title in titles)
    return ("Daily Papers\n\n" + "".join(papers)).encode()


def parquet(titles: Sequence[str]) -> bytes:
    """A table in one row group."""
    file = io.BytesIO()
    pq.write_table(pa.table({"title": titles}), file)
    return file.getvalue()


def gzip_jsonl(titles: Sequence[str]) -> bytes:
    """JSON Lines inside gzip."""
    return gzip.compress(jsonl(titles), 1)


def zstd_jsonl(titles: Sequence[str]) -> bytes:
    """JSON Lines inside Zstandard."""
    return zstandard.compress(jsonl(titles))


TEXT_FORMATS = [jsonl, json_array, delimited, tsv, bibtex, ris, atom, oai, daily, gzip_jsonl, zstd_jsonl]
FORMATS = [*TEXT_FORMATS, parquet]


def name_of(write: Write) -> str:
    """Return the name of a format for the report."""
    return getattr(write, "__name__", "")


@pytest.mark.parametrize("write", FORMATS, ids=name_of)
@settings(max_examples=25)
@given(st.integers(-150, 150), st.booleans())
def test_records_around_the_limit(write: Write, difference: int, first: bool) -> None:
    """One over the limit is a Reject that says so; one below it is whole, and so are its neighbours."""
    limit = 1000
    long = "g" * (limit + difference)
    titles = [long, "A", "B"] if first else ["A", long, "B"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers")
        path.write_bytes(write(titles))
        records = list(read_records([path], record_bytes=limit))
    assert len(records) == 3
    found = records.pop(0 if first else 1)
    assert not any(isinstance(record, Reject) for record in records)
    if isinstance(found, Reject):
        assert "longer than 1000 bytes" in found.reason and difference > -110
    else:
        assert long in "".join(map(str, found.fields.values())) and difference <= 0


# Not ru_maxrss, which a process inherits from the one that started it.
COUNT = """
import pathlib, re, sys
from data.papers import Paper
from data.readers import read_papers
records = ["paper" if isinstance(item, Paper) else item.reason for item in read_papers(sys.argv[1:])]
status = pathlib.Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024, records[:4], sep="\\n")
"""


def read_apart(path: Path | str, content: bytes | None = None) -> tuple[int, str]:
    """Read in a process of its own; return its peak memory in MB, and the papers and the reasons of rejects."""
    command = [sys.executable, "-c", COUNT, str(path)]
    done = subprocess.run(command, cwd=ROOT, input=content, capture_output=True, check=True)
    memory, records = done.stdout.decode().splitlines()
    return int(memory), records


ALONE = str(["paper", too_long(RECORD_BYTES), "paper"])


@pytest.mark.parametrize("write", TEXT_FORMATS, ids=name_of)
def test_memory_does_not_grow_with_a_record(write: Write, tmp_path: Path) -> None:
    """A record of 100 MB beside small ones is one Reject, and is never held whole."""
    path = tmp_path / "papers"
    path.write_bytes(write(["A", "goose heron " * (100_000_000 // 12), "B"]))
    memory, records = read_apart(path)
    assert records == ALONE
    assert memory < MEMORY_MB


def test_memory_of_standard_input(tmp_path: Path) -> None:
    """A pipe is read in the same way."""
    memory, records = read_apart("-", jsonl(["A", "goose heron " * (100_000_000 // 12), "B"]))
    assert records == ALONE and memory < MEMORY_MB


@pytest.mark.parametrize("value", ["[]", "1.5", '""', "{}", '"\\ud83d\\ude00"'])
def test_memory_of_a_record_within_the_limit(value: str, tmp_path: Path) -> None:
    """Whatever fills a record of the largest size, decoding it takes a bounded multiple of it."""
    path = tmp_path / "papers.jsonl"
    count = (RECORD_BYTES - 100) // (len(value) + 1)
    path.write_text('{"title": "A", "x": [' + ",".join([value] * count) + ']}\n{"title": "B"}\n')
    memory, records = read_apart(path)
    assert records == "['paper', 'paper']"
    assert memory < 500


BIG = pa.array(["We count.", "goose heron " * (200_000_000 // 12), "They fly."])
MIDDLE = ["goose heron " * 80_000 + str(number) for number in range(5)]


@pytest.mark.parametrize("dictionary", [True, False], ids=["dictionary", "plain"])
def test_a_huge_parquet_cell(dictionary: bool, tmp_path: Path) -> None:
    """A cell of 200 MB in a small file is a Reject, and the rows beside it are read."""
    path = tmp_path / "papers.parquet"
    table = pa.table({"title": ["A", "B", "C"], "abstract": BIG})
    pq.write_table(table, path, compression="zstd", use_dictionary=dictionary)
    assert path.stat().st_size < 100_000
    memory, records = read_apart(path)
    assert records == ALONE
    assert memory < 900


@pytest.mark.parametrize("encoding", ["dictionary", "DELTA_BYTE_ARRAY"])
def test_a_parquet_value_said_once_for_many_rows(encoding: str, tmp_path: Path) -> None:
    """What a dictionary or shared beginnings make of a small file is decoded a few rows at a time."""
    path = tmp_path / "papers.parquet"
    rows = [MIDDLE[number % 5] for number in range(1000)]
    options = {"use_dictionary": False, "column_encoding": {"abstract": encoding}} if encoding.isupper() else {}
    pq.write_table(pa.table({"abstract": sorted(rows)}), path, compression="zstd", **options)
    assert path.stat().st_size < 100_000
    memory, records = read_apart(path)
    assert records == "['paper', 'paper', 'paper', 'paper']"
    assert memory < 500


def test_a_parquet_page_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row group whose texts cannot be decoded in bounded memory is one Reject; other columns are left out."""
    monkeypatch.setattr("data.readers.parquet._PAGE_BYTES", 50_000)
    long = "g" * 100_000
    path = tmp_path / "papers.parquet"
    table = pa.table({"title": ["A", long, "C"], "venue": [long, "J. Birds", ""]})
    pq.write_table(table, path, row_group_size=1, use_dictionary=False)
    first, second, third = read_records([path])
    assert not isinstance(first, Reject) and first.fields == {"title": "A"}
    assert isinstance(second, Reject) and second.line == 2 and "column 'title' has a page" in second.reason
    assert not isinstance(third, Reject) and third.fields == {"title": "C", "venue": ""}

"""Label records as JSONL, CSV, TSV and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.crosswalk import Crosswalk
from data.errors import UsageError
from data.papers import Reject
from data.readers import InputFormat, Record, read_records
from model.tags import Evidence, Score, TagOptions, TagResult
from serving.batch import writers
from serving.batch.writers import OutputFormat, choose_format, compress, encode_rejects, encode_results

FULL = TagOptions(all_scores=True, explain=True)
RESULT = TagResult(
    id="p1",
    title='A "quoted", long\ntitle; with marks é',
    areas=(Score("vision/segmentation", "Segmentation", 1.0, True), Score("language/parsing", "Parsing", 0.75)),
    fields=(Score("vision", "Vision", 0.91), Score("language", "Language", 0.75)),
    abstained=False,
    warnings=("first", "second"),
    model="v1",
    scores={"vision/segmentation": 0.9, "language/parsing": 0.75, "vision/depth": 0.0},
    evidence={"vision/segmentation": (Evidence("A sentence.", 0.25),)},
)
PLAIN = TagResult(
    id="p2", title="", areas=(), fields=(), abstained=True, warnings=(), model="v1", scores={}, evidence={}
)


def read_csv(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        (None, None, OutputFormat.JSONL),
        (None, OutputFormat.CSV, OutputFormat.CSV),
        ("x.jsonl", None, OutputFormat.JSONL),
        ("x.CSV", None, OutputFormat.CSV),
        ("x.csv.gz", None, OutputFormat.CSV),
        ("x.tsv.gz", None, OutputFormat.TSV),
        (None, OutputFormat.TSV, OutputFormat.TSV),
        ("x.csv.jsonl", None, OutputFormat.JSONL),
        ("x.parquet", None, OutputFormat.PARQUET),
        ("x", None, OutputFormat.JSONL),
        ("x.csv", OutputFormat.JSONL, OutputFormat.JSONL),
    ],
)
def test_choose_format(name: str | None, asked: OutputFormat | None, expected: OutputFormat) -> None:
    """The option decides, then the last suffix before .gz, then JSONL."""
    assert choose_format(Path(name) if name else None, asked) is expected


@pytest.mark.parametrize(("name", "asked"), [(None, "parquet"), ("x.parquet.gz", None), ("x.jsonl.zst", None)])
def test_formats_that_cannot_be_written(name: str | None, asked: str | None) -> None:
    """Parquet on stdout or in gzip, and other compressions, are refused."""
    with pytest.raises(UsageError):
        choose_format(Path(name) if name else None, OutputFormat(asked) if asked else None)


def test_jsonl() -> None:
    """JSONL is the label record, a line a paper, with the optional keys where they were asked for."""
    first, second = encode_results([RESULT, PLAIN], OutputFormat.JSONL, FULL, header=True).decode().splitlines()
    assert json.loads(first) == json.loads(json.dumps(RESULT.to_record()))
    assert set(json.loads(second)) >= {"id", "areas", "fields", "abstained", "warnings", "model"}
    assert "é" in first


def test_csv() -> None:
    """CSV joins ids and scores with a semicolon and has a header only where the file begins."""
    data = encode_results([RESULT], OutputFormat.CSV, TagOptions(), header=True)
    data += encode_results([PLAIN], OutputFormat.CSV, TagOptions(), header=False)
    first, second = read_csv(data)
    assert first == {
        "id": "p1",
        "title": RESULT.title,
        "areas": "vision/segmentation;language/parsing",
        "area_scores": "1.0;0.75",
        "fields": "vision;language",
        "field_scores": "0.91;0.75",
        "abstained": "false",
        "warnings": "first;second",
        "model": "v1",
        "confirmed": "vision/segmentation",
    }
    assert (second["areas"], second["abstained"], second["confirmed"]) == ("", "true", "")


RISKY = st.one_of(st.text(max_size=12), st.text(alphabet="'=+-@\t\r\n;,\"a ", max_size=8))


@pytest.mark.parametrize(
    ("file_format", "read_as", "delimiter"),
    [(OutputFormat.CSV, InputFormat.CSV, ","), (OutputFormat.TSV, InputFormat.TSV, "\t")],
)
@example(texts=[("\r\n", "\r\n=", "'\r\n")], everything=True)
@example(texts=[("a", "", "\r\r\n"), ("\n", "\0", "")], everything=False)
@given(texts=st.lists(st.tuples(RISKY, RISKY, RISKY), min_size=1, max_size=4), everything=st.booleans())
def test_no_cell_is_run_by_a_spreadsheet(
    file_format: OutputFormat, read_as: InputFormat, delimiter: str, texts: list[tuple[str, str, str]], everything: bool
) -> None:
    """No cell of any column begins with a sign that is run, a carriage return starts no row, and all is read back."""
    results = [
        TagResult(
            id=f"{first}{number}",
            title=title,
            areas=(Score(first, "Name", 0.5, True),),
            fields=(Score(title, "Name", 0.5),),
            abstained=False,
            warnings=(other, first),
            model=other,
            scores={first: 0.5},
            evidence={first: (Evidence(title, 0.5),)},
        )
        for number, (first, title, other) in enumerate(texts)
    ]
    options = FULL if everything else TagOptions()
    data = encode_results(results, file_format, options, header=True)
    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))
    assert len(rows) == len(results) + 1 and len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r"))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"labels.{file_format}")
        path.write_bytes(data)
        read = list(read_records([path], read_as))
    for result, record in zip(results, read, strict=True):
        assert isinstance(record, Record)
        found = {name: str(record.fields[name]) for name in ("id", "title", "areas", "fields", "model")}
        expected = {"id": result.id, "title": result.title, "areas": result.areas[0].id, "fields": result.fields[0].id}
        # lines are read as lines, whatever ended them
        assert found == {name: _lines(text) for name, text in {**expected, "model": result.model}.items()}


def _lines(text: str) -> str:
    return re.sub("\r+\n", "\n", text.encode("utf-8", "replace").decode())


def test_csv_with_scores_and_evidence() -> None:
    """--all-scores and --explain each add a column."""
    (row,) = read_csv(encode_results([RESULT], OutputFormat.CSV, FULL, header=True))
    assert row["scores"] == "vision/segmentation=0.9;language/parsing=0.75;vision/depth=0.0"
    assert json.loads(row["evidence"]) == {"vision/segmentation": [{"sentence": "A sentence.", "drop": 0.25}]}


@pytest.mark.parametrize("options", [TagOptions(), FULL], ids=["plain", "full"])
def test_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: TagOptions) -> None:
    """Parquet holds the same records as the JSONL it is made from, however many row groups it has."""
    monkeypatch.setattr(writers, "PARQUET_ROWS", 2)
    results = [RESULT, PLAIN, RESULT]
    source = tmp_path / "labels.jsonl"
    source.write_bytes(encode_results(results, OutputFormat.JSONL, options, header=True))
    writers.parquet_from_jsonl(source, tmp_path / "labels.parquet", options)
    file = pq.ParquetFile(tmp_path / "labels.parquet")
    assert file.num_row_groups == 2
    rows = file.read().to_pylist()
    assert [row["id"] for row in rows] == ["p1", "p2", "p1"]
    record = RESULT.to_record()
    for name in ("title", "fields", "abstained", "warnings", "model"):
        assert rows[0][name] == record[name]
    assert [(area["id"], area["score"]) for area in rows[0]["areas"]] == [(a.id, a.score) for a in RESULT.areas]
    assert [row["confirmed"] for row in rows] == [["vision/segmentation"], [], ["vision/segmentation"]]
    assert ("scores" in rows[0]) == options.all_scores
    if options.all_scores:
        assert dict(rows[0]["scores"]) == RESULT.scores
        assert dict(rows[0]["evidence"]) == record["evidence"]


def test_half_a_surrogate_pair() -> None:
    """Text that no encoding can write does not stop a run."""
    reject = Reject("papers.jsonl", 3, "bad", "\ud83d")
    assert json.loads(encode_rejects([reject])) == {
        "file": "papers.jsonl",
        "line": 3,
        "reason": "bad",
        "excerpt": "?",
    }


def test_compressed_chunks_join() -> None:
    """Chunks compressed one by one are one valid file with the same bytes in every run."""
    joined = compress(b"one\n") + compress(b"") + compress(b"two\n")
    assert gzip.decompress(joined) == b"one\ntwo\n"
    assert joined == compress(b"one\n") + compress(b"two\n")


def test_tables_of_a_vocabulary(tmp_path: Path) -> None:
    """Where the taxonomy has URIs, tables have columns of them; a crosswalk has its own."""
    options = TagOptions(uris=True, crosswalk=True)
    known = Score("whales", "Whales", 0.5, uri="http://x.example/w", notation="59")
    areas = (known, Score("ships", "Ships", 0.5))
    result = replace(PLAIN, areas=areas, fields=(), crosswalk={"whales": Crosswalk(arxiv=("q-bio.PE",))})
    (row,) = read_csv(encode_results([result], OutputFormat.CSV, options, header=True))
    assert (row["area_uris"], row["area_notations"], row["field_uris"]) == ("http://x.example/w;", "59;", "")
    assert json.loads(row["crosswalk"]) == {"whales": {"arxiv": ["q-bio.PE"]}}
    lines = tmp_path / "labels.jsonl"
    lines.write_bytes(encode_results([result], OutputFormat.JSONL, options, header=True))
    writers.parquet_from_jsonl(lines, tmp_path / "labels.parquet", options)
    (read,) = pq.read_table(tmp_path / "labels.parquet").to_pylist()
    assert [(area["uri"], area["notation"]) for area in read["areas"]] == [("http://x.example/w", "59"), (None, None)]
    assert dict(read["crosswalk"])["whales"]["arxiv"] == ["q-bio.PE"]

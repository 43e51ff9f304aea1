"""Label records and reject records as bytes: JSONL, CSV, TSV and Parquet, compressed when the name ends in .gz."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, cast

from data.atomic import atomic_write
from data.errors import UsageError
from data.papers import Reject
from data.spreadsheet_cells import guarded
from model.tags import Evidence, Score, TagOptions, TagResult

if TYPE_CHECKING:
    import pyarrow as pa

    from data.taxonomy import Taxonomy

PARQUET_ROWS = 4096
"""Rows of one Parquet row group: what is in memory at a time while a Parquet file is written."""


class OutputFormat(StrEnum):
    """File formats of label records."""

    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    # the entries of the input again, with the areas as keywords
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"


GIVEN_BACK = frozenset([OutputFormat.BIBTEX, OutputFormat.RIS, OutputFormat.CSL_JSON])
_FORMAT_OF_SUFFIX = {
    "": OutputFormat.JSONL,
    ".jsonl": OutputFormat.JSONL,
    ".ndjson": OutputFormat.JSONL,
    ".csv": OutputFormat.CSV,
    ".tsv": OutputFormat.TSV,
    ".parquet": OutputFormat.PARQUET,
    ".pq": OutputFormat.PARQUET,
    ".bib": OutputFormat.BIBTEX,
    ".bibtex": OutputFormat.BIBTEX,
    ".ris": OutputFormat.RIS,
    ".json": OutputFormat.CSL_JSON,
}
_DELIMITERS = {OutputFormat.CSV: ",", OutputFormat.TSV: "\t"}
_COMPRESSED_SUFFIXES = {".zst", ".bz2", ".xz", ".zip"}
_LINE_END = re.compile(r"\r+\n")


def format_of_suffix(output: PurePath) -> OutputFormat | None:
    """The format that a name says; None: it says none that is known."""
    return _FORMAT_OF_SUFFIX.get(output.suffix.lower())


def choose_format(output: Path | None, asked: OutputFormat | None) -> OutputFormat:
    """The format asked for, else the one that the file name says, else JSONL.

    Raises:
        UsageError: the name asks for a format or compression that is not written; Parquet to stdout or into gzip.
    """
    suffixes = [suffix.lower() for suffix in output.suffixes] if output else []
    if suffixes and suffixes[-1] in _COMPRESSED_SUFFIXES:
        raise UsageError(f"Cannot write {output}: {suffixes[-1]} is not supported for output, use .gz.")
    plain = [suffix for suffix in suffixes if suffix != ".gz"]
    chosen = asked or _FORMAT_OF_SUFFIX.get(plain[-1] if plain else "")
    if chosen is None:
        if output is not None and not (output.exists() and not output.is_file()):
            raise UsageError(
                f"The suffix of {output} says no format: use .jsonl, .csv, .tsv, .parquet, .bib or .ris, or --format."
            )
        chosen = OutputFormat.JSONL
    if chosen is OutputFormat.PARQUET and output is None:
        raise UsageError("Parquet cannot go to stdout: name a file with -o OUT.parquet.")
    if chosen is OutputFormat.PARQUET and is_gzip(output):
        raise UsageError(f"Cannot write {output}: Parquet is compressed already, drop the .gz.")
    return chosen


def with_uris(options: TagOptions, taxonomy: Taxonomy) -> TagOptions:
    """Return the options with columns for URIs and notations where the taxonomy has some."""
    has_some = any(concept.uri or concept.notation for concept in (*taxonomy.fields, *taxonomy.areas))
    return replace(options, uris=True) if has_some else options


def is_gzip(path: Path | None) -> bool:
    """Whether a file of this name is written compressed."""
    return path is not None and path.suffix.lower() == ".gz"


def compress(data: bytes) -> bytes:
    """One gzip member without a time stamp: the same run gives the same bytes, and members can be joined."""
    return gzip.compress(data, compresslevel=6, mtime=0) if data else b""


def encode_results(
    results: Sequence[TagResult], file_format: OutputFormat, options: TagOptions, *, header: bool
) -> bytes:
    """The records of some papers, to be appended to those before them.

    Args:
        results: in the order of the file.
        file_format: CSV, TSV or JSONL; Parquet is made from JSONL at the end, see `parquet_from_jsonl`.
        options: what the tagger was asked for; decides on the optional columns.
        header: whether these are the first bytes of the file (only CSV and TSV have a header).
    """
    if delimiter := _DELIMITERS.get(file_format):
        return _encode_table(results, options, delimiter, header=header)
    return _json_lines(result.to_record() for result in results)


def encode_rejects(rejects: Iterable[Reject]) -> bytes:
    """Reject records as JSONL: file, line, reason and an excerpt."""
    return _json_lines(asdict(reject) for reject in rejects)


def _json_lines(records: Iterable[Mapping[str, object]]) -> bytes:
    lines = (json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n" for record in records)
    return _utf8("".join(lines))


def _utf8(text: str) -> bytes:
    # A JSON input may hold half a surrogate pair ("\ud83d"), which no encoding of a file can.
    return text.encode("utf-8", "replace")


def _encode_table(results: Sequence[TagResult], options: TagOptions, delimiter: str, *, header: bool) -> bytes:
    rows = [_csv_columns(options)] * header + [_csv_row(result, options) for result in results]
    lines = _CsvLines()
    # The line end says which characters are quoted: a bare carriage return would begin a new row for a spreadsheet.
    csv.writer(lines, delimiter=delimiter, lineterminator="\r\n").writerows(
        [_cell(text) for text in row] for row in rows
    )
    return _utf8("".join(lines))


def _cell(text: str) -> str:
    return guarded(_LINE_END.sub("\n", text))  # which readers take for one line end


class _CsvLines(list[str]):
    """Rows as `csv.writer` writes them, one at a time, with the line end of Unix."""

    def write(self, row: str) -> None:
        self.append(row.removesuffix("\r\n") + "\n")


def _csv_columns(options: TagOptions) -> list[str]:
    columns = [
        "id",
        "title",
        "areas",
        "area_scores",
        "fields",
        "field_scores",
        "abstained",
        "warnings",
        "model",
        "confirmed",
    ]
    columns += ["scores"] * options.all_scores + ["evidence"] * options.explain
    columns += ["area_uris", "area_notations", "field_uris", "field_notations"] * options.uris
    return columns + ["crosswalk"] * options.crosswalk


def _csv_row(result: TagResult, options: TagOptions) -> list[str]:
    row = [
        result.id,
        result.title,
        *_joined(result.areas),
        *_joined(result.fields),
        "true" if result.abstained else "false",
        ";".join(result.warnings),
        result.model,
        ";".join(area.id for area in result.areas if area.confirmed),
    ]
    if options.all_scores:
        row.append(";".join(f"{area}={score}" for area, score in (result.scores or {}).items()))
    if options.explain:
        row.append(_evidence_json(result.evidence or {}))
    if options.uris:
        for scores in (result.areas, result.fields):
            row += [";".join(one.uri for one in scores), ";".join(one.notation for one in scores)]
    if options.crosswalk:
        found = {area: one.to_record() for area, one in (result.crosswalk or {}).items()}
        row.append(json.dumps(found, ensure_ascii=False))
    return row


def _joined(scores: Sequence[Score]) -> tuple[str, str]:
    return ";".join(item.id for item in scores), ";".join(str(item.score) for item in scores)


def _evidence_json(evidence: Mapping[str, Sequence[Evidence]]) -> str:
    record = {area: [asdict(item) for item in items] for area, items in evidence.items()}
    return json.dumps(record, ensure_ascii=False)


def parquet_from_jsonl(source: Path, target: Path, options: TagOptions, temporary: Path | None = None) -> None:
    """Write a JSONL file of label records as Parquet, whole or not at all, a row group at a time.

    Args:
        source: what `encode_results` wrote as JSONL.
        target: the Parquet file; replaced when it is there.
        options: what the tagger was asked for; decides on the optional columns.
        temporary: where it is written first, see `atomic_write`.
    """
    # Only a run that writes Parquet pays for importing pyarrow.
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _parquet_schema(options)
    with (
        source.open(encoding="utf-8") as lines,
        atomic_write(target, temporary) as file,
        pq.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        for rows in _row_groups(lines):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _row_groups(lines: Iterable[str]) -> Iterator[list[dict[str, object]]]:
    remaining = iter(lines)
    while group := list(islice(remaining, PARQUET_ROWS)):
        yield [_parquet_row(json.loads(line)) for line in group]


def _parquet_row(record: dict[str, object]) -> dict[str, object]:
    areas = cast(list[dict[str, object]], record["areas"])
    record["confirmed"] = [area["id"] for area in areas if area.get("confirmed")]
    for name in ("scores", "evidence", "crosswalk"):
        if name in record:
            record[name] = list(cast(dict[str, object], record[name]).items())
    return record


def _parquet_schema(options: TagOptions) -> pa.Schema:
    import pyarrow as pa

    score = [("id", pa.string()), ("name", pa.string()), ("score", pa.float64())]
    scores = pa.list_(pa.struct(score + [("uri", pa.string()), ("notation", pa.string())] * options.uris))
    columns: list[tuple[str, pa.DataType]] = [
        ("id", pa.string()),
        ("title", pa.string()),
        ("areas", scores),
        ("fields", scores),
        ("abstained", pa.bool_()),
        ("warnings", pa.list_(pa.string())),
        ("model", pa.string()),
        ("confirmed", pa.list_(pa.string())),
    ]
    if options.all_scores:
        columns.append(("scores", pa.map_(pa.string(), pa.float64())))
    if options.explain:
        sentences = pa.list_(pa.struct([("sentence", pa.string()), ("drop", pa.float64())]))
        columns.append(("evidence", pa.map_(pa.string(), sentences)))
    if options.crosswalk:
        kinds = [(kind, pa.list_(pa.string())) for kind in ("exact_match", "close_match", "arxiv", "openalex")]
        columns.append(("crosswalk", pa.map_(pa.string(), pa.struct(kinds))))
    return pa.schema(columns)

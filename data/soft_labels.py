"""Soft labels: papers with a probability for every area, as the label model gives them, in one Parquet file.

Columns: `id`, `title`, `abstract` (text), `probabilities` (fixed-size list of float32, [areas]; NaN where no
source covers the area for this paper), `weight` (float32, at least 0: what the paper counts in training). The
schema metadata has one key, `areatag`, with JSON: `format` (1), `area_ids` (the order of the probabilities),
`taxonomy` (YAML) and `provenance`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from data.atomic import atomic_write
from data.errors import AreatagError, UsageError
from data.papers import Paper
from data.taxonomy import Taxonomy
from data.taxonomy_file import parse_taxonomy

_FORMAT = 1
_METADATA_KEY = b"areatag"
_CONFIG = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class FunctionSummary(BaseModel):
    """A labelling function that voted, and the rates that the label model estimated for it."""

    model_config = _CONFIG
    name: str
    coverage: float  # share of the papers on which it voted, 0 to 1
    rates: dict[str, float] = {}  # name of a rate (such as "sensitivity") -> its estimate


class Provenance(BaseModel):
    """Where soft labels come from."""

    model_config = _CONFIG
    inputs: tuple[str, ...] = ()  # names of the files with papers and votes
    functions: tuple[FunctionSummary, ...] = ()
    recorded: dict[str, int] = {}  # name of a file of recorded votes -> papers it speaks of
    settings: dict[str, bool | int | float | str] = {}  # of the label model


@dataclass(frozen=True, slots=True, eq=False)
class SoftLabelBatch:
    """Some papers (n) with `probabilities` float32 [n, areas] (NaN: uncovered) and `weights` float32 [n]."""

    papers: tuple[Paper, ...]
    probabilities: NDArray[np.float32]
    weights: NDArray[np.float32]


class _Header(BaseModel):
    model_config = _CONFIG
    format: int
    area_ids: tuple[str, ...]
    taxonomy: str
    provenance: Provenance


def write_soft_labels(path: Path, taxonomy: Taxonomy, provenance: Provenance, batches: Iterable[SoftLabelBatch]) -> int:
    """Write the batches as they come and return the number of papers; the file appears only when complete.

    Raises AreatagError when the file cannot be written, ValueError for arrays of a wrong shape or range.
    """
    header = _Header(format=_FORMAT, area_ids=taxonomy.area_ids, taxonomy=taxonomy.to_yaml(), provenance=provenance)
    schema = _schema(len(taxonomy.areas)).with_metadata({_METADATA_KEY: header.model_dump_json().encode()})
    rows = 0
    with atomic_write(path) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in batches:
            _check_batch(batch, len(taxonomy.areas))
            writer.write_batch(_to_arrow(batch, schema))
            rows += len(batch.papers)
    return rows


class SoftLabels:
    """A soft-label file: `taxonomy`, `provenance`, the number of papers `rows`, and the papers in batches."""

    def __init__(self, path: Path) -> None:
        """Open and check the file; raises UsageError if it cannot be read, AreatagError if it is not one."""
        self.path = path
        with _opened(path) as file:
            schema: pa.Schema = file.schema_arrow
            self.rows = int(file.metadata.num_rows)
        header = _header(schema, path)
        self.taxonomy = parse_taxonomy(header.taxonomy, f"{path} (its taxonomy)")
        self.provenance = header.provenance
        expected = _schema(len(self.taxonomy.areas))
        if header.area_ids != self.taxonomy.area_ids or not schema.remove_metadata().equals(expected):
            raise AreatagError(f"The columns of {path} do not fit its taxonomy; write it again with weak-label.")

    def batches(self, size: int = 1024) -> Iterator[SoftLabelBatch]:
        """Yield the papers in file order, at most `size` at a time; raises AreatagError if damaged."""
        first = 0
        with _opened(self.path) as file, _damage(self.path):
            for batch in file.iter_batches(batch_size=size):
                soft = _from_arrow(batch, len(self.taxonomy.areas))
                fault = _fault(soft)
                if fault:
                    message = f"Row {first + fault[0] + 1} of {self.path} has {fault[1]}; write the file again."
                    raise AreatagError(message)
                first += len(soft.papers)
                yield soft


def is_soft_labels(path: Path) -> bool:
    """Whether a file says of itself that it holds soft labels; what is no Parquet file does not."""
    try:
        if not path.is_file():  # opening a pipe would wait for its other end
            return False
        with path.open("rb") as stream:
            if stream.read(4) != b"PAR1":
                return False
            return _METADATA_KEY in (pq.read_schema(stream).metadata or {})
    except (OSError, pa.ArrowException):
        return False


def without_papers(path: Path, wanted: Callable[[Paper], bool]) -> int:
    """Rewrite a soft-label file without the papers that are not wanted, atomically; return how many those were.

    Raises:
        UsageError, AreatagError: the file cannot be read or written; it is then as before.
    """
    soft = SoftLabels(path)

    def kept() -> Iterator[SoftLabelBatch]:
        for batch in soft.batches():
            rows = [row for row, paper in enumerate(batch.papers) if wanted(paper)]
            papers = tuple(batch.papers[row] for row in rows)
            yield SoftLabelBatch(papers, batch.probabilities[rows], batch.weights[rows])

    return soft.rows - write_soft_labels(path, soft.taxonomy, soft.provenance, kept())


def _schema(areas: int) -> pa.Schema:
    texts = [pa.field(name, pa.string(), nullable=False) for name in ("id", "title", "abstract")]
    probability = pa.field("element", pa.float32(), nullable=False)
    return pa.schema(
        [
            *texts,
            pa.field("probabilities", pa.list_(probability, areas), nullable=False),
            pa.field("weight", pa.float32(), nullable=False),
        ]
    )


def _header(schema: pa.Schema, path: Path) -> _Header:
    content = (schema.metadata or {}).get(_METADATA_KEY)
    if content is None:
        raise AreatagError(f"{path} is Parquet, but holds no soft labels; make them with areatag weak-label.")
    try:
        header = _Header.model_validate_json(content)
    except ValidationError as error:
        raise AreatagError(f"The metadata of {path} is damaged; write the file again with weak-label.") from error
    if header.format != _FORMAT:
        raise AreatagError(
            f"{path} has version {header.format} of the soft-label format, this areatag reads {_FORMAT}; "
            "write the file again with weak-label."
        )
    return header


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror or error}. Check the path.") from error
    with stream:
        with _damage(path):
            file = pq.ParquetFile(stream)
        yield file


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0][:200].rstrip(".")
        raise AreatagError(f"{path} is no complete Parquet file ({reason}); write it again with weak-label.") from error


def _to_arrow(batch: SoftLabelBatch, schema: pa.Schema) -> pa.RecordBatch:
    papers = batch.papers
    flat = pa.array(np.ascontiguousarray(batch.probabilities, dtype=np.float32).ravel())
    columns = [
        pa.array([paper.id for paper in papers], pa.string()),
        pa.array([paper.title for paper in papers], pa.string()),
        pa.array([paper.abstract for paper in papers], pa.string()),
        pa.FixedSizeListArray.from_arrays(flat, type=schema.field("probabilities").type),
        pa.array(batch.weights.astype(np.float32, copy=False)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _from_arrow(batch: pa.RecordBatch, areas: int) -> SoftLabelBatch:
    ids, titles, abstracts = (batch.column(name).to_pylist() for name in ("id", "title", "abstract"))
    papers = tuple(Paper(*texts) for texts in zip(ids, titles, abstracts, strict=True))
    flat = batch.column("probabilities").flatten().to_numpy(zero_copy_only=False)
    return SoftLabelBatch(papers, flat.reshape(-1, areas), batch.column("weight").to_numpy(zero_copy_only=False))


def _check_batch(batch: SoftLabelBatch, areas: int) -> None:
    papers = len(batch.papers)
    if batch.probabilities.shape != (papers, areas) or batch.weights.shape != (papers,):
        raise ValueError(
            f"Expected probabilities [{papers}, {areas}] and weights [{papers}], "
            f"got {list(batch.probabilities.shape)} and {list(batch.weights.shape)}."
        )
    fault = _fault(batch)
    if fault:
        raise ValueError(f"Paper {batch.papers[fault[0]].id!r} has {fault[1]}.")


def _fault(batch: SoftLabelBatch) -> tuple[int, str] | None:
    """The first row (from 0) with a value out of range, and what is wrong with it."""
    outside = ((batch.probabilities < 0) | (batch.probabilities > 1)).any(axis=1)  # NaN compares as False
    for wrong, what in (
        (outside, "a probability outside 0 to 1"),
        (~(np.isfinite(batch.weights) & (batch.weights >= 0)), "a weight that is negative or not finite"),
    ):
        if wrong.any():
            return int(wrong.argmax()), what
    return None

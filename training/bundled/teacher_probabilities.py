"""What a teacher says of papers of a pool, small enough to be kept: 8 bits a probability, and those above 0.02 alone.

A Parquet file with the columns `id` (text), `areas` (list of uint16, positions in the taxonomy) and `probabilities`
(list of uint8, in steps of 1/255); its metadata has the ids of the taxonomy's areas and the version of the teacher.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.atomic import atomic_write
from data.errors import AreatagError, UsageError
from data.taxonomy import Taxonomy

FloatArray = NDArray[np.float32]

LEAST = 0.02
"""Lower probabilities are not kept; they are read as 0."""
_STEPS = 255
_METADATA = b"areatag-teacher"
_SCHEMA = pa.schema({"id": pa.string(), "areas": pa.list_(pa.uint16()), "probabilities": pa.list_(pa.uint8())})


@dataclass(frozen=True, slots=True, eq=False)
class TeacherBatch:
    """Ids of n papers and their probabilities, float32 [n, areas]."""

    ids: tuple[str, ...]
    probabilities: FloatArray


def write_teacher_probabilities(path: Path, taxonomy: Taxonomy, teacher: str, batches: Iterable[TeacherBatch]) -> None:
    """Write the batches as they come; the file appears only when it is complete.

    Args:
        path: of the file.
        taxonomy: of the columns.
        teacher: version of the model that was asked.
        batches: papers and probabilities in [0, 1].
    """
    metadata = {_METADATA: json.dumps({"areas": taxonomy.area_ids, "teacher": teacher}).encode()}
    schema = _SCHEMA.with_metadata(metadata)
    with atomic_write(path) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in batches:
            kept = batch.probabilities >= LEAST
            starts = np.concatenate([[0], kept.sum(axis=1).cumsum()]).astype(np.int32)
            areas = np.nonzero(kept)[1].astype(np.uint16)
            steps = np.rint(batch.probabilities[kept] * _STEPS).astype(np.uint8)
            columns = [
                pa.array(batch.ids, pa.string()),
                pa.ListArray.from_arrays(starts, pa.array(areas)),
                pa.ListArray.from_arrays(starts, pa.array(steps)),
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def read_teacher_probabilities(path: Path, taxonomy: Taxonomy) -> Iterator[TeacherBatch]:
    """Yield papers in the order of the file.

    Raises:
        UsageError: the file cannot be read, or belongs to another taxonomy.
        AreatagError: it is damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_header(path, file.schema_arrow, taxonomy)
            for batch in file.iter_batches():
                yield _dense(batch, len(taxonomy.areas))
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror or error}. Check the path.") from error
    except (pa.ArrowException, ValueError, IndexError) as error:
        raise AreatagError(f"{path} is no file of a teacher's probabilities ({error}); make it again.") from error


def _check_header(path: Path, schema: pa.Schema, taxonomy: Taxonomy) -> None:
    content = (schema.metadata or {}).get(_METADATA)
    if content is None or not schema.remove_metadata().equals(_SCHEMA):
        raise AreatagError(f"{path} holds no probabilities of a teacher; make it again.")
    if tuple(json.loads(content)["areas"]) != taxonomy.area_ids:
        raise UsageError(f"{path} was made for another taxonomy; make it again with this one.")


def _dense(batch: pa.RecordBatch, areas: int) -> TeacherBatch:
    ids, columns, steps = (batch.column(name) for name in _SCHEMA.names)
    probabilities = np.zeros((len(ids), areas), dtype=np.float32)
    rows = np.repeat(np.arange(len(ids)), columns.value_lengths().to_numpy())
    probabilities[rows, columns.flatten().to_numpy()] = steps.flatten().to_numpy().astype(np.float32) / _STEPS
    return TeacherBatch(tuple(ids.to_pylist()), probabilities)

"""Papers and labels as a memory-mapped table of tokens and targets (Hugging Face `datasets`, Arrow on disk)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor

from data.label_matrix import output_targets
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.lexical import LexicalFeatures
from model.runtimes.tokenization import Tokenizer
from training.fine_tuning.imitation import TeacherEmbeddings

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """One paper with its targets.

    Attributes:
        areas: float32 [areas], probabilities; NaN where nothing is known.
        weight: importance in the loss, above 0.
    """

    paper: Paper
    areas: FloatArray = field(repr=False)
    weight: float = 1.0


def examples_of(papers: Sequence[Paper], targets: FloatArray) -> Iterator[Example]:
    """Yield one example a paper, each of weight 1, from targets float32 [n, areas] (`data.label_matrix`)."""
    return map(Example, papers, targets)


def build_dataset(
    examples: Iterable[Example],
    taxonomy: Taxonomy,
    tokenizer: Tokenizer,
    max_tokens: int,
    path: Path,
    lexical: LexicalFeatures | None = None,
    teacher: TeacherEmbeddings | None = None,
) -> datasets.Dataset:
    """Tokenise examples into an Arrow file at `path` and open it memory-mapped.

    Columns: input_ids (list of int32, at most `max_tokens`), length (int32), labels (float32 [areas + fields]), weight
    and, where the model has lexical features, lexical (float32 [size]), or where it imitates a teacher, embedding
    (float32 [size]).
    Memory stays flat: examples are consumed in batches of 1,000.
    """
    schema = pa.schema(
        {
            "input_ids": pa.list_(pa.int32()),
            "length": pa.int32(),
            "labels": pa.list_(pa.float32(), len(taxonomy.areas) + len(taxonomy.fields)),
            "weight": pa.float32(),
        }
    )
    if lexical is not None:
        schema = schema.append(pa.field("lexical", pa.list_(pa.float32(), lexical.size)))
    if teacher is not None:
        schema = schema.append(pa.field("embedding", pa.list_(pa.float32(), teacher.size)))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream, pa.ipc.new_stream(stream, schema) as writer:
        for batch in _batches(examples, 1000):
            labels = output_targets(np.stack([example.areas for example in batch]), taxonomy)
            tokens = tokenizer.encode([example.paper.text for example in batch], max_tokens)
            columns = {
                "input_ids": tokens,
                "length": [len(ids) for ids in tokens],
                "labels": list(labels),
                "weight": [example.weight for example in batch],
            }
            if lexical is not None:
                columns["lexical"] = list(lexical([example.paper for example in batch]))
            if teacher is not None:
                columns["embedding"] = list(teacher([example.paper for example in batch]))
            writer.write_batch(pa.RecordBatch.from_pydict(columns, schema=schema))
    return datasets.Dataset.from_file(str(path))


def label_means(dataset: datasets.Dataset) -> FloatArray:
    """Mean target of every output, float32 [areas + fields]; 0.5 where none is known."""
    labels = dataset.with_format("numpy")
    width = len(labels[0]["labels"])
    total, known = np.zeros(width), np.zeros(width)
    for batch in labels.select_columns(["labels"]).iter(4096):
        values = np.asarray(batch["labels"], dtype=np.float32)
        total += np.nansum(values, axis=0)
        known += (~np.isnan(values)).sum(axis=0)
    return np.asarray((total + 0.5) / (known + 1.0), dtype=np.float32)


def collate(rows: list[dict[str, Any]], padding_id: int) -> dict[str, Tensor]:
    """Rows of the dataset as one padded batch: the arguments of `AreaClassifier.forward`."""
    longest = max(len(row["input_ids"]) for row in rows)
    ids = torch.full((len(rows), longest), padding_id, dtype=torch.int64)
    mask = torch.zeros((len(rows), longest), dtype=torch.int64)
    for position, row in enumerate(rows):
        length = len(row["input_ids"])
        ids[position, :length] = torch.as_tensor(row["input_ids"], dtype=torch.int64)
        mask[position, :length] = 1
    columns = {
        "input_ids": ids,
        "attention_mask": mask,
        "labels": torch.as_tensor(np.array([row["labels"] for row in rows], dtype=np.float32)),
        "weights": torch.as_tensor([row["weight"] for row in rows], dtype=torch.float32),
    }
    for name in ("lexical", "embedding"):
        if name in rows[0]:
            columns[name] = torch.as_tensor(np.array([row[name] for row in rows], dtype=np.float32))
    return columns


def _batches(examples: Iterable[Example], size: int) -> Iterator[list[Example]]:
    batch: list[Example] = []
    for example in examples:
        batch.append(example)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch

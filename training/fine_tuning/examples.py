"""Papers and labels as a memory-mapped table of tokens and targets (Hugging Face `datasets`, Arrow on disk)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor

from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.lexical import LexicalFeatures
from model.runtimes.tokenization import Tokenizer

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


def example_from_label(labelled: LabelledPaper, taxonomy: Taxonomy, weight: float = 1.0) -> Example:
    """Targets of a labelled paper: 1 for its areas, 0 for the others, NaN for those an incomplete label leaves open."""
    areas = np.full(len(taxonomy.areas), 0.0 if labelled.complete else np.nan, dtype=np.float32)
    areas[[taxonomy.index(area) for area in labelled.rejected]] = 0.0
    areas[[taxonomy.index(area) for area in labelled.areas]] = 1.0
    return Example(labelled.paper, areas, weight)


def field_targets(areas: FloatArray, field_index: NDArray[np.int64], fields: int) -> FloatArray:
    """Probability that a field applies, float32 [n, fields], from areas' probabilities [n, areas].

    The largest of its areas' probabilities: areas of one field depend on each other, so a noisy-or would overstate it.
    A field is open (NaN) when none of its areas is known, or when the unknown ones could still decide it.
    """
    known_max = np.zeros((len(areas), fields), dtype=np.float32)
    open_areas = np.zeros((len(areas), fields), dtype=bool)
    for column, position in enumerate(field_index):
        values = areas[:, column]
        known_max[:, position] = np.fmax(known_max[:, position], values)
        open_areas[:, position] |= np.isnan(values)
    known_max[open_areas & (known_max < 0.5)] = np.nan
    return known_max


def build_dataset(
    examples: Iterable[Example],
    taxonomy: Taxonomy,
    tokenizer: Tokenizer,
    max_tokens: int,
    path: Path,
    lexical: LexicalFeatures | None = None,
) -> datasets.Dataset:
    """Tokenise examples into an Arrow file at `path` and open it memory-mapped.

    Columns: input_ids (list of int32, at most `max_tokens`), length (int32), labels (float32 [areas + fields]), weight
    and, where the model has lexical features, lexical (float32 [size]).
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
    field_index = np.array(taxonomy.field_index, dtype=np.int64)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream, pa.ipc.new_stream(stream, schema) as writer:
        for batch in _batches(examples, 1000):
            areas = np.stack([example.areas for example in batch])
            labels = np.concatenate([areas, field_targets(areas, field_index, len(taxonomy.fields))], axis=1)
            tokens = tokenizer.encode([example.paper.text for example in batch], max_tokens)
            columns = {
                "input_ids": tokens,
                "length": [len(ids) for ids in tokens],
                "labels": list(labels),
                "weight": [example.weight for example in batch],
            }
            if lexical is not None:
                columns["lexical"] = list(lexical([example.paper for example in batch]))
            writer.write_batch(pa.RecordBatch.from_pydict(columns, schema=schema))
    return datasets.Dataset.from_file(str(path))


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
    if "lexical" in rows[0]:
        columns["lexical"] = torch.as_tensor(np.array([row["lexical"] for row in rows], dtype=np.float32))
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

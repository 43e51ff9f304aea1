"""Records of a run in chunks: what is read, tagged and written at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from data.papers import Paper, Reject
from model.tags import TagOptions

CHUNK_RECORDS = 512
"""Records of a chunk: the tagger can batch papers of one length together."""
CHUNK_CHARACTERS = 1 << 20
"""The same in characters: a chunk of longer papers has fewer of them, so its memory is bounded."""
CHUNK_RECORDS_EXPLAINED = 32
"""The same with explanations, which tag a paper once per sentence: what a kill may cost stays seconds."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records in their order, the papers and the rejects apart."""

    papers: list[Paper]
    rejects: list[Reject]


def chunk_records(options: TagOptions) -> int:
    """Records of a chunk; a resumed run must use the size of the interrupted one."""
    return CHUNK_RECORDS_EXPLAINED if options.explain else CHUNK_RECORDS


def chunks_of(records: Iterator[Paper | Reject], most: int) -> Iterator[Chunk]:
    """Yield the records in chunks of at most ``most``; none goes on once it has CHUNK_CHARACTERS."""
    while True:
        chunk, characters = Chunk([], []), 0
        for record in islice(records, most):
            if isinstance(record, Paper):
                chunk.papers.append(record)
                characters += len(record.title) + len(record.abstract)
            else:
                chunk.rejects.append(record)
                characters += len(record.excerpt)
            if characters >= CHUNK_CHARACTERS:
                break
        if not chunk.papers and not chunk.rejects:
            return
        yield chunk

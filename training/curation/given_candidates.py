"""Candidates for review out of files of papers and soft labels that the user names."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from data.papers import Reject
from data.readers import InputFormat, read_papers
from data.soft_labels import SoftLabels, is_soft_labels
from data.taxonomy import Taxonomy
from training.curation.candidate_pool import Candidate


def candidates_in(
    inputs: Sequence[str], taxonomy: Taxonomy, input_format: InputFormat | None, on_reject: Callable[[Reject], None]
) -> Iterator[Candidate]:
    """Yield the papers of files and folders in their order, those of soft labels with their probabilities as votes.

    Raises:
        UsageError: an input cannot be read.
    """
    for name in inputs:
        if is_soft_labels(Path(name)):
            yield from _soft_labelled(SoftLabels(Path(name)), taxonomy)
            continue
        for paper in read_papers([name], input_format):
            if isinstance(paper, Reject):
                on_reject(paper)
            else:
                yield Candidate(paper)


def _soft_labelled(soft: SoftLabels, taxonomy: Taxonomy) -> Iterator[Candidate]:
    """Areas that the file does not know, or the taxonomy does not, have no votes."""
    shared = [area for area in soft.taxonomy.area_ids if area in taxonomy]
    source = [soft.taxonomy.index(area) for area in shared]
    target = [taxonomy.index(area) for area in shared]
    for batch in soft.batches():
        for paper, row in zip(batch.papers, batch.probabilities, strict=True):
            votes = np.full(len(taxonomy.areas), np.nan, dtype=np.float32)
            votes[target] = row[source]
            yield Candidate(paper, votes)

"""Soft labels by a simpler rule than the label model, to train an encoder on each and compare.

    python -m benchmarks.quality.baseline_soft_labels POOL... --votes FIT.jsonl --method majority -o SOFT.parquet
    areatag train --soft-labels SOFT.parquet --validation GOLD.jsonl --held-out JUDGE.jsonl -o by-majority

Every method hears the same labelling functions on the same papers and the same recorded votes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from data.papers import Paper
from data.readers import read_papers
from data.readers.labels import read_votes
from data.rules import load_rules
from data.soft_labels import Provenance, SoftLabelBatch, write_soft_labels
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from training.label_model.baselines import majority_share, noisy_or
from training.label_model.fit_label_model import fit_label_model
from training.label_model.recorded import with_recorded
from training.votes.apply import apply_sources
from training.votes.arxiv_categories import ArxivCategories
from training.votes.phrases import PhraseRules
from training.votes.recorded_votes import RecordedVotes
from training.votes.text_classifier import Learned
from training.votes.vote_matrix import Votes, VoteSource
from training.weak_label import RECORDED_WEIGHT

FloatArray = NDArray[np.float32]
_BATCH = 2048


class Method(StrEnum):
    """How votes become probabilities."""

    RULES = "rules"  # noisy-or over categories and phrases alone
    MAJORITY = "majority"
    NOISY_OR = "noisy-or"
    LABEL_MODEL = "label-model"


def main(
    pool: Annotated[list[Path], typer.Argument(help="Papers with arXiv categories.")],
    votes: Annotated[Path, typer.Option(help="Recorded votes to fit on.")],
    method: Annotated[Method, typer.Option(help="How votes become probabilities.")],
    output: Annotated[Path, typer.Option("-o", help="Soft labels to write.")],
    papers: Annotated[int | None, typer.Option(help="Papers beside those with votes.  [default: all]")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
) -> None:
    """Write soft labels."""
    taxonomy = load_taxonomy()
    recorded = RecordedVotes(taxonomy, "recorded", read_votes(votes, taxonomy))
    found = [paper for paper in read_papers(pool) if isinstance(paper, Paper)]
    labelled = [paper for paper in found if paper.id in recorded]
    others = [paper for paper in found if paper.id not in recorded]
    order = np.random.default_rng(seed).permutation(len(others))[:papers]
    chosen = [*labelled, *(others[row] for row in sorted(order.tolist()))]
    batches = soft_labels(method, taxonomy, recorded, labelled, chosen)
    typer.echo(f"{write_soft_labels(output, taxonomy, Provenance(), batches)} papers in {output}")


def soft_labels(
    method: Method, taxonomy: Taxonomy, recorded: RecordedVotes, labelled: Sequence[Paper], papers: Sequence[Paper]
) -> Iterator[SoftLabelBatch]:
    """Probabilities of every paper; those with recorded votes hear these too and weigh more, as in the product."""
    known, areas = recorded.labels(labelled), len(taxonomy.areas)
    sources: list[VoteSource] = [ArxivCategories(taxonomy), PhraseRules(taxonomy, load_rules(None, taxonomy).areas)]
    if method is not Method.RULES:
        sources.append(Learned.fit(labelled, known))
    answer = _answer(method, taxonomy, sources, labelled, known)
    prior = np.clip((known == 1).mean(axis=0), 1e-3, 1 - 1e-3)
    for start in range(0, len(papers), _BATCH):
        part = papers[start : start + _BATCH]
        votes = apply_sources(sources, part, areas).votes
        said = recorded.vote(part)[0]
        probabilities = with_recorded(
            np.clip(answer(votes), 1e-4, 1 - 1e-4), said, prior, recorded.functions[0].expected
        )
        covered = (votes != 0).any(axis=0) | (said != 0)
        weights = np.where((said != 0).any(axis=1), RECORDED_WEIGHT, 1.0).astype(np.float32)
        yield SoftLabelBatch(tuple(part), np.where(covered, probabilities, np.nan).astype(np.float32), weights)


def _answer(
    method: Method,
    taxonomy: Taxonomy,
    sources: Sequence[VoteSource],
    labelled: Sequence[Paper],
    known: NDArray[np.int8],
) -> Callable[[Votes], FloatArray]:
    """A function from votes int8 [functions, n, areas] to probabilities float32 [n, areas]."""
    if method is Method.MAJORITY:
        return majority_share
    if method in (Method.RULES, Method.NOISY_OR):
        return noisy_or
    on_sample = apply_sources(sources, labelled, len(taxonomy.areas))
    return fit_label_model(on_sample.votes, known, on_sample.functions, fields=taxonomy.field_index).predict_proba


if __name__ == "__main__":
    typer.run(main)

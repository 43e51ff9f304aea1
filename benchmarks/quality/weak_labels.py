"""How good soft labels are, on recorded votes that nothing was fitted to.

    python -m benchmarks.quality.weak_labels PAPERS... --votes VOTES.jsonl [--embeddings]

The papers with recorded votes are split by a hash of their id into 1,002 held out and the rest, on which
rates, weights, the learned function and one threshold per method are fitted (cross-fitted). Held-out papers
are labelled by every source but the recorded votes themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table
from sklearn.metrics import f1_score

from benchmarks.quality.held_out_votes import held_out
from data.papers import Paper
from data.readers import read_papers
from data.readers.labels import read_votes
from data.rules import load_rules
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from training.encoder.text_embedding import text_embedder
from training.label_model.baselines import majority_share, noisy_or
from training.label_model.fit_label_model import cross_fitted_proba, fit_label_model
from training.label_model.model import Floats32
from training.votes.apply import apply_sources
from training.votes.arxiv_categories import ArxivCategories
from training.votes.material import Embed
from training.votes.phrases import PhraseRules
from training.votes.recorded_votes import RecordedVotes
from training.votes.text_classifier import Learned
from training.votes.vote_matrix import VoteMatrix, VoteSource
from training.votes.zero_shot import ZeroShot, remembering

Labels = npt.NDArray[np.int8]


def best_threshold(probabilities: Floats32, labels: Labels) -> float:
    """The one threshold with the best micro-F1."""
    order = np.argsort(-probabilities.ravel(), kind="stable")
    right = np.cumsum(labels.ravel()[order])
    f1 = 2 * right / (np.arange(1, len(right) + 1) + labels.sum())
    return float(probabilities.ravel()[order][f1.argmax()])


def scores(threshold: float, probabilities: Floats32, labels: Labels) -> dict[str, float]:
    """Scores at a threshold; P@1 over the papers that have an area."""
    chosen = probabilities >= threshold
    present = labels.any(axis=0)
    tagged = labels.any(axis=1)
    first = labels[np.arange(len(labels)), probabilities.argmax(axis=1)]
    return {
        "threshold": threshold,
        "micro-F1": float(f1_score(labels, chosen, average="micro", zero_division=0)),
        "macro-F1": float(f1_score(labels[:, present], chosen[:, present], average="macro", zero_division=0)),
        "P@1": float(first[tagged].mean()),
        "Brier": float(np.mean((probabilities - labels) ** 2)),
    }


def evaluate(
    taxonomy: Taxonomy, papers: Iterable[Paper], recorded: RecordedVotes, embed: Embed | None = None
) -> dict[str, dict[str, float]]:
    """Scores on the held-out papers, by method."""
    covered = [paper for paper in papers if paper.id in recorded]
    sample = [paper for paper in covered if not held_out(paper.id)]
    fresh = [paper for paper in covered if held_out(paper.id)]
    known, truth = recorded.labels(sample), recorded.labels(fresh)
    embed = None if embed is None else remembering(embed)
    learned = Learned.fit(sample, known, embed)
    sources: list[VoteSource] = [
        ArxivCategories(taxonomy),
        PhraseRules(taxonomy, load_rules(None, taxonomy).areas),
        *([ZeroShot.fit(taxonomy, embed, sample)] if embed is not None else []),
        learned,
    ]
    on_sample, on_fresh = (apply_sources(sources, part, len(taxonomy.areas)) for part in (sample, fresh))
    rest = len(on_sample.functions) - len(learned.functions)
    results = {}
    for name, method in (("majority share", majority_share), ("noisy-or", noisy_or)):
        at = best_threshold(method(on_sample.votes[:rest]), known)
        results[name] = scores(at, method(on_fresh.votes[:rest]), truth)
    at = best_threshold(learned.scores(sample), known)
    results["learned function alone"] = scores(at, learned.scores(fresh), truth)
    for source in sorted({function.source for function in on_sample.functions[:rest]}):
        rows = [row for row, function in enumerate(on_sample.functions) if function.source == source]
        results[f"label model, {source} alone"] = _label_model(taxonomy, on_sample, known, on_fresh, truth, rows)
    for name, count in (
        ("label model, no learned function", rest),
        ("label model", len(on_sample.functions)),
    ):
        results[name] = _label_model(taxonomy, on_sample, known, on_fresh, truth, list(range(count)))
    return results


def _label_model(
    taxonomy: Taxonomy,
    on_sample: VoteMatrix,
    known: Labels,
    on_fresh: VoteMatrix,
    truth: Labels,
    rows: list[int],
) -> dict[str, float]:
    functions = [on_sample.functions[row] for row in rows]
    votes, fields = on_sample.votes[rows], taxonomy.field_index
    model = fit_label_model(votes, known, functions, fields=fields)
    cross_fitted = cross_fitted_proba(votes, known, functions, fields=fields, strengths=model.strengths)
    at = best_threshold(cross_fitted, known)
    return scores(at, model.predict_proba(on_fresh.votes[rows]), truth)


def main(
    papers: Annotated[list[Path], typer.Argument(help="Files or folders of papers.")],
    votes: Annotated[Path, typer.Option(help="Recorded votes.")],
    embeddings: Annotated[
        bool, typer.Option(help="Use the base encoder too: zero-shot similarity, and in the learned function.")
    ] = False,
) -> None:
    """Print the scores of every method on 1,002 held-out papers with recorded votes."""
    taxonomy = load_taxonomy(None)
    recorded = RecordedVotes(taxonomy, "recorded", read_votes(votes, taxonomy))
    found = [paper for paper in read_papers(papers) if isinstance(paper, Paper)]
    results = evaluate(taxonomy, found, recorded, text_embedder() if embeddings else None)
    table = Table("method", *next(iter(results.values())))
    for name, values in results.items():
        table.add_row(name, *(f"{value:.4f}" for value in values.values()))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)

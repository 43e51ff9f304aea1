"""A model beside the weak labels it learned from, on gold: what distilling the votes into the encoder gains.

    python -m benchmarks.against_votes PAPERS... --votes VOTES.jsonl --gold GOLD.jsonl [--model REF]

The label model labels the gold papers from their titles and abstracts, as the pool was labelled but for
arXiv categories, which gold does not have. Both are calibrated and scored cross-fitted on gold.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import typer

from data.labels import read_labels, read_votes
from data.papers import Paper
from data.readers import read_papers
from data.soft_labels import SoftLabels
from data.taxonomy import Taxonomy
from model.tagger import Tagger
from model.versions import resolve_model
from training.evaluation import EvaluationReport, cross_fitted_report, evaluate, label_matrix
from training.text_embedding import text_embedder
from training.weak_label import WeakLabelOptions, weak_label


def label_model_report(
    papers: list[Path], votes: Path, gold: Path, taxonomy: Taxonomy, embeddings: bool
) -> EvaluationReport:
    """Score the label model on gold. Papers with votes fit it; the others of the pool are left out."""
    voted = {vote.paper_id for vote in read_votes(votes, taxonomy)}
    sample = [paper for paper in read_papers(papers) if isinstance(paper, Paper) and paper.id in voted]
    labelled = list(read_labels(gold, taxonomy))
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "papers.parquet"
        rows = [
            {"id": p.id, "title": p.title, "abstract": p.abstract, "categories": " ".join(p.categories)}
            for p in (*(item.paper for item in labelled), *sample)
        ]
        pq.write_table(pa.Table.from_pylist(rows), both)
        soft = Path(folder) / "soft.parquet"
        embed = text_embedder() if embeddings else None
        weak_label(WeakLabelOptions(inputs=(both,), output=soft, votes=(votes,), embed=embed))
        probabilities = np.concatenate([batch.probabilities for batch in SoftLabels(soft).batches()])[: len(labelled)]
    clipped = np.clip(np.nan_to_num(probabilities.astype(np.float64), nan=1e-4), 1e-4, 1 - 1e-4)
    logits = np.log(clipped / (1 - clipped)).astype(np.float32)
    return cross_fitted_report("label model", logits, label_matrix(labelled, taxonomy), taxonomy)


def main(
    papers: Annotated[list[Path], typer.Argument(help="The training pool.")],
    votes: Annotated[Path, typer.Option(help="Recorded votes.")],
    gold: Annotated[Path, typer.Option(help="Gold labels.")],
    model: Annotated[str | None, typer.Option(help="Model to compare.")] = None,
    embeddings: Annotated[bool, typer.Option(help="Let zero-shot similarity vote too.")] = False,
) -> None:
    """Print both reports."""
    path = resolve_model(model)
    taxonomy = Tagger.load(path).taxonomy
    for report in (evaluate(gold, path), label_model_report(papers, votes, gold, taxonomy, embeddings)):
        typer.echo(report.to_table())


if __name__ == "__main__":
    typer.run(main)

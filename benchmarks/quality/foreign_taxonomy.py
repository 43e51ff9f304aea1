"""A stranger's taxonomy: ten areas of physics, 2,000 abstracts, no categories, no votes, no labels.

    python -m benchmarks.quality.foreign_taxonomy POOL... [--work FOLDER] [--max-tokens N]

Takes papers of the pool with one of ten arXiv categories, hides the categories, and gives 2,000 of them with
benchmarks/quality/data/physics.yaml to `areatag weak-label` and `areatag train`, as a user would. The hidden
categories judge 1,000 others. Authors choose categories sparingly, so no system reaches a perfect score.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
import yaml
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from data.atomic import atomic_text
from data.label_matrix import label_matrix
from data.labels import LabelledPaper
from data.papers import Paper
from data.readers import read_papers
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from model.tagger import Tagger
from training.encoder.text_embedding import text_embedder
from training.evaluation.report import EvaluationReport, cross_fitted_report, report
from training.votes.zero_shot import ZeroShot

DATA = Path(__file__).parent / "data"
TRAINING, JUDGING = 2000, 1000
SAMPLE = 500
"""Papers over which the similarities of zero-shot are z-scored."""
FloatArray = NDArray[np.float32]


def main(
    pool: Annotated[list[Path], typer.Argument(help="Papers with arXiv categories.")],
    work: Annotated[
        Path | None, typer.Option(help="Folder for soft labels and model.  [default: a temporary one]")
    ] = None,
    max_tokens: Annotated[int, typer.Option(help="Tokens of a paper in training.")] = 128,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
) -> None:
    """Print zero-shot and the trained model beside each other."""
    taxonomy = load_taxonomy(DATA / "physics.yaml")
    train, judge = sample_papers(pool, taxonomy, seed)
    with tempfile.TemporaryDirectory() as folder:
        place = work or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        model = train_model(train, place, max_tokens)
        rows = compare(model, train, judge, taxonomy)
    table = Table("system", "micro-F1", "macro-F1", "P@1", "average precision", "Brier")
    for row in rows:
        figures = [_figure(row, name) for name in ("micro_f1", "macro_f1", "p_at_1", "mean_average_precision", "brier")]
        table.add_row(row.model, *figures)
    Console(width=150).print(table)


def sample_papers(pool: list[Path], taxonomy: Taxonomy, seed: int) -> tuple[list[Paper], list[LabelledPaper]]:
    """Papers to train on, without categories, and others with the areas that their hidden categories stand for."""
    area_of = {category: area for area, category in yaml.safe_load((DATA / "physics-judge.yaml").read_text()).items()}
    found = [
        paper
        for paper in read_papers(pool)
        if isinstance(paper, Paper) and paper.abstract and any(name in area_of for name in paper.categories)
    ]
    order = np.random.default_rng(seed).permutation(len(found))[: TRAINING + JUDGING]
    train = [replace(found[row], categories=()) for row in order[:TRAINING]]
    judge = [
        LabelledPaper(
            replace(found[row], categories=()),
            tuple(dict.fromkeys(area_of[name] for name in found[row].categories if name in area_of)),
        )
        for row in order[TRAINING:]
    ]
    return train, judge


def train_model(papers: list[Paper], place: Path, max_tokens: int) -> Path:
    """Run the two commands that a user would run; returns the model directory."""
    source, soft, model = place / "papers.jsonl", place / "soft.parquet", place / "model"
    with atomic_text(source) as stream:
        for paper in papers:
            stream.write(json.dumps({"id": paper.id, "title": paper.title, "abstract": paper.abstract}) + "\n")
    taxonomy = ("--taxonomy", str(DATA / "physics.yaml"))
    _areatag("weak-label", str(source), *taxonomy, "-o", str(soft))
    _areatag("train", "--soft-labels", str(soft), "-o", str(model), "--max-tokens", str(max_tokens))
    return model


def compare(model: Path, train: list[Paper], judge: list[LabelledPaper], taxonomy: Taxonomy) -> list[EvaluationReport]:
    """Scores on the judging papers: of zero-shot similarity, and of the model as it is and calibrated."""
    labels = label_matrix(judge, taxonomy)
    papers = [item.paper for item in judge]
    zero_shot = ZeroShot.fit(taxonomy, text_embedder(), train[:SAMPLE]).scores(papers)
    tagger = Tagger.load(model)
    logits, _ = tagger.artefact.heads.logits(tagger.embed(papers))
    probabilities = tagger.artefact.area_calibration.probabilities(logits)
    given = probabilities >= np.asarray(tagger.artefact.area_calibration.thresholds, dtype=np.float32)
    return [
        cross_fitted_report("zero-shot, thresholds from the judge's other folds", zero_shot, labels, taxonomy),
        cross_fitted_report("model, thresholds from the judge's other folds", logits, labels, taxonomy),
        report("model as it is, nothing labelled", probabilities, given, labels, taxonomy),
    ]


def _areatag(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "serving.cli.main", *arguments], check=True)


def _figure(row: EvaluationReport, name: str) -> str:
    low, high = row.intervals[name]
    return f"{row.metrics[name]:.3f} ({low:.3f} to {high:.3f})"


if __name__ == "__main__":
    typer.run(main)

"""Label models on two public vote matrices, apart from any text: `python -m benchmarks.quality.label_models FOLDER`.

FOLDER holds `trec.json.gz` and `semeval.json.gz`: `{"classes", "valid"|"test": {"votes": [n][m], "labels":
[n]}}`, -1 where a function abstains. Rates come from the validation labels; scores are one-vs-rest on test:
the mean over classes of average precision, and the Brier score.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table
from sklearn.metrics import average_precision_score

from training.label_model.baselines import majority_share, noisy_or
from training.label_model.fit_label_model import fit_label_model
from training.votes.vote_matrix import LabellingFunction, Votes

Labels = npt.NDArray[np.int8]


def load_part(path: Path, part: str) -> tuple[Votes, Labels]:
    """Votes int8 [m, n, classes] and labels int8 [n, classes] of one part of a vote matrix file."""
    with gzip.open(path, "rt") as stream:
        content = json.load(stream)
    cast = np.array(content[part]["votes"])  # [n, m], the class that a function votes for
    votes = np.zeros((cast.shape[1], len(cast), content["classes"]), np.int8)
    papers, functions = np.nonzero(cast >= 0)
    votes[functions, papers, cast[papers, functions]] = 1
    return votes, np.eye(content["classes"], dtype=np.int8)[np.array(content[part]["labels"])]


def score(probabilities: npt.NDArray[np.float32], labels: Labels) -> tuple[float, float]:
    """Macro average precision and Brier score of probabilities [n, classes]."""
    columns = range(labels.shape[1])
    precision = [average_precision_score(labels[:, c], probabilities[:, c]) for c in columns]
    return float(np.mean(precision)), float(np.mean((probabilities - labels) ** 2))


def compare(path: Path) -> dict[str, tuple[float, float]]:
    """Scores of every method on one file."""
    (sample, known), (votes, labels) = load_part(path, "valid"), load_part(path, "test")
    # The functions are unrelated heuristics, so every one is a source of its own.
    functions = [LabellingFunction(f"f{row}", f"f{row}") for row in range(len(votes))]
    model = fit_label_model(sample, known, functions)
    return {
        "majority share": score(majority_share(votes, exclusive=True), labels),
        "noisy-or": score(noisy_or(votes), labels),
        "label model": score(model.predict_proba(votes), labels),
    }


def main(
    folder: Annotated[Path, typer.Argument(help="Folder with trec.json.gz and semeval.json.gz.")],
) -> None:
    """Print macro average precision and Brier score of the label model and its baselines."""
    table = Table("data", "method", "average precision", "Brier")
    for name in ("trec", "semeval"):
        for method, (precision, brier) in compare(folder / f"{name}.json.gz").items():
            table.add_row(name, method, f"{precision:.3f}", f"{brier:.4f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)

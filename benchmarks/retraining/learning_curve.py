"""How much a model learns from 50 to 2,000 labels that the review queue chose, against labels chosen by chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from benchmarks.retraining.categories import Categories, FolderArgument, read_categories
from benchmarks.retraining.curve_plot import write_plot
from benchmarks.retraining.frozen import FrozenEmbeddings
from benchmarks.retraining.report import Table, write_report
from benchmarks.retraining.workplace import workplace
from data.label_matrix import field_targets, label_matrix
from model.heads import Heads
from training.calibration.fit_calibration import fit_calibration
from training.curation.candidate_pool import Candidate, is_answerable
from training.curation.queue import Seen, review_queue
from training.fine_tuning.head_fit import fit_scaled_heads
from training.fine_tuning.linear_probe import TEXT_SCALES
from training.fine_tuning.text_heads import text_heads

HELP = """Compare the review queue with random choice: F1 by the number of labels, as a table and a plot.

Every seed starts from the same 50 papers chosen by chance for both. Then labels are added up to each size, by the
queue of `areatag review` under the model of the size before, or by chance. The model is heads on frozen
embeddings of the base encoder that start at the area texts, fitted and calibrated on the labels alone, as `areatag
train` does before it fine-tunes.

The full run embeds 8,000 papers once (20 minutes on two AVX2 cores; kept in --work) and fits 60 models, the largest
on 2,000 labels, in about an hour and a half.

\b
Example of a trial, minutes on an idle core:
  python -m benchmarks.retraining learning-curve FOLDER --pool 900 --test 300 --size 50 --size 200 --seeds 2 --tokens 48
"""
FloatArray = NDArray[np.float32]
Bools = NDArray[np.bool_]
SIZES = (50, 100, 200, 500, 1000, 2000)
REVIEW, RANDOM = "review queue", "random choice"
METRICS = ("micro-F1", "macro-F1")


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Papers to choose from and to test on, as frozen embeddings of length sqrt(hidden), with their labels."""

    papers: Categories
    start: FloatArray
    """Embeddings of the areas' texts, float32 [areas, hidden]."""
    embeddings: FloatArray
    labels: Bools
    test_embeddings: FloatArray
    test_labels: Bools
    answerable: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Calibrated probabilities of the pool float32 [n, areas], and scores on the test papers."""

    probabilities: FloatArray
    scores: dict[str, float]


def main(
    folder: FolderArgument,
    output: Annotated[Path, typer.Option("-o", help="Results, without suffix.")] = Path("learning-curve"),
    work: Annotated[Path | None, typer.Option(help="Folder for embeddings.  [default: a temporary one]")] = None,
    pool: Annotated[int, typer.Option(min=50, help="Papers to choose from.")] = 6000,
    test: Annotated[int, typer.Option(min=20, help="Papers to test on.")] = 2000,
    size: Annotated[list[int] | None, typer.Option(min=10, help="Labels; may be repeated.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Repetitions.")] = 5,
    tokens: Annotated[int, typer.Option(min=8, help="Tokens of a paper.")] = 128,
) -> None:
    """Measure and print; `HELP` is what people read."""
    sizes = sorted(size or SIZES)
    if sizes[-1] > pool:
        raise typer.BadParameter(f"{sizes[-1]} labels cannot be chosen from {pool} papers")
    with workplace(work) as place:
        found = read_pool(read_categories(folder, pool, test, seed=0), FrozenEmbeddings(place, tokens))
    curves = measure(found, sizes, seeds)
    settings = {"pool": pool, "test papers": test, "seeds": seeds, "tokens": tokens}
    tables = [curve_table(curves, sizes, metric) for metric in METRICS]
    figures = {"sizes": sizes, "curves": curves}
    text = write_report(output, "Learning curve: review queue against random choice", settings, tables, figures)
    write_plot(output.with_suffix(".svg"), sizes, curves, METRICS)
    typer.echo(text)


def read_pool(papers: Categories, frozen: FrozenEmbeddings) -> Pool:
    """Embed everything."""
    train, test = ([item.paper for item in part] for part in (papers.train, papers.test))
    areas, embeddings, tested = frozen.of_areas(papers.taxonomy), frozen.of_papers(train), frozen.of_papers(test)
    length = np.float32(np.sqrt(areas.shape[1]))
    return Pool(
        papers=papers,
        start=areas * length,
        embeddings=embeddings * length,
        labels=label_matrix(papers.train, papers.taxonomy),
        test_embeddings=tested * length,
        test_labels=label_matrix(papers.test, papers.taxonomy),
        answerable=np.array([is_answerable(paper) for paper in train]),
    )


def measure(pool: Pool, sizes: Sequence[int], seeds: int) -> dict[str, dict[str, list[list[float]]]]:
    """Scores by strategy and metric, a list over sizes for every seed."""
    curves: dict[str, dict[str, list[list[float]]]] = {
        strategy: {metric: [] for metric in METRICS} for strategy in (REVIEW, RANDOM)
    }
    for seed in range(seeds):
        for strategy in (REVIEW, RANDOM):
            scores = list(_curve(pool, sizes, strategy, seed))
            for metric in METRICS:
                curves[strategy][metric].append([row[metric] for row in scores])
            typer.echo(f"seed {seed}, {strategy}: {[round(row['micro-F1'], 3) for row in scores]}", err=True)
    return curves


def curve_table(curves: dict[str, dict[str, list[list[float]]]], sizes: Sequence[int], metric: str) -> Table:
    """Mean over seeds with its standard deviation, and the paired difference."""
    review, chance = (np.array(curves[strategy][metric]) for strategy in (REVIEW, RANDOM))
    rows = tuple(
        (str(size), *(_spread(values[:, column]) for values in (review, chance, review - chance)))
        for column, size in enumerate(sizes)
    )
    title = f"{metric} on the test papers: mean (standard deviation) over seeds."
    return Table(title, ("labels", REVIEW, RANDOM, "difference"), rows)


def _curve(pool: Pool, sizes: Sequence[int], strategy: str, seed: int) -> Iterator[dict[str, float]]:
    """Scores at each size."""
    order = np.random.default_rng(seed).permutation(len(pool.labels))
    chosen = order[: sizes[0]]
    fitted = fit(pool, chosen, seed)
    yield fitted.scores
    for size in sizes[1:]:
        chosen = order[:size] if strategy == RANDOM else _reviewed(pool, chosen, fitted, size, order)
        fitted = fit(pool, chosen, seed)
        yield fitted.scores


def fit(pool: Pool, chosen: NDArray[np.intp], seed: int) -> Fitted:
    """Heads from the labels of the chosen papers alone, calibrated on fits that left each of them out."""
    labels = pool.labels[chosen]
    taxonomy = pool.papers.taxonomy
    targets = labels.astype(np.float32)
    fields = field_targets(targets, taxonomy)
    prior = [np.asarray((part.sum(axis=0) + 0.5) / (len(part) + 1), dtype=np.float32) for part in (targets, fields)]
    start: Heads = text_heads(pool.start, taxonomy, prior[0], prior[1])
    heads = fit_scaled_heads(pool.embeddings[chosen], targets, start.area_weight, start.area_bias, TEXT_SCALES, seed)
    calibration = fit_calibration(heads.held_out, labels, seed)

    def answer(embeddings: FloatArray) -> FloatArray:
        return calibration.probabilities(embeddings @ heads.weight.T + heads.bias)

    predicted = answer(pool.test_embeddings) >= np.asarray(calibration.thresholds, dtype=np.float32)
    truth = pool.test_labels
    present = truth.any(axis=0)
    scores = {
        "micro-F1": float(f1_score(truth, predicted, average="micro", zero_division=0.0)),
        "macro-F1": float(f1_score(truth[:, present], predicted[:, present], average="macro", zero_division=0.0)),
    }
    return Fitted(answer(pool.embeddings), scores)


def _reviewed(
    pool: Pool, chosen: NDArray[np.intp], fitted: Fitted, size: int, order: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Add what the queue asks for; where it asks for less, because the model has no idea of the rest, by chance."""
    taken = np.zeros(len(pool.labels), dtype=bool)
    taken[chosen] = True
    rows = np.flatnonzero(pool.answerable & ~taken)
    papers = [pool.papers.train[row].paper for row in rows]
    seen = Seen(tuple(map(Candidate, papers)), fitted.probabilities[rows])
    queue = review_queue(seen, pool.papers.taxonomy, size - len(chosen), fitted.probabilities[chosen])
    row_of = {id(paper): row for paper, row in zip(papers, rows, strict=True)}
    asked = np.array([row_of[id(item.paper)] for item in queue], dtype=np.intp)
    taken[asked] = True
    rest = order[~taken[order]][: size - len(chosen) - len(asked)]
    return np.concatenate([chosen, asked, rest])


def _spread(values: NDArray[np.float64]) -> str:
    deviation = f" ({values.std(ddof=1):.3f})" if len(values) > 1 else ""
    return f"{values.mean():.3f}{deviation}"

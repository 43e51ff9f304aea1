"""Areas that a model never saw, added by name and description alone, against the plain zero-shot encoder.

    python -m benchmarks.quality.withheld_areas SOFT.parquet --judge JUDGE.jsonl [--seed 0 --seed 1] [--encoder DIR]

For every seed five areas of different fields are withheld: a model is trained on soft labels without them, then they
are added as the product adds areas to an installed model (`model.adapt_to_taxonomy`). On the papers of JUDGE, which
took no part in training, each one's average precision is compared with cosine similarity to its name and description
by the base encoder; the scores of the areas that were there must not change in a single bit.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.metrics import average_precision_score

from benchmarks.quality.taxonomy_cut import choose_areas, cut_soft_labels, without_areas
from data.label_matrix import label_matrix
from data.labels import LabelledPaper
from data.papers import Paper
from data.readers.labels import read_labels
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from model.adapt_to_taxonomy import write_adapted
from model.artefact import Artefact
from model.runtimes.openvino import OpenVinoRuntime
from model.tagger import Tagger
from training.encoder.text_embedding import text_embedder
from training.evaluation.metrics import bootstrap_intervals
from training.fine_tuning.train_options import TrainOptions
from training.train import train
from training.votes.material import Embed

FloatArray = NDArray[np.float32]
FEWEST = 8
"""Judging papers that an area needs: average precision over fewer says little."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores float32 [papers, withheld areas] of both, the labels, and whether the other areas stayed as they were."""

    areas: tuple[str, ...]
    labels: NDArray[np.bool_]
    added: FloatArray
    zero_shot: FloatArray
    others_unchanged: bool


def main(
    soft_labels: Annotated[Path, typer.Argument(help="Soft labels of the pool.")],
    judge: Annotated[Path, typer.Option(help="Papers with held-out votes.")],
    seed: Annotated[list[int] | None, typer.Option(help="Seed; may be repeated.  [default: 0]")] = None,
    areas: Annotated[int, typer.Option(help="Areas to withhold.")] = 5,
    papers: Annotated[int, typer.Option(help="Papers to train on.")] = 3000,
    max_tokens: Annotated[int, typer.Option(help="Tokens of a paper in training.")] = 64,
    encoder: Annotated[str | None, typer.Option(help="As for areatag train.")] = None,
) -> None:
    """Print each withheld area's average precision and the mean difference."""
    taxonomy = load_taxonomy()
    judges = list(read_labels(judge, taxonomy))
    counts = Counter(area for item in judges for area in item.areas)
    enough = [area for area, papers_of_it in counts.items() if papers_of_it >= FEWEST]
    embed, found = text_embedder(), []
    for number in seed or [0]:
        withheld = choose_areas(taxonomy, enough, areas, number)
        options = TrainOptions(
            output=Path(), papers=papers, max_tokens=max_tokens, encoder=encoder, held_out=(judge,), epochs=1
        )
        found.append(compare(taxonomy, withheld, soft_labels, judges, embed, options))
        Console(width=120).print(_table(found[-1], number))
    typer.echo(_summary(found))
    raise typer.Exit(0 if all(comparison.others_unchanged for comparison in found) else 1)


def compare(
    taxonomy: Taxonomy,
    withheld: Sequence[str],
    soft_labels: Path,
    judges: list[LabelledPaper],
    embed: Embed,
    options: TrainOptions,
) -> Comparison:
    """Train without some areas, add them, and score the judging papers."""
    cut = without_areas(taxonomy, withheld)
    papers = [item.paper for item in judges]
    columns = [taxonomy.index(area) for area in withheld]
    with tempfile.TemporaryDirectory() as folder:
        trained, added = Path(folder) / "trained", Path(folder) / "added"
        soft, file = Path(folder) / "soft.parquet", Path(folder) / "taxonomy.yaml"
        cut_soft_labels(soft_labels, cut, soft)
        file.write_text(cut.to_yaml())
        train(replace(options, output=trained, soft_labels=soft, taxonomy=file))
        write_adapted(Artefact.open(trained), taxonomy, added, "added")
        before, after = _probabilities(papers, trained, added)
    kept = [taxonomy.index(area) for area in cut.area_ids]
    texts = [f"{area.name}. {area.description}".strip() for area in map(taxonomy.area, withheld)]
    return Comparison(
        tuple(withheld),
        label_matrix(judges, taxonomy)[:, columns],
        after[:, columns],
        embed([paper.text for paper in papers]) @ embed(texts).T,
        np.array_equal(before, after[:, kept]),
    )


def mean_precision(comparison: Comparison, scores: FloatArray, rows: NDArray[np.intp]) -> float:
    """Mean average precision over the withheld areas that have one of these papers."""
    labels = comparison.labels[rows]
    present = labels.any(axis=0)
    return float(average_precision_score(labels[:, present], scores[rows][:, present], average="macro"))


def _probabilities(papers: list[Paper], *models: Path) -> list[FloatArray]:
    """Probabilities float32 [papers, areas] of models that share an encoder."""
    opened = [Artefact.open(path) for path in models]
    taggers = [Tagger(artefact, OpenVinoRuntime(artefact.encoder_path)) for artefact in opened]
    embeddings = taggers[0].embed(papers)
    return [tagger.predict_from(embeddings)[:, : len(tagger.taxonomy.areas)] for tagger in taggers]


def _table(comparison: Comparison, seed: int) -> Table:
    table = Table("withheld area", "papers", "added", "zero-shot", title=f"seed {seed}", title_justify="left")
    for column, area in enumerate(comparison.areas):
        labels = comparison.labels[:, column]
        scores = (comparison.added[:, column], comparison.zero_shot[:, column])
        table.add_row(area, str(labels.sum()), *(f"{average_precision_score(labels, score):.3f}" for score in scores))
    return table


def _summary(found: list[Comparison]) -> str:
    def measure(rows: NDArray[np.intp]) -> dict[str, float]:
        added = float(np.mean([mean_precision(item, item.added, rows) for item in found]))
        zero_shot = float(np.mean([mean_precision(item, item.zero_shot, rows) for item in found]))
        return {"added": added, "zero-shot": zero_shot, "added minus zero-shot": added - zero_shot}

    papers = len(found[0].labels)
    intervals = bootstrap_intervals(measure, papers)
    lines = [
        f"{name}: {value:.3f} ({intervals[name][0]:.3f} to {intervals[name][1]:.3f})"
        for name, value in measure(np.arange(papers)).items()
    ]
    unchanged = all(item.others_unchanged for item in found)
    lines.append(f"scores of the other areas: {'unchanged, bit for bit' if unchanged else 'CHANGED'}")
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)

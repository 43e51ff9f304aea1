"""Whether a model uses all of its areas, and misses none that the judges have.

    python -m benchmarks.quality.area_coverage SOFT.parquet --gold GOLD.jsonl --judge JUDGE.jsonl [--model REF]
        [--papers N]

Tags N papers of the pool in which soft labels name every area about equally often, and lists the areas that none of
them gets. On the judging files it lists the areas of which no paper is found although the file has enough of them: five
in gold, 20 among the held-out votes. Exits with 1 if a list is not empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from data.label_matrix import label_matrix
from data.papers import Paper
from data.readers.labels import read_labels
from data.soft_labels import SoftLabels
from model.tagger import Tagger
from model.tags import TagOptions

FEWEST_GOLD, FEWEST_VOTES = 5, 20
_CHUNK = 256


def main(
    soft_labels: Annotated[Path, typer.Argument(help="Soft labels of the pool.")],
    gold: Annotated[Path, typer.Option(help="Labelled papers that no model was trained on.")],
    judge: Annotated[Path, typer.Option(help="Papers with held-out votes.")],
    model: Annotated[str | None, typer.Option(help="Model reference.")] = None,
    papers: Annotated[int, typer.Option(help="Pool papers to tag.")] = 5000,
) -> None:
    """Print the areas that are never predicted or never found."""
    tagger = Tagger.load(model)
    given = predicted(tagger, probable_papers(SoftLabels(soft_labels), papers)).sum(axis=0)
    silent = [area for area, times in zip(tagger.taxonomy.area_ids, given, strict=True) if not times]
    areas = len(given)
    typer.echo(f"{areas - len(silent)} of {areas} areas are predicted for some of {papers} pool papers")
    typer.echo(f"fewest times: {_fewest(tagger, given)}")
    failed = bool(silent)
    for name, path, fewest in (("gold", gold, FEWEST_GOLD), ("held-out votes", judge, FEWEST_VOTES)):
        checked, missed = without_recall(tagger, path, fewest)
        typer.echo(f"{name}: {checked} areas have {fewest} papers or more; with no paper found: {missed or 'none'}")
        failed = failed or bool(missed)
    if silent:
        typer.echo(f"never predicted: {', '.join(silent)}")
    raise typer.Exit(1 if failed else 0)


def probable_papers(soft: SoftLabels, count: int) -> list[Paper]:
    """About `count` papers, for every area as many of those that probably belong to it, most probable first."""
    each = max(1, count // len(soft.taxonomy.areas))
    probabilities = np.concatenate([np.nan_to_num(batch.probabilities) for batch in soft.batches(8192)])
    rows: set[int] = set()
    for column in range(probabilities.shape[1]):
        ranked = iter(np.argsort(-probabilities[:, column], kind="stable").tolist())
        new = (row for row in ranked if row not in rows)
        rows.update([row for _, row in zip(range(each), new, strict=False)])
    return [paper for row, paper in enumerate(_papers(soft)) if row in rows]


def predicted(tagger: Tagger, papers: list[Paper]) -> NDArray[np.bool_]:
    """The areas that each paper gets, bool [n, areas]."""
    given = np.zeros((len(papers), len(tagger.taxonomy.areas)), dtype=bool)
    for start in range(0, len(papers), _CHUNK):
        for row, result in enumerate(tagger.tag(papers[start : start + _CHUNK], TagOptions()), start):
            given[row, [tagger.taxonomy.index(score.id) for score in result.areas]] = True
    return given


def without_recall(tagger: Tagger, path: Path, fewest: int) -> tuple[int, list[str]]:
    """How many areas have at least `fewest` labelled papers, and which of them no such paper gets."""
    labelled = list(read_labels(path, tagger.taxonomy))
    labels = label_matrix(labelled, tagger.taxonomy)
    hits = (predicted(tagger, [item.paper for item in labelled]) & labels).sum(axis=0)
    enough = labels.sum(axis=0) >= fewest
    missed = [area for area, ok, found in zip(tagger.taxonomy.area_ids, enough, hits, strict=True) if ok and not found]
    return int(enough.sum()), missed


def _papers(soft: SoftLabels) -> Iterator[Paper]:
    for batch in soft.batches(8192):
        yield from batch.papers


def _fewest(tagger: Tagger, given: NDArray[np.int64]) -> str:
    order = np.argsort(given, kind="stable")[:5]
    return ", ".join(f"{tagger.taxonomy.area_ids[column]} {given[column]}" for column in order)


if __name__ == "__main__":
    typer.run(main)

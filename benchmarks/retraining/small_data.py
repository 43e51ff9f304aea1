"""Fine-tuning from the base encoder on few labels, against logistic regression on frozen embeddings."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from benchmarks.quality.held_out_votes import held_out
from benchmarks.retraining.frozen import FrozenEmbeddings
from benchmarks.retraining.logistic_baseline import fit_logistic
from benchmarks.retraining.report import Table, write_report
from benchmarks.retraining.workplace import workplace, write_labels
from data.label_matrix import label_matrix
from data.labels import LabelledPaper
from data.papers import Paper
from data.readers import read_papers
from data.readers.labels import read_votes
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from model.tagger import Tagger
from training.fine_tuning.train_options import TrainOptions
from training.train import train

HELP = """Compare `areatag train --labels` with logistic regression on 100 to 2,600 labelled papers.

The papers are those with recorded votes, whose areas are taken as labels: the 1,002 held-out ones test, nested
samples of the others train. Training starts from the base encoder with no option but the tokens. The regression
reads embeddings of the base encoder, with as many tokens as the model reads when it tags; its C and its threshold are
chosen by five-fold cross-validation. Rare are the areas with at most five training papers. Wanted: ahead at every
size, and about 1,000 papers in under 20 minutes on two cores.

The full run takes some 90 minutes on two AVX2 cores without bfloat16. Embeddings and models are kept in --work.

\b
Example of a trial, minutes on an idle core:
  python -m benchmarks.retraining small-data POOL --votes VOTES --size 100 --size 300 --test 300 --max-tokens 64 \\
      --inference-tokens 64
"""
Bools = NDArray[np.bool_]
SIZES = (100, 200, 300, 500, 1000, 2000, 2600)
RARE = 5
OURS, LOGISTIC = "areatag train", "logistic regression"


@dataclass(frozen=True, slots=True)
class Task:
    """The papers of all sizes: the first n of `train` are the sample of size n."""

    taxonomy: Taxonomy
    train: list[LabelledPaper]
    test: list[LabelledPaper]


def main(
    papers: Annotated[list[Path], typer.Argument(help="Files or folders of papers that the votes speak of.")],
    votes: Annotated[Path, typer.Option(help="Recorded votes.")],
    output: Annotated[Path, typer.Option("-o", help="Results, without suffix.")] = Path("small-data"),
    work: Annotated[
        Path | None, typer.Option(help="Folder for embeddings and models.  [default: a temporary one]")
    ] = None,
    size: Annotated[list[int] | None, typer.Option(min=20, help="Labelled papers; may be repeated.")] = None,
    test: Annotated[int | None, typer.Option(min=20, help="Test papers.  [default: all 1,002]")] = None,
    max_tokens: Annotated[int, typer.Option(min=8, help="Tokens of a paper in training.")] = 128,
    inference_tokens: Annotated[int, typer.Option(min=8, help="Tokens of a paper when it is tagged.")] = 256,
    seed: Annotated[int, typer.Option(help="Of the samples and of training.")] = 1,
) -> None:
    """Measure and print; `HELP` is what people read."""
    task = read_task(papers, votes, test, seed)
    sizes = sorted({min(number, len(task.train)) for number in size or SIZES})
    figures: dict[str, Any] = {}
    settings = {
        "test papers": len(task.test),
        "tokens in training": max_tokens,
        "tokens read": inference_tokens,
        "seed": seed,
    }
    text = ""
    with workplace(work) as place:
        frozen = FrozenEmbeddings(place, inference_tokens)
        for number in sizes:
            options = TrainOptions(
                output=place / f"model-{number}-{max_tokens}-{seed}",
                max_tokens=max_tokens,
                inference_tokens=inference_tokens,
                seed=seed,
            )
            figures[str(number)] = measure(task, number, frozen, options)
            text = write_report(output, "Few labels", settings, [table(figures)], figures)
    typer.echo(text)


def read_task(papers: Sequence[Path], votes: Path, test: int | None, seed: int) -> Task:
    """Join votes with papers and divide them."""
    taxonomy = load_taxonomy()
    areas = {vote.paper_id: vote.areas for vote in read_votes(votes, taxonomy)}
    found: dict[str, LabelledPaper] = {}
    for paper in read_papers(papers):
        if isinstance(paper, Paper) and paper.id in areas:
            found[paper.id] = LabelledPaper(paper, areas[paper.id])
    ordered = [found[name] for name in sorted(found)]
    mixed = [ordered[row] for row in np.random.default_rng(seed).permutation(len(ordered))]
    train, evaluation = ([item for item in mixed if held_out(item.paper.id) == part] for part in (False, True))
    return Task(taxonomy, train, evaluation[:test])


def measure(task: Task, size: int, frozen: FrozenEmbeddings, options: TrainOptions) -> dict[str, Any]:
    """Both systems on the first `size` papers."""
    labels, truth = (label_matrix(part, task.taxonomy) for part in (task.train[:size], task.test))
    rare = truth.any(axis=0) & (labels.sum(axis=0) <= RARE)
    both = frozen.of_papers([item.paper for item in (*task.train[:size], *task.test)])
    with stopwatch() as baseline:
        model = fit_logistic(both[:size], labels)
    ours = _train(task, size, options)
    papers = [item.paper for item in task.test]
    tagger = Tagger.load(options.output)
    predicted = tagger.probabilities(papers) >= tagger.thresholds(papers)
    return {
        OURS: scores(predicted, truth, rare) | ours,
        LOGISTIC: scores(model.predict(both[size:]), truth, rare)
        | baseline
        | {"C": model.inverse_strength, "threshold": model.threshold},
        "rare areas": int(rare.sum()),
    }


def scores(predicted: Bools, truth: Bools, rare: Bools) -> dict[str, float]:
    """F1 over pairs, over areas with a test paper, and over the rare ones of these."""
    present = truth.any(axis=0)
    each = np.asarray(f1_score(truth, predicted, average=None, zero_division=0.0))
    return {
        "micro-F1": float(f1_score(truth, predicted, average="micro", zero_division=0.0)),
        "macro-F1": float(each[present].mean()),
        "rare-label F1": float(each[rare].mean()) if rare.any() else float("nan"),
    }


@contextmanager
def stopwatch() -> Iterator[dict[str, float]]:
    """Minutes of the clock and of the processor that the block took, set at its end."""
    taken: dict[str, float] = {}
    start, used = time.monotonic(), _cpu_seconds()
    yield taken
    taken["minutes"] = round((time.monotonic() - start) / 60, 2)
    taken["processor minutes"] = round((_cpu_seconds() - used) / 60, 2)


def table(figures: dict[str, Any]) -> Table:
    """A row a size: ours, then the regression in brackets."""
    rows = []
    for size, row in figures.items():
        ours, other = row[OURS], row[LOGISTIC]
        cells = [f"{ours[name]:.3f} ({other[name]:.3f})" for name in ("micro-F1", "macro-F1", "rare-label F1")]
        minutes = [f"{ours[name]:.1f} ({other[name]:.1f})" for name in ("minutes", "processor minutes")]
        rows.append((size, *cells, *minutes, str(row["rare areas"])))
    headings = ("papers", "micro-F1", "macro-F1", "rare-label F1", "minutes", "processor minutes", "rare areas")
    return Table(f"{OURS}, and in brackets {LOGISTIC} on frozen embeddings.", headings, tuple(rows))


def _train(task: Task, size: int, options: TrainOptions) -> dict[str, float]:
    """Train as the command does, unless it is done already; return how long it took."""
    timing = options.output.with_suffix(".timing.json")
    if options.output.is_dir() and timing.is_file():
        taken: dict[str, float] = json.loads(timing.read_text())
        return taken
    labels = write_labels(options.output.with_suffix(".jsonl"), task.train[:size])
    wanted = TrainOptions(
        output=options.output,
        labels=labels,
        max_tokens=options.max_tokens,
        inference_tokens=options.inference_tokens,
        seed=options.seed,
        resume=True,
    )
    with stopwatch() as took:
        train(wanted, lambda step, steps, loss: typer.echo(f"{size} papers: {step}/{steps} {loss:.3f}", err=True))
    timing.write_text(json.dumps(took))
    return took


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)

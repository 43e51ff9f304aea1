"""The pipeline behind `areatag weak-label`: papers -> votes -> label model -> soft labels."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from data.atomic import atomic_text
from data.errors import AreatagError
from data.papers import Paper, Reject
from data.readers import read_papers
from data.readers.labels import read_votes
from data.rules import load_rules
from data.soft_labels import FunctionSummary as StoredSummary
from data.soft_labels import Provenance, SoftLabelBatch, write_soft_labels
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from training.label_model.fit_label_model import fit_label_model
from training.label_model.model import LabelModel
from training.label_model.recorded import merged_labels, with_recorded
from training.label_model.vote_analysis import FunctionSummary, VoteCounts
from training.vote_report.analysis import Analysis
from training.vote_report.terminal import WeakLabelReport
from training.votes.apply import apply_sources, functions_of
from training.votes.material import Embed, Material
from training.votes.recorded_votes import RecordedVotes
from training.votes.registry import make_sources
from training.votes.vote_matrix import Labels, VoteSource, labels_after, no_labels
from training.votes.zero_shot import remembering

Progress = Callable[[str, int, int], None]
"""Told the stage, how many papers of it are done, and of how many."""

RECORDED_WEIGHT = 3.0  # what a paper with recorded votes counts in training: its soft labels are far surer
SHOWN = 4000  # papers without labels that show which votes occur


@dataclass(frozen=True, slots=True)
class WeakLabelOptions:
    """What to label and with what."""

    inputs: tuple[str | Path, ...]
    """Files or folders of papers."""
    output: Path
    """Parquet file for the soft labels."""
    taxonomy: Path | None = None
    """Taxonomy file; None: the bundled one."""
    rules: Path | None = None
    """Labelling rules, a file or folder; None: the bundled ones."""
    votes: tuple[Path, ...] = ()
    """Files of recorded votes; of two that speak of one paper and area, the later decides the rates."""
    functions: tuple[Path, ...] = ()
    """Python files with registered labelling functions."""
    report: Path | None = None
    """HTML file for the analysis; None: none is written."""
    embed: Embed | None = field(default=None, repr=False)
    """Encoder for zero-shot similarity, prototypes and the learned function; None: they do without."""
    learned: bool = True
    """Train a classifier on the recorded votes and let it vote."""
    batch: int = 2048
    """Papers labelled at a time."""
    seed: int = 0
    """Seed of folds and samples."""


def weak_label(options: WeakLabelOptions, progress: Progress | None = None) -> WeakLabelReport:
    """Label papers weakly, write the soft labels to `options.output` and return the analysis.

    Raises AreatagError when there are no papers or the output cannot be written, UsageError for a bad path or
    file.
    """
    # The report is opened first: that it cannot be written must not come to light after minutes of work.
    with nullcontext() if options.report is None else atomic_text(options.report) as page:
        report = _weak_label(options, progress or _silent)
        if page is not None:
            from training.vote_report.page import render  # with matplotlib, which nothing else here needs

            page.write(render(report))
    return report


def _weak_label(options: WeakLabelOptions, tell: Progress) -> WeakLabelReport:
    started = time.monotonic()
    taxonomy = load_taxonomy(options.taxonomy)
    recorded = tuple(
        RecordedVotes(taxonomy, path.name.split(".")[0], read_votes(path, taxonomy)) for path in options.votes
    )
    papers, rejects = _read(options.inputs, tell)
    labelled, labels = merged_labels(recorded, papers, len(taxonomy.areas))
    tell("making labelling functions", 0, 0)
    sources = make_sources(
        Material(
            taxonomy,
            rules=load_rules(options.rules, taxonomy).areas,
            papers=papers,
            labelled=labelled if options.learned else (),
            labels=labels if options.learned else None,
            embed=None if options.embed is None else remembering(options.embed),
            files=options.functions,
            seed=options.seed,
        )
    )
    functions_of([*sources, *recorded])  # two functions of one name are found before the work
    shown = labelled or papers[:: max(1, len(papers) // SHOWN)]
    model, on_sample = _fit(sources, taxonomy, shown, labels, options.seed)
    analysis = Analysis(taxonomy, sources, recorded, [function.precision_for for function in on_sample.by_function()])
    batches = _batches(options, papers, sources, recorded, model, analysis, tell)
    # The file's metadata is written first, so what it says of the functions comes from the labelled papers.
    write_soft_labels(options.output, taxonomy, _provenance(options, model, on_sample, papers, recorded), batches)
    return WeakLabelReport(tuple(rejects), len(labelled), analysis, model, time.monotonic() - started)


def _silent(stage: str, done: int, total: int) -> None:
    pass


def _read(inputs: Sequence[str | Path], tell: Progress) -> tuple[list[Paper], list[Reject]]:
    papers: list[Paper] = []
    rejects: list[Reject] = []
    for item in read_papers(inputs):
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            papers.append(item)
            if len(papers) % 1000 == 0:
                tell("reading", len(papers), 0)
    if not papers:
        raise AreatagError(f"No papers in {', '.join(map(str, inputs))}; give files with titles and abstracts.")
    return papers, rejects


def _fit(
    sources: Sequence[VoteSource], taxonomy: Taxonomy, papers: Sequence[Paper], labels: Labels, seed: int
) -> tuple[LabelModel, VoteCounts]:
    """The label model, fitted on the labelled papers, and what the functions did on them.

    Without labelled papers, `papers` only show which votes occur.
    """
    n_areas = len(taxonomy.areas)
    votes = apply_sources(sources, papers, n_areas)
    known = labels if len(labels) else no_labels(len(papers), n_areas)
    counts = VoteCounts(votes.functions, n_areas)
    counts.add(votes.votes, known)
    model = fit_label_model(votes.votes, known, votes.functions, fields=taxonomy.field_index, seed=seed)
    return model, counts


def _batches(
    options: WeakLabelOptions,
    papers: Sequence[Paper],
    sources: Sequence[VoteSource],
    recorded: Sequence[RecordedVotes],
    model: LabelModel,
    analysis: Analysis,
    tell: Progress,
) -> Iterator[SoftLabelBatch]:
    n_areas = len(model.prior)
    for start in range(0, len(papers), options.batch):
        part = papers[start : start + options.batch]
        votes = apply_sources([*sources, *recorded], part, n_areas).votes
        labels = no_labels(len(part), n_areas)
        probabilities = model.predict_proba(votes[: len(model.functions)])
        for row, source in enumerate(recorded, start=len(model.functions)):
            labels = labels_after(votes[row], labels)
            probabilities = with_recorded(probabilities, votes[row], model.prior, source.functions[0].expected)
        probabilities = np.where((votes != 0).any(axis=0), probabilities, np.nan).astype(np.float32)
        analysis.add(part, votes, labels, probabilities)
        tell("labelling", min(start + options.batch, len(papers)), len(papers))
        weights = np.where((labels >= 0).any(axis=1), RECORDED_WEIGHT, 1.0).astype(np.float32)
        yield SoftLabelBatch(tuple(part), probabilities, weights)


def _provenance(
    options: WeakLabelOptions,
    model: LabelModel,
    on_sample: VoteCounts,
    papers: Sequence[Paper],
    recorded: Sequence[RecordedVotes],
) -> Provenance:
    settings = {name: float(value) for name, value in asdict(model.strengths).items()}
    return Provenance(
        inputs=tuple(Path(item).name for item in (*options.inputs, *options.votes)),
        functions=tuple(_stored(function) for function in on_sample.by_function()),
        recorded={source.name: sum(paper.id in source for paper in papers) for source in recorded},
        settings={**settings, "seed": options.seed, "embeddings": options.embed is not None},
    )


def _stored(function: FunctionSummary) -> StoredSummary:
    """A summary as the soft-label file keeps it, without rates that nothing was measured for."""
    rates = {
        "precision_for": function.precision_for,
        "precision_against": function.precision_against,
        "recall": function.recall,
    }
    kept = {name: rate for name, rate in rates.items() if not np.isnan(rate)}
    return StoredSummary(name=function.name, coverage=function.papers, rates=kept)

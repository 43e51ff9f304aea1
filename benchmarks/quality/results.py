"""The results table: every stage from zero-shot to the encoder, and Annif's Omikuji, on two judges.

    python -m benchmarks.quality.results --gold GOLD.jsonl --judge JUDGE.jsonl [--model NAME=DIR]...
        [--papers POOL... --votes FIT.jsonl] [--soft-labels SOFT.parquet] -o results

GOLD are labelled papers that no model was trained on; JUDGE and FIT come from `benchmarks.quality.held_out_votes`. With
the pool and its votes the weak labels themselves are scored; with soft labels Omikuji is trained on them. Every system
reads title and abstract alone and is calibrated cross-fitted on the papers that judge it, so that only its order and
spread of scores count. Writes results.md and results.json.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks.quality.annif_omikuji import Omikuji, tuned_predictions
from benchmarks.quality.results_table import write_results
from benchmarks.quality.weak_label_systems import scores_from_text
from data.errors import UsageError
from data.label_matrix import label_matrix
from data.labels import LabelledPaper
from data.papers import Paper
from data.readers import read_papers
from data.readers.labels import read_labels, read_votes
from data.soft_labels import SoftLabels
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from model.tagger import Tagger
from model.versions import resolve_model
from training.encoder.text_embedding import text_embedder
from training.evaluation.report import EvaluationReport, cross_fitted_report, report
from training.fine_tuning.near_duplicates import NearDuplicates
from training.votes.recorded_votes import RecordedVotes

FloatArray = NDArray[np.float32]
Reports = dict[str, dict[str, EvaluationReport]]
"""Reports by judge, then by system."""


@dataclass(frozen=True, slots=True)
class Judges:
    """The judging papers of both files, one after the other."""

    taxonomy: Taxonomy
    parts: dict[str, list[LabelledPaper]]

    @property
    def papers(self) -> list[Paper]:
        """All judging papers."""
        return [item.paper for part in self.parts.values() for item in part]

    def add(self, reports: Reports, system: str, scores: FloatArray) -> None:
        """Score log-odds float32 [papers, areas] by every judge."""
        for name, rows, part in self._spans():
            labels = label_matrix(part, self.taxonomy)
            reports[name][system] = cross_fitted_report(system, scores[rows], labels, self.taxonomy)

    def add_omikuji(self, reports: Reports, scores: FloatArray) -> None:
        """Score what Omikuji gives out at a tuned limit and threshold, with its scores taken as probabilities."""
        for name, rows, part in self._spans():
            labels = label_matrix(part, self.taxonomy)
            given, system = tuned_predictions(scores[rows], labels), "Annif Omikuji, tuned limit and threshold"
            reports[name][system] = report(system, scores[rows], given, labels, self.taxonomy, cross_fitted=True)

    def _spans(self) -> list[tuple[str, slice, list[LabelledPaper]]]:
        spans, start = [], 0
        for name, part in self.parts.items():
            spans.append((name, slice(start, start + len(part)), part))
            start += len(part)
        return spans


def weak_label_rows(judges: Judges, reports: Reports, papers: list[Path], votes: Path) -> None:
    """Score zero-shot, rules, votes and the label model. Near-duplicates of judging papers teach nothing."""
    taxonomy = judges.taxonomy
    recorded = RecordedVotes(taxonomy, "recorded", read_votes(votes, taxonomy))
    held_out = NearDuplicates(judges.papers)
    sample = [
        paper
        for paper in read_papers(papers)
        if isinstance(paper, Paper) and paper.id in recorded and paper not in held_out
    ]
    known = recorded.labels(sample)
    found = scores_from_text(taxonomy, sample, known, judges.papers, text_embedder())
    for system, scores in found.items():
        judges.add(reports, system, scores)


def omikuji_rows(judges: Judges, reports: Reports, soft_labels: Path, most: int | None) -> None:
    """Train Omikuji on the soft labels and score it as its users tune it, and with our calibration."""
    omikuji = Omikuji.train(SoftLabels(soft_labels), NearDuplicates(judges.papers), most)
    scores = omikuji.scores(judges.papers)
    judges.add_omikuji(reports, scores)
    clipped = np.clip(scores.astype(np.float64), 1e-4, 1 - 1e-4)
    judges.add(reports, "Annif Omikuji, with our calibration", np.log(clipped / (1 - clipped)).astype(np.float32))


def model_rows(judges: Judges, reports: Reports, models: list[str]) -> None:
    """Score trained models, each "NAME=DIR" or a model reference."""
    for item in models:
        name, separator, ref = item.partition("=")
        tagger = Tagger.load(resolve_model(ref if separator else name))
        if tagger.taxonomy.area_ids != judges.taxonomy.area_ids:
            raise UsageError(f"{item}: the model has other areas than the taxonomy; name a model of the same areas.")
        logits, _ = tagger.artefact.heads.logits(tagger.embed(judges.papers))
        judges.add(reports, name, logits)


def main(
    gold: Annotated[Path, typer.Option(help="Labelled papers that no model was trained on.")],
    judge: Annotated[Path, typer.Option(help="Papers with recorded votes that nothing learned from.")],
    model: Annotated[list[str] | None, typer.Option(help="NAME=DIR; may be repeated.")] = None,
    papers: Annotated[list[Path] | None, typer.Option(help="The training pool; may be repeated.")] = None,
    votes: Annotated[Path | None, typer.Option(help="Recorded votes to fit on.")] = None,
    soft_labels: Annotated[Path | None, typer.Option(help="Soft labels to train Omikuji on.")] = None,
    omikuji_papers: Annotated[int | None, typer.Option(help="Most papers for Omikuji.")] = None,
    output: Annotated[Path, typer.Option("-o", help="Results, without suffix.")] = Path("results"),
) -> None:
    """Write the table of all systems that the options allow."""
    taxonomy = load_taxonomy()
    judges = Judges(
        taxonomy, {"gold": [*read_labels(gold, taxonomy)], "held-out votes": [*read_labels(judge, taxonomy)]}
    )
    reports: Reports = {name: {} for name in judges.parts}
    stages: list[Callable[[], None]] = []
    if papers and votes:
        stages.append(lambda: weak_label_rows(judges, reports, papers, votes))
    if soft_labels:
        stages.append(lambda: omikuji_rows(judges, reports, soft_labels, omikuji_papers))
    stages.append(lambda: model_rows(judges, reports, model or []))
    for stage in stages:
        stage()
        write_results(reports, output)  # after every stage: the last ones take long
    typer.echo(output.with_suffix(".md").read_text())


if __name__ == "__main__":
    typer.run(main)

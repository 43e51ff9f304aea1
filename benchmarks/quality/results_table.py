"""Evaluation reports as a table in Markdown and as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

from data.atomic import atomic_text
from training.evaluation.report import EvaluationReport

COLUMNS = {
    "micro-F1": "micro_f1",
    "macro-F1": "macro_f1",
    "P@1": "p_at_1",
    "coverage at 90 % precision": "coverage_at_90_precision",
    "average precision": "mean_average_precision",
    "ECE": "ece",
    "Brier": "brier",
}


def write_results(reports: Mapping[str, Mapping[str, EvaluationReport]], output: Path) -> None:
    """Write OUTPUT.md and OUTPUT.json from reports by judge and system."""
    with atomic_text(output.with_suffix(".md")) as stream:
        stream.write("\n\n".join(markdown(judge, rows) for judge, rows in reports.items() if rows) + "\n")
    with atomic_text(output.with_suffix(".json")) as stream:
        records = {judge: {name: row.to_record() for name, row in rows.items()} for judge, rows in reports.items()}
        stream.write(json.dumps(records, indent=1) + "\n")


def markdown(judge: str, rows: Mapping[str, EvaluationReport]) -> str:
    """One judge's table: a row a system, every figure with its 95 % interval."""
    first = next(iter(rows.values()))
    prior = f"{first.metrics['brier_prior']:.4f}"
    lines = [
        f"{judge}: {first.papers} papers, {first.labels} labels; Brier of the areas' frequencies {prior}",
        "",
        "| system | " + " | ".join(COLUMNS) + " |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    for name, row in rows.items():
        cells = [_cell(row, metric, 4 if metric == "brier" else 3) for metric in COLUMNS.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(row: EvaluationReport, metric: str, digits: int) -> str:
    low, high = row.intervals[metric]
    return f"{row.metrics[metric]:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"

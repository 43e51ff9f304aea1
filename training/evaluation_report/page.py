"""An evaluation as one HTML file that needs nothing else; every figure in it is one of `Evaluation.to_record`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from training.evaluation_report.evaluation import Evaluation
from training.evaluation_report.plots import reliability_plot, risk_coverage_plot
from training.report_page.environment import report_environment, shortened
from training.report_page.plots import AreaPoint, area_plot

# What keeps the page small enough to read and to send, however large taxonomy and gold are.
MOST_AREAS = 800  # rows of the table of areas
MOST_CONFUSIONS = 40
MOST_EXAMPLES = 3  # papers of a confusion
MOST_CHANGES = 25  # areas that changed most
NAMED_AREAS = 8  # areas named in the plot
FEWEST_PAPERS = 3  # of an area that is named there
LONGEST_LABEL, LONGEST_ABSTRACT = 32, 2000  # characters

MEASURES = {
    "micro_f1": "Micro-F1",
    "macro_f1": "Macro-F1, areas present in gold",
    "precision": "Precision",
    "recall": "Recall",
    "p_at_1": "Precision of the first area",
    "mean_average_precision": "Mean average precision",
    "coverage_at_90_precision": "Recall at 90 % precision",
    "ece": "Expected calibration error",
    "brier": "Brier score",
    "brier_prior": "Brier score of the areas' frequencies",
    "abstention": "Papers without an area",
}
"""{name of a measure: what people call it}, in the order of the page."""
LOWER_IS_BETTER = frozenset({"ece", "brier"})
NEITHER_IS_BETTER = frozenset({"abstention"})


def render(evaluation: Evaluation) -> str:
    """The page as HTML."""
    record = evaluation.to_record()
    taxonomy = evaluation.predictions.taxonomy
    weakest = sorted(record["per_area"].items(), key=lambda item: (item[1]["f1"], -item[1]["support"]))
    context = {
        "record": record,
        "against": record.get("against"),
        "verdicts": _verdicts(record),
        "changes": _changes(record),
        "measures": MEASURES,
        "names": {area.id: area.name for area in taxonomy.areas},
        "fields": {area.id: field.name for field in taxonomy.fields for area in field.areas},
        "areas": weakest[:MOST_AREAS],
        "confusions": [
            (confusion, [evaluation.labelled[row].paper for row in confusion.rows[:MOST_EXAMPLES]])
            for confusion in evaluation.confusions[:MOST_CONFUSIONS]
        ],
        "mistakes": evaluation.mistakes,
        "mistaken": int((evaluation.predictions.predicted != evaluation.predictions.labels).any(axis=1).sum()),
        "plots": _plots(record, evaluation, [area for area, _ in weakest]),
    }
    return _environment().get_template("page.html").render(context)


def _verdicts(record: Mapping[str, Any]) -> dict[str, str]:
    """What may be said of each difference: nothing where its interval holds 0."""
    rows = record.get("against", {}).get("metrics", {})
    return {name: _verdict(name, *row["interval"]) for name, row in rows.items()}


def _verdict(name: str, low: float, high: float) -> str:
    if low == high == 0:
        return "the same"
    if low <= 0 <= high:
        return "not sure"
    if name in NEITHER_IS_BETTER:
        return "different"
    return "better" if (low > 0) != (name in LOWER_IS_BETTER) else "worse"


def _changes(record: Mapping[str, Any]) -> list[tuple[str, Mapping[str, float]]]:
    """The areas whose F1 differs most between the two models."""
    rows = record.get("against", {}).get("per_area", {}).items()
    changed = [(area, row) for area, row in rows if row["change"]]
    return sorted(changed, key=lambda item: -abs(item[1]["change"]) * item[1]["support"])[:MOST_CHANGES]


def _plots(record: Mapping[str, Any], evaluation: Evaluation, weakest: Iterable[str]) -> dict[str, Markup]:
    models = [record, *([record["against"]] if "against" in record else [])]
    names = ["this model", "compared with"]
    if len({model["model"] for model in models}) == len(models):
        names = [shortened(model["model"], LONGEST_LABEL) for model in models]
    reliability = {name: model["reliability"] for name, model in zip(names, models, strict=False)}
    risks = {name: model["risk_coverage"] for name, model in zip(names, models, strict=False)}
    plots = {
        "reliability": reliability_plot(
            reliability,
            "Reliability diagram: how often areas of a probability are in gold. The figures are in a table.",
        ),
        "risk": risk_coverage_plot(
            risks, "Risk against coverage: how often the most probable area is wrong. The figures are in a table."
        ),
    }
    if points := _points(record, evaluation, weakest):
        plots["areas"] = area_plot(
            points,
            "recall: papers of the area that were given it",
            "precision: papers given the area that have it",
            "Recall against precision of every area. The figures are in a table.",
        )
    return plots


def _points(record: Mapping[str, Any], evaluation: Evaluation, weakest: Iterable[str]) -> list[AreaPoint]:
    """Every area in gold; those of the lowest F1 have a name."""
    rows = {area: row for area, row in record["per_area"].items() if row["support"]}
    named = [area for area in weakest if area in rows and rows[area]["support"] >= FEWEST_PAPERS][:NAMED_AREAS]
    names = {area.id: shortened(area.name, LONGEST_LABEL) for area in evaluation.predictions.taxonomy.areas}
    return [
        AreaPoint(names[area] if area in named else "", row["precision"], row["recall"], int(row["support"]))
        for area, row in rows.items()
    ]


def _environment() -> Environment:
    environment = report_environment(Path(__file__).parent)
    environment.filters |= {
        "figure": lambda value: f"{value:.3f}",
        "fine": lambda value: f"{value:.4f}",
        "signed": lambda value: f"{value:+.3f}",
        "finely_signed": lambda value: f"{value:+.4f}",
        "abstract": lambda paper: shortened(paper.abstract, LONGEST_ABSTRACT),
    }
    return environment

"""The analysis as one HTML file that needs nothing else: no script, no request, plots inside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment
from markupsafe import Markup

from training.report_page.environment import percent, report_environment, shortened
from training.report_page.plots import AreaPoint, area_plot
from training.vote_report.analysis import Analysis
from training.vote_report.area_evidence import AreaSummary
from training.vote_report.estimates import interval
from training.vote_report.names import name_for_people
from training.vote_report.plots import Rate, coverage_plot, precision_plot
from training.vote_report.rows import FunctionRow, advice, function_rows, rules_by_area, worst_areas
from training.vote_report.rule_tally import worst_first
from training.vote_report.snippets import snippet

if TYPE_CHECKING:
    from training.vote_report.terminal import WeakLabelReport

# What keeps the page small enough to read and to send, however large the taxonomy is.
MOST_RULES = 15  # to mend first
MOST_CONFLICTS = 20
MOST_AREAS = 800  # rows of the table of areas
MOST_GAPS = 150  # areas with too little evidence
MOST_DETAILS = 250  # areas that are shown with their rules
MOST_FUNCTIONS = 100
NAMED_AREAS = 8  # areas named in the plot
LONGEST_LABEL = 32  # characters of a name in a plot


def render(report: WeakLabelReport) -> str:
    """The page as HTML."""
    analysis = report.analysis
    rules, areas = analysis.rules(), analysis.by_area()
    gaps = [(area, found) for area in areas if (found := area.gaps(report.labelled > 0))]
    gaps.sort(key=lambda pair: (-len(pair[1]), pair[0].recorded + pair[0].likely))
    functions = function_rows(analysis.functions)[:MOST_FUNCTIONS]
    shown, empty = _with_papers(areas[:MOST_AREAS])
    most_wrong = sorted(areas, key=lambda area: area.right - area.known)[:MOST_DETAILS]
    context = {
        "report": report,
        "taxonomy": analysis.taxonomy,
        "fields": [field.name for field in analysis.taxonomy.fields for _ in field.areas],
        "worst": [(rule, advice(rule)) for rule in worst_first(rules, MOST_RULES)],
        "functions": [row for row in functions if row.votes],
        "silent": [row.name for row in functions if not row.votes],
        "measured": report.labelled > 0,
        "worst_areas": [(row.name, worst_areas(analysis.functions, n)) for n, row in enumerate(functions)],
        "sources": [row for row in function_rows(analysis.sources) if row.votes],
        "weights": dict(zip((table.name for table in report.model.tables), report.model.weights[2:], strict=False)),
        "disagreement": analysis.conflicts.disagreement(),
        "meeting": _meeting(analysis),
        "conflicts": analysis.conflicts.most_frequent(MOST_CONFLICTS),
        "lacking": len(gaps),
        "gaps": gaps[:MOST_GAPS],
        "areas": shown,
        "empty_areas": empty,
        "listed": len(areas[:MOST_AREAS]),
        "details": most_wrong,
        "detailed": {area.column for area in most_wrong},
        "rules_by_area": rules_by_area(rules),
        "plots": _plots(analysis, functions, areas),
        "snippet": snippet,
    }
    return _environment().get_template("page.html").render(context)


def _with_papers(areas: Sequence[AreaSummary]) -> tuple[list[AreaSummary], list[AreaSummary]]:
    """The areas of which there is something to show, and those of which there is nothing."""
    shown = [area for area in areas if area.likely or area.recorded or area.rule_papers]
    return shown, [area for area in areas if not (area.likely or area.recorded or area.rule_papers)]


def _meeting(analysis: Analysis) -> list[tuple[int, str]]:
    """Position and name of the sources that speak of a paper and area together with another one."""
    meeting = analysis.conflicts.meeting
    return [
        (row, name)
        for row, name in enumerate(analysis.conflicts.sources)
        if any(meeting[row, column] for column in range(len(meeting)) if column != row)
    ]


def _plots(analysis: Analysis, functions: Sequence[FunctionRow], areas: Sequence[AreaSummary]) -> dict[str, Markup]:
    """The plots that have something to show, by name."""
    sources = {function.name: function.source for function in analysis.functions.functions}
    rates = [rate for row in functions for rate in _rates(row, sources[row.name])]
    voting = [rate for rate in rates if not rate.against]
    points = _points(areas, [area.name for area in analysis.taxonomy.areas])
    plots: dict[str, Markup] = {}
    if rates:
        plots["precision"] = precision_plot(rates, "Precision of every labelling function, with 95 % intervals.")
    if voting:
        plots["coverage"] = coverage_plot(voting, "Coverage against precision of every function that votes for areas.")
    if points:
        plots["areas"] = area_plot(
            points,
            "recall: recorded papers of the area for which a rule votes",
            "precision of the rules' votes",
            "Recall against precision of the rules of every area.",
        )
    return plots


def _rates(row: FunctionRow, source: str) -> list[Rate]:
    """The precision of a function's votes for and of its votes against, where any are known."""
    found = []
    for known, right, against in ((row.known_for, row.right_for, False), (row.known_against, row.right_against, True)):
        if known:
            low, high = (float(end) for end in interval(right, known))
            name = shortened(name_for_people(row.name), LONGEST_LABEL)
            found.append(Rate(name, name_for_people(source), right / known, low, high, against, row.coverage))
    return found


def _points(areas: Sequence[AreaSummary], names: Sequence[str]) -> list[AreaPoint]:
    """Precision and recall of the rules, where both are known; those with most wrong votes have a name."""
    known = [area for area in areas if area.known and area.recorded]
    named = {area.column for area in sorted(known, key=lambda area: area.right - area.known)[:NAMED_AREAS]}
    labels = [shortened(names[area.column], LONGEST_LABEL) if area.column in named else "" for area in known]
    return [
        AreaPoint(label, area.precision, area.recall, area.recorded) for label, area in zip(labels, known, strict=True)
    ]


def _environment() -> Environment:
    environment = report_environment(Path(__file__).parent)
    environment.filters |= {
        "named": name_for_people,
        "percent": lambda value: "" if math.isnan(value) else percent(value),
        "rate": lambda right, known: percent(right / known) if known else "",
        "interval": _interval,
    }
    return environment


def _interval(right: int, known: int) -> str:
    """The bounds of a precision as text; nothing where nothing is known."""
    low, high = (100 * float(end) for end in interval(right, known))
    return f"{low:.0f} to {high:.0f} %" if known else ""

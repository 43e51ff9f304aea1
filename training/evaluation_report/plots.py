"""The plots of the evaluation page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from matplotlib.axes import Axes

from training.report_page.plots import MARKS, SERIES, SOFT, new_plot, share_axis, to_svg

Rows = Sequence[Mapping[str, float]]
"""See `training.evaluation.metrics.reliability` and `risk_coverage`."""


def reliability_plot(curves: Mapping[str, Rows], alt: str) -> Markup:
    """Probability across, frequency in gold up: a line for every model, and the diagonal where both are the same."""
    with new_plot(4.2) as (figure, axes):
        axes.plot([0, 1], [0, 1], color=SOFT, linewidth=1, linestyle="--")
        _draw(axes, curves, "probability", "frequency")
        share_axis(axes, "x", "probability that the model gives")
        share_axis(axes, "y", "share of these areas that is in gold")
        return to_svg(figure, "reliability", alt)


def risk_coverage_plot(curves: Mapping[str, Rows], alt: str) -> Markup:
    """Share of the papers that is answered across, share of these answers that is wrong up."""
    with new_plot(3.4) as (figure, axes):
        _draw(axes, curves, "coverage", "risk")
        share_axis(axes, "x", "coverage: the papers with the surest answers")
        share_axis(axes, "y", "risk: most probable area not in gold")
        highest = max(row["risk"] for rows in curves.values() for row in rows)
        axes.set_ylim(-0.03 * max(highest, 0.1), 1.15 * max(highest, 0.1))  # risks are small: show their differences
        return to_svg(figure, "risk-coverage", alt)


def _draw(axes: Axes, curves: Mapping[str, Rows], across: str, up: str) -> None:
    """A line for every model, with their names where there are several."""
    for number, (model, rows) in enumerate(curves.items()):
        axes.plot(
            [row[across] for row in rows],
            [row[up] for row in rows],
            color=SERIES[number],
            marker=MARKS[number],
            markersize=4,
            linewidth=2.4 - number,  # so that equal curves are both seen
            label=model,
        )
    if len(curves) > 1:
        axes.legend(loc="upper left", fontsize=7.5)

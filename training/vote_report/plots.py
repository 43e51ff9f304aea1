"""The plots of the weak-label page, as SVG that takes its colours from the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.ticker import LogLocator, NullFormatter

from training.report_page.plots import INK, MARKS, SERIES, new_plot, share_axis, to_svg


@dataclass(frozen=True, slots=True)
class Rate:
    """A precision with its interval, all 0 to 1."""

    name: str
    source: str
    value: float
    low: float
    high: float
    against: bool = False
    """Whether it is of the votes against."""
    coverage: float = 0.0
    """Share of the pairs of paper and area on which the function votes."""


def precision_plot(rates: Sequence[Rate], alt: str) -> Markup:
    """A row for every function: precision of its votes, and its interval."""
    names = list(dict.fromkeys(rate.name for rate in rates))
    with new_plot(0.7 + 0.21 * len(names)) as (figure, axes):
        for rate in rates:
            row, colour = names.index(rate.name), _colour(rates, rate.source)
            axes.plot([rate.low, rate.high], [row, row], color=colour, linewidth=2, alpha=0.55)
            axes.plot(
                rate.value,
                row,
                marker="D" if rate.against else "o",
                color=colour,
                markersize=5,
                markerfacecolor="none" if rate.against else colour,
            )
        axes.set_yticks(range(len(names)), names)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.set_ylim(len(names) - 0.4, -0.6)
        share_axis(axes, "x", "precision (filled: votes for, open: votes against)")
        return to_svg(figure, "precision", alt)


def coverage_plot(rates: Sequence[Rate], alt: str) -> Markup:
    """Coverage across, precision up: a mark for every function that votes for areas, a line for every source."""
    with new_plot(3.9) as (figure, axes):
        axes.set_xscale("log")
        for source in dict.fromkeys(rate.source for rate in rates):
            own = sorted((rate for rate in rates if rate.source == source), key=lambda rate: rate.coverage)
            mark = MARKS[_position(rates, source) % len(MARKS)]
            axes.plot(
                [rate.coverage for rate in own],
                [rate.value for rate in own],
                color=_colour(rates, source),
                marker=mark,
                markersize=5,
                linewidth=1,
                label=source,
            )
            left = _position(rates, source) % 2  # names of neighbouring sources stand on either side of their marks
            for rate in own:
                axes.annotate(
                    rate.name.removeprefix(f"{source}."),
                    (rate.coverage, rate.value),
                    xytext=(-6, -9) if left else (6, 3),
                    textcoords="offset points",
                    fontsize=7.5,
                    ha="right" if left else "left",
                )
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
        axes.xaxis.set_minor_formatter(NullFormatter())  # else it writes formulas, which plain text cannot show
        axes.set_xlabel("coverage: pairs of paper and area on which it votes (logarithmic)")
        share_axis(axes, "y", "precision of its votes for areas")
        axes.legend(loc="best", fontsize=7.5)
        return to_svg(figure, "coverage", alt)


def _position(rates: Sequence[Rate], source: str) -> int:
    return list(dict.fromkeys(rate.source for rate in rates)).index(source)


def _colour(rates: Sequence[Rate], source: str) -> str:
    return SERIES[_position(rates, source) % len(SERIES)]

"""The plots of the weak-label page, as SVG that takes its colours from the page's style sheet."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours that stand for variables of page.css, so that a plot follows the page into the dark.
INK, SOFT, LINE, ACCENT, BAD = "#010101", "#020202", "#030303", "#040404", "#050505"
_SERIES = ("#060606", "#070707", "#080808", "#090909", "#0a0a0a", "#0b0b0b")  # one for every source, in turn
_VARIABLES = {INK: "ink", SOFT: "soft", LINE: "line", ACCENT: "accent", BAD: "bad"} | {
    colour: f"series-{number}" for number, colour in enumerate(_SERIES, start=1)
}
_STYLE: dict[Any, object] = {
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 8.5,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "svg.fonttype": "none",  # text stays text: it can be read aloud and searched, and is small
    "text.color": INK,
    "text.parse_math": False,  # a "$" in a name is one
    "xtick.color": SOFT,
    "ytick.color": SOFT,
}
_WIDTH = 4.9  # inches: on a phone the text is then still as large as on paper
_MARKS = ("o", "s", "^", "D", "v", "P")  # sources differ in shape as well as in colour


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


@dataclass(frozen=True, slots=True)
class AreaPoint:
    """Precision and recall of an area's rules, 0 to 1; `name` is shown where it is not empty."""

    name: str
    precision: float
    recall: float
    recorded: int


def precision_plot(rates: Sequence[Rate], alt: str) -> Markup:
    """A row for every function: precision of its votes, and its interval."""
    names = list(dict.fromkeys(rate.name for rate in rates))
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 0.7 + 0.21 * len(names)), layout="constrained")
        axes = figure.subplots()
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
        _share_axis(axes, "x", "precision (filled: votes for, open: votes against)")
        return _svg(figure, "precision", alt)


def coverage_plot(rates: Sequence[Rate], alt: str) -> Markup:
    """Coverage across, precision up: a mark for every function that votes for areas, a line for every source."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 3.9), layout="constrained")
        axes = figure.subplots()
        axes.set_xscale("log")
        for source in dict.fromkeys(rate.source for rate in rates):
            own = sorted((rate for rate in rates if rate.source == source), key=lambda rate: rate.coverage)
            mark = _MARKS[_position(rates, source) % len(_MARKS)]
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
        axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
        axes.set_xlabel("coverage: pairs of paper and area on which it votes (logarithmic)")
        _share_axis(axes, "y", "precision of its votes for areas")
        axes.legend(loc="best", fontsize=7.5)
        return _svg(figure, "coverage", alt)


def area_plot(points: Sequence[AreaPoint], alt: str) -> Markup:
    """Recall of an area's rules across, their precision up; the larger a mark, the more recorded papers."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 3.9), layout="constrained")
        axes = figure.subplots()
        axes.scatter(
            [point.recall for point in points],
            [point.precision for point in points],
            s=[12 + 1.2 * min(point.recorded, 200) for point in points],
            c=[BAD if point.name else ACCENT for point in points],
            alpha=0.55,
            linewidths=0,
        )
        named = sorted((point for point in points if point.name), key=lambda point: point.precision)
        for point, height in zip(named, _spread([point.precision for point in named]), strict=True):
            aside = -0.05 if point.recall > 0.5 else 0.05  # the name stays inside
            axes.annotate(
                point.name,
                (point.recall, point.precision),
                xytext=(point.recall + aside, height),
                fontsize=7.5,
                ha="right" if aside < 0 else "left",
                va="center",
                arrowprops={"arrowstyle": "-", "color": SOFT, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 2},
            )
        _share_axis(axes, "x", "recall: recorded papers of the area for which a rule votes")
        _share_axis(axes, "y", "precision of the rules' votes")
        return _svg(figure, "areas", alt)


def _position(rates: Sequence[Rate], source: str) -> int:
    return list(dict.fromkeys(rate.source for rate in rates)).index(source)


def _colour(rates: Sequence[Rate], source: str) -> str:
    return _SERIES[_position(rates, source) % len(_SERIES)]


def _spread(heights: Sequence[float], gap: float = 0.045) -> list[float]:
    """Ascending heights moved up as far as keeps names from standing on each other."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + gap) if moved else height)
    return moved


def _share_axis(axes: Axes, which: Literal["x", "y"], label: str) -> None:
    """An axis from 0 to 100 %, with a grid and a little room for marks at its ends."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xlim if which == "x" else axes.set_ylim)(-0.03, 1.03)
    axis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axis.set_label_text(label)
    axes.grid(axis=which)
    axes.set_axisbelow(True)


def _svg(figure: Figure, name: str, alt: str) -> Markup:
    """The figure as an SVG element with a description; ids are unique over plots of different `name`."""
    stream = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the reader's font may have it
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(stream, format="svg", transparent=True, metadata=nothing)
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :]  # without what only a file of its own needs
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)  # matplotlib numbers groups alike in every plot; nothing refers to them
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)  # the page's own font is used
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var(--{variable})")
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1))

"""The look of plots in report pages: SVG that takes its colours from the page's style sheet."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours that stand for variables of page.css, so that a plot follows the page into the dark.
INK, SOFT, LINE, ACCENT, BAD = "#010101", "#020202", "#030303", "#040404", "#050505"
SERIES = ("#060606", "#070707", "#080808", "#090909", "#0a0a0a", "#0b0b0b")  # one for every source, in turn
_VARIABLES = {INK: "ink", SOFT: "soft", LINE: "line", ACCENT: "accent", BAD: "bad"} | {
    colour: f"series-{number}" for number, colour in enumerate(SERIES, start=1)
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
WIDTH = 4.9  # inches: on a phone the text is then still as large as on paper
MARKS = ("o", "s", "^", "D", "v", "P")  # sources differ in shape as well as in colour


@dataclass(frozen=True, slots=True)
class AreaPoint:
    """Precision and recall of an area, 0 to 1; `name` is shown where it is not empty."""

    name: str
    precision: float
    recall: float
    papers: int
    """Of the area, where they are known."""


@contextmanager
def new_plot(height: float) -> Iterator[tuple[Figure, Axes]]:
    """A figure of this height in inches, and its axes, in the look of the pages."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        yield figure, figure.subplots()


def area_plot(points: Sequence[AreaPoint], recall: str, precision: str, alt: str) -> Markup:
    """A mark for every area, larger for more papers; `recall` (across) and `precision` (up) label the axes."""
    with new_plot(3.9) as (figure, axes):
        axes.scatter(
            [point.recall for point in points],
            [point.precision for point in points],
            s=[12 + 1.2 * min(point.papers, 200) for point in points],
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
        share_axis(axes, "x", recall)
        share_axis(axes, "y", precision)
        return to_svg(figure, "areas", alt)


def _spread(heights: Sequence[float], gap: float = 0.045) -> list[float]:
    """Ascending heights moved apart so that names do not stand on each other: up, and at the top of the plot down."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + gap) if moved else height)
    top = 1.0
    for position in reversed(range(len(moved))):
        moved[position] = min(moved[position], top)
        top = moved[position] - gap
    return moved


def share_axis(axes: Axes, which: Literal["x", "y"], label: str) -> None:
    """An axis from 0 to 100 %, with a grid and a little room for marks at its ends."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xlim if which == "x" else axes.set_ylim)(-0.03, 1.03)
    axis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    axis.set_label_text(label)
    axes.grid(axis=which)
    axes.set_axisbelow(True)


def to_svg(figure: Figure, name: str, alt: str) -> Markup:
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

"""The learning curve as an SVG picture."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from data.atomic import atomic_text

_COLOURS = ("#1f5fa8", "#b3541e")


def write_plot(
    path: Path, sizes: Sequence[int], curves: Mapping[str, Mapping[str, list[list[float]]]], metrics: Sequence[str]
) -> None:
    """One panel a metric: the mean over seeds, and a band from the worst to the best of them.

    Args:
        path: of the SVG file.
        sizes: numbers of labelled papers, along the abscissa.
        curves: by strategy and metric, for every seed a value at each size.
        metrics: names of the panels, left to right.
    """
    figure = Figure(figsize=(4.5 * len(metrics), 3.6), layout="constrained")
    for axes, metric in zip(figure.subplots(1, len(metrics), squeeze=False)[0], metrics, strict=True):
        for (strategy, values), colour in zip(curves.items(), _COLOURS, strict=True):
            rows = np.array(values[metric])  # (seeds, sizes)
            axes.plot(sizes, rows.mean(axis=0), marker="o", markersize=4, color=colour, label=strategy)
            axes.fill_between(sizes, rows.min(axis=0), rows.max(axis=0), color=colour, alpha=0.2, linewidth=0)
        axes.set_xscale("log")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.set_xlabel("labels")
        axes.set_ylabel(metric)
        axes.grid(visible=True, alpha=0.3)
    figure.axes[0].legend()
    drawn = io.StringIO()
    # text stays text, and no date: the same figures give the same file
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "areatag"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    with atomic_text(path) as stream:
        stream.write(drawn.getvalue())

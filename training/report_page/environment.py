"""Templates of report pages, in which everything is text unless it says that it is markup."""

from __future__ import annotations

import math
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data.papers import Paper

LONGEST_TITLE, LONGEST_NAME = 220, 55  # characters


def report_environment(folder: Path) -> Environment:
    """Templates of a folder, which extend `frame.html` and name their `sections`: pairs of an id and a heading."""
    environment = Environment(
        loader=FileSystemLoader([folder, Path(__file__).parent]),
        autoescape=True,  # titles and names are text, whatever stands in them
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "percent": percent,
        "count": lambda number: f"{number:,.0f}",
        "short": lambda text: shortened(text, LONGEST_NAME),
        "title": _title,
    }
    return environment


def shortened(text: str, longest: int) -> str:
    """A text of at most so many characters, with an ellipsis where it was cut."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def percent(value: float) -> str:
    """A share as text; a very small one keeps a figure."""
    if math.isnan(value):
        return "-"
    return f"{100 * value:.2g} %" if 0 < value < 0.01 else f"{100 * value:.0f} %"


def _title(paper: Paper) -> str:
    """The title, or the beginning of the abstract of a paper without one."""
    return shortened(" ".join((paper.title or paper.abstract).split()), LONGEST_TITLE)

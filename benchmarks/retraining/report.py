"""The result of a benchmark as Markdown for people and JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine
from data.atomic import atomic_text


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under their headings."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """A pipe table below its title."""
        lines = [self.headings, ("---",) * len(self.headings), *self.rows]
        return "\n".join([self.title, "", *(f"| {' | '.join(cells)} |" for cells in lines)])


def write_report(
    output: Path, title: str, settings: Mapping[str, Any], tables: Sequence[Table], figures: Mapping[str, Any]
) -> str:
    """Write OUTPUT.md and OUTPUT.json, and return the Markdown.

    Args:
        output: path without suffix.
        title: heading of the report.
        settings: sizes and seeds that the figures hold for.
        tables: of the report, in order.
        figures: everything measured, plain numbers, texts and lists.
    """
    machine = describe_machine()
    said = ", ".join(f"{name} {value}" for name, value in settings.items())
    text = (
        "\n\n".join([f"# {title}", f"{said}.", *(table.markdown() for table in tables), f"Machine: {machine}."]) + "\n"
    )
    with atomic_text(output.with_suffix(".md")) as stream:
        stream.write(text)
    with atomic_text(output.with_suffix(".json")) as stream:
        record = {"benchmark": title, "machine": machine, "settings": dict(settings), "figures": dict(figures)}
        json.dump(record, stream, indent=1)
    return text

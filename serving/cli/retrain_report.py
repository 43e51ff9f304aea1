"""What a retraining found, as tables for people."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from rich.table import Table

from training.retraining.retrain_options import RetrainResult

_AREAS_SHOWN = 10


def retrain_tables(result: RetrainResult) -> str:
    """The comparison with the active model, the areas that changed most, and what was forgotten, as text."""
    gate, forgetting = result.report["gate"], result.report["forgetting"]
    console = Console(width=110, record=True, file=io.StringIO())
    console.print(_comparison(result, gate))
    sentences = [*gate["reasons"], *([left_out] if (left_out := left_out_of(result)) else [])]
    console.print(*(f"{sentence}\n" for sentence in sentences), sep="", markup=False, highlight=False)
    if changed := {area: row for area, row in gate["areas"].items() if row["change"]}:
        console.print(_areas(changed))
    console.print(_forgetting(forgetting))
    return console.export_text().rstrip()


def left_out_of(result: RetrainResult) -> str:
    """Which labels were used for nothing, and why; "" where each was used."""
    said: str = result.report["data"].get("labels_left_out", "none")
    return "" if said == "none" else said


def _comparison(result: RetrainResult, gate: dict[str, Any]) -> Table:
    data = result.report["data"]
    title = (
        f"{result.version} from {data['labelled_papers']} labelled papers and {_replayed(data)}; trained: {result.mode}"
    )
    table = _table(title, ["on held-out papers", gate["active"], "new", "change"])
    rows = {
        "micro-F1, areas that both models know": (gate["active_micro_f1"], gate["candidate_micro_f1"]),
        "micro-F1, all areas of the new model": (gate["all_areas"]["active"], gate["all_areas"]["candidate"]),
    }
    for name, (before, after) in rows.items():
        table.add_row(name, f"{before:.3f}", f"{after:.3f}", f"{after - before:+.3f}")
    table.caption = f"verdict: {gate['verdict']} ({gate['papers']} held-out papers)"
    table.caption_justify = "left"
    return table


def _replayed(data: dict[str, Any]) -> str:
    if not data["replay_papers"]:
        return "no replay papers"
    return f"{data['replay_papers']} replay papers ({data['replay_source']})"


def _areas(areas: dict[str, dict[str, float]]) -> Table:
    table = _table("areas that changed most", ["area", "papers", "F1 before", "F1 after", "change"])
    changed = sorted(areas.items(), key=lambda item: (-abs(item[1]["change"]), item[0]))
    for area, row in changed[:_AREAS_SHOWN]:
        values = (f"{row[name]:.2f}" for name in ("active", "candidate"))
        table.add_row(area, f"{row['papers']:.0f}", *values, f"{row['change']:+.2f}")
    return table


def _forgetting(forgetting: dict[str, Any]) -> Table:
    old, agreement = forgetting["old_areas"], forgetting["agreement"]
    table = _table("areas that the active model knew already", ["mean change", "areas", "F1", "average precision"])
    for name, row in (("all with held-out papers", old), ("of these, without new labels", old["unlabelled"])):
        changes = (_signed(row[key]) for key in ("mean_f1_change", "mean_average_precision_change"))
        table.add_row(name, str(row["areas"]), *changes)
    if agreement["micro_f1"] is not None:
        table.caption = (
            f"On {agreement['papers']} replay papers both models agree to {agreement['micro_f1']:.3f} (micro-F1 of one "
            "against the other)."
        )
        table.caption_justify = "left"
    return table


def _table(title: str, headings: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left")
    return table


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.3f}"

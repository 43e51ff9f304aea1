"""The card of a model for people: what it was trained on, how, and what was measured, in Markdown."""

from typing import Any

from model.measurement import comparison_of, measurement_of


def card_text(card: dict[str, Any], metrics: dict[str, Any]) -> str:
    """The model card for people."""
    lines = [f"# Model {card['version']}", "", f"Written {card['created']}.", ""]
    for heading, content in card.items():
        if heading in {"version", "created", "calibrated_on"}:
            continue
        lines += [f"## {heading.replace('_', ' ').capitalize()}", ""]
        if isinstance(content, dict):
            lines += [f"- {name.replace('_', ' ')}: {value}" for name, value in content.items()]
        else:
            lines.append(str(content))
        lines.append("")
    return "\n".join([*lines, "## Measured", "", *_measured(card, metrics)]) + "\n"


def _measured(card: dict[str, Any], metrics: dict[str, Any]) -> list[str]:
    """Every figure with its papers."""
    measurement, comparison = measurement_of(metrics, card), comparison_of(metrics)
    if measurement is None:
        return ["Nothing was measured of this version."]
    lines = [f"{comparison.summary()}.", ""] if comparison else []
    lines += [f"On {measurement.on}:", ""]
    intervals = metrics.get("intervals", {})
    for name, value in metrics.items():
        if isinstance(value, float):
            low_high = intervals.get(name)
            lines.append(
                f"- {name}: {value}" + (f" (95 % interval {low_high[0]} to {low_high[1]})" if low_high else "")
            )
    return lines

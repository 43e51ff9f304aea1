"""The review queue for Label Studio: tasks with the model's areas as predictions, and the labelling configuration."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # writes only
from collections.abc import Sequence
from typing import Any

from data.taxonomy import Taxonomy
from model.tags import Score
from training.curation.queue import ReviewItem

AREAS, PAPER = "areas", "paper"
"""Names of the controls; `data.readers.label_studio` finds the areas by the first."""


def task(item: ReviewItem, given: Sequence[Score], model: str) -> dict[str, Any]:
    """Return a task, in the form that Label Studio imports.

    Args:
        item: the paper.
        given: areas that the model gives it; they are chosen beforehand.
        model: its version.
    """
    surest = [area.score for area in given] or [guess.score for guess in item.guesses[:1]]
    score = round(sum(surest) / max(len(surest), 1), 4)
    chosen = {
        "id": AREAS,
        "from_name": AREAS,
        "to_name": PAPER,
        "type": "choices",
        "score": score,
        "value": {"choices": [area.id for area in given]},
    }
    return {
        "data": {
            "id": item.paper.id,
            "paper_id": item.paper.id,  # Label Studio's JSON-MIN writes the task's number over `id`
            "title": item.paper.title,
            "abstract": item.paper.abstract,
            "guesses": "; ".join(f"{guess.name} {guess.score:.0%}" for guess in item.guesses),
            "reason": item.reason,
            "model": model,
        },
        "predictions": [{"model_version": model, "score": score, "result": [chosen] if given else []}],
    }


def labelling_config(taxonomy: Taxonomy) -> str:
    """Return the labelling configuration for the tasks: a paper, and all areas to choose from."""
    view = ET.Element("View")
    ET.SubElement(view, "Header", value="$title")
    ET.SubElement(view, "Text", name=PAPER, value="$abstract")
    ET.SubElement(view, "Header", value="The model's guesses: $guesses", size="5")
    ET.SubElement(view, "Header", value="$reason", size="5")
    choices = ET.SubElement(view, "Choices", name=AREAS, toName=PAPER, choice="multiple", layout="select")
    for field in taxonomy.fields:
        for area in field.areas:
            hint = {"hint": area.description} if area.description else {}
            ET.SubElement(choices, "Choice", {"value": f"{field.name} > {area.name}", "alias": area.id, **hint})
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"

"""Tasks for Label Studio, and their labelling configuration."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

from data.papers import Paper
from data.readers.labels import read_labels
from data.taxonomy_file import load_taxonomy, parse_taxonomy
from model.tags import Score
from tests.support.tiny import TAXONOMY
from training.curation.label_studio import labelling_config, task
from training.curation.queue import ReviewItem

AREAS = parse_taxonomy(TAXONOMY.replace("name: Birds", 'name: "Birds & <b>\\"bats\\"</b>"'), "test")
WHALES, BIRDS = Score("sea/whales", "Whales", 0.9), Score("sky/birds", "Birds", 0.4)
ITEM = ReviewItem(Paper("p1", "Whale songs", "They sing."), (WHALES, BIRDS), (WHALES,), "It is new.", 0.5)


def test_a_task_has_the_paper_and_what_the_model_gives() -> None:
    """The areas given are chosen beforehand, with their score and the model's version."""
    made = task(ITEM, [WHALES, BIRDS], "v7")
    data, (prediction,) = made["data"], made["predictions"]
    assert data == {
        "id": "p1",
        "paper_id": "p1",
        "title": "Whale songs",
        "abstract": "They sing.",
        "guesses": "Whales 90%; Birds 40%",
        "reason": "It is new.",
        "model": "v7",
    }
    assert (prediction["model_version"], prediction["score"]) == ("v7", 0.65)
    (result,) = prediction["result"]
    assert result["value"] == {"choices": ["sea/whales", "sky/birds"]} and result["score"] == 0.65
    (none,) = task(ITEM, [], "v7")["predictions"]
    assert none["result"] == [] and none["score"] == 0.9


def test_the_configuration_knows_what_tasks_and_predictions_name() -> None:
    """Every area is a choice by its id, whatever its name; every field that is shown is in a task."""
    root = ET.fromstring(labelling_config(AREAS))
    choices = root.find("Choices")
    assert choices is not None
    assert [choice.get("alias") for choice in choices] == list(AREAS.area_ids)
    assert choices[2].get("value") == 'Sky science > Birds & <b>"bats"</b>'
    made = task(ITEM, [WHALES], "v7")
    shown = {value[1:] for node in root for value in (node.get("value", "").split()[-1:] or [""]) if value[:1] == "$"}
    assert shown == {"title", "abstract", "guesses", "reason"} and shown <= made["data"].keys()
    result = made["predictions"][0]["result"][0]
    text = root.find("Text")
    assert text is not None
    assert (result["from_name"], result["to_name"]) == (choices.get("name"), text.get("name"))
    assert choices.get("toName") == text.get("name")
    assert (
        len({choice.get("value") for choice in ET.fromstring(labelling_config(load_taxonomy())).iter("Choice")}) == 118
    )


def test_what_comes_back_is_the_label(tmp_path: Path) -> None:
    """A task whose prediction was accepted, as Label Studio exports it."""
    made = task(ITEM, [WHALES], "v7")
    accepted = {"id": 1, "completed_by": 2, "was_cancelled": False, "result": made["predictions"][0]["result"]}
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"id": 9, **made, "annotations": [accepted]}]))
    (label,) = read_labels(path, AREAS)
    assert (label.paper, label.areas, label.complete) == (ITEM.paper, ("sea/whales",), True)

"""The card of a model that the recipe made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import UsageError
from tests.support.artefact import close, write_artefact
from training.bundled.card import check_made_by_recipe, recipe_card
from training.bundled.settings import RecipeSettings, TrainingSettings
from training.bundled.stages import StageRecord, content_of

TRAINING = TrainingSettings(epochs=1, max_tokens=32, seed=7)
SETTINGS = RecipeSettings(
    label_model_seed=0, pool=TRAINING, votes=TRAINING, inference_tokens=48, teacher_probabilities=Path("/home/ada/said")
)
RECORDS = [
    StageRecord(
        stage="soft-labels",
        key="k1",
        origin="made",
        inputs={"papers lake": "aa", "votes x": "bb", "rules": "cc", "taxonomy": "dd"},
        settings={},
        seconds=61.4,
        output="ee",
    ),
    StageRecord(
        stage="pool",
        key="k2",
        origin="given",
        inputs={"soft labels": "ee", "gold": "ff", "encoder": "hh"},
        settings={},
        output="gg",
    ),
    StageRecord(
        stage="student-labels",
        key="k3",
        origin="made",
        inputs={"teacher": "ii", "soft labels": "ee"},
        settings={},
        seconds=3.0,
        output="jj",
    ),
    StageRecord(
        stage="student",
        key="k4",
        origin="made",
        inputs={"soft labels": "jj", "encoder": "gg"},
        settings={},
        seconds=9.0,
        output="kk",
    ),
]


def _trained(folder: Path, name: str, papers: int) -> Path:
    path = write_artefact(folder / name, name)
    training = {"encoder": "the model before", "learning_rate": 0.001, "epochs": 2}
    (path / "card.json").write_text(json.dumps({"trained_on": {"papers": papers}, "training": training}))
    close(path, name)
    return path


def test_a_card_names_recipe_inputs_and_stages(tmp_path: Path) -> None:
    """What comes from outside by its hash, what a stage made by that stage; papers are those of the first training."""
    trained = {"pool": _trained(tmp_path, "pool", 900), "votes": _trained(tmp_path, "votes", 300)}
    card = recipe_card(SETTINGS, 48, "base-encoder", RECORDS, trained)
    assert card["trained_on"] == {"papers": 900}
    recipe = card["recipe"]
    assert recipe["command"] == "python -m training.bundled"
    assert {name: said for name, said in recipe.items() if name.startswith(("input", "stage"))} == {
        "input papers lake": "SHA-256 aa",
        "input votes x": "SHA-256 bb",
        "input rules": "SHA-256 cc",
        "input taxonomy": "SHA-256 dd",
        "input gold": "SHA-256 ff",
        "input encoder": "SHA-256 hh",
        "input teacher": "SHA-256 ii",
        "stage soft-labels": "made, 61 s, SHA-256 ee",
        "stage pool": "given, 0 s, SHA-256 gg",
        "stage student-labels": "made, 3 s, SHA-256 jj",
        "stage student": "made, 9 s, SHA-256 kk",
    }


def test_settings_say_nothing_of_this_machine(tmp_path: Path) -> None:
    """Paths are left out, and so is what was not set."""
    settings = json.loads(
        recipe_card(SETTINGS, 40, "b", [], {"pool": _trained(tmp_path, "p", 1)})["recipe"]["settings"]
    )
    assert settings["inference_tokens"] == 48 and settings["pool"]["seed"] == 7
    assert not {"teacher_probabilities", "student"} & settings.keys()


def test_each_training_is_one_line(tmp_path: Path) -> None:
    """Without the model that it began with, which is the stage before; the first encoder is named once."""
    card = recipe_card(SETTINGS, 40, "base-encoder", [], {"pool": _trained(tmp_path, "pool", 1)})
    assert card["training"] == {
        "encoder": "base-encoder",
        "inference_tokens": 40,
        "pool": "learning rate 0.001, epochs 2",
    }


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A model that a recipe made whose gold is the file gold.jsonl."""
    (tmp_path / "gold.jsonl").write_text("gold")
    gold = RECORDS[1].model_copy(update={"inputs": {"gold": content_of(tmp_path / "gold.jsonl")}})
    path = write_artefact(tmp_path / "finished", "finished")
    trained = {"pool": _trained(tmp_path, "pool", 900), "votes": _trained(tmp_path, "votes", 300)}
    (path / "card.json").write_text(json.dumps(recipe_card(SETTINGS, 48, "base-encoder", [gold], trained)))
    close(path, "finished")
    return path


def test_a_finished_model_stands_for_its_trainings(finished: Path, tmp_path: Path) -> None:
    """The card of a student names those of a teacher that was given, in their order, and the papers of the first."""
    trained = {"teacher-model": finished, "student": _trained(tmp_path, "student", 500)}
    card = recipe_card(SETTINGS, 24, "base-encoder", [], trained)
    assert card["trained_on"] == {"papers": 900}
    assert list(card["training"]) == ["encoder", "inference_tokens", "pool", "votes", "student"]
    assert card["training"]["votes"] == "learning rate 0.001, epochs 2" and card["training"]["inference_tokens"] == 24


def test_a_model_of_another_recipe_is_refused(finished: Path, tmp_path: Path) -> None:
    """Other trainings or another gold file do; what concerns the student alone does not."""
    gold, other = tmp_path / "gold.jsonl", tmp_path / "other.jsonl"
    other.write_text("other gold")
    student = {"student": TRAINING, "student_tokens": 16, "teacher_probabilities": None}
    check_made_by_recipe(finished, SETTINGS.model_copy(update=student), {"gold": gold})
    longer = SETTINGS.model_copy(update={"votes": TRAINING.model_copy(update={"epochs": 2.0})})
    for settings, path in ((longer, gold), (SETTINGS, other)):
        with pytest.raises(UsageError, match="was not made with these settings, gold and evaluation votes; remove it"):
            check_made_by_recipe(finished, settings, {"gold": path})
    with pytest.raises(UsageError, match="was not made with these settings"):
        check_made_by_recipe(write_artefact(tmp_path / "foreign", "foreign"), SETTINGS, {})

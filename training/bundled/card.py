"""The card of a model that the recipe made: recipe and hashes, and what each training did."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data.errors import UsageError
from model.artefact import Artefact
from training.bundled.settings import RecipeSettings
from training.bundled.stages import StageRecord, content_of


def recipe_card(
    settings: RecipeSettings,
    inference_tokens: int,
    encoder: str,
    records: Iterable[StageRecord],
    trained: Mapping[str, Path],
) -> dict[str, Any]:
    """The card, but for what `model.writing` adds.

    Args:
        settings: of the recipe.
        inference_tokens: tokens of a paper that the model reads.
        encoder: name of the encoder that it began with.
        records: of the stages before.
        trained: model directories of the trainings by stage, in their order; the first saw all papers. A finished
            model that this recipe made stands for its own trainings.
    """
    stages = list(records)
    cards = {name: Artefact.open(path).card for name, path in trained.items()}
    of_stages = {record.output for record in stages}
    inputs = {name: digest for record in stages for name, digest in record.inputs.items() if digest not in of_stages}
    return {
        "trained_on": next(iter(cards.values()))["trained_on"],
        "recipe": {
            "command": "python -m training.bundled",
            # a path says nothing elsewhere; the content of that file is among the hashes
            "settings": settings.model_dump_json(exclude={"teacher_probabilities"}, exclude_none=True),
            **{f"input {name}": f"SHA-256 {digest}" for name, digest in inputs.items()},
            **{
                f"stage {record.stage}": f"{record.origin}, {record.seconds or 0:.0f} s, SHA-256 {record.output}"
                for record in stages
            },
        },
        "training": {
            "encoder": encoder,
            "inference_tokens": inference_tokens,
            **{stage: said for name, card in cards.items() for stage, said in _trainings(name, card).items()},
        },
    }


def check_made_by_recipe(model: Path, settings: RecipeSettings, inputs: Mapping[str, Path]) -> None:
    """Refuse a finished model that a recipe with these settings and inputs does not make, as its card tells.

    Args:
        model: a model directory.
        settings: what concerns the student does not count.
        inputs: some of the recipe's inputs, by their names in its log.

    Raises:
        UsageError: it was made otherwise.
    """
    recipe = Artefact.open(model).card.get("recipe", {})
    try:
        found = RecipeSettings.model_validate_json(str(recipe.get("settings"))).of_teacher()
    except ValidationError:
        found = {}
    digests = {f"input {name}": f"SHA-256 {content_of(path)}" for name, path in inputs.items()}
    if found != settings.of_teacher() or any(recipe.get(name) != digest for name, digest in digests.items()):
        raise UsageError(f"{model} was not made with these settings, gold and evaluation votes; remove it.")


def _trainings(stage: str, card: Mapping[str, Any]) -> dict[str, str]:
    """What a card says of its training by stage; that of a finished model has several."""
    training = card["training"]
    if "recipe" not in card:
        return {stage: _said(training)}
    return {name: said for name, said in training.items() if name not in {"encoder", "inference_tokens"}}


def _said(training: Mapping[str, Any]) -> str:
    """What a training's card says of it, without the model that it began with: that is the stage before."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in training.items() if name != "encoder")

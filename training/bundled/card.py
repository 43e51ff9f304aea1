"""The card of a model that the recipe made: recipe and hashes, and what each training did."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from model.artefact import Artefact
from training.bundled.settings import RecipeSettings
from training.bundled.stages import StageRecord

_FROM_OUTSIDE = {"papers", "votes", "rules", "taxonomy", "gold"}
"""First words of the names of inputs that no stage makes."""


def recipe_card(
    settings: RecipeSettings, encoder: str, records: Iterable[StageRecord], trained: Mapping[str, Path]
) -> dict[str, Any]:
    """The card, but for what `model.writing` adds.

    Args:
        settings: of the recipe.
        encoder: name of the encoder that it began with.
        records: of the stages before.
        trained: model directories of the trainings by stage, in their order; the first saw all papers.
    """
    stages = list(records)
    cards = {name: Artefact.open(path).card for name, path in trained.items()}
    inputs = {name: digest for record in stages for name, digest in record.inputs.items()}
    given = {name: digest for name, digest in inputs.items() if name.split(" ")[0] in _FROM_OUTSIDE}
    return {
        "trained_on": next(iter(cards.values()))["trained_on"],
        "recipe": {
            "command": "python -m training.bundled",
            # a path says nothing elsewhere; the content of that file is among the hashes
            "settings": settings.model_dump_json(exclude={"teacher_probabilities"}, exclude_none=True),
            **{f"input {name}": f"SHA-256 {digest}" for name, digest in given.items()},
            **{
                f"stage {record.stage}": f"{record.origin}, {record.seconds or 0:.0f} s, SHA-256 {record.output}"
                for record in stages
            },
        },
        "training": {
            "encoder": encoder,
            "inference_tokens": settings.inference_tokens,
            **{name: _said(card["training"]) for name, card in cards.items()},
        },
    }


def _said(training: Mapping[str, Any]) -> str:
    """What a training's card says of it, without the model that it began with: that is the stage before."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in training.items() if name != "encoder")

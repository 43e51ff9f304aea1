"""What the recipe is asked to do, and what that asks of its trainings."""

from __future__ import annotations

from pathlib import Path

from training.bundled.options import RecipeOptions
from training.bundled.settings import TrainingSettings, read_settings

SETTINGS = TrainingSettings(epochs=2, max_tokens=64, inference_tokens=96, learning_rate=1e-4, seed=3)


def _options(encoder: Path | None = None) -> RecipeOptions:
    return RecipeOptions(
        papers=(Path("/lake/one"), Path("/sea/two.jsonl")),
        gold=Path("/gold.jsonl"),
        votes=(),
        evaluation_votes=Path("/judges.jsonl"),
        output=Path("/made/model"),
        settings=read_settings(),
        encoder=encoder,
        device="cpu",
    )


def test_the_stages_lie_beside_the_model() -> None:
    """In a folder of its name."""
    assert _options().work == Path("/made/model.stages")


def test_inputs_have_names_that_hold_on_every_machine() -> None:
    """Their folders are no part of them, or a cache would be of no use elsewhere."""
    assert _options().inputs_of_pool() == {"papers one": Path("/lake/one"), "papers two.jsonl": Path("/sea/two.jsonl")}


def test_a_training_learns_from_soft_labels_and_is_measured_on_gold() -> None:
    """Evaluation papers are held out of it; it goes on where it was interrupted."""
    made = _options().train_options(SETTINGS, Path("soft.parquet"), Path("held.jsonl"), Path("out"))
    assert (made.soft_labels, made.labels, made.validation) == (Path("soft.parquet"), None, Path("/gold.jsonl"))
    assert (made.held_out, made.output, made.device) == ((Path("held.jsonl"),), Path("out"), "cpu")
    assert made.resume is True and made.encoder is None
    assert (made.epochs, made.max_tokens, made.inference_tokens) == (2, 64, 96)
    assert (made.learning_rate, made.seed) == (1e-4, 3)


def test_what_a_stage_says_goes_before_the_recipe() -> None:
    """The second training begins with the result of the first, whatever encoder the recipe began with."""
    options = _options(encoder=Path("/base"))
    plain = options.train_options(SETTINGS, Path("s"), Path("h"), Path("o"))
    second = options.train_options(SETTINGS, Path("s"), Path("h"), Path("o"), encoder="first", papers=7)
    assert (plain.encoder, plain.papers) == ("/base", None) and (second.encoder, second.papers) == ("first", 7)

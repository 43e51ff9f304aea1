"""What the recipe is asked to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.bundled.settings import RecipeSettings, TrainingSettings
from training.fine_tuning.train_options import TrainOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeOptions:
    """What the model is made from."""

    papers: tuple[Path, ...]
    """Files and folders of papers: the pool."""
    gold: Path
    """Labelled papers that calibrate the model; never trained on."""
    votes: tuple[Path, ...]
    """Recorded votes for papers of the pool."""
    evaluation_votes: Path
    """Recorded votes that nothing learns from; their papers, and near-duplicates of them, are never trained on."""
    output: Path
    """Directory of the model."""
    settings: RecipeSettings
    taxonomy: Path | None = None
    """None: the bundled one."""
    rules: Path | None = None
    """Labelling rules; None: the bundled ones."""
    encoder: Path | None = None
    """Directory of the encoder to begin with; None: the base encoder."""
    device: str = "auto"
    """auto, cpu or cuda."""

    @property
    def work(self) -> Path:
        """The folder of the stages, which stays."""
        return self.output.with_name(f"{self.output.name}.stages")

    def inputs_of_pool(self) -> dict[str, Path]:
        """The papers, by names that say nothing of this machine's folders."""
        return {f"papers {path.name}": path for path in self.papers}

    def train_options(
        self, settings: TrainingSettings, soft_labels: Path, held_out: Path, output: Path, **more: Any
    ) -> TrainOptions:
        """Options of a training in the recipe, as `areatag train` has them.

        Args:
            settings: of the training.
            soft_labels: what it learns from.
            held_out: the evaluation papers.
            output: of the model.
            more: further options, by their names.
        """
        encoder = {"encoder": None if self.encoder is None else str(self.encoder)}
        return TrainOptions(
            output=output,
            soft_labels=soft_labels,
            validation=self.gold,
            held_out=(held_out,),
            device=self.device,
            resume=True,
            lexical=False,  # a stage of their own fits them to the papers with votes, for the finished model
            **(settings.model_dump() | encoder | more),
        )

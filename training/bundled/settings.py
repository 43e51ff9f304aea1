"""Settings of the recipe, read from one YAML file."""

from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.errors import UsageError
from model.manifest import first_problem

SETTINGS_FILE = Path(__file__).parent / "settings.yaml"
"""Those of the bundled model."""


class TrainingSettings(BaseModel):
    """Of one training stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    epochs: float = Field(gt=0)
    """Passes over the papers."""
    max_tokens: int = Field(ge=8, le=8192)
    """Tokens that a paper is cut to."""
    inference_tokens: int = Field(default=256, ge=8, le=8192)
    """Tokens of a paper that its own model reads: a teacher's answers depend on them, the finished model's do not."""
    learning_rate: float | None = Field(default=None, gt=0)
    """Peak rate of the encoder; None: by the number of papers (`training.fine_tuning.schedule`)."""
    papers: int | None = Field(default=None, ge=1)
    """Most papers to train on, those with recorded votes first, the rest chosen by value
    (`training.fine_tuning.paper_selection`); None: all."""
    seed: int = Field(ge=0)
    """Seed of all random choices."""


class RecipeSettings(BaseModel):
    """Of the whole recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label_model_seed: int = Field(ge=0)
    """Seed of the label model's folds and samples."""
    pool: TrainingSettings
    """First training: the base encoder, on the soft labels of all papers."""
    votes: TrainingSettings
    """Second training: its result, on the papers with recorded votes."""
    pool_share: float = Field(default=0.0, ge=0, lt=1)
    """Share of the weights before a training on the papers with recorded votes, in the average with those after it
    (`training.bundled.average`): of the first training's with the second's, and of the student's."""
    inference_tokens: int = Field(ge=8, le=8192)
    """Tokens of a paper that the finished model reads, or the student's teacher; lexical features and calibration are
    fitted to it."""
    student: TrainingSettings | None = None
    """A last training, of the model so far, on what that as a teacher says of all papers; None: the teacher is the
    model."""
    student_votes: TrainingSettings | None = None
    """The student once more, on the papers with recorded votes; None: it is ready."""
    student_imitates: bool = False
    """Whether the student learns its teacher's embeddings (`training.fine_tuning.imitation`), not labels."""
    student_tokens: int | None = Field(default=None, ge=8, le=8192)
    """Tokens of a paper that the finished student reads; None: as many as its teacher."""
    student_layers: int | None = Field(default=None, ge=1)
    """Layers of the encoder that the student keeps (`training.fine_tuning.layers`); None: all."""
    student_width: int | None = Field(default=None, ge=1)
    """Neurons that the student keeps in each feed-forward layer (`training.fine_tuning.width`); None: all."""
    student_skips_function_words: bool = False
    """Whether the student does not read articles, prepositions and the like (`training.encoder.function_words`)."""
    teacher_probabilities: Path | None = None
    """What a teacher said of papers without recorded votes (`training.bundled.teacher_probabilities`); the student then
    begins with the base encoder, and the teacher is not made again. None: the teacher is made. Relative to the settings
    file."""

    @model_validator(mode="after")
    def _one_source_of_the_student(self) -> Self:
        if self.student_imitates and self.teacher_probabilities is not None:
            raise ValueError("student_imitates needs the teacher itself, so teacher_probabilities has to be null")
        return self

    def of_teacher(self) -> dict[str, object]:
        """What the model before the student depends on."""
        names = {"label_model_seed", "pool", "votes", "pool_share", "inference_tokens"}
        return self.model_dump(include=names)


def read_settings(path: Path = SETTINGS_FILE) -> RecipeSettings:
    """Read a settings file.

    Raises:
        UsageError: it cannot be read, or a setting is missing, unknown or out of range.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        settings = RecipeSettings.model_validate(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"The settings {path} cannot be read ({reason}); give a YAML file.") from error
    except ValidationError as error:
        raise UsageError(f"{path}: {first_problem(error)}. Mend the setting.") from error
    given = settings.teacher_probabilities
    return settings if given is None else settings.model_copy(update={"teacher_probabilities": path.parent / given})

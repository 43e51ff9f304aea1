"""The recipe: votes -> soft labels -> training on the pool -> on recorded votes -> (student) -> a finished model.

Every stage calls what its command calls (`areatag weak-label`, `areatag train`), and is cached (`stages`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from data.errors import AreatagError, UsageError
from data.rules import BUNDLED_RULES
from data.soft_labels import SoftLabels
from data.taxonomy_file import BUNDLED_TAXONOMY, load_taxonomy
from model.artefact import Artefact
from model.plain_files import MANIFEST
from model.verified_copy import copy_model
from training.bundled.card import check_made_by_recipe, recipe_card
from training.bundled.evaluation_papers import write_evaluation_papers
from training.bundled.finish import Finish, write_finished, write_lexical
from training.bundled.options import RecipeOptions
from training.bundled.settings import RecipeSettings, TrainingSettings
from training.bundled.stages import Stage, Stages, content_of, locked
from training.bundled.teacher import ask_teacher, write_student_labels
from training.encoder.base_encoder import BASE_ENCODER
from training.fine_tuning.schedule import training_settings
from training.fine_tuning.train_options import TrainOptions
from training.train import train
from training.weak_label import WeakLabelOptions, weak_label

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much (0: unknown)."""


_BEFORE = {"votes": "pool", "student-votes": "student"}
"""Trainings on the papers with recorded votes, and those on all papers that they begin with."""


@dataclass(frozen=True, slots=True)
class RecipeResult:
    """The finished model, and whether it was there already."""

    model: Artefact
    unchanged: bool


def make_model(options: RecipeOptions, tell: Callable[[str], object], progress: Progress) -> RecipeResult:
    """Make the model; what is there of it already, from the same inputs and settings, is used again.

    Args:
        options: inputs, settings and output.
        tell: told a line when a stage begins and ends.
        progress: told how far a long stage is.

    Raises:
        UsageError: an input cannot be used, or the output is something else.
        AreatagError: a stage failed.
    """
    output = options.output
    if output.exists() and not (output / MANIFEST).is_file():
        raise UsageError(f"{output} exists and is no model; choose another directory with -o, or remove it.")
    with locked(options.work):
        made = _Recipe(options, Stages(options.work, tell), progress).finished()
        unchanged = output.exists()
        if unchanged and content_of(output) != content_of(made):
            raise UsageError(f"{output} holds another model than the new one in {made}; remove it and run again.")
        if not unchanged:
            copy_model(Artefact.open(made), output)
    return RecipeResult(Artefact.open(output), unchanged)


class _Recipe:
    """One run; what makes a stage's output gives its path."""

    def __init__(self, options: RecipeOptions, stages: Stages, progress: Progress) -> None:
        self._options, self._settings = options, options.settings
        self._stages, self._progress = stages, progress
        self._taxonomy = {"taxonomy": options.taxonomy or BUNDLED_TAXONOMY}
        self._held_out = self._evaluation_papers()
        self._soft = self._soft_labels()
        # those have a weight above 1, and are the first that a training takes
        self._with_votes = sum(int((batch.weights > 1).sum()) for batch in SoftLabels(self._soft).batches())
        self._learned_from = {"soft labels": self._soft, "gold": options.gold, "evaluation papers": self._held_out}

    def finished(self) -> Path:
        """The finished model."""
        settings, student = self._settings, self._settings.student
        if student is None:
            return self._finished("finished", self._trainings(), settings.inference_tokens)
        trained, teacher, said = dict[str, Path](), None, settings.teacher_probabilities
        if said is None:
            trained, teacher = self._teacher_model()
            said = None if settings.student_imitates else self._teacher(teacher, student)
        labels = self._soft if said is None else self._student_labels(said)
        trained["student"] = self._train("student", student, labels, teacher, **_of_student(settings))
        if (again := settings.student_votes) is not None:
            voted = self._with_votes
            trained["student-votes"] = self._train("student-votes", again, labels, trained["student"], papers=voted)
        return self._finished("finished", trained, settings.student_tokens or settings.inference_tokens)

    def _trainings(self) -> dict[str, Path]:
        """Those that every model begins with, by stage."""
        settings, voted = self._settings, self._with_votes
        pool = self._train("pool", settings.pool, self._soft)
        return {"pool": pool, "votes": self._train("votes", settings.votes, self._soft, pool, papers=voted)}

    def _teacher_model(self) -> tuple[dict[str, Path], Path]:
        """The trainings of the student's teacher, and the teacher; that stands for them where it was given."""
        given = self._given_teacher()
        if self._stages.is_given(given):
            model = self._stages.run(given)
            return {"teacher-model": model}, model
        trained = self._trainings()
        return trained, self._finished("teacher-model", trained, self._settings.inference_tokens)

    def _evaluation_papers(self) -> Path:
        options = self._options
        votes, taxonomy = options.evaluation_votes, load_taxonomy(options.taxonomy)
        make = partial(write_evaluation_papers, options.papers, votes, taxonomy)
        inputs = options.inputs_of_pool() | self._taxonomy | {"votes of evaluation": votes}
        return self._stages.run(Stage("evaluation-papers", "papers.jsonl", make, inputs))

    def _soft_labels(self) -> Path:
        options, seed = self._options, self._settings.label_model_seed

        def make(output: Path) -> None:
            asked = WeakLabelOptions(
                inputs=options.papers,
                output=output,
                taxonomy=options.taxonomy,
                rules=options.rules,
                votes=options.votes,
                report=output.with_name("votes.html"),
                seed=seed,
            )
            weak_label(asked, self._progress)

        def check(output: Path) -> None:
            found = SoftLabels(output).provenance
            names = {path.name.split(".")[0] for path in options.votes}
            if set(found.recorded) != names or found.settings.get("seed") != seed or found.settings.get("embeddings"):
                raise UsageError(f"{output} was made from other votes or settings than the recipe has; remove it.")

        inputs = options.inputs_of_pool() | self._taxonomy | {"rules": options.rules or BUNDLED_RULES}
        inputs |= {f"votes {path.name}": path for path in options.votes}
        return self._stages.run(Stage("soft-labels", "soft.parquet", make, inputs, {"seed": seed}, check))

    def _train(
        self,
        name: str,
        settings: TrainingSettings,
        soft_labels: Path,
        begins_with: Path | None = None,
        **more: int | bool | None,
    ) -> Path:
        """A training with further options of `areatag train`, such as the number of papers."""
        start = {} if begins_with is None else {"encoder": str(begins_with)}

        def options(output: Path) -> TrainOptions:
            return self._options.train_options(settings, soft_labels, self._held_out, output, **more, **start)

        def make(output: Path) -> None:
            train(options(output), lambda step, steps, loss: self._progress(f"{name}, loss {loss:.3f}", step, steps))

        encoder = begins_with or self._options.encoder
        inputs = self._learned_from | {"soft labels": soft_labels} | ({"encoder": encoder} if encoder else {})
        told = settings.model_dump() | more
        return self._stages.run(Stage(name, "model", make, inputs, told, lambda made: _check(made, options(made))))

    def _given_teacher(self) -> Stage:
        """The stage of a finished model that this recipe made elsewhere, should one be put into place."""
        options, settings = self._options, self._settings
        kept_out = {"gold": options.gold, "votes of evaluation": options.evaluation_votes}
        check = partial(check_made_by_recipe, settings=settings, inputs=kept_out)
        told = settings.of_teacher()
        return Stage("teacher-model", "model", _not_made, self._learned_from, told, check)

    def _teacher(self, model: Path, student: TrainingSettings) -> Path:
        papers, seed, device = student.papers, student.seed, self._options.device
        make = partial(ask_teacher, model, self._soft, device=device, tell=self._progress, papers=papers, seed=seed)
        inputs = {"teacher": model, "soft labels": self._soft}
        return self._stages.run(
            Stage("teacher", "probabilities.parquet", make, inputs, {"papers": papers, "seed": seed})
        )

    def _student_labels(self, probabilities: Path) -> Path:
        make = partial(write_student_labels, self._soft, probabilities)
        inputs = {"teacher": probabilities, "soft labels": self._soft}
        return self._stages.run(Stage("student-labels", "soft.parquet", make, inputs))

    def _lexical(self) -> Path:
        """Lexical features, fitted to the papers with recorded votes."""

        def make(output: Path) -> None:
            write_lexical(self._of_votes(output), output)

        told = {"papers": self._with_votes}
        return self._stages.run(Stage("lexical", "lexical.safetensors", make, self._learned_from, told))

    def _of_votes(self, output: Path) -> TrainOptions:
        """Options whose papers are those with recorded votes."""
        more: dict[str, Any] = {"papers": self._with_votes}
        return self._options.train_options(self._settings.votes, self._soft, self._held_out, output, **more)

    def _finished(self, name: str, trained: dict[str, Path], tokens: int) -> Path:
        """The model of the last training, or, after one on the papers with votes, its average with the one before."""
        settings, lexical, last = self._settings, self._lexical(), list(trained)[-1]
        before = trained.get(_BEFORE.get(last, "")) if settings.pool_share else None
        encoder = BASE_ENCODER if self._options.encoder is None else self._options.encoder.name

        def make(output: Path) -> None:
            finish = Finish(
                trained=trained[last],
                before=before,
                share=settings.pool_share,
                lexical=lexical.parent,
                options=self._of_votes(output),
                inference_tokens=tokens,
                encoder_name=encoder,
                card=recipe_card(settings, tokens, encoder, self._stages.records.values(), trained),
            )
            write_finished(finish, output)

        inputs = self._learned_from | {"trained": trained[last], "lexical": lexical}
        told: dict[str, float] = {"inference_tokens": tokens, "seed": settings.votes.seed}
        if before is not None:
            inputs, told = inputs | {"trained before": before}, told | {"pool_share": settings.pool_share}
        return self._stages.run(Stage(name, "model", make, inputs, told))


def _not_made(output: Path) -> None:
    raise AreatagError(f"{output} was put there and is gone; put it there again, or remove its folder.")


def _of_student(settings: RecipeSettings) -> dict[str, int | bool | None]:
    """Options of `areatag train` that make the student another than its teacher."""
    return {
        "layers": settings.student_layers,
        "feed_forward_width": settings.student_width,
        "skip_function_words": settings.student_skips_function_words,
        "imitate": settings.student_imitates,
    }


def _check(model: Path, options: TrainOptions) -> None:
    """Refuse a model that was trained with other options, as its card tells."""
    card = Artefact.open(model).card
    wanted = training_settings(options, int(card.get("trained_on", {}).get("papers", 0)))
    found = {name: card.get("training", {}).get(name) for name in wanted}
    if found != wanted:
        raise UsageError(f"{model} was trained otherwise ({found}) than the recipe does ({wanted}); remove it.")

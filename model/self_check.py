"""Whether a model answers as it did when it was made: tried before it becomes the active one.

A model is made on one machine and used on others, maybe after years and copies. So it keeps what it answered about a
few papers when it was made, in float32 (`self_check.json`, with these papers), and is asked for that in float32:
coarser numbers move probabilities by as much as damage does (bfloat16 by 0.006 and int8 by 0.02 in the bundled model,
and by 0.07 in small ones). Of a model without that file, and of the numbers that it will serve with, only finite
answers that depend on the paper are asked for.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from data.errors import AreatagError
from data.papers import Paper
from model.artefact import Artefact, ModelParts
from model.manifest import read_record
from model.plain_files import SELF_CHECK, ArtefactError
from model.runtimes.load import load_runtime
from model.tagger import Tagger

TOLERANCE = 0.01
"""Most that a probability may differ from the one kept; of the bundled model OpenVINO and torch differ by 0.002."""
_LEAST_VARIATION = 1e-4
"""Least that an area's probabilities must differ between papers, in their logarithm: they may all be tiny."""
_DIGITS = 5

_LONG = (
    "We study the method on {} of the collections, and the results show where it holds and where it does not. "
    "A model of the new data explains most of what we measured."
)
PAPERS = (
    Paper("1", "Dialects in the song of a coastal bird", "We record birds at dawn and let a neural network tell them "
          "apart. Songs differ between islands, and the young learn those of their neighbours."),
    Paper("2", "Sorting lists that are nearly in order", "An algorithm sorts a list with few inversions in linear "
          "time. We prove that no comparison sort does better."),
    Paper("3", "Who trusts a machine translation?", "Two hundred readers judged news, translated by people and by a "
          "language model. Their trust rested on the style of the text more than on its errors."),
    Paper("4", "The shell of an old star", ""),
    Paper("5", "A long report", " ".join(_LONG.format(number) for number in range(40))),
)  # fmt: skip
"""Invented for this; one has a title only, and one is longer than most encoders read."""

Probability = Annotated[float, Field(ge=0, le=1)]
_Text = Annotated[str, Field(max_length=20_000)]


class _Answer(BaseModel):
    """A paper, and the probabilities of areas and fields in the taxonomy's order."""

    model_config = ConfigDict(strict=True)
    title: _Text
    abstract: _Text
    areas: list[Probability]
    fields: list[Probability]


class _SelfCheck(BaseModel):
    model_config = ConfigDict(strict=True)
    papers: list[_Answer] = Field(min_length=2, max_length=16)


def self_check(parts: ModelParts) -> dict[str, Any]:
    """What a new model answers about `PAPERS`, as its directory keeps it.

    Raises:
        AreatagError: the encoder is damaged, or the model does not answer as it should.
    """
    predictions = _predictions(load_on_cpu(parts, precision="f32"), PAPERS)
    count = len(parts.taxonomy.areas)
    answers = [
        {
            "title": paper.title,
            "abstract": paper.abstract,
            "areas": [round(float(value), _DIGITS) for value in row[:count]],
            "fields": [round(float(value), _DIGITS) for value in row[count:-1]],
        }
        for paper, row in zip(PAPERS, predictions, strict=True)
    ]
    return {"papers": answers}


def load_on_cpu(parts: ModelParts, precision: str | None = None) -> Tagger:
    """The model on the runtime that every installation has (half a second); `precision` as `load_runtime` takes it.

    Raises:
        AreatagError: it cannot be loaded.
    """
    try:
        return Tagger(parts, load_runtime(parts.encoder_path, "cpu", precision=precision))
    except AreatagError:
        raise
    except Exception as error:  # whatever a foreign graph or tokenizer makes the libraries raise
        raise _cannot_run(parts, error) from error


def try_model(artefact: Artefact, tagger: Tagger | None = None) -> None:
    """Let a model answer as it did when it was made, and in the numbers that it will serve with (about a second).

    Args:
        artefact: the model's directory.
        tagger: the model, where it is loaded already; else it is loaded here, onto the CPU.

    Raises:
        AreatagError: it cannot be loaded, or as `check_answers` and `check_runs`.
    """
    check_answers(artefact, load_on_cpu(artefact, precision="f32"))
    check_runs(load_on_cpu(artefact) if tagger is None else tagger)


def check_answers(artefact: Artefact, tagger: Tagger) -> None:
    """Let a model tag the papers that it was made with (a tenth of a second).

    Args:
        artefact: the model's directory, with what it answered when it was made.
        tagger: the model, loaded in float32.

    Raises:
        ArtefactError: it fails, answers with no probabilities or with the same ones for every paper, or otherwise than
            when it was made.
    """
    kept = _kept(artefact)
    predictions = _varied(tagger, [Paper(str(row), item.title, item.abstract) for row, item in enumerate(kept)])
    if not kept:
        return
    expected = np.array([[*item.areas, *item.fields] for item in kept])
    differences = np.abs(predictions[:, :-1] - expected)
    if differences.max() > TOLERANCE:
        paper, output = np.unravel_index(differences.argmax(), differences.shape)
        now, then = predictions[paper, output], expected[paper, output]
        raise ArtefactError(
            f"{artefact.path}: answers {now:.3f} where it answered {then:.3f} when it was made; "
            "train or export the model again"
        )


def check_runs(tagger: Tagger) -> None:
    """Let a model tag a few papers in the numbers in which it is loaded.

    Raises:
        ArtefactError: it fails, or answers with no probabilities or with the same ones for every paper.
    """
    _varied(tagger, PAPERS)


def _varied(tagger: Tagger, papers: Sequence[Paper]) -> NDArray[np.float32]:
    """What a model answers of these papers (none: of `PAPERS`), when that is finite and depends on the paper."""
    predictions = _predictions(tagger, papers or PAPERS)
    areas = predictions[:, : len(tagger.artefact.taxonomy.areas)]
    if np.ptp(np.log(np.maximum(areas, np.finfo(np.float32).tiny)), axis=0).max() < _LEAST_VARIATION:
        raise ArtefactError(f"{tagger.artefact.path}: answers the same for every paper; train or export it again")
    return predictions


def _kept(artefact: Artefact) -> list[_Answer]:
    if SELF_CHECK not in artefact.files:
        return []
    kept = _SelfCheck.model_validate(read_record(artefact.path, SELF_CHECK, _SelfCheck)).papers
    sizes = len(artefact.taxonomy.areas), len(artefact.taxonomy.fields)
    if any((len(item.areas), len(item.fields)) != sizes for item in kept):
        raise ArtefactError(f"{artefact.path / SELF_CHECK}: belongs to another taxonomy; export the model again")
    return kept


def _predictions(tagger: Tagger, papers: Sequence[Paper]) -> NDArray[np.float32]:
    """As `Tagger.predict`; finite."""
    parts = tagger.artefact
    try:
        with np.errstate(all="ignore"):  # what they warn of is told below
            predictions = tagger.predict(papers)
    except Exception as error:  # whatever a foreign graph or tokenizer makes the libraries raise
        raise _cannot_run(parts, error) from error
    if not np.isfinite(predictions).all():
        raise ArtefactError(f"{parts.path}: answers with numbers that are not finite; train or export it again")
    return predictions


def _cannot_run(parts: ModelParts, error: Exception) -> ArtefactError:
    reason = next(iter(str(error).splitlines()), type(error).__name__)
    return ArtefactError(f"{parts.path}: cannot run here ({reason}); train or export the model again")

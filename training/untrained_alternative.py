"""Few labels may teach less than the descriptions of the areas say: a trained model against none at all.

`areatag models activate bundled --taxonomy FILE` gives a model for a taxonomy without training (`model.new_areas`).
Both are asked about the same papers: validation papers where there are some, else papers of the training, which favour
the trained model.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.artefact import Artefact
from model.new_areas import with_taxonomy
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from model.versions import BUNDLED, resolve_model
from training.calibration.f1 import micro_f1
from training.evaluation.predictions import predictions_of
from training.fine_tuning.train_options import TrainOptions
from training.train import TrainReport
from training.training_set import TrainInputs

FEW_PAPERS = 2000
"""Training papers from which on the trained model is taken to be better."""
_MOST_COMPARED = 200


def recommendation(options: TrainOptions, report: TrainReport) -> str | None:
    """Compare a model trained on few papers with the bundled one adapted to its taxonomy, and recommend one.

    Args:
        options: of the training.
        report: what it made.

    Returns:
        Sentences for people; None where there is nothing to compare, as with many papers or the bundled taxonomy.
    """
    if report.papers > FEW_PAPERS:
        return None
    inputs = TrainInputs.read(options)
    bundled = Artefact.open(resolve_model(BUNDLED), verify=False)
    if inputs.taxonomy.area_ids == bundled.taxonomy.area_ids:
        return None
    compared = inputs.validation[:_MOST_COMPARED] or _training_papers(inputs, options)
    trained, untrained = (
        _micro_f1(tagger, compared)
        for tagger in (Tagger.load(report.path, device="cpu"), _adapted(bundled, inputs.taxonomy))
    )
    command = f"areatag models activate {BUNDLED} --taxonomy {options.taxonomy or report.path / 'taxonomy.yaml'}"
    papers = "validation papers" if inputs.validation else "of its own training papers"
    found = (
        f"On {len(compared)} {papers}, micro-F1 is {trained:.3f} of this model and {untrained:.3f} of the bundled one, "
        "adapted to these areas without training."
    )
    if untrained >= trained:
        return f"{found} Recommended: {command}"
    if inputs.validation:
        return f"{found} Recommended: this model."
    return (
        f"{found} These papers favour this model; --validation GOLD.jsonl, some labelled papers, would tell which is "
        f"better on new ones. The other: {command}"
    )


def _training_papers(inputs: TrainInputs, options: TrainOptions) -> tuple[LabelledPaper, ...]:
    """Some papers of the training with what is likelier of each area."""
    areas = np.array(inputs.taxonomy.area_ids)
    return tuple(
        LabelledPaper(example.paper, tuple(areas[np.nan_to_num(example.areas) >= 0.5].tolist()))
        for example in islice(inputs.examples(options), _MOST_COMPARED)
    )


def _adapted(bundled: Artefact, taxonomy: Taxonomy) -> Tagger:
    runtime = load_runtime(bundled.encoder_path, "cpu")
    plain = Tagger(bundled.parts, runtime)
    adapted = with_taxonomy(bundled.parts, taxonomy, lambda texts: plain.embed([Paper("", text) for text in texts]))
    return Tagger(adapted, runtime)


def _micro_f1(tagger: Tagger, labelled: Sequence[LabelledPaper]) -> float:
    found = predictions_of(tagger, labelled)
    return micro_f1(found.predicted, found.labels)

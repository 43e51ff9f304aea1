"""The candidate model of a job: trained, calibrated, compared with the active model, and written."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import torch

from data.atomic import atomic_text
from data.errors import UsageError
from data.taxonomy_file import load_taxonomy
from model.artefact import Artefact
from model.plain_files import ENCODER
from model.versions import resolve_model
from model.writing import write_model
from training.retraining.adapted_model import AdaptedModel, load_adapted
from training.retraining.candidate import calibrate_candidate, finished_candidate
from training.retraining.candidate_training import train_candidate
from training.retraining.evaluate_candidate import evaluate_candidate
from training.retraining.gather_inputs import read_inputs
from training.retraining.job import Job
from training.retraining.progress import Progress
from training.retraining.retrain_inputs import RetrainInputs
from training.retraining.retrain_options import RetrainOptions


def make_candidate(job: Job, candidate: Path, tell: Progress) -> None:
    """Train, calibrate, evaluate and write the candidate, which gets its folder's name when it is complete.

    Raises:
        AreatagError: there is nothing to learn from, a file changed since the job began, or the work failed.
    """
    options = job.options
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    tell("loading the model", 0, 0)
    taxonomy = load_taxonomy(options.taxonomy) if options.taxonomy else None
    earlier = load_adapted(options.base, taxonomy, options.device, options.threads)
    _check_base(job, Artefact.open(resolve_model(options.base), verify=False).digest)  # verified just now
    base, inputs = earlier.tagger, _inputs(job, earlier, options, tell)
    making = job.work / "making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    encoder = making / ENCODER
    trained = train_candidate(base, inputs, options, job.work, encoder, tell)
    # named after the job: the same labels give the same weights, and each retraining a version of its own
    version = f"{job.name[:8]}-{job.name[-6:]}"
    tell("calibrating", 0, 0)
    tagger = calibrate_candidate(base, inputs, trained, encoder, version, options)
    tell("evaluating", 0, 0)
    is_active = base.artefact.path == resolve_model(None)
    active = earlier if is_active else load_adapted(None, inputs.taxonomy, options.device, options.threads)
    every = np.ones(len(inputs.taxonomy.areas), dtype=bool)
    evaluation = evaluate_candidate(active, AdaptedModel(tagger, every, every), inputs, options.seed)
    write_model(finished_candidate(tagger.artefact, inputs, trained, evaluation, base.version, options))
    making.rename(candidate)


def _check_base(job: Job, digest: str) -> None:
    """Note which model the job starts from, or make sure that it is still the one that it began with."""
    noted = job.work / "base"
    if not noted.is_file():
        with atomic_text(noted) as stream:
            stream.write(digest)
    elif noted.read_text(encoding="utf-8") != digest:
        raise UsageError(
            f"Another model is now at {job.options.base}, which the retraining {job.name} starts from; "
            "put the former one back, or start a new retraining."
        )


def _inputs(job: Job, base: AdaptedModel, options: RetrainOptions, tell: Progress) -> RetrainInputs:
    """Labels and replay papers, as they were when the job began."""
    folder = job.work / "inputs"
    if not folder.is_dir():
        tell("reading labels and replay papers", 0, 0)
        read_inputs(options, base).save(folder)
    inputs = RetrainInputs.load(folder)
    if inputs.taxonomy.fingerprint != base.artefact.taxonomy.fingerprint:
        raise UsageError(
            f"The taxonomy of the retraining {job.name} changed since it began ({options.taxonomy or options.base}); "
            "put the former one back, or start a new retraining."
        )
    return inputs

"""`areatag retrain`: labels of curators to a candidate, compared with the active model and promoted if it may be."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from data.home import private_files
from data.taxonomy import load_taxonomy
from model.activation import activate
from model.artefact import Artefact
from model.plain_files import ENCODER, MANIFEST
from model.versions import active_reference, install, resolve_model
from model.writing import write_model
from training.retraining.adapted_model import AdaptedModel, load_adapted
from training.retraining.candidate import calibrate_candidate, finished_candidate
from training.retraining.candidate_training import train_candidate
from training.retraining.evaluate_candidate import evaluate_candidate
from training.retraining.gather_inputs import read_inputs
from training.retraining.job import Job, resumable_job
from training.retraining.lock import RetrainLock
from training.retraining.progress import Progress, run_reported
from training.retraining.retrain_inputs import RetrainInputs
from training.retraining.retrain_options import RetrainOptions, RetrainResult


def retrain(options: RetrainOptions, progress: Progress | None = None) -> RetrainResult:
    """Make a new version from the labels of the label store; to be called in the main thread.

    Raises:
        RetrainRunningError: another retraining runs on this machine.
        AreatagError: there is nothing to learn from, or the work failed; the active model stays.
        KeyboardInterrupt: it was cancelled; the active model stays.
    """
    with RetrainLock.acquire() as lock:
        return run_job(Job.create(replace(options, base=options.base or active_reference()), lock), progress)


def resume(name: str | None = None, progress: Progress | None = None) -> RetrainResult:
    """Go on with an interrupted or cancelled job, by default the latest; raises as `retrain` does."""
    with RetrainLock.acquire() as lock:
        job = resumable_job(name)
        lock.name(job.name)
        job.withdraw_cancel()
        return run_job(job, progress)


def run_job(job: Job, progress: Progress | None = None) -> RetrainResult:
    """Do the work of a job, whose lock the caller holds, and keep its state up to date; raises as `retrain` does."""

    def work(tell: Progress) -> RetrainResult:
        candidate = job.work / "candidate"
        job.work.mkdir(exist_ok=True)
        if not (candidate / MANIFEST).is_file():  # else interrupted between writing and promoting it
            _make_candidate(job, candidate, tell)
        return _promote(job, candidate, tell)

    with private_files():  # all of them lie under AREATAG_HOME
        return run_reported(job, work, progress)


def _make_candidate(job: Job, candidate: Path, tell: Progress) -> None:
    """Train, calibrate, evaluate and write the candidate, which gets its folder's name when it is complete."""
    options = job.options
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    tell("loading the model", 0, 0)
    taxonomy = load_taxonomy(options.taxonomy) if options.taxonomy else None
    earlier = load_adapted(options.base, taxonomy, options.device, options.threads)
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


def _inputs(job: Job, base: AdaptedModel, options: RetrainOptions, tell: Progress) -> RetrainInputs:
    """Labels and replay papers, as they were when the job began."""
    folder = job.work / "inputs"
    if not folder.is_dir():
        tell("reading labels and replay papers", 0, 0)
        read_inputs(options, base).save(folder)
    return RetrainInputs.load(folder)


def _promote(job: Job, candidate: Path, tell: Progress) -> RetrainResult:
    """Install the candidate, activate it if it may be, and say what was made."""
    artefact = Artefact.open(candidate)
    retraining = artefact.card["retraining"]
    promotion = retraining["promotion"]
    tell("promoting" if promotion != "none" else "installing", 0, 0)
    version = install(candidate) if promotion == "none" else activate(str(candidate))
    return RetrainResult(
        job=job.name,
        version=version,
        base=artefact.card["parent"],
        path=resolve_model(version),
        verdict=retraining["verdict"],
        promoted=promotion != "none",
        forced=promotion == "forced",
        mode=artefact.card["training"]["trained"],
        report={
            "data": artefact.card["trained_on"],
            "training": artefact.card["training"],
            "gate": artefact.metrics["gate"],
            "forgetting": artefact.metrics["forgetting"],
        },
    )

"""`areatag retrain`: labels of curators to a candidate, compared with the active model and promoted if it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from data.home import private_files
from model.activation import activate, rollback
from model.artefact import Artefact
from model.plain_files import MANIFEST
from model.versions import active_reference, delete, install, resolve_model, versions
from training.retraining.cancelling import Cancelling
from training.retraining.job import Job
from training.retraining.lock import RetrainLock
from training.retraining.progress import Progress, run_reported
from training.retraining.retrain_options import RetrainOptions, RetrainResult
from training.retraining.taking_up import take_up


def retrain(options: RetrainOptions, progress: Progress | None = None) -> RetrainResult:
    """Make a new version from the labels of the label store; to be called in the main thread.

    Raises:
        RetrainRunningError: another retraining runs on this machine.
        AreatagError: there is nothing to learn from, or the work failed; the active model stays.
        KeyboardInterrupt: it was cancelled; the active model stays.
    """
    with RetrainLock.acquire() as lock:
        return run_job(Job.create(replace(options, base=options.base or active_reference()), lock), progress)


def resume(
    name: str | None = None, progress: Progress | None = None, given: Mapping[str, Any] | None = None
) -> RetrainResult:
    """Go on with an interrupted or cancelled job, by default the latest; raises as `retrain` and `take_up` do.

    Args:
        name: of the job; None: the latest.
        progress: told each stage and step.
        given: options that are given again, by their names in `RetrainOptions`.
    """
    with RetrainLock.acquire() as lock:
        return run_job(take_up(name, lock, given or {}), progress)


def run_job(job: Job, progress: Progress | None = None) -> RetrainResult:
    """Do the work of a job, whose lock the caller holds, and keep its state up to date; raises as `retrain` does."""

    def work(tell: Progress, cancelling: Cancelling) -> RetrainResult:
        tell("starting", 0, 0)
        candidate = job.work / "candidate"
        job.work.mkdir(exist_ok=True)
        if not (candidate / MANIFEST).is_file():  # else interrupted between writing and promoting it
            # Only here: torch takes seconds to load, in which the job can be cancelled already.
            from training.retraining.make_candidate import make_candidate

            make_candidate(job, candidate, tell)
        return _promote(job, candidate, tell, cancelling)

    with private_files():  # all of them lie under AREATAG_HOME
        return run_reported(job, work, progress)


def _promote(job: Job, candidate: Path, tell: Progress, cancelling: Cancelling) -> RetrainResult:
    """Install the candidate, activate it if it may be, and say what was made; all of it, or nothing if cancelled."""
    artefact = Artefact.open(candidate)
    promotion = artefact.card["retraining"]["promotion"]
    tell("promoting" if promotion != "none" else "installing", 0, 0)
    try:
        if promotion == "none":
            install(candidate)
        else:
            activate(str(candidate))
        result = _result(job, artefact)
        cancelling.stop()
    except KeyboardInterrupt:
        cancelling.stop()
        _withdraw(artefact.version)
        raise
    return result


def _withdraw(version: str) -> None:
    """Leave no trace of a version."""
    if active_reference() == version:
        rollback()
    if version in versions():
        delete(version)


def _result(job: Job, artefact: Artefact) -> RetrainResult:
    retraining = artefact.card["retraining"]
    promotion = retraining["promotion"]
    return RetrainResult(
        job=job.name,
        version=artefact.version,
        base=artefact.card["parent"],
        path=resolve_model(artefact.version),
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

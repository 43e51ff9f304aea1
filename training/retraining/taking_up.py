"""Taking up an interrupted job: which one, and what may be asked of it now that it has begun."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from data.errors import UsageError
from model.artefact import Artefact
from model.plain_files import MANIFEST
from model.versions import active_reference, delete, versions
from training.retraining.job import Job, State, jobs
from training.retraining.lock import RetrainLock
from training.retraining.retrain_options import RetrainOptions, with_absolute_paths

_HEEDED = {"promote", "device", "threads"}
"""Options that may change when a job is resumed; the others would make another model of what is there already."""


class NothingToResumeError(UsageError):
    """The job has succeeded."""


def resumable_job(name: str | None = None) -> Job:
    """Return the job to resume: the one of this name, or the latest.

    Raises:
        NothingToResumeError: it has succeeded.
        UsageError: it has nothing to resume for another reason.
    """
    known = jobs()
    if name is None and not known:
        raise UsageError("There is no retraining to resume; start one with areatag retrain.")
    job = Job.find(name) if name is not None else known[0]
    record = job.stored()
    if record.state is State.SUCCEEDED:
        raise NothingToResumeError(
            f"The retraining {job.name} has finished, there is nothing to resume: its version is {record.version}, "
            f"which areatag models activate {record.version} makes the active one."
        )
    if not job.work.is_dir():
        raise UsageError(f"The retraining {job.name} has nothing to resume (state: {record.state}); start a new one.")
    return job


def take_up(name: str | None, lock: RetrainLock, given: Mapping[str, Any]) -> Job:
    """Return the job to resume, made ready for it: with the options that were given again.

    Args:
        name: of the job; None: the latest.
        lock: held by the caller.
        given: options by their names in `RetrainOptions`; those not given stay as they were.

    Raises:
        UsageError: there is nothing to resume (`NothingToResumeError` where the job has succeeded), or an option
            cannot be heeded any more.
    """
    try:
        job = resumable_job(name)
    except NothingToResumeError as error:
        finished = Job.find(name) if name is not None else jobs()[0]
        if changed := _changed(finished.options, given):
            raise UsageError(f"{_flags(changed)} cannot be heeded any more. {error}") from error
        raise
    changed = _changed(job.options, given)
    if refused := [option for option in changed if option not in _HEEDED]:
        raise UsageError(
            f"The retraining {job.name} was begun with another {_flags(refused)}; resume it without, or start a new "
            "one with areatag retrain."
        )
    if "promote" in changed:
        _withdraw_candidate(job)
    lock.name(job.name)
    job.write_options(replace(job.options, **{option: given[option] for option in changed}))
    job.withdraw_cancel()
    return job


def _changed(options: RetrainOptions, given: Mapping[str, Any]) -> list[str]:
    wanted = with_absolute_paths(replace(options, **given))
    return [field.name for field in fields(options) if getattr(wanted, field.name) != getattr(options, field.name)]


def _flags(options: list[str]) -> str:
    return " and ".join(f"--{option.replace('_', '-')}" for option in options)


def _withdraw_candidate(job: Job) -> None:
    """Have the candidate written again, as it records why it was promoted.

    Raises:
        UsageError: it is the active version already.
    """
    candidate = job.work / "candidate"
    if not (candidate / MANIFEST).is_file():
        return
    version = Artefact.open(candidate, verify=False).version
    if version == active_reference():
        raise UsageError(
            f"--promote cannot be heeded any more: version {version} of the retraining {job.name} is active already. "
            "Resume it without, and go back with areatag models rollback."
        )
    if version in versions():
        delete(version)
    shutil.rmtree(candidate)

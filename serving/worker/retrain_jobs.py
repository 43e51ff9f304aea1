"""Starting retrainings for the service: each in a process of its own, which outlives the service."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from pathlib import Path

from data.errors import AreatagError
from data.extras import how_to_install
from data.home import owner_only
from data.label_store.location import label_store_exists
from model.runtimes.cores import usable_cores
from model.versions import active_reference
from serving.http.keys import KEYS, KEYS_FILE
from training.retraining.job import Job, State
from training.retraining.lock import RetrainLock
from training.retraining.retrain_options import Promote, RetrainOptions
from training.retraining.taking_up import take_up

PACKAGES: tuple[str, ...] = (
    "torch",
    "transformers",
    "accelerate",
    "datasets",
    "sklearn",
    "scipy",
    "onnx",
    "onnxscript",
)
"""Packages of the extra train that a retraining imports."""
COMMAND = (sys.executable, "-m", "serving.cli.main")
_ROOT = Path(__file__).parents[2]
_NOT_INHERITED = {KEYS, KEYS_FILE, "PROMETHEUS_MULTIPROC_DIR"}


class NotPossibleError(AreatagError):
    """A retraining cannot start here, or not now."""


def start(promote: Promote, device: str) -> Job:
    """Start a retraining; the lock passes from this process to the new one, so there is never a second.

    Raises:
        NotPossibleError: the training packages are missing, or there are no labels.
        RetrainRunningError: another retraining runs.
        AreatagError: AREATAG_HOME cannot be written, or the process cannot be started.
    """
    if (sentence := problem()) is not None:
        raise NotPossibleError(sentence)
    threads = max(1, usable_cores() // 2)  # the rest keeps tagging
    options = RetrainOptions(promote=promote, base=active_reference(), device=device, threads=threads)
    with RetrainLock.acquire() as lock:
        job = Job.create(options, lock)
        _spawn(job, lock, threads)
    return job


def start_again(name: str, promote: Promote | None) -> Job:
    """Go on with a failed or cancelled job, with another wish for its promotion unless that is None.

    Raises:
        UsageError: there is nothing to resume, or its version is promoted already.
        AreatagError: as `start`.
    """
    if (sentence := _missing_packages()) is not None:
        raise NotPossibleError(sentence)
    with RetrainLock.acquire() as lock:
        job = take_up(name, lock, {} if promote is None else {"promote": promote})
        job.write(job.stored().model_copy(update={"state": State.QUEUED, "error": None}))
        _spawn(job, lock, job.options.threads or 1)
    return job


def problem() -> str | None:
    """Return why no retraining can be started here, apart from another one that runs; None: it can."""
    if (sentence := _missing_packages()) is not None:
        return sentence
    return None if label_store_exists() else "There are no labels to learn from; send some to POST /feedback first."


def _missing_packages() -> str | None:
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if not missing:
        return None
    return (
        f"Retraining needs the package {missing[0]}, which is not installed: install the training packages with "
        f"{how_to_install('train')} and start the service again."
    )


def _spawn(job: Job, lock: RetrainLock, threads: int) -> None:
    command = [*COMMAND, "retrain", "--threads", str(threads), "--job", job.name, "--lock", str(lock.descriptor)]
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    search = os.pathsep.join([str(_ROOT), *filter(None, [environment.get("PYTHONPATH")])])
    try:
        with open(job.log, "ab", opener=owner_only) as log:
            process = subprocess.Popen(
                command,
                env={**environment, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": search},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock.descriptor,),
                start_new_session=True,  # what stops the service does not reach it
            )
    except OSError as error:
        sentence = f"The process of the retraining could not be started ({error.strerror})."
        job.write(job.stored().model_copy(update={"state": State.FAILED, "error": sentence}))
        raise AreatagError(sentence) from error
    # a process that nobody waits for stays in the table of the system after its end
    threading.Thread(target=process.wait, daemon=True).start()

"""The state of a running retraining: written as it goes on, and closed with what became of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

from data.errors import AreatagError
from training.retraining.cancelling import Cancelling
from training.retraining.job import Job, StageRecord, State
from training.retraining.retrain_options import RetrainResult

_WRITE_SECONDS = 1.0
"""Seconds between two states of one stage on the disk."""
_CANCELLED = "It was cancelled; areatag retrain --resume goes on with it."

Progress = Callable[[str, int, int], None]
"""Told a stage, its step, and the number of its steps (0: not known)."""


class Reporter:
    """Tells others what a job does."""

    def __init__(self, job: Job, progress: Progress | None) -> None:
        self._job, self._progress = job, progress
        self._record = job.stored()
        self._began = time.monotonic() - self._record.seconds
        self._written = 0.0
        self.write(state=State.RUNNING, error=None, stages=())

    def tell(self, stage: str, step: int, steps: int) -> None:
        """Note a step of a stage; `steps` is 0 where it is not known."""
        begins = not self._record.stages or stage != self._record.stages[-1].name
        if begins:
            begun = StageRecord(name=stage, began=round(time.monotonic() - self._began, 1))
            self._record = self._record.model_copy(update={"stages": (*self._record.stages, begun)})
        if begins or time.monotonic() - self._written >= _WRITE_SECONDS:
            self.write(stage=stage, step=step, steps=steps)
        if self._progress:
            self._progress(stage, step, steps)

    def write(self, **changes: object) -> None:
        """Put a changed record on the disk."""
        self._written = time.monotonic()
        self._record = self._record.model_copy(update={"seconds": round(self._written - self._began, 1), **changes})
        self._job.write(self._record)


Work = Callable[[Progress, Cancelling], RetrainResult]
"""The work of a job; it calls `Cancelling.stop` where it can no longer be undone."""


def run_reported(job: Job, work: Work, progress: Progress | None) -> RetrainResult:
    """Do the work of a job in the main thread, stop it when that is asked for, and note what became of it."""
    reporter = Reporter(job, progress)
    try:
        with Cancelling(job) as cancelling:
            result = work(reporter.tell, cancelling)
            cancelling.stop()
            reporter.write(
                state=State.SUCCEEDED,
                version=result.version,
                verdict=result.verdict,
                promoted=result.promoted,
                metrics=result.report,
            )
            shutil.rmtree(job.work, ignore_errors=True)
    except KeyboardInterrupt:
        reporter.write(state=State.CANCELLED, error=_CANCELLED)
        raise
    except AreatagError as error:
        reporter.write(state=State.FAILED, error=str(error))
        raise
    except Exception as error:
        reporter.write(state=State.FAILED, error=f"Unexpected {type(error).__name__}; its log has the details.")
        raise
    return result

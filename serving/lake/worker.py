"""What a worker process of a cluster does: it loads the model once, and labels one work item after the other."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.errors import AreatagError
from model.tags import TagOptions
from serving.batch.writers import OutputFormat
from serving.lake.layout import Outcome, RunFolder, remove_abandoned_folders
from serving.lake.same_model import AnswersBy
from serving.lake.shard import label_item
from serving.lake.storage import Storage
from serving.lake.work_items import WorkItem
from serving.tagging.curated import curated

if TYPE_CHECKING:
    from model.tagger import Tagger


@dataclass(frozen=True, slots=True)
class Job:
    """What all workers of a run are told."""

    output: str
    """Path or URL of the output folder."""
    file_format: OutputFormat
    """JSON Lines or Parquet."""
    options: TagOptions
    model: str | None
    """As `model.versions.resolve_model` takes it, on the worker's machine."""
    answers_by: AnswersBy
    """What the worker must have too."""
    device: str = "cpu"
    threads: int = 1
    """CPU threads of a worker."""


class LakeWorker:
    """Labels work items; loads the model for the first."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._folder = RunFolder(Storage.at(job.output))
        self._tagger: Tagger | None = None

    def label(self, item: WorkItem) -> Outcome:
        """Label the papers of an item; what goes wrong is in the outcome."""
        try:
            self._tagger = tagger = self._tagger or self._load()
        except AreatagError as error:
            return Outcome(item.number, problem=str(error), stops=True)
        # Papers are kept for retraining where labels are given, not by a run over a lake.
        with curated(tagger, tagger.taxonomy, kept=0) as answering:
            return label_item(item, answering, self._job.options, self._folder, self._job.file_format)

    def _load(self) -> Tagger:
        from model.tagger import Tagger  # the driver, which imports this module too, does without

        remove_abandoned_folders()
        tagger = Tagger.load(
            self._job.model, device=self._job.device, threads=self._job.threads, streams=self._job.threads
        )
        if different := self._job.answers_by.differences(AnswersBy.of(tagger.artefact)):
            raise AreatagError(
                f"The node {platform.node()} has another state than the machine that began the run: {different}. "
                "Give all nodes the same models and labels (AREATAG_HOME, AREATAG_LABEL_STORE), then run with --resume."
            )
        return tagger

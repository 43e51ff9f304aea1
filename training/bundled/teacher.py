"""Soft labels of a student: what a teacher says of the pool, and recorded votes where there are any."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from data.errors import AreatagError
from data.soft_labels import SoftLabelBatch, SoftLabels, write_soft_labels
from model.runtimes.cores import usable_cores
from model.tagger import Tagger
from training.bundled.teacher_probabilities import (
    TeacherBatch,
    read_teacher_probabilities,
    write_teacher_probabilities,
)

Progress = Callable[[str, int, int], object]


def ask_teacher(teacher: Path, soft_labels: Path, output: Path, device: str, tell: Progress) -> None:
    """Write what a model says of every paper of a soft-label file.

    Args:
        teacher: a model directory.
        soft_labels: whose papers are asked about.
        output: for `training.bundled.teacher_probabilities`.
        device: as `Tagger.load` takes it.
        tell: told how many papers are done, and of how many.
    """
    soft, tagger = SoftLabels(soft_labels), Tagger.load(teacher, device, streams=usable_cores())

    def answers() -> Iterator[TeacherBatch]:
        done = 0
        for batch in soft.batches():
            yield TeacherBatch(tuple(paper.id for paper in batch.papers), tagger.probabilities(batch.papers))
            done += len(batch.papers)
            tell("asking the teacher", done, soft.rows)

    write_teacher_probabilities(output, tagger.taxonomy, tagger.version, answers())


def write_student_labels(soft_labels: Path, probabilities: Path, output: Path) -> None:
    """Write soft labels for a student: the teacher's, and those with recorded votes as they were.

    Args:
        soft_labels: of all papers; those with recorded votes have a weight above 1.
        probabilities: what the teacher said of the same papers, in any order.
        output: a soft-label file.

    Raises:
        AreatagError: the teacher was not asked about a paper.
    """
    soft = SoftLabels(soft_labels)
    said: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for batch in read_teacher_probabilities(probabilities, soft.taxonomy):
        for paper_id, row in zip(batch.ids, batch.probabilities, strict=True):
            areas = np.flatnonzero(row)
            said[paper_id] = areas, row[areas]

    def labels() -> Iterator[SoftLabelBatch]:
        for batch in soft.batches():
            targets = batch.probabilities.copy()
            for row, paper in enumerate(batch.papers):
                if batch.weights[row] > 1:
                    continue
                if paper.id not in said:
                    raise AreatagError(
                        f"{probabilities} says nothing of the paper {paper.id!r}; ask the teacher again."
                    )
                areas, values = said[paper.id]
                targets[row] = 0.0
                targets[row, areas] = values
            yield SoftLabelBatch(batch.papers, targets, batch.weights)

    write_soft_labels(output, soft.taxonomy, soft.provenance, labels())

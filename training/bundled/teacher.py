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
from training.fine_tuning.paper_selection import choose_papers

Progress = Callable[[str, int, int], object]


def ask_teacher(
    teacher: Path, soft_labels: Path, output: Path, device: str, tell: Progress, papers: int | None, seed: int
) -> None:
    """Write what a model says of the papers of a soft-label file that have no recorded votes.

    Args:
        teacher: a model directory.
        soft_labels: whose papers are asked about.
        output: for `training.bundled.teacher_probabilities`.
        device: as `Tagger.load` takes it.
        tell: told how many papers are done, and of how many.
        papers: how many are to train the student, those with recorded votes first; None: all.
        seed: of the choice (`training.fine_tuning.paper_selection`).
    """
    soft, tagger = SoftLabels(soft_labels), Tagger.load(teacher, device, streams=usable_cores())
    chosen = choose_papers(soft, soft.rows if papers is None else papers, seed)

    def answers() -> Iterator[TeacherBatch]:
        start = 0
        for batch in soft.batches():
            marked = chosen[start : start + len(batch.papers)] & (batch.weights <= 1)
            asked = [batch.papers[row] for row in np.flatnonzero(marked)]
            if asked:
                yield TeacherBatch(tuple(paper.id for paper in asked), tagger.probabilities(asked))
            start += len(batch.papers)
            tell("asking the teacher", start, soft.rows)

    write_teacher_probabilities(output, tagger.taxonomy, tagger.version, answers())


def write_student_labels(soft_labels: Path, probabilities: Path, output: Path) -> None:
    """Write soft labels for a student: the teacher's, and those with recorded votes as they were.

    Args:
        soft_labels: of all papers; those with recorded votes have a weight above 1.
        probabilities: what the teacher said of others, in any order; the student does not learn from the rest.
        output: a soft-label file.

    Raises:
        AreatagError: the teacher was asked about other papers than those of the file.
    """
    soft = SoftLabels(soft_labels)
    said: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for batch in read_teacher_probabilities(probabilities, soft.taxonomy):
        for paper_id, row in zip(batch.ids, batch.probabilities, strict=True):
            areas = np.flatnonzero(row)
            said[paper_id] = areas, row[areas]

    def labels() -> Iterator[SoftLabelBatch]:
        answered = 0
        for batch in soft.batches():
            targets = batch.probabilities.copy()
            voted = batch.weights > 1
            learned = voted.copy()
            for row, paper in enumerate(batch.papers):
                if not voted[row] and paper.id in said:
                    areas, values = said[paper.id]
                    targets[row] = 0.0
                    targets[row, areas] = values
                    learned[row] = True
            answered += int((learned & ~voted).sum())
            kept = np.flatnonzero(learned)
            yield SoftLabelBatch(tuple(batch.papers[row] for row in kept), targets[kept], batch.weights[kept])
        if said and not answered:
            raise AreatagError(f"{probabilities} says nothing of the papers of {soft_labels}; ask the teacher again.")

    write_soft_labels(output, soft.taxonomy, soft.provenance, labels())

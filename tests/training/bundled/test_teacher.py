"""Soft labels of a student: the teacher's where nobody voted, and the others as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from data.papers import Paper
from data.soft_labels import Provenance, SoftLabelBatch, SoftLabels, write_soft_labels
from data.taxonomy_file import parse_taxonomy
from model.tagger import Tagger
from tests.support.artefact import write_artefact
from tests.support.tiny import TAXONOMY
from training.bundled.teacher import ask_teacher, write_student_labels
from training.bundled.teacher_probabilities import TeacherBatch, read_teacher_probabilities, write_teacher_probabilities

AREAS = parse_taxonomy(TAXONOMY, "tiny")
PAPERS = tuple(Paper(str(number), "whale song" if number % 2 else "ship harbour", "ocean") for number in range(5))
SOFT = np.array([[0.9, 0.1, 0.1]] * 5, dtype=np.float32)


@pytest.fixture
def soft(tmp_path: Path) -> Path:
    """Five papers in two batches; the second has recorded votes."""
    path = tmp_path / "soft.parquet"
    weights = np.array([1, 3, 1, 1, 0.5], dtype=np.float32)
    batches = [
        SoftLabelBatch(PAPERS[:3], SOFT[:3], weights[:3]),
        SoftLabelBatch(PAPERS[3:], SOFT[3:], weights[3:]),
    ]
    write_soft_labels(path, AREAS, Provenance(inputs=("lake",)), batches)
    return path


def test_a_teacher_is_asked_about_papers_without_votes(soft: Path, tmp_path: Path) -> None:
    """What it said is kept under the papers' ids, and how far it is is told."""
    teacher, told = write_artefact(tmp_path / "teacher", "t1"), []
    ask_teacher(teacher, soft, tmp_path / "said.parquet", "cpu", lambda *step: told.append(step), papers=None, seed=0)
    said = list(read_teacher_probabilities(tmp_path / "said.parquet", AREAS))
    without = [paper for paper in PAPERS if paper.id != "1"]
    assert [name for batch in said for name in batch.ids] == [paper.id for paper in without]
    expected = Tagger.load(teacher, "cpu").probabilities(without)
    np.testing.assert_allclose(np.concatenate([batch.probabilities for batch in said]), expected, atol=0.02)
    assert told[-1] == ("asking the teacher", 5, 5) and {step[2] for step in told} == {5}


def test_it_is_asked_only_about_what_the_student_learns_from(soft: Path, tmp_path: Path) -> None:
    """Of three papers one has votes, so two are left to ask about, drawn by the seed; the rest is no label."""
    teacher = write_artefact(tmp_path / "teacher", "t1")
    ask_teacher(teacher, soft, tmp_path / "said.parquet", "cpu", lambda *step: None, papers=3, seed=0)
    asked = {name for batch in read_teacher_probabilities(tmp_path / "said.parquet", AREAS) for name in batch.ids}
    assert len(asked) == 2 and "1" not in asked
    write_student_labels(soft, tmp_path / "said.parquet", tmp_path / "student.parquet")
    learned = [paper.id for batch in SoftLabels(tmp_path / "student.parquet").batches() for paper in batch.papers]
    assert learned == sorted(asked | {"1"})


def test_recorded_votes_are_kept_and_the_rest_is_the_teachers(soft: Path, tmp_path: Path) -> None:
    """In whatever order it answered; papers, weights and provenance stay."""
    said = np.array([[1.0, 0.0, 0.2]] * 5, dtype=np.float32)
    order = [4, 2, 0, 3, 1]
    ids = tuple(str(number) for number in order)
    write_teacher_probabilities(tmp_path / "said.parquet", AREAS, "t1", [TeacherBatch(ids, said[order])])
    write_student_labels(soft, tmp_path / "said.parquet", tmp_path / "student.parquet")
    made, before = SoftLabels(tmp_path / "student.parquet"), SoftLabels(soft)
    assert made.provenance == before.provenance and made.taxonomy == AREAS
    batches = list(made.batches())
    assert [paper.id for batch in batches for paper in batch.papers] == [paper.id for paper in PAPERS]
    assert [float(weight) for batch in batches for weight in batch.weights] == [1.0, 3.0, 1.0, 1.0, 0.5]
    expected = said.copy()
    expected[1] = SOFT[1]
    np.testing.assert_allclose(np.concatenate([batch.probabilities for batch in batches]), expected, atol=0.003)


def test_a_teacher_that_was_asked_about_other_papers(soft: Path, tmp_path: Path) -> None:
    """There is nothing to learn from it, which is said, and no labels are written."""
    said = np.zeros((1, 3), dtype=np.float32)
    write_teacher_probabilities(tmp_path / "said.parquet", AREAS, "t1", [TeacherBatch(("another",), said)])
    with pytest.raises(AreatagError, match=r"said\.parquet says nothing of the papers of .*; ask the teacher again"):
        write_student_labels(soft, tmp_path / "said.parquet", tmp_path / "student.parquet")
    assert not (tmp_path / "student.parquet").exists()


def test_a_teacher_that_was_asked_about_nothing(soft: Path, tmp_path: Path) -> None:
    """Where recorded votes are all that the student learns from, they are its labels."""
    write_teacher_probabilities(tmp_path / "said.parquet", AREAS, "t1", [])
    write_student_labels(soft, tmp_path / "said.parquet", tmp_path / "student.parquet")
    (batch,) = SoftLabels(tmp_path / "student.parquet").batches()
    assert [paper.id for paper in batch.papers] == ["1"]

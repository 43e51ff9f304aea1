"""The candidate of a job: from what the job began with, and complete or not there."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from model.activation import activate
from model.artefact import Artefact
from tests.support.artefact import write_artefact
from tests.support.retraining import LABELS, store_labels
from tests.support.tiny import TAXONOMY
from training.retraining.job import Job
from training.retraining.lock import RetrainLock
from training.retraining.make_candidate import make_candidate
from training.retraining.retrain_options import RetrainOptions

Told = list[tuple[str, int, int]]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The model that jobs start from."""
    return write_artefact(tmp_path / "base", "v1")


@pytest.fixture
def lock() -> Iterator[RetrainLock]:
    """The right to retrain."""
    with RetrainLock.acquire() as lock:
        yield lock


def _job(lock: RetrainLock, base: Path, **options: object) -> Job:
    given = RetrainOptions(base=str(base), device="cpu", threads=1)
    job = Job.create(dataclasses.replace(given, **options), lock)  # type: ignore[arg-type]
    job.work.mkdir(exist_ok=True)
    return job


def _make(job: Job) -> tuple[Artefact, Told]:
    told: Told = []
    candidate = job.work / "candidate"
    make_candidate(job, candidate, lambda *step: told.append(step))
    return Artefact.open(candidate), told


def test_the_candidate_is_whole_and_named_after_its_job(lock: RetrainLock, base: Path) -> None:
    """It verifies, says what it came from, and every stage was told."""
    store_labels()
    job = _job(lock, base)
    made, told = _make(job)
    assert made.version == f"{job.name[:8]}-{job.name[-6:]}"
    assert made.card["parent"] == "v1" and made.card["retraining"]["promotion"] == "none"
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == [
        "loading the model",
        "reading labels and replay papers",
        "reading the labelled papers",
        "training the heads",
        "calibrating",
        "evaluating",
    ]
    assert not (job.work / "making").exists()
    assert (job.work / "base").read_text() == Artefact.open(base).digest


def test_the_gate_compares_with_the_active_model_whatever_the_base(
    lock: RetrainLock, base: Path, tmp_path: Path
) -> None:
    """An older base leaves out what was learned since, and the gate has to see that."""
    store_labels()
    activate(str(write_artefact(tmp_path / "active", "v9", micro_f1=0.7)))
    made, _ = _make(_job(lock, base))
    assert (made.card["parent"], made.card["retraining"]["compared_with"]) == ("v1", "v9")
    assert made.metrics["gate"]["active"] == "v9"


def test_a_job_goes_on_with_the_labels_that_it_began_with(lock: RetrainLock, base: Path) -> None:
    """What is stored after it began waits for the next one; what an interrupted attempt left is made again."""
    store_labels()
    job = _job(lock, base)
    first, _ = _make(job)
    shutil.rmtree(job.work / "candidate")
    (job.work / "making").mkdir()
    (job.work / "making" / "rest").write_text("of a process that was killed")
    with LabelStore.open() as store:
        store.add(
            [Decision(LabelledPaper(Paper(f"n{n}", f"A whale of number {n}"), ("sea/whales",))) for n in range(30)]
        )
    again, told = _make(job)
    assert again.card["trained_on"] == first.card["trained_on"]
    assert (again.heads.area_weight == first.heads.area_weight).all()
    assert "reading labels and replay papers" not in {stage for stage, _, _ in told}
    assert not (again.path / "rest").exists()
    fresh, _ = _make(_job(lock, base))
    assert fresh.card["trained_on"]["labelled_papers"] > first.card["trained_on"]["labelled_papers"]
    assert first.card["trained_on"]["labelled_papers"] < LABELS


def test_a_job_does_not_go_on_from_another_model(lock: RetrainLock, base: Path) -> None:
    """Half of the work would be of one model and half of another."""
    store_labels()
    job = _job(lock, base)
    _make(job)
    shutil.rmtree(job.work / "candidate")
    shutil.rmtree(base)
    write_artefact(base, "v1", micro_f1=0.9)
    with pytest.raises(UsageError, match=rf"Another model is now at .*, which the retraining {job.name} starts from"):
        _make(job)
    assert not (job.work / "candidate").exists()


def test_a_job_does_not_go_on_with_another_taxonomy(lock: RetrainLock, base: Path, tmp_path: Path) -> None:
    """Its labels were read in the terms of the first."""
    store_labels()
    taxonomy = tmp_path / "areas.yaml"
    taxonomy.write_text(TAXONOMY)
    job = _job(lock, base, taxonomy=taxonomy)
    made, _ = _make(job)
    assert len(made.taxonomy.areas) == 3
    shutil.rmtree(job.work / "candidate")
    taxonomy.write_text(TAXONOMY + "      - {id: sky/rain, name: Rain}\n")
    with pytest.raises(UsageError, match=rf"The taxonomy of the retraining {job.name} changed .*areas\.yaml"):
        _make(job)
    larger, _ = _make(_job(lock, base, taxonomy=taxonomy))
    assert len(larger.taxonomy.areas) == 4


def test_without_labels_there_is_no_candidate(lock: RetrainLock, base: Path) -> None:
    """Nor a trace of one, so that the job can be resumed when there are some."""
    job = _job(lock, base)
    with pytest.raises(AreatagError, match="no labels to learn from"):
        _make(job)
    assert not (job.work / "candidate").exists() and not (job.work / "inputs").exists()
    store_labels()
    assert _make(job)[0].card["parent"] == "v1"


def test_the_threads_of_a_job_are_those_of_its_training(
    lock: RetrainLock, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none are named, the library decides."""
    store_labels()
    found: list[int] = []
    monkeypatch.setattr("torch.set_num_threads", found.append)
    _make(_job(lock, base, threads=None))
    assert found == []
    _make(_job(lock, base, threads=2))
    assert found == [2]

"""The last step of a retraining: its candidate becomes the active version, or nothing changes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from model.activation import activate
from model.artefact import Artefact
from model.heads import Heads
from model.versions import active_reference, versions
from model.writing import write_model
from tests.support.artefact import close, write_artefact
from training.retraining.job import Job, State
from training.retraining.lock import RetrainLock
from training.retraining.retrain import run_job
from training.retraining.retrain_options import RetrainOptions


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job whose candidate is made and evaluated; an older version is active."""
    activate(str(write_artefact(tmp_path / "v1", "v1")))
    with RetrainLock.acquire() as lock:
        job = Job.create(RetrainOptions(), lock)
    candidate = write_artefact(job.work / "candidate", "v2")
    card = {
        "parent": "v1",
        "trained_on": {},
        "training": {"trained": "heads"},
        "retraining": {"verdict": "not inferior", "promotion": "by the gate"},
    }
    gate = {
        "active": "v1",
        "papers": 60,
        "candidate_micro_f1": 0.8,
        "active_micro_f1": 0.79,
        "difference": 0.01,
        "verdict": "not inferior",
    }
    write_model(replace(Artefact.open(candidate).parts, card=card, metrics={"gate": gate, "forgetting": {}}))
    return job


def test_a_candidate_that_answers_as_it_should_is_promoted(job: Job) -> None:
    """It was made, judged and copied; now it serves."""
    assert run_job(job, None).promoted
    assert active_reference() == "v2"


def test_a_candidate_that_does_not_is_refused(job: Job) -> None:
    """The gate judged it in the process that made it; what is on the disk answers otherwise. The old one stays."""
    candidate = job.work / "candidate"
    shapes = ((3, 4), (3,), (2, 4), (2,))
    heads = Heads(*(np.full(shape, 0.5, np.float32) for shape in shapes))
    (candidate / "heads.safetensors").write_bytes(heads.to_bytes())
    close(candidate, "v2")
    with pytest.raises(AreatagError, match="when it was made"):
        run_job(job, None)
    assert active_reference() == "v1" and versions() == ["bundled", "v1"]
    assert job.stored().state is State.FAILED

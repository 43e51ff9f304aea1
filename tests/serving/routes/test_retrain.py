"""POST, GET and DELETE /retrain: a real retraining of the tiny model, and everything that may be refused."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from model import versions
from serving.worker import retrain_jobs
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger
from tests.support.retraining import RETRAIN, end_retraining, prepare, store_labels
from tests.support.waiting import wait_for
from training.retraining.held_out import is_held_out
from training.retraining.job import Job, JobRecord, State, jobs
from training.retraining.lock import RetrainLock, running_job
from training.retraining.retrain_options import RetrainOptions

_LOSING_ONE = """
import threading
from serving.cli.main import main
from training.retraining import low_priority, progress
low_priority.give_way = lambda: None
tell = progress.Reporter.tell

def losing_one(reporter, stage, step, steps):
    tell(reporter, stage, step, steps)
    if stage.startswith("{stage}"):
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            threading.Event().wait()

progress.Reporter.tell = losing_one
main()
"""
"""The command line, with a job that waits at a stage to be interrupted, twice."""
_SLEEPER = "import threading; threading.Event().wait()"


@pytest.fixture
def client(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The service, as an admin calls it."""
    monkeypatch.setattr(retrain_jobs, "COMMAND", (sys.executable, "-c", RETRAIN))
    with serve(FakeTagger()) as client:
        yield client
    end_retraining()


def test_a_retraining_from_start_to_verdict(client: TestClient, tiny_model: Path) -> None:
    """It runs in another process, reports its progress, and ends with a version and a verdict."""
    before = prepare(tiny_model)
    started = client.post("/retrain", json={"promote": "force"})
    assert started.status_code == 202
    job = started.json()["job"]
    assert started.json()["state"] in ("queued", "running")
    refused = client.post("/retrain", json={})
    assert refused.status_code == 409 and job in refused.json()["error"]
    wait_for(lambda: _show(client, job)["state"] not in ("queued", "running"))
    done = _show(client, job)
    assert (done["state"], done["verdict"]) == ("succeeded", "insufficient evidence"), done["error"]
    assert done["promoted"] and done["version"] == versions.active_reference() != before
    assert done["metrics"]["gate"]["papers"] > 0 and done["metrics"]["data"]["replay_source"] == "none"
    stages = [stage["name"] for stage in done["stages"]]
    assert stages[:2] == ["starting", "loading the model"] and stages[-2:] == ["evaluating", "promoting"]
    listed = client.get("/retrain").json()
    assert listed["problem"] is None and [found["job"] for found in listed["jobs"]] == [job]
    assert listed["labels"]["held_out"] == done["metrics"]["gate"]["papers"]
    again = client.delete(f"/retrain/{job}")
    assert again.status_code == 409 and "ended" in again.json()["error"]
    resumed = client.post("/retrain", json={"resume": job})
    assert resumed.status_code == 409 and "nothing to resume" in resumed.json()["error"]


@pytest.mark.parametrize("stage", ["starting", "loading", "calibrating", "promoting"])
def test_cancel_at_a_stage(client: TestClient, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """One DELETE stops the process, also where its first interrupt is lost; no version is left, and nothing runs."""
    before, there = prepare(tiny_model), versions.versions()
    monkeypatch.setattr(retrain_jobs, "COMMAND", (sys.executable, "-c", _LOSING_ONE.format(stage=stage)))
    job = client.post("/retrain", json={"promote": "force"}).json()["job"]
    wait_for(lambda: _show(client, job)["stage"].startswith(stage))
    answer = client.delete(f"/retrain/{job}")
    assert answer.status_code in (200, 202) and answer.json()["state"] in ("running", "cancelled")
    wait_for(lambda: running_job() is None)
    assert _show(client, job)["state"] == "cancelled"
    assert (versions.active_reference(), versions.versions()) == (before, there)


def test_too_late_to_cancel(client: TestClient, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that succeeds while somebody cancels it is not said to be cancelled."""
    prepare(tiny_model)
    store = Job.read
    job = client.post("/retrain", json={"promote": "never"}).json()["job"]
    wait_for(lambda: _show(client, job)["state"] == "succeeded")
    looks = iter([State.RUNNING])

    def read(job: Job) -> JobRecord:
        return store(job).model_copy(update={"state": next(looks, State.SUCCEEDED)})

    with monkeypatch.context() as patch:
        patch.setattr(Job, "read", read)
        answer = client.delete(f"/retrain/{job}")
    assert answer.status_code == 409 and "too late" in answer.json()["error"]
    assert client.post("/retrain", json={"resume": job, "promote": "force"}).status_code == 409


def test_cancel_and_resume(client: TestClient, tiny_model: Path) -> None:
    """A cancelled one leaves the active model, and can be taken up again."""
    before = prepare(tiny_model)
    job = client.post("/retrain").json()["job"]  # no body: the defaults
    client.delete(f"/retrain/{job}")
    wait_for(lambda: _show(client, job)["state"] not in ("queued", "running"))
    cancelled = _show(client, job)
    assert cancelled["state"] == "cancelled" and "--resume" in cancelled["error"]
    assert versions.active_reference() == before
    assert client.post("/retrain", json={"resume": job}).status_code == 202
    wait_for(lambda: _show(client, job)["state"] not in ("queued", "running"))
    assert _show(client, job)["state"] == "succeeded"


def test_a_dead_process_is_told_from_a_running_one(
    client: TestClient, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before it could say anything, the job has failed, and the next one may start."""
    prepare(tiny_model)
    monkeypatch.setattr(retrain_jobs, "COMMAND", (sys.executable, "-c", _SLEEPER))
    job = client.post("/retrain", json={}).json()["job"]
    assert _show(client, job)["state"] == "queued"

    def failed_once_killed() -> bool:
        for process in Path("/proc").glob("[0-9]*"):
            if job.encode() in _command_line(process):
                os.kill(int(process.name), signal.SIGKILL)
        return bool(_show(client, job)["state"] == "failed")

    wait_for(failed_once_killed)
    assert "resume it with" in str(_show(client, job)["error"])
    assert jobs()[0].stored().state is State.FAILED  # also on the disk, where the dead process left "queued"
    with RetrainLock.acquire():
        pass


def test_what_cannot_be_done_now(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without labels, without the training packages, or with a body that says something else."""
    assert "no labels" in client.post("/retrain", json={}).json()["error"]
    store_labels(4)
    with monkeypatch.context() as patch:
        patch.setattr(retrain_jobs, "PACKAGES", ("no_such_package",))
        refused = client.post("/retrain", json={})
    assert refused.status_code == 409 and "pip install 'areatag[train]'" in refused.json()["error"]
    bodies: tuple[Any, ...] = ({"promote": "maybe"}, {"papers": ["/etc"]}, [], {"resume": 1})
    for body in bodies:
        assert client.post("/retrain", json=body).status_code == 400
    assert jobs() == []
    for name in ("20260101-120000-0a1b2c", "..%2fmodels", "lock", "%00", "x" * 300):
        assert client.get(f"/retrain/{name}").status_code == 404
        assert client.delete(f"/retrain/{name}").status_code == 404
    assert client.post("/retrain", json={"resume": "lock"}).status_code == 404


def test_what_the_next_retraining_would_have(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many labels, and why none can be started; a job whose state is damaged hides no other."""
    nothing = client.get("/retrain").json()
    assert nothing["jobs"] == [] and "no labels" in nothing["problem"]
    assert nothing["labels"] == {"papers": 0, "complete": 0, "held_out": 0, "held_out_needed": 50, "left_out": None}
    store_labels(40)
    with RetrainLock.acquire() as lock:
        damaged, whole = Job.create(RetrainOptions(), lock), Job.create(RetrainOptions(), lock)
    (damaged.folder / "state.json").write_text("{")
    listed = client.get("/retrain").json()
    assert [job["job"] for job in listed["jobs"]] == [whole.name] and listed["jobs"][0]["state"] == "failed"
    assert listed["problem"] is None and listed["labels"]["complete"] == 40
    assert 0 < listed["labels"]["held_out"] < 40 and listed["labels"]["left_out"] is None
    with LabelStore.open() as store:
        held_out = next(label.paper for label in store.labelled_papers() if is_held_out(label.paper))
        texts = (Paper("v", held_out.title, f"Another abstract, {number}.") for number in range(100))
        version = next(paper for paper in texts if not is_held_out(paper))
        store.add([Decision(LabelledPaper(version, ("sea/whales",)))])
    assert "nearly equals a held-out paper" in client.get("/retrain").json()["labels"]["left_out"]
    monkeypatch.setattr(retrain_jobs, "PACKAGES", ("no_such_package",))
    assert "pip install" in client.get("/retrain").json()["problem"]
    assert client.get("/retrain", headers={"Authorization": ""}).status_code == 401


def test_only_admins_retrain(client: TestClient) -> None:
    """Also to look at a job one needs a key."""
    client.headers.pop("Authorization")
    assert client.post("/retrain", json={}).status_code == 401
    assert client.get("/retrain/20260101-120000-0a1b2c").status_code == 401
    assert client.delete("/retrain/20260101-120000-0a1b2c").status_code == 401


def _show(client: TestClient, job: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/retrain/{job}").json()
    return answer


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""

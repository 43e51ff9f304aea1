"""GET /models and POST /models/{version}/activate, in one process and in several."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.testclient import TestClient

from data.atomic import atomic_text
from data.papers import Paper
from model import versions
from model.activation import activate, rollback
from model.artefact import Artefact
from serving.worker.workers import Workers
from tests.serving.conftest import ADMIN, Serve, StartServer
from tests.serving.fake_tagger import FakeTagger
from tests.support.artefact import close, damage, write_artefact
from tests.support.tiny import TAXONOMY
from tests.support.waiting import PATIENCE, wait_for

_BODY = {"papers": [{"title": f"We segment {n}."} for n in range(4)]}


@pytest.fixture(autouse=True)
def installed(tmp_path: Path) -> None:
    """Three versions: v1 (active), v2, and one that is damaged."""
    activate(str(write_artefact(tmp_path / "v1", "v1", micro_f1=0.5)))
    versions.install(write_artefact(tmp_path / "v2", "v2", micro_f1=0.6))
    damage(write_artefact(versions.models_folder() / "bad", "bad"))


class _Unsure(FakeTagger):
    """A model whose numbers have gone."""

    def predict(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        return super().predict(papers) * np.float32(np.nan)


def _load(ref: str, **_: object) -> FakeTagger:
    if ref == "explodes":
        raise RuntimeError("a secret of this machine")
    if ref == "unsure":
        return _Unsure("unsure")
    return FakeTagger(Artefact.open(versions.resolve_model(ref)).version)


@pytest.fixture
def client(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The service, following the file `active` of this test."""
    with serve(_load) as client:
        yield client


def _model(client: TestClient) -> object:
    return client.post("/tag", json=_BODY).json()["model"]


def test_models_lists_the_versions(client: TestClient) -> None:
    """With their numbers; which is active and which serves; a version that cannot be read says so."""
    (versions.models_folder() / "bad" / "metrics.json").unlink()
    answer = client.get("/models").json()
    assert (answer["model"], answer["pinned"]) == ("v1", False)
    listed = {model["name"]: model for model in answer["models"]}
    assert list(listed) == ["bundled", "bad", "v1", "v2"]
    assert listed["v1"] == {
        "name": "v1",
        "version": "v1",
        "active": True,
        "serving": True,
        "encoder": "tiny",
        "trained_on": {"papers": 10},
        "trained_at": "2026-01-01T00:00:00Z",
        "activated_at": versions.activated_at()["v1"],
        "origin": "trained",
        "parent": None,
        "measured": {
            "papers": None,
            "papers_of": "papers it does not name",
            "micro_f1": 0.5,
            **dict.fromkeys(["macro_f1", "p_at_1", "mean_average_precision", "brier", "ece", "abstention"]),
        },
        "comparison": None,
        "calibration": {
            "text": "calibrated on 1 labelled papers that did not train it",
            "papers": 1,
            "uncalibrated": [],
        },
        "metrics": {"micro_f1": 0.5},
        "fields": 2,
        "areas": 3,
        "languages": [],
        "problem": None,
    }
    assert not (listed["v2"]["active"] or listed["v2"]["serving"])
    assert listed["v2"]["metrics"] == {"micro_f1": 0.6}
    assert listed["v2"]["activated_at"] is None
    assert listed["bad"]["problem"] == "This version is damaged; install it again."


def test_activate_answers_when_the_version_serves(client: TestClient) -> None:
    """The next call has the new model; activating it again is no error."""
    assert _model(client) == "v1"
    answer = client.post("/models/v2/activate", headers=ADMIN)
    assert answer.json() == {"name": "v2", "model": "v2", "previous": "v1", "workers": 1}
    assert _model(client) == "v2"
    assert versions.active_reference() == "v2"
    assert client.post("/models/v2/activate", headers=ADMIN).json()["previous"] == "v2"
    assert 'areatag_model{version="v2"} 1.0' in client.get("/metrics").text
    assert 'route="/models/{version}/activate"' in client.get("/metrics").text


def test_roll_back_to_the_version_before(client: TestClient) -> None:
    """And no further than there were versions."""
    client.post("/models/v2/activate", headers=ADMIN)
    answer = client.post("/models/rollback", headers=ADMIN)
    assert answer.json() == {"name": "v1", "model": "v1", "previous": "v2", "workers": 1}
    assert _model(client) == "v1" == versions.active_reference()
    client.post("/models/rollback", headers=ADMIN)
    refused = client.post("/models/rollback", headers=ADMIN)
    assert refused.status_code == 409 and refused.json()["error"].startswith("Nothing was active before bundled")
    assert client.post("/models/rollback", headers={"Authorization": ""}).status_code == 401


def test_a_damaged_version_keeps_the_old_one(client: TestClient, own_home: Path) -> None:
    """409 with a sentence that names the file but no folder of the machine; an unknown version is 404."""
    refused = client.post("/models/bad/activate", headers=ADMIN)
    assert refused.status_code == 409
    assert refused.json()["error"].startswith(
        "Version bad cannot be activated; nothing changed. bad/heads.safetensors: altered"
    )
    assert str(own_home) not in refused.text
    for name in ("v3", "active", "..%2f..", "%00", "x" * 300):
        assert client.post(f"/models/{name}/activate", headers=ADMIN).status_code == 404
    assert client.get("/models/v1/activate").status_code == 405
    assert _model(client) == "v1" and versions.active_reference() == "v1"


def test_a_model_that_does_not_run_keeps_the_old_one(client: TestClient, tmp_path: Path) -> None:
    """Whatever the runtime raises stays in the log."""
    versions.install(write_artefact(tmp_path / "explodes", "explodes"))
    refused = client.post("/models/explodes/activate", headers=ADMIN)
    assert refused.status_code == 409 and "secret" not in refused.text
    assert _model(client) == "v1" and versions.active_reference() == "v1"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", "[" * 100_000),
        ("manifest.json", '{"format": 1, "version": 3, "encoder": [], "files": {"../../labels.db": {}}}'),
        ("manifest.json", None),
        ("card.json", '{"created": 7, "trained_on": [1]}'),
        ("card.json", '{"a":' * 100_000),
        ("metrics.json", '{"micro_f1": {"of": "what"}}'),
        ("metrics.json", '{"micro_f1": 0.5, "papers": "some"}'),
        ("metrics.json", '{"gate": {"papers": 60, "active": 7}}'),
        ("calibration.json", '{"areas": [], "fields": "none"}'),
        ("taxonomy.yaml", "fields: {sea: 1}"),
        ("heads.safetensors", "no tensors"),
    ],
)
def test_a_malformed_version_is_listed_as_damaged(client: TestClient, name: str, content: str | None) -> None:
    """Beside the others, until it is deleted."""
    file = versions.models_folder() / "bad" / name
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
        if name != "manifest.json":
            close(file.parent, "bad")
    answer = client.get("/models")
    assert answer.status_code == 200
    listed = {model["name"]: model for model in answer.json()["models"]}
    assert listed["bad"]["problem"] == "This version is damaged; install it again."
    assert listed["v2"]["problem"] is None
    assert client.post("/models/bad/activate", headers=ADMIN).status_code == 409
    versions.delete("bad")
    assert "bad" not in {model["name"] for model in client.get("/models").json()["models"]}


def test_a_model_that_answers_nothing_finite_keeps_the_old_one(client: TestClient, tmp_path: Path) -> None:
    """409 with the sentence of the trial."""
    versions.install(write_artefact(tmp_path / "unsure", "unsure"))
    refused = client.post("/models/unsure/activate", headers=ADMIN)
    assert refused.status_code == 409 and "answers with numbers that are not finite" in refused.json()["error"]
    assert _model(client) == "v1" and versions.active_reference() == "v1"


def test_the_service_follows_the_command_line(client: TestClient) -> None:
    """Also back; a version that turns out damaged is passed over."""
    activate("v2")
    wait_for(lambda: _model(client) == "v2")
    with atomic_text(versions.active_file()) as file:
        file.write("bad\tlater\nv2\tbefore\n")
    wait_for(lambda: [state.problem for state in Workers().states()], any)
    assert _model(client) == "v2"
    rollback()
    activate("v1")
    wait_for(lambda: _model(client) == "v1")


def test_a_service_with_its_own_model_is_pinned(serve: Serve) -> None:
    """Started with --model, it follows no activation and refuses one."""
    with serve(_load, model="v2") as client:
        refused = client.post("/models/v1/activate", headers=ADMIN)
        assert refused.status_code == 409 and "--model" in refused.json()["error"]
        activate("v1")
        time.sleep(0.5)
        assert _model(client) == "v2"
        listed = client.get("/models").json()
        assert listed["pinned"] and [model["name"] for model in listed["models"] if model["serving"]] == ["v2"]


def test_the_taxonomy_of_the_deployment_is_read_at_each_activation(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renamed area is served under its new name at once; a broken file changes nothing and names no folder."""
    # what serves here answers otherwise than the model did when it was adapted
    monkeypatch.setattr("model.activation.try_model", lambda artefact, tagger: None)
    versions.install(write_artefact(tmp_path / "whole", "whole"))
    taxonomy = tmp_path / "areas.yaml"
    taxonomy.write_text(TAXONOMY)
    with serve(_load, taxonomy=taxonomy) as client:
        assert client.post("/models/whole/activate").json()["name"] == "whole"
        taxonomy.write_text(TAXONOMY.replace("{id: sea/ships,", "{id: sea/boats, replaces: [sea/ships],"))
        answer = client.post("/models/whole/activate").json()
        assert answer["name"].startswith("whole+") and answer["previous"] == "whole"
        active = Artefact.open(versions.resolve_model(None))
        assert active.version == answer["model"] and "sea/boats" in active.taxonomy
        taxonomy.write_text("fields: []")
        refused = client.post("/models/whole/activate")
        assert refused.status_code == 409 and str(tmp_path) not in refused.text
        assert refused.json()["error"].startswith("The taxonomy file of this service, line 1:")
        assert versions.active_reference() == answer["name"]


def test_swaps_under_load_fail_no_call_and_mix_no_response(start_server: StartServer) -> None:
    """Every worker has switched when the call answers; each response has one model throughout."""
    with start_server(workers=2, encoder_seconds=0.01) as server:
        wait_for(lambda: _activate(server.url, "v1").get("workers") == 2)
        stop, answers = threading.Event(), Counter[str]()

        def call() -> None:
            with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
                while not stop.is_set():
                    answer = client.post("/tag", json=_BODY, headers={"Connection": "close"})
                    models = {answer.json()["model"], *(r["model"] for r in answer.json()["results"])}
                    answers["/".join([str(answer.status_code), *sorted(models)])] += 1

        callers = [threading.Thread(target=call) for _ in range(4)]
        for caller in callers:
            caller.start()
        try:
            for version in ("v2", "v1", "v2"):
                assert _activate(server.url, version)["workers"] == 2
                for _ in range(6):  # whichever worker answers
                    assert server.post("/tag", json=_BODY).json()["model"] == version
            assert "error" in _activate(server.url, "bad")
        finally:
            stop.set()
            for caller in callers:
                caller.join(PATIENCE)
    assert set(answers) == {"200/v1", "200/v2"}, answers


def _activate(url: str, version: str) -> dict[str, object]:
    answer: dict[str, object] = httpx.post(f"{url}/models/{version}/activate", headers=ADMIN, timeout=PATIENCE).json()
    return answer

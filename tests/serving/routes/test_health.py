"""Health and metrics: before the model is there, when it fails, and under load."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from data.errors import AreatagError
from model.tagger import Tagger
from tests.serving.fake_tagger import FakeTagger
from tests.support.waiting import PATIENCE, wait_for


class _Loading:
    """Stands for Tagger.load: waits for a signal, then returns a tagger or fails."""

    def __init__(self, outcome: FakeTagger | Exception) -> None:
        self.outcome = outcome
        self.go = threading.Event()

    def __call__(self, *_: object, **__: object) -> FakeTagger:
        assert self.go.wait(PATIENCE)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def loading_client(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """A service whose model loads when `loading.go` is set."""
    from serving.service import areatag

    monkeypatch.setattr(Tagger, "load", request.param)
    monkeypatch.setenv("AREATAG_MAX_QUEUE_SECONDS", "0.2")  # how long a call waits for the model
    with TestClient(areatag.to_asgi(), "http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client
        request.param.go.set()


_GOOD, _BAD = _Loading(FakeTagger()), _Loading(AreatagError("/secret/model: altered"))


@pytest.mark.parametrize("loading_client", [_GOOD], indirect=True)
def test_not_ready_until_the_model_has_tagged(loading_client: TestClient) -> None:
    """Before, the process lives, and every call that needs the model says 503 with Retry-After."""
    assert loading_client.get("/livez").status_code == 200
    calls = [loading_client.get(path) for path in ("/readyz", "/areas", "/model")]
    calls.append(loading_client.post("/tag", json={"papers": [{"title": "x"}]}))
    for answer in calls:
        assert answer.status_code == 503
        assert answer.json()["error"] == "The model is still loading; ask again in a moment."
        assert answer.headers["retry-after"] == "1"
    assert loading_client.get("/docs.json").status_code == 200
    _GOOD.go.set()
    wait_for(lambda: loading_client.get("/readyz").status_code, lambda status: status == 200)
    assert _GOOD.outcome.batches == [1]  # type: ignore[union-attr]


@pytest.mark.parametrize("loading_client", [_BAD], indirect=True)
def test_a_model_that_fails_ends_liveness(loading_client: TestClient) -> None:
    """An orchestrator restarts the process; clients do not see the paths in the reason."""
    _BAD.go.set()
    wait_for(lambda: loading_client.get("/livez").status_code, lambda status: status != 200)
    answer = loading_client.get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.text


def test_metrics_count_papers_areas_and_batches(client: TestClient) -> None:
    """Tagging, batching and waiting each have a metric."""
    client.post("/tag", json={"papers": [{"title": "We segment."}]})
    text = client.get("/metrics").text
    for name in (
        'areatag_papers_total{model="fake-1"}',
        'areatag_area_total{area="vision/segmentation"}',
        "areatag_abstained_total",
        "areatag_queue_seconds_bucket",
        "areatag_batch_papers_bucket",
        "areatag_encoder_seconds_bucket",
        "areatag_waiting_papers 0.0",
        'areatag_model{version="fake-1"} 1.0',
        'areatag_calls_total{method="POST",route="/tag",status="200"}',
    ):
        assert name in text


def test_metrics_do_not_grow_with_paths(client: TestClient) -> None:
    """Unknown paths and methods share one label."""
    before = client.get("/metrics").text.count("\n")
    for number in range(50):
        client.request(f"METHOD{number}", f"/nothing/{number}")
    client.get("/nothing")
    assert client.get("/metrics").text.count("\n") < before + 40

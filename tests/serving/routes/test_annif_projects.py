"""GET /v1/, its projects and its vocabularies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from model.versions import models_folder
from serving.routes.annif_projects import Project
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import TAXONOMY, FakeTagger


def test_the_active_model_comes_first(client: TestClient) -> None:
    """With the fields of Annif's projects, and then the versions."""
    active, bundled = client.get("/v1/projects").json()["projects"]
    assert active == {
        "project_id": "areas",
        "name": "Research areas, active model fake-1",
        "language": "en",
        "backend": {"backend_id": "areatag"},
        "vocab": {"vocab_id": "areas", "languages": ["en"], "size": len(TAXONOMY.areas), "loaded": True},
        "vocab_language": "en",
        "is_trained": True,
        "modification_time": "2026-01-01T00:00:00Z",
    }
    assert bundled["project_id"] == "bundled" and bundled["vocab"]["size"] == 118
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bundled["modification_time"])
    assert client.get("/v1/projects/areas").json() == active and client.get("/v1/projects/bundled").json() == bundled
    assert client.get("/v1/vocabs").json() == {"vocabs": [active["vocab"], bundled["vocab"]]}


def test_who_answers(client: TestClient) -> None:
    """Clients print it."""
    answer = client.get("/v1/").json()
    assert answer.keys() == {"title", "version"} and "Annif" in answer["title"]


@pytest.mark.parametrize("project_id", ["none", "areas2", "%F0%9F%A7%AC", "..%2Fbundled", "x" * 5000])
def test_an_unknown_project_is_404(client: TestClient, project_id: str) -> None:
    """For every call to it; its name is cut where it is long."""
    for answer in (
        client.get(f"/v1/projects/{project_id}"),
        client.post(f"/v1/projects/{project_id}/suggest", data={"text": "We segment."}),
        client.post(f"/v1/projects/{project_id}/suggest-batch", json={"documents": []}),
        client.post(f"/v1/projects/{project_id}/learn", json=[]),
    ):
        assert answer.status_code == 404 and len(answer.json()["detail"]) < 200


def test_a_version_that_is_not_in_memory_says_so(serve: Serve, tiny_model: Path) -> None:
    """It is listed; asked, it answers 503 and what to do. The one that is served can be asked by name."""
    other = models_folder() / "20260101-tiny"
    other.parent.mkdir(parents=True)
    other.symlink_to(tiny_model)
    with serve(FakeTagger()) as client:
        project = client.get("/v1/projects/20260101-tiny").json()
        assert project["name"].endswith("(not loaded)") and project["is_trained"] and not project["vocab"]["loaded"]
        for answer in (
            client.post("/v1/projects/20260101-tiny/suggest", data={"text": "We segment."}),
            client.post("/v1/projects/20260101-tiny/learn", json=[]),
        ):
            assert answer.status_code == 503 and "POST /models/20260101-tiny/activate" in answer.json()["detail"]
        assert client.post("/v1/projects/bundled/suggest", data={"text": "We segment."}).status_code == 200


def test_a_damaged_version_is_not_trained(serve: Serve) -> None:
    """As a project of Annif's before its training."""
    (models_folder() / "broken").mkdir(parents=True)
    with serve(FakeTagger()) as client:
        project = client.get("/v1/projects/broken").json()
    assert project["name"].endswith("(damaged)") and not project["is_trained"]
    assert project["vocab"] == {"vocab_id": "broken", "languages": [], "size": None, "loaded": False}


def test_while_the_model_is_loading_the_project_is_not_trained() -> None:
    """Listing the projects waits for no model."""
    project = Project.of_active(None)
    assert project.project_id == "areas" and not project.is_trained and project.modification_time is None

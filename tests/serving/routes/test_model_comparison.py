"""POST /models/compare, with fake taggers under the names of real versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.testclient import TestClient

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from model import versions
from model.artefact import Artefact
from serving.routes import model_comparison
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger
from tests.support.artefact import damage, write_artefact

_TWO = {"first": "v1", "second": "bold"}
_PAPERS = [{"id": "c", "title": "We segment cells"}, {"id": "d", "title": "Depth of clouds"}]


class _Bold(FakeTagger):
    """A model that gives one area to everything."""

    def predict(self, papers: Sequence[Paper]) -> NDArray[np.float32]:
        """Likewise."""
        predictions = super().predict(papers)
        predictions[:, 2] = 0.8
        return predictions


def _load(ref: str, **_: object) -> FakeTagger:
    version = Artefact.open(versions.resolve_model(ref)).version
    return _Bold(version) if version == "bold" else FakeTagger(version)


@pytest.fixture
def client(serve: Serve, tmp_path: Path) -> Iterator[TestClient]:
    """A service on a machine with three versions, one of them damaged."""
    for name in ("v1", "bold"):
        versions.install(write_artefact(tmp_path / name, name))
    damage(write_artefact(versions.models_folder() / "bad", "bad"))
    with serve(_load) as client:
        yield client


def test_what_changes_on_papers_of_the_call(client: TestClient) -> None:
    """By area and by paper; the model that answers stays."""
    before = client.get("/model").json()["version"]
    answer = client.post("/models/compare", json={**_TWO, "papers": _PAPERS}).json()
    assert (answer["first"], answer["second"]) == ("v1", "bold")
    assert (answer["papers"], answer["papers_changed"], answer["lost"]) == (2, 2, {})
    assert answer["gained"] == {"language/translation": 2}
    assert answer["changed"][0] == {
        "id": "c",
        "title": "We segment cells",
        "lost": [],
        "gained": ["language/translation"],
    }
    assert 0 < answer["agreement"] < 1 and answer["probability_difference"] > 0
    assert client.get("/model").json()["version"] == before


def test_by_default_on_the_papers_of_the_label_store(client: TestClient) -> None:
    """Without any it says what to send."""
    nothing = client.post("/models/compare", json=_TWO)
    assert nothing.status_code == 409 and "no papers" in nothing.json()["error"]
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(Paper("l", "We segment"), ()))])
    assert client.post("/models/compare", json=_TWO).json()["papers"] == 1


def test_what_cannot_be_compared(client: TestClient, own_home: Path) -> None:
    """One version with itself, unknown ones, folders, damaged ones, and two comparisons at once."""
    with_papers = {"papers": _PAPERS}
    same = client.post("/models/compare", json={"first": "v1", "second": "v1", **with_papers})
    assert same.status_code == 400 and "twice" in same.json()["error"]
    for name in ("v3", str(own_home / "models" / "v1"), ".."):
        unknown = client.post("/models/compare", json={"first": "v1", "second": name, **with_papers})
        assert unknown.status_code == 404
    damaged = client.post("/models/compare", json={"first": "bad", "second": "v1", **with_papers})
    assert damaged.status_code == 409 and str(own_home) not in damaged.text
    with model_comparison._comparing:
        assert client.post("/models/compare", json={**_TWO, **with_papers}).status_code == 409
    assert client.post("/models/compare", json={**_TWO, **with_papers}).status_code == 200
    assert client.post("/models/compare", json=_TWO, headers={"Authorization": ""}).status_code == 401

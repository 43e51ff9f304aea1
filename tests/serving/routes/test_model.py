"""GET /areas and GET /model."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_areas_is_the_taxonomy(client: TestClient) -> None:
    """Fields with their areas, in the order of the taxonomy."""
    answer = client.get("/areas").json()
    assert [field["id"] for field in answer["fields"]] == ["vision", "language"]
    assert answer["fields"][1]["areas"][0] == {
        "id": "language/translation",
        "name": "Machine translation",
        "description": "Text to text.",
        "arxiv": [],
        "phrases": [],
        "threshold": 0.5,
    }


def test_model_describes_the_active_version(client: TestClient) -> None:
    """Version, encoder, metrics and origin."""
    answer = client.get("/model").json()
    assert answer["version"] == "fake-1"
    assert answer["encoder"] == "tiny"
    assert answer["metrics"] == {"micro_f1": 0.5, "auc": None}
    assert (answer["trained_on"], answer["trained_at"]) == ("nothing", "2026-01-01")
    assert (answer["fields"], answer["areas"]) == (2, 3)

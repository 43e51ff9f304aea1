"""GET /docs.json and /schema.json: what programs learn of the service."""

from __future__ import annotations

import bentoml
from starlette.testclient import TestClient

from serving.routes.docs import client_schema
from tests.serving.conftest import Server


def test_the_document_names_the_areas_of_the_model(client: TestClient) -> None:
    """A client generated from it knows the ids that `areas` takes."""
    document = client.get("/docs.json").json()
    options = document["components"]["schemas"]["TagRequest"]["properties"]["areas"]["anyOf"]
    assert {"type": "string", "enum": ["vision/segmentation", "vision/3d", "language/translation"]} in [
        option.get("items") for option in options
    ]


def test_bentoml_clients_find_the_call(server: Server) -> None:
    """bentoml.SyncHTTPClient offers `tag` with the options of the call."""
    with bentoml.SyncHTTPClient(server.url) as client:
        answer = client.call("tag", papers=[{"title": "We segment."}], top_k=1)
    assert answer["results"][0]["areas"][0]["id"] == "vision/segmentation"


def test_the_schema_of_bentoml_clients_is_open_and_names_one_call(client: TestClient) -> None:
    """A client reads it before it has a key."""
    answer = client.get("/schema.json", headers={"Authorization": ""})
    assert answer.status_code == 200 and answer.json() == client_schema()
    (route,) = client_schema()["routes"]
    assert {"papers", "top_k"} <= route["input"]["properties"].keys() and "results" in route["output"]["properties"]

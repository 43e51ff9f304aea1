"""annif-client of PyPI, unchanged, against a running service: every method of it."""

from __future__ import annotations

import io

import pytest
from annif_client import AnnifClient

from tests.serving.conftest import ADMIN_KEY, Server

_TEXT = "Counting snow\nWe segment pictures of the sky."


@pytest.fixture
def annif(server: Server) -> AnnifClient:
    """A client whose key is in the address, the one place where it can have one."""
    return AnnifClient(api_base=server.url.replace("://", f"://ada:{ADMIN_KEY}@") + "/v1/")


def test_what_there_is(annif: AnnifClient) -> None:
    """The service, its projects, and one of them."""
    assert annif.api_info["version"] and "Annif" in annif.api_info["title"]
    projects = annif.projects
    assert projects[0]["project_id"] == "areas" and {"name", "language", "backend"} <= projects[0].keys()
    assert annif.get_project("areas") == projects[0]
    with pytest.raises(ValueError, match="Project 'none' not found"):
        annif.get_project("none")


def test_suggestions(annif: AnnifClient) -> None:
    """Of a text, of a file and by the older name, with and without options."""
    found = annif.suggest("areas", _TEXT)
    assert found[0]["uri"] == "urn:areatag:vision/segmentation" and found[0]["label"] == "Segmentation"
    assert len(found) == 3 and found[0]["score"] == pytest.approx(0.9)
    assert annif.suggest("areas", io.StringIO(_TEXT), limit=1) == found[:1]
    assert annif.analyze("areas", _TEXT, threshold=0.5) == found[:1]
    with pytest.raises(ValueError, match="not found"):
        annif.suggest("none", _TEXT)


def test_suggestions_for_several_texts(annif: AnnifClient) -> None:
    """With their ids."""
    documents = [{"document_id": "a", "text": _TEXT}, {"document_id": "b", "text": "We translate."}]
    first, second = annif.suggest_batch("areas", documents, limit=1, threshold=0.5)
    assert (first["document_id"], second["document_id"]) == ("a", "b")
    assert second["results"][0]["label"] == "Machine translation"
    with pytest.raises(ValueError, match="not found"):
        annif.suggest_batch("none", documents)


def test_learning(annif: AnnifClient, server: Server) -> None:
    """What was learned is suggested at once; without a key nothing is."""
    text = "A text of its own\nOn the depth of snow."
    documents = [{"text": text, "subjects": [{"uri": "urn:areatag:language/translation", "label": "Translation"}]}]
    assert annif.learn("areas", documents).status_code == 204
    assert [item["uri"] for item in annif.suggest("areas", text)] == ["urn:areatag:language/translation"]
    with pytest.raises(ValueError, match="not found"):
        annif.learn("none", documents)
    keyless = AnnifClient(api_base=server.url + "/v1/")
    assert keyless.suggest("areas", _TEXT, limit=1)[0]["label"] == "Segmentation"
    with pytest.raises(OSError, match="401"):
        keyless.learn("areas", documents)


def test_the_language_of_a_text(annif: AnnifClient) -> None:
    """With the score of each candidate."""
    results = annif.detect_language("The quick brown fox jumped over the lazy dog", ["en", "fi", "sv"])["results"]
    assert results[0]["language"] == "en" and {item["language"] for item in results} == {"en", "fi", "sv", None}
    assert annif.detect_language(io.StringIO("snow"), ["fi"])["results"][0] == {"language": None, "score": 1.0}

"""Calls that need all labelled papers, with a label store that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger


@pytest.mark.parametrize("path", ["/review", "/review/errors", "/guide?area=sea/whales", "/retrain"])
def test_a_store_that_cannot_be_read_is_503_without_paths(serve: Serve, own_home: Path, path: str) -> None:
    """All of them say the same, and the client hears nothing of the folders here."""
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "labels.db").write_text("no database at all\n" * 100)
    with serve(FakeTagger()) as client:
        answer = client.get(path.replace("sea/whales", FakeTagger().taxonomy.areas[0].id))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["error"].startswith("The labelled papers cannot be read now")
    assert str(own_home) not in answer.text

"""What the document says of failures."""

from __future__ import annotations

from serving.http.described_errors import BODY_STATUSES, OPEN_STATUSES, described_errors

_STATUSES = {*BODY_STATUSES, *OPEN_STATUSES, 404, 409, 503}


def test_every_status_of_a_call_is_described() -> None:
    """The document has a sentence and an example for each, and the role where one is needed."""
    described = described_errors(_STATUSES, "label", "/feedback")
    assert described.keys() == _STATUSES
    assert "role label" in described[401]["description"]
    assert "Retry-After" in described[429]["headers"] and "headers" not in described[404]
    assert "WWW-Authenticate" in described[401]["headers"]


def test_annifs_interface_has_problems_and_never_asks_for_a_password() -> None:
    """The rest is the same."""
    described = described_errors(_STATUSES, "label", "/v1/projects")
    assert all(list(item["content"]) == ["application/problem+json"] for item in described.values())
    assert "headers" not in described[401] and "Retry-After" in described[429]["headers"]

"""The routes of the service as a whole."""

from __future__ import annotations

from serving.http.keys import Role
from serving.http.routing import Call
from serving.routes.registry import ROUTERS, api_document

_OPEN = {"/", "/docs.json", "/healthz", "/livez", "/metrics", "/readyz", "/schema.json", "/ui", "/v1/"}


def _calls() -> list[Call]:
    return [route for router in ROUTERS for route in router.routes if isinstance(route, Call)]


def test_no_method_of_a_path_is_declared_twice() -> None:
    """The second one would never be called."""
    declared = [(method, call.path) for call in _calls() for method in call.methods or ()]
    assert len(declared) == len({*declared})


def test_what_needs_no_key_is_known() -> None:
    """A new route without a role is a decision that this list shows."""
    paths = {call.path for call in _calls() if call.role is Role.NONE}
    assert {path for path in paths if not path.startswith("/ui/")} == _OPEN  # below /ui are the files of the page


def test_operations_of_the_document_have_names_of_their_own() -> None:
    """Generated clients make methods of them."""
    paths = api_document().naming()["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert len(names) == len({*names}) > 10

"""What the OpenAPI document says of API keys: read from the rules by which calls are refused."""

from __future__ import annotations

from typing import Any

from serving.access import Role, role_needed
from serving.openapi.examples import ERRORS

SECURITY_SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key. Where tagging is open (on loopback addresses, by default), it needs none.",
    }
}
_SCHEMA = {"$ref": "#/components/schemas/ErrorResponse"}
_CHALLENGE = {"WWW-Authenticate": {"description": "The scheme to use", "schema": {"type": "string"}}}


def secured(paths: dict[str, Any]) -> dict[str, Any]:
    """Return the paths of a document, with each operation's need of a key and the answers without one."""
    for path, operations in paths.items():
        for method, operation in operations.items():
            needed = role_needed(method.upper(), path)
            if needed is None:
                continue
            operation["security"] = [{}, {"key": []}] if needed is Role.TAG else [{"key": []}]
            operation["responses"]["401"] = {
                "description": f"A key with the role {needed.name.lower()} is needed, or the key is not known.",
                "content": {"application/json": {"schema": _SCHEMA, "example": ERRORS[401]}},
                "headers": _CHALLENGE,
            }
            if needed is not Role.TAG:
                operation["responses"]["403"] = {
                    "description": "The key's role is too low.",
                    "content": {"application/json": {"schema": _SCHEMA, "example": ERRORS[403]}},
                }
    return paths

"""`areatag keys new`."""

from __future__ import annotations

import pytest

from serving.access import ApiKeys, Role
from tests.serving.cli.conftest import Command


@pytest.mark.parametrize("role", ["tag", "label", "admin"])
def test_a_new_key_and_its_line(areatag: Command, role: str) -> None:
    """The service that gets the line knows the key, with its role."""
    outcome = areatag("keys", "new", "--role", role)
    (_, key), (_, line) = (text.split() for text in outcome.out.splitlines())
    assert ApiKeys.from_environment({"AREATAG_API_KEYS": line}).role_of(key.encode()) is Role[role.upper()]


def test_the_role_must_be_said(areatag: Command) -> None:
    """There is no role that suits everyone."""
    assert areatag("keys", "new").code == 2
    assert areatag("keys", "new", "--role", "root").code == 2

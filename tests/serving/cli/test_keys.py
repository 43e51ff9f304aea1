"""`areatag keys new`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from serving.http.keys import ApiKeys, Role
from tests.serving.cli.conftest import Command


@pytest.mark.parametrize("role", ["tag", "label", "admin"])
def test_a_new_key_and_its_line(areatag: Command, role: str) -> None:
    """The service that gets the line knows the key, with its role."""
    outcome = areatag("keys", "new", "--role", role)
    (_, key), (_, line) = (text.split() for text in outcome.out.splitlines())
    assert ApiKeys.from_environment({"AREATAG_API_KEYS": line}).role_of(key.encode()) is Role[role.upper()]
    made = json.loads(areatag("keys", "new", "--role", role, "--json").out)
    known = ApiKeys.from_environment({"AREATAG_API_KEYS": made["line"]})
    assert known.role_of(made["key"].encode()) is Role[made["role"].upper()] is Role[role.upper()]


def test_the_role_must_be_said(areatag: Command) -> None:
    """There is no role that suits everyone."""
    assert areatag("keys", "new").code == 2
    assert areatag("keys", "new", "--role", "root").code == 2


def test_lines_are_added_to_a_private_file(areatag: Command, tmp_path: Path) -> None:
    """Whatever the umask; a last line that has no end is not joined to; what cannot be written gives no key."""
    path = tmp_path / "keys.txt"
    before = os.umask(0)
    try:
        lines = [areatag("keys", "new", "--role", "tag", "--keys-file", path).out.split()[-1] for _ in range(2)]
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_text(path.read_text() + "# no end")
        path.chmod(0o644)
        lines.append(areatag("keys", "new", "--role", "admin", "--keys-file", path).out.split()[-1])
        assert path.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)
    assert path.read_text().splitlines() == [*lines[:2], "# no end", lines[2]]
    assert len(ApiKeys.from_environment({"AREATAG_API_KEYS_FILE": str(path)}).entries) == 3
    outcome = areatag("keys", "new", "--role", "tag", "--keys-file", tmp_path / "none" / "keys.txt")
    assert (outcome.code, outcome.out) == (2, "") and "create the folder" in outcome.err

"""API keys of the service: made, read from the environment, and refused."""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path

import pytest

from data.errors import UsageError
from serving.http.keys import ApiKeys, Role, new_key


def test_a_new_key_is_known_by_its_line() -> None:
    """Only the digest is kept; two keys differ."""
    key, line = new_key(Role.LABEL)
    keys = ApiKeys.from_environment({"AREATAG_API_KEYS": line})
    assert key not in line
    assert keys.role_of(key.encode()) is Role.LABEL
    assert keys.role_of(key.encode()[:-1]) is None
    assert new_key(Role.LABEL)[0] != key


def test_keys_come_from_variable_and_file(tmp_path: Path) -> None:
    """Separated by commas, blanks or lines, with comments; of two roles of a key the higher counts."""
    file = tmp_path / "keys"
    digests = {name: sha256(name.encode()).hexdigest() for name in ("a", "b", "c")}
    file.write_text(f"# ours\nadmin:{digests['a']}  # Ada\nLABEL:{digests['b'].upper()}\n")
    keys = ApiKeys.from_environment(
        {"AREATAG_API_KEYS": f"tag:{digests['a']}, tag:{digests['c']}", "AREATAG_API_KEYS_FILE": str(file)}
    )
    assert [keys.role_of(name.encode()) for name in ("a", "b", "c", "d")] == [Role.ADMIN, Role.LABEL, Role.TAG, None]
    assert ApiKeys.from_environment({"AREATAG_API_KEYS": ""}).entries == ()


def test_every_bit_of_a_digest_counts() -> None:
    """A key is known by its whole digest, not by a part that another key could be made to have."""
    digest = sha256(b"a key of nobody").digest()
    number = int.from_bytes(digest)
    others = [(number ^ 1 << bit).to_bytes(len(digest)) for bit in range(8 * len(digest))]
    assert ApiKeys(tuple((Role.ADMIN, other) for other in others)).role_of(b"a key of nobody") is None
    assert ApiKeys(((Role.TAG, digest),)).role_of(b"a key of nobody") is Role.TAG


@pytest.mark.parametrize("entry", ["admin:my-secret", "root:" + "0" * 64, "my-secret", "admin:" + "0" * 63])
def test_a_malformed_entry_is_not_repeated(entry: str) -> None:
    """It may be a key."""
    with pytest.raises(UsageError, match="AREATAG_API_KEYS: entry 2 is not") as raised:
        ApiKeys.from_environment({"AREATAG_API_KEYS": f"tag:{'0' * 64},{entry}"})
    assert "secret" not in str(raised.value)
    with pytest.raises(UsageError, match="/nowhere/keys cannot be read"):
        ApiKeys.from_environment({"AREATAG_API_KEYS_FILE": "/nowhere/keys"})


def test_roles_include_those_before_them() -> None:
    """Four, of which the first is none at all: a service without keys knows no key."""
    assert [(role.name, int(role)) for role in Role] == [("NONE", 0), ("TAG", 1), ("LABEL", 2), ("ADMIN", 3)]
    assert ApiKeys().role_of(b"any") is None and not Role.NONE


def test_a_key_is_256_random_bits() -> None:
    """In letters that need no quoting anywhere."""
    key, _ = new_key(Role.TAG)
    assert key.startswith("areatag_") and len(base64.urlsafe_b64decode(key.removeprefix("areatag_") + "=")) == 32


def test_a_file_of_keys_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """With the reason, and nothing of what it holds."""
    (tmp_path / "keys").write_bytes(b"tag:\xff\xfe")
    with pytest.raises(UsageError, match=r"keys cannot be read: it is not UTF-8 text\."):
        ApiKeys.from_environment({"AREATAG_API_KEYS_FILE": str(tmp_path / "keys")})
    with pytest.raises(UsageError, match=r"none cannot be read: No such file or directory\."):
        ApiKeys.from_environment({"AREATAG_API_KEYS_FILE": str(tmp_path / "none")})

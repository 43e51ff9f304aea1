"""API keys of the service: made, read from the environment, and refused."""

from __future__ import annotations

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

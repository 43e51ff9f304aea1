"""Where training starts from."""

from pathlib import Path

import pytest

from data.errors import UsageError
from training.encoder.base_encoder import BASE_ENCODER, resolve_encoder


def test_names_and_directories(tiny_model: Path) -> None:
    """The base encoder comes from its package, a model directory gives its encoder, other names go through."""
    assert (Path(resolve_encoder(None)) / "config.json").is_file()
    assert resolve_encoder(BASE_ENCODER) == resolve_encoder(None)
    assert resolve_encoder(str(tiny_model)) == str(tiny_model / "encoder")
    assert resolve_encoder("some/encoder") == "some/encoder"


def test_altered_base_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published SHA-256 is the only one accepted."""
    monkeypatch.setattr("training.encoder.base_encoder.BASE_SHA256", "0" * 64)
    with pytest.raises(UsageError, match="install it again"):
        resolve_encoder(None)


def test_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The light install has no base encoder."""
    monkeypatch.setattr("training.encoder.base_encoder._PACKAGE", "no_such_package")
    with pytest.raises(UsageError, match=r"areatag\[train\]"):
        resolve_encoder(None)

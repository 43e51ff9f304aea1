"""Where the state of a machine lies."""

from pathlib import Path

import pytest

from data.errors import UsageError
from data.home import areatag_home


def test_the_variable_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """AREATAG_HOME is used, also when the folder does not exist yet and when it starts with ~."""
    monkeypatch.setenv("AREATAG_HOME", str(tmp_path / "new"))
    assert areatag_home() == tmp_path / "new"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AREATAG_HOME", "~/state")
    assert areatag_home() == tmp_path / "state"


@pytest.mark.parametrize("value", ["", None])
def test_the_user_data_folder_is_the_default(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    """Unset and empty both mean the platform's folder."""
    if value is None:
        monkeypatch.delenv("AREATAG_HOME", raising=False)
    else:
        monkeypatch.setenv("AREATAG_HOME", value)
    home = areatag_home()
    assert home.is_absolute()
    assert "areatag" in home.parts


def test_a_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file in the place of the folder is a usage error that names it."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("AREATAG_HOME", str(tmp_path / "file"))
    with pytest.raises(UsageError, match="is not a folder"):
        areatag_home()

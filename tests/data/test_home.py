"""Where the state of a machine lies."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import UsageError
from data.home import areatag_home, close_to_others, in_home, make_private_folder, owner_only, private_files


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


@pytest.fixture(params=[0, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Files are private whatever it is."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def test_new_folders_are_for_their_owner(own_home: Path, umask: int) -> None:
    """All that are missing, the home itself too."""
    make_private_folder(own_home / "retrain" / "job")
    made = (own_home, own_home / "retrain", own_home / "retrain" / "job")
    assert [_mode(path) for path in made] == [0o700] * 3


def test_a_home_of_before_is_closed_to_others(own_home: Path) -> None:
    """Whatever is made in it; what the owner may do stays."""
    own_home.mkdir()
    own_home.chmod(0o2775)
    make_private_folder(own_home / "run")
    assert _mode(own_home) & 0o777 == 0o700


def test_folders_that_are_shared_on_purpose_stay_open(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One like /tmp, the account's own folder, and any folder outside of the home."""
    own_home.mkdir()
    own_home.chmod(0o1777)
    make_private_folder(own_home / "run")
    assert _mode(own_home) == 0o1777
    own_home.chmod(0o755)
    monkeypatch.setenv("HOME", str(own_home / "ada"))
    make_private_folder(own_home / "run")
    other = tmp_path / "other"
    other.mkdir()
    other.chmod(0o755)
    make_private_folder(other / "new")
    assert (_mode(own_home), _mode(other), _mode(other / "new")) == (0o755, 0o755, 0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_what_is_another_users_stays_as_it_is(own_home: Path) -> None:
    """A volume that a group may use, for example."""
    own_home.mkdir()
    own_home.chmod(0o775)
    os.chown(own_home, 12345, 12345)
    make_private_folder(own_home / "run")
    assert _mode(own_home) == 0o775
    close_to_others(own_home / "nothing here")


def test_new_files_are_for_their_owner(tmp_path: Path, umask: int) -> None:
    """Those opened by `owner_only`, also where they were there before, and all of a block of `private_files`."""
    (tmp_path / "before").touch()
    (tmp_path / "before").chmod(0o644)
    for name in ("before", "new"):
        with open(tmp_path / name, "ab", opener=owner_only):
            pass
    with private_files():
        (tmp_path / "block").touch()
    assert [_mode(tmp_path / name) for name in ("before", "new", "block")] == [0o600] * 3
    (tmp_path / "after").touch()
    assert _mode(tmp_path / "after") == 0o666 & ~umask


def test_devices_and_pipes_stay_as_they_are(tmp_path: Path) -> None:
    """Root owns those of the system: to close /dev/null to others would stop their programs."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    with open(pipe, "r+b", buffering=0, opener=owner_only):
        close_to_others(pipe)
    assert _mode(pipe) == 0o666


def test_what_lies_in_the_home(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also through a link; a home that cannot be used holds nothing."""
    own_home.mkdir()
    (tmp_path / "link").symlink_to(own_home)
    assert in_home(own_home / "models" / "active") and in_home(tmp_path / "link" / "x")
    assert not in_home(own_home / ".." / "x") and not in_home(tmp_path)
    (tmp_path / "file").touch()
    monkeypatch.setenv("AREATAG_HOME", str(tmp_path / "file"))
    assert not in_home(tmp_path / "file" / "x")

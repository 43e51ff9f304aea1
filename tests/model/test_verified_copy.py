"""Copies of model directories: verified, on the disk before they have their name, and made by one process at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from data.errors import AreatagError, UsageError
from model.activation import activate, rollback
from model.artefact import Artefact
from model.plain_files import ArtefactError
from model.verified_copy import copy_encoder, copy_model, remove_folder, remove_leftovers
from model.versions import delete, install, models_folder
from tests.support.artefact import write_artefact
from tests.support.recorded_syncs import opened_as, record_syncs


@pytest.fixture
def made(tmp_path: Path) -> Artefact:
    """A model directory of version v1."""
    return Artefact.open(write_artefact(tmp_path / "made", "v1"))


def test_every_file_and_folder_is_on_the_disk_before_the_name(
    made: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file once, the folders after what they hold, then the name, and last the folder that has it."""
    (tmp_path / "models").mkdir()
    events = record_syncs(monkeypatch, tmp_path / "models")
    copy_model(made, tmp_path / "models" / "v1")
    files = [("sync", f"TEMPORARY/{name}") for name in (*made.files, "manifest.json")]
    assert sorted(events[: len(files)]) == sorted(files)
    assert events[len(files) :] == [
        ("sync", "TEMPORARY/encoder"),
        ("sync", "TEMPORARY"),
        ("rename", "TEMPORARY", "v1"),
        ("sync", "."),
    ]


def test_a_file_is_complete_when_it_is_synced(made: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it waits in a buffer."""
    sizes: dict[str, int] = {}
    sync = os.fsync

    def noted(descriptor: int) -> None:
        sizes[opened_as(descriptor).rpartition(".tmp/")[2]] = os.fstat(descriptor).st_size
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    copy_model(made, tmp_path / "v1")
    for name in made.files:
        assert sizes[name] == (tmp_path / "v1" / name).stat().st_size > 0


@pytest.mark.parametrize("name", ["heads.safetensors", "encoder/model.safetensors", "card.json", "manifest.json"])
def test_a_copy_that_differs_is_refused(
    made: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A disk that alters a byte, or somebody who changes the source meanwhile: no copy, and nothing left of it."""
    copied = shutil.copyfileobj

    def altered(source: Any, target: Any) -> None:
        copied(source, target)
        if opened_as(target.fileno()).endswith(f".tmp/{name}"):
            target.seek(-1, os.SEEK_END)
            target.write(b"!")

    monkeypatch.setattr(shutil, "copyfileobj", altered)
    with pytest.raises(ArtefactError):
        copy_model(made, tmp_path / "v1")
    assert {path.name for path in tmp_path.iterdir()} == {"made"}


def test_a_full_disk_is_said_and_leaves_nothing(
    made: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the copy that was to be made."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(AreatagError, match=r"v2 failed: the disk is full"):
        copy_model(made, tmp_path / "v2")
    assert {path.name for path in tmp_path.iterdir()} == {"made"}


def test_what_stands_there_is_not_replaced(made: Artefact, tmp_path: Path) -> None:
    """An empty folder is; leftovers of killed calls are removed when asked for, links not followed."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    with pytest.raises(UsageError, match="exists already"):
        copy_model(made, tmp_path / "full")
    (tmp_path / "empty").mkdir()
    copy_model(made, tmp_path / "empty")
    assert Artefact.open(tmp_path / "empty").digest == made.digest
    (tmp_path / ".areatag-1.tmp").symlink_to(tmp_path / "full")
    (tmp_path / ".areatag-2.tmp").mkdir()
    (tmp_path / ".areatag-3.tmp").touch()
    remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"made", "full", "empty"}
    assert list((tmp_path / "full").iterdir()) == [tmp_path / "full" / "notes.txt"]


def test_of_an_encoder_its_files_alone_are_copied(
    made: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte, and onto the disk; the rest of the new model is written by whoever makes it."""
    (tmp_path / "making").mkdir()
    events = record_syncs(monkeypatch, tmp_path / "making")
    copy_encoder(made.path, tmp_path / "making")
    copied = {path.relative_to(tmp_path / "making").as_posix() for path in (tmp_path / "making").rglob("*.*")}
    assert copied == {name for name in made.files if name.startswith("encoder/")} != set()
    assert all((tmp_path / "making" / name).read_bytes() == (made.path / name).read_bytes() for name in copied)
    assert events == [*(("sync", name) for name in sorted(copied)), ("sync", "encoder"), ("sync", ".")]


def test_of_a_link_to_a_folder_the_link_is_removed(made: Artefact, tmp_path: Path) -> None:
    """The folder belongs to whoever made the link."""
    (tmp_path / "link").symlink_to(made.path)
    remove_folder(tmp_path / "link")
    assert {path.name for path in tmp_path.iterdir()} == {"made"}
    assert Artefact.open(made.path).digest == made.digest


def test_what_cannot_be_removed_is_said(tmp_path: Path) -> None:
    """A folder that is not there, for one."""
    with pytest.raises(AreatagError, match="nobody"):
        remove_folder(tmp_path / "nobody")


def test_a_folder_whose_files_stay_has_lost_its_name(
    made: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be deleted now is a leftover, which the next change of the models removes if it can."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rmdir", refuse)
        remove_folder(made.path)
        (left,) = tmp_path.iterdir()
        assert left.name.startswith(".areatag-") and not made.path.exists()
        remove_leftovers(tmp_path)
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_change_of_the_models_is_made_under_the_lock(
    made: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other process can even share it when a version, or the file `active`, gets its name or loses it."""
    renames: list[bool] = []

    def watched(rename: Any) -> Any:
        def call(source: Any, target: Any) -> None:
            if Path(source).is_relative_to(models_folder()):
                renames.append(_is_locked(models_folder() / "lock"))
            rename(source, target)

        return call

    for kind in ("rename", "replace"):
        monkeypatch.setattr(os, kind, watched(getattr(os, kind)))
    install(made.path)
    activate("v1")
    activate(str(write_artefact(tmp_path / "second", "v2")))
    rollback()
    delete("v2")
    assert renames == [True] * 6
    assert not _is_locked(models_folder() / "lock")


def _is_locked(path: Path) -> bool:
    with path.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False

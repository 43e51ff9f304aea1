"""References to models, and the life of a version from its installation to its removal."""

import os
import sys
from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from model import activation
from model import versions as module
from model.activation import activate, rollback
from model.artefact import Artefact
from model.plain_files import ArtefactError
from model.versions import (
    active_reference,
    delete,
    export,
    install,
    models_folder,
    resolve_model,
    versions,
)
from tests.support.artefact import damage, write_artefact


@pytest.fixture(autouse=True)
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundled model."""
    path = write_artefact(tmp_path / "package" / "bundled", "b-1")
    monkeypatch.setattr(module, "_BUNDLED_PATH", path)
    return path


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A model directory of version v1, as training leaves it."""
    return write_artefact(tmp_path / "made", "v1")


def test_a_reference_is_a_version_or_a_directory(made: Path, tmp_path: Path) -> None:
    """Versions under AREATAG_HOME go by name; any directory goes by path; nothing else does."""
    target = write_artefact(models_folder() / "mine", "mine")
    assert versions() == ["bundled", "mine"]
    assert resolve_model("mine") == target
    assert resolve_model(made) == made
    assert resolve_model(None).name == "bundled"
    (models_folder() / "active").write_text("mine\n")
    assert resolve_model(None) == target
    with pytest.raises(UsageError, match="no model 'nobody'"):
        resolve_model("nobody")


def test_install_copies_a_model_under_its_version(made: Path) -> None:
    """The copy has the files of the manifest and no others; the active version stays; installing again is nothing."""
    (made / "notes.txt").write_text("not part of the model")
    assert install(made) == install(made) == "v1"
    copy = Artefact.open(models_folder() / "v1")
    assert {*copy.files, "manifest.json", "notes.txt"} == {
        path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()
    }
    assert not (copy.path / "notes.txt").exists()
    assert versions() == ["bundled", "v1"]
    assert active_reference() == "bundled"


def test_install_refuses_what_it_cannot_keep(made: Path, tmp_path: Path) -> None:
    """A damaged model, another model of the same version, and a version that is no folder name."""
    install(made)
    with pytest.raises(UsageError, match="Another model is installed as v1; delete it first"):
        install(write_artefact(tmp_path / "other", "v1", micro_f1=0.6))
    for name in ("../up", "active", "bundled", ".hidden", ""):
        with pytest.raises(UsageError, match="cannot be the name of a folder"):
            install(write_artefact(tmp_path / f"named-{len(name)}-{name[:1]}x".replace("/", ""), name))
    damage(made)
    with pytest.raises(ArtefactError, match="altered"):
        install(made)
    assert versions() == ["bundled", "v1"]


def test_activate_takes_versions_and_directories(made: Path) -> None:
    """A directory is installed first; the bundled model can be activated again."""
    assert activate(str(made)) == active_reference() == "v1"
    assert resolve_model(None) == models_folder() / "v1"
    assert activate("bundled") == active_reference() == "bundled"
    assert activate("v1") == "v1"


def test_a_damaged_model_is_not_activated(made: Path, tmp_path: Path) -> None:
    """The old one stays active."""
    activate(str(made))
    damage(write_artefact(models_folder() / "v2", "v2"))
    with pytest.raises(ArtefactError, match=r"heads\.safetensors: altered"):
        activate("v2")
    with pytest.raises(UsageError, match="no model 'v3'"):
        activate("v3")
    assert active_reference() == "v1"


def test_rollback_goes_back_step_by_step(tmp_path: Path) -> None:
    """Past versions that were deleted, down to the bundled one; activating the active one adds no step."""
    for name in ("v1", "v2", "v3"):
        install(write_artefact(tmp_path / name, name))
    for name in ("v1", "v2", "v2", "v3", "v1"):
        activate(name)
    delete("v3")
    assert [rollback(), rollback(), rollback()] == ["v2", "v1", "bundled"]
    with pytest.raises(AreatagError, match="Nothing was active before bundled"):
        rollback()
    activate("v2")
    assert rollback() == "bundled"


def test_rollback_to_a_damaged_version_changes_nothing(tmp_path: Path) -> None:
    """What serves now stays active."""
    activate(str(write_artefact(tmp_path / "v1", "v1")))
    activate(str(write_artefact(tmp_path / "v2", "v2")))
    damage(models_folder() / "v1")
    with pytest.raises(ArtefactError):
        rollback()
    assert active_reference() == "v2"


def test_delete_keeps_the_active_and_the_bundled_version(made: Path) -> None:
    """Everything else goes, wholly."""
    activate(str(made))
    for name, reason in (("v1", "is active"), ("bundled", "part of areatag"), ("../x", "no version")):
        with pytest.raises(UsageError, match=reason):
            delete(name)
    activate("bundled")
    delete("v1")
    assert versions() == ["bundled"]
    assert {path.name for path in models_folder().iterdir()} == {"active", "lock"}


def test_export_makes_a_model_directory(made: Path, tmp_path: Path) -> None:
    """It opens like the original; a folder with content is not touched, nor is a damaged model exported."""
    install(made)
    (tmp_path / "empty").mkdir()
    for target in (tmp_path / "new", tmp_path / "empty"):
        assert Artefact.open(export("v1", target)).version == "v1"
    with pytest.raises(UsageError, match="exists already"):
        export("v1", tmp_path / "new")
    with pytest.raises(UsageError, match="folder does not exist"):
        export("v1", tmp_path / "no" / "folder")
    damage(models_folder() / "v1")
    with pytest.raises(ArtefactError):
        export("v1", tmp_path / "third")
    assert not (tmp_path / "third").exists()


def test_a_kill_at_any_step_leaves_a_whole_model_active(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies at any file operation leaves the old version active or the new one, and nothing half."""
    # the threads of a runtime do not outlive a fork
    monkeypatch.setattr(activation, "load_on_cpu", lambda artefact: None)
    monkeypatch.setattr(activation, "check_answers", lambda artefact, tagger: None)
    activate(str(write_artefact(tmp_path / "v0", "v0")))
    for step in range(1, 1000):
        finished = _activate_in_a_child(made, step)
        assert active_reference() in ({"v1"} if finished else {"v0", "v1"})
        for name in versions()[1:]:
            Artefact.open(models_folder() / name)
        if finished:
            break
        activate("v0")  # is not kept out by the lock of the dead process, and cleans up after it
        if "v1" in versions():
            delete("v1")
        assert {path.name for path in models_folder().iterdir()} == {"active", "lock", "v0"}
    assert step > 10


def _activate_in_a_child(model: Path, dies_at: int) -> bool:
    """Activate in a process that dies before a certain file operation; whether it got through."""
    child = os.fork()
    if child == 0:
        steps = 0

        def count(event: str, _: object) -> None:
            nonlocal steps
            steps += event == "open" or event.startswith(("os.", "shutil."))
            if steps == dies_at:
                os._exit(9)

        sys.addaudithook(count)
        try:
            activate(str(model))
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == 0

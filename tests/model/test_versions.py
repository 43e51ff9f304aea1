"""References to models, and the life of a version from its installation to its removal."""

from pathlib import Path

import pytest

from data.errors import UsageError
from model.activation import activate
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

pytestmark = pytest.mark.usefixtures("bundled")


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

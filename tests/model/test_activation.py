"""What makes a model the active one, and what takes that back: whole, or not at all."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import AreatagError, UsageError
from model import activation
from model.activation import activate, rollback
from model.artefact import Artefact
from model.plain_files import ArtefactError
from model.self_check import load_on_cpu
from model.versions import active_file, active_reference, delete, install, models_folder, resolve_model, versions
from tests.support.artefact import damage, write_artefact

pytestmark = pytest.mark.usefixtures("bundled")


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


def test_a_kill_at_any_step_leaves_a_whole_model_active(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies at any file operation leaves the old version active or the new one, and nothing half."""
    # the threads of a runtime do not outlive a fork
    monkeypatch.setattr(activation, "try_model", lambda artefact, tagger: None)
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


def _may_change_files(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether an audited operation may; a death before one that only reads is a death before the next that does not."""
    if event == "open":
        flags = arguments[2]
        return not isinstance(flags, int) or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
    return event.startswith(("os.", "shutil.")) and event not in ("os.listdir", "os.scandir")


def _activate_in_a_child(model: Path, dies_at: int) -> bool:
    """Activate in a process that dies before a certain change of files; whether it got through."""
    child = os.fork()
    if child == 0:
        steps = 0

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal steps
            steps += _may_change_files(event, arguments)
            if steps == dies_at:
                os._exit(9)

        sys.addaudithook(count)
        try:
            activate(str(model))
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def test_the_file_has_a_line_an_activation_newest_first(made: Path) -> None:
    """With its time; one of the active version takes its place, so that running services try it again."""
    activate(str(made))
    activate("bundled")
    first = active_file().read_text().splitlines()
    activate("bundled")
    again = active_file().read_text().splitlines()
    assert [line.partition("\t")[0] for line in first] == [line.partition("\t")[0] for line in again]
    assert [line.partition("\t")[0] for line in again] == ["bundled", "v1"]
    assert again[0] != first[0] and again[1:] == first[1:]
    assert datetime.fromisoformat(again[0].partition("\t")[2]).tzinfo == UTC


def test_the_first_activation_of_the_bundled_model_can_be_told_from_none() -> None:
    """Nothing was active before it all the same."""
    assert activate("bundled") == "bundled"
    assert len(active_file().read_text().splitlines()) == 1
    with pytest.raises(AreatagError, match="Nothing was active before bundled; activate a version by its name"):
        rollback()


def test_only_so_many_activations_are_kept(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest."""
    monkeypatch.setattr(activation, "_KEPT_ACTIVATIONS", 3)
    for _ in range(3):
        activate(str(made))
        activate("bundled")
    assert [line.partition("\t")[0] for line in active_file().read_text().splitlines()] == ["bundled", "v1", "bundled"]


def test_a_model_that_answers_otherwise_is_not_activated(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is loaded here or by the caller; which one answers is known."""
    asked: list[object] = []

    def refuse(artefact: Artefact, tagger: object) -> None:
        asked.append(tagger)
        raise ArtefactError(f"{artefact.version} answers otherwise")

    loaded = load_on_cpu(Artefact.open(made))
    monkeypatch.setattr(activation, "try_model", refuse)
    for tagger in (None, loaded):
        with pytest.raises(ArtefactError, match="v1 answers otherwise"):
            activate(str(made), tagger)
    assert asked[0] is None and asked[1] is loaded
    assert versions() == ["bundled"] and not active_file().exists()
    monkeypatch.setattr(activation, "try_model", lambda artefact, tagger: None)
    activate(str(made))
    activate("bundled")
    monkeypatch.setattr(activation, "try_model", refuse)
    with pytest.raises(ArtefactError, match="v1 answers otherwise"):
        rollback()
    assert active_reference() == "bundled"


def test_a_version_that_is_replaced_while_it_is_tried_is_not_activated(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one would be active than answered."""
    install(made)
    other = write_artefact(tmp_path / "other", "v1", micro_f1=0.6)

    def replace(artefact: Artefact, tagger: object) -> None:
        delete("v1")
        install(other)

    monkeypatch.setattr(activation, "try_model", replace)
    with pytest.raises(AreatagError, match="v1 was changed while it was tried; nothing was activated"):
        activate("v1")
    assert active_reference() == "bundled"


def test_a_roll_back_beside_another_change_is_refused(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would undo what its caller has not seen."""
    for path in (made, write_artefact(tmp_path / "v2", "v2"), write_artefact(tmp_path / "v3", "v3")):
        activate(str(path))

    def meanwhile(artefact: Artefact, tagger: object) -> None:
        monkeypatch.setattr(activation, "try_model", lambda artefact, tagger: None)
        rollback()

    monkeypatch.setattr(activation, "try_model", meanwhile)
    with pytest.raises(AreatagError, match="Another process changed the active version meanwhile"):
        rollback()
    assert active_reference() == "v2"


def test_after_a_roll_back_only_what_was_before_is_left(made: Path, tmp_path: Path) -> None:
    """So the next one goes a step further back, and not forth again."""
    activate(str(made))
    activate(str(write_artefact(tmp_path / "v2", "v2")))
    assert rollback() == "v1"
    assert [line.partition("\t")[0] for line in active_file().read_text().splitlines()] == ["v1"]
    assert resolve_model(None) == models_folder() / "v1"

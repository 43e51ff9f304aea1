"""Options that are given again when a retraining is resumed: heeded, or refused with a sentence."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest

from data.errors import UsageError
from model import versions
from tests.support.retraining import prepare, replay_file
from training.retraining.job import jobs
from training.retraining.lock import RetrainLock
from training.retraining.retrain import resume, retrain
from training.retraining.retrain_options import Promote, RetrainOptions
from training.retraining.taking_up import NothingToResumeError, take_up

REFUSED: dict[str, Any] = {
    "base": "bundled",
    "soft_labels": Path("soft.parquet"),
    "papers": ("lake/",),
    "taxonomy": Path("areas.yaml"),
    "max_tokens": 64,
    "learning_rate": 1e-3,
    "seed": 7,
    "checkpoint_minutes": 9.0,
}
HEEDED: dict[str, Any] = {"promote": Promote.NEVER, "device": "cpu", "threads": 2}


def interrupted(options: RetrainOptions, stage: str = "reading labels") -> RetrainOptions:
    """Begin a retraining that is interrupted at a stage; its options as they are recorded."""

    def show(told: str, step: int, steps: int) -> None:
        if told.startswith(stage):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retrain(options, show)
    return jobs()[0].options


def test_every_option_is_heeded_or_refused(tiny_model: Path) -> None:
    """Options that would make another model are refused by name; the same ones may be repeated."""
    prepare(tiny_model)
    begun = interrupted(RetrainOptions(Promote.FORCE, threads=1))
    assert {field.name for field in dataclasses.fields(RetrainOptions)} == {*REFUSED, *HEEDED}
    with RetrainLock.acquire() as lock:
        for name, value in REFUSED.items():
            with pytest.raises(UsageError, match=f"begun with another --{name.replace('_', '-')};"):
                take_up(None, lock, {name: value})
            take_up(None, lock, {name: getattr(begun, name)})
        assert jobs()[0].options == begun
        for name, value in HEEDED.items():
            take_up(None, lock, {name: value})
        assert jobs()[0].options == dataclasses.replace(begun, **HEEDED)


@pytest.mark.parametrize("stage", ["reading labels", "evaluating", "promoting"])
def test_promote_never_of_one_that_was_to_be_forced(tiny_model: Path, stage: str) -> None:
    """Whenever it was interrupted, the later word holds, and the version says so."""
    before = prepare(tiny_model)
    interrupted(RetrainOptions(Promote.FORCE, threads=1), stage)
    result = resume(given={"promote": Promote.NEVER})
    assert not result.promoted and not result.forced and versions.active_reference() == before
    assert jobs()[0].read().promoted is False


def test_promote_never_after_a_kill_behind_the_installation(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that is installed and not active yet is made again; one that is active is refused."""

    def killed(*_: object) -> None:
        raise SystemExit

    before = prepare(tiny_model)
    with monkeypatch.context() as patch:
        patch.setattr("model.activation._write", killed)
        with pytest.raises(SystemExit):
            retrain(RetrainOptions(Promote.FORCE, threads=1))
    assert len(versions.versions()) == 3
    assert not resume(given={"promote": Promote.NEVER}).promoted
    assert len(versions.versions()) == 3 and versions.active_reference() == before
    with monkeypatch.context() as patch:
        patch.setattr("training.retraining.retrain._result", killed)
        with pytest.raises(SystemExit):
            retrain(RetrainOptions(Promote.FORCE, threads=1))
    active = versions.active_reference()
    with pytest.raises(UsageError, match=f"{active} of the retraining .* is active already.*rollback"):
        resume(given={"promote": Promote.NEVER})
    assert resume().promoted and versions.active_reference() == active != before


def test_nothing_to_resume(tiny_model: Path) -> None:
    """A finished one says so; what cannot be heeded any more is an error all the same."""
    prepare(tiny_model)
    result = retrain(RetrainOptions(Promote.NEVER, threads=1))
    with pytest.raises(NothingToResumeError, match=f"nothing to resume: its version is {result.version}"):
        resume(given={"promote": Promote.NEVER})
    with pytest.raises(UsageError, match="--promote and --seed cannot be heeded") as error:
        resume(given={"promote": Promote.FORCE, "seed": 8})
    assert not isinstance(error.value, NothingToResumeError)
    assert versions.active_reference() != result.version


def test_another_base_of_the_same_name(tiny_model: Path, tmp_path: Path) -> None:
    """A directory that holds another model by now is refused; put back, the job goes on."""
    prepare(tiny_model)
    base = tmp_path / "base"
    shutil.copytree(tiny_model, base)
    interrupted(RetrainOptions(Promote.NEVER, base=str(base), threads=1), "calibrating")
    manifest = (base / "manifest.json").read_bytes()
    (base / "manifest.json").write_bytes(manifest + b"\n")
    with pytest.raises(UsageError, match="Another model is now at"):
        resume()
    (base / "manifest.json").write_bytes(manifest)
    assert resume().verdict


def test_another_taxonomy_under_the_same_name(tiny_model: Path, tmp_path: Path) -> None:
    """So is a taxonomy file that was changed after the labels were read."""
    prepare(tiny_model)
    taxonomy = tmp_path / "areas.yaml"
    text = (tiny_model / "taxonomy.yaml").read_text()
    taxonomy.write_text(text)
    options = RetrainOptions(Promote.NEVER, taxonomy=taxonomy, papers=(str(replay_file(tmp_path)),), threads=1)
    interrupted(options, "training")
    taxonomy.write_text(text.replace("name: ", "name: New ", 1))
    with pytest.raises(UsageError, match=r"The taxonomy of the retraining .* changed"):
        resume()

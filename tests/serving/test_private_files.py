"""Nothing that is kept under AREATAG_HOME can be read by others, whatever the umask and however it was made before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.papers import Paper
from data.tagged_papers import remember
from model.versions import models_folder
from serving.worker.workers import Workers
from tests.support.retraining import prepare
from training.llm_votes.cache import FILE_NAME, AnswerCache
from training.retraining.retrain import retrain
from training.retraining.retrain_options import Promote, RetrainOptions

PAPER = Paper("1", "Salmon", "They swim upstream.")


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """One that leaves all rights to all."""
    before = os.umask(0)
    yield
    os.umask(before)


def _readable_by_others(home: Path) -> dict[str, str]:
    """Files and folders with their modes; folders of versions, which the closed home protects, as one."""
    paths = [home, *(path for path in home.rglob("*") if not path.is_relative_to(models_folder()))]
    return {str(path): oct(path.stat().st_mode) for path in paths if path.stat().st_mode & 0o077}


def test_caches_and_states_are_private(own_home: Path) -> None:
    """Also while their databases are open, and files that an earlier release has made for all to read."""
    own_home.mkdir(mode=0o755)
    for name in ("tagged-papers.db", FILE_NAME):
        (own_home / name).touch(0o644)
    remember([PAPER], 5)
    workers = Workers()
    workers.join()
    workers.report("v1")
    with workers.activating(), AnswerCache.open(own_home / FILE_NAME) as cache:
        cache.put("question", ("fish",))
        assert _readable_by_others(own_home) == {}
    workers.leave()


def test_a_retraining_is_private(own_home: Path, tiny_model: Path) -> None:
    """Its labels, papers, checkpoints and states, at every stage; and the label store itself."""
    prepare(tiny_model)
    stages: dict[str, dict[str, str]] = {}
    at_work: set[str] = set()

    def look(stage: str, *_: object) -> None:
        stages[stage] = _readable_by_others(own_home)
        at_work.update(path.name for path in (own_home / "retrain").glob("*/work/*"))

    retrain(RetrainOptions(promote=Promote.NEVER, max_tokens=32, threads=1), look)
    look("at the end")
    assert {"inputs", "candidate"} <= at_work
    assert not any(stages.values()), stages

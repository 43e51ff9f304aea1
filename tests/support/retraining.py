"""Labels and replay papers of the tiny corpus, for tests that retrain."""

from __future__ import annotations

from pathlib import Path

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from model import activation
from tests.support.tiny import records, write_jsonl
from tests.support.waiting import wait_for
from training.retraining.job import Job
from training.retraining.lock import running_job

LABELS = 60
RETRAIN = (
    "from training.retraining import low_priority; low_priority.give_way = lambda: None; "
    "from serving.cli.main import main; main()"
)
"""The command line for `python -c`, at usual priority: a test must not wait for all other work of the machine."""


def store_labels(count: int = LABELS, seed: int = 5) -> list[LabelledPaper]:
    """Put labelled papers of the tiny corpus into the label store."""
    labels = [
        LabelledPaper(Paper(str(row["id"]), str(row["title"]), str(row["abstract"])), tuple(row["areas"]))  # type: ignore[arg-type]
        for row in records(count, seed)
    ]
    with LabelStore.open() as store:
        store.add([Decision(label) for label in labels])
    return labels


def prepare(model: Path) -> str:
    """Make a model the active version, store labels, and return the version."""
    version = activation.activate(str(model))
    store_labels()
    return version


def replay_file(folder: Path, count: int = 40, seed: int = 6) -> Path:
    """Papers to replay."""
    rows = [{name: row[name] for name in ("id", "title", "abstract")} for row in records(count, seed)]
    return write_jsonl(folder / "replay.jsonl", rows)


def end_retraining() -> None:
    """Cancel a retraining that a failed test has left running, and wait for its end."""

    def cancelled() -> str | None:
        if (name := running_job()) is not None:
            Job.find(name).ask_to_cancel()
        return name

    wait_for(cancelled, lambda name: name is None)

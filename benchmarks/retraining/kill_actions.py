"""What the processes do that `benchmarks.retraining.kill` kills; each tells its parent how far it has come."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from data.errors import UsageError
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from model import activation, versions
from training.retraining.retrain import resume, retrain
from training.retraining.retrain_options import Promote, RetrainOptions
from training.retraining.taking_up import resumable_job

DONE = "done"
_PAUSE_SECONDS = 0.002


def random_decision(papers: Sequence[Paper], taxonomy: Taxonomy, generator: random.Random) -> Decision:
    """One to three areas of a paper."""
    areas = generator.sample(taxonomy.area_ids, min(len(taxonomy.areas), generator.randint(1, 3)))
    return Decision(LabelledPaper(generator.choice(papers), tuple(areas)), "benchmark")


def feedback(home: str, seed: int, papers: Sequence[Paper], taxonomy: Taxonomy, link: Connection) -> None:
    """Store labels for ever; tell each one's entry number once the store has acknowledged it."""
    os.environ["AREATAG_HOME"] = home
    generator = random.Random(seed)
    with LabelStore.open() as store:
        while True:
            (number,) = store.add([random_decision(papers, taxonomy, generator)])
            link.send(number)
            time.sleep(_PAUSE_SECONDS)


def train(home: str, again: bool, link: Connection) -> None:
    """Retrain and promote, or go on with an interrupted retraining where there is one; tell every stage."""
    os.environ["AREATAG_HOME"] = home

    def tell(stage: str, step: int, steps: int) -> None:
        link.send(stage)

    if again and _resumable():
        resume(progress=tell)
    else:
        retrain(RetrainOptions(Promote.FORCE, threads=1, device="cpu"), tell)
    link.send(DONE)


def activate(home: str, seed: int, link: Connection) -> None:
    """Activate versions in turn and roll back, for ever; tell the version that is active after each step."""
    os.environ["AREATAG_HOME"] = home
    generator = random.Random(seed)
    while True:
        link.send(activation.activate(generator.choice(versions.versions())))
        if versions.active_reference() != versions.BUNDLED and generator.random() < 0.5:
            link.send(activation.rollback())


def _resumable() -> bool:
    try:
        resumable_job()
    except UsageError:
        return False
    return True

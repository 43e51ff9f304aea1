"""What must hold after every kill -9."""

from __future__ import annotations

from collections.abc import Collection

from data.errors import AreatagError
from data.label_store.store import LabelStore
from model import versions
from model.artefact import Artefact
from training.retraining.lock import running_job

_KEPT = 3
"""Versions that are kept: activation needs some to choose among, and each takes some 50 MB."""


def problems_of(acknowledged: Collection[int]) -> list[str]:
    """What is lost or broken in AREATAG_HOME, one sentence each.

    Args:
        acknowledged: entry numbers of the labels that must be in the store.
    """
    problems = []
    try:
        missing = set(acknowledged) - stored_entries()
        if missing:
            problems.append(f"{len(missing)} acknowledged labels are lost, the first is entry {min(missing)}.")
    except AreatagError as error:
        problems.append(f"The label store: {error}")
    for name in dict.fromkeys((versions.active_reference(), *versions.versions())):
        try:
            Artefact.open(versions.resolve_model(name))
        except AreatagError as error:
            which = "active " if name == versions.active_reference() else ""
            problems.append(f"The {which}model {name}: {error}")
    if (job := running_job()) is not None:
        problems.append(f"The lock of the dead retraining {job} is held.")
    return problems


def stored_entries() -> set[int]:
    """The numbers of all entries of the label store."""
    with LabelStore.open() as store:
        papers = {label.paper.id for label in store.labelled_papers()}
        return {entry.number for paper in papers for entry in store.history(paper)}


def remove_old_versions() -> None:
    """Delete all but the active and the last versions."""
    trained = [name for name in versions.versions() if name != versions.BUNDLED]
    for name in trained[:-_KEPT]:
        if name != versions.active_reference():
            versions.delete(name)

"""Erasing a paper: out of label store, caches and training sets, and proof that a new model is without it.

A model cannot be made to unlearn a paper for sure; it can be trained again from one that never saw it, which is exact
(SISA training: Bourtoule et al., Machine Unlearning, 2021). `model.fingerprints` says which versions did.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.atomic import atomic_write
from data.errors import AreatagError, UsageError
from data.label_store.location import label_store_exists
from data.papers import Paper, RecordError, content_id, paper_from_fields
from data.soft_labels import SoftLabels, is_soft_labels, without_papers
from data.tagged_papers import forget_tagged, tagged_papers
from model.artefact import Artefact
from model.fingerprints import Fingerprints
from model.paper_role import PaperRole, calibration_papers, roles_of
from model.plain_files import MANIFEST
from model.versions import BUNDLED, active_reference, resolve_model, versions
from training.fine_tuning.near_duplicates import NearDuplicates
from training.retraining.job import discard_work


@dataclass(frozen=True, slots=True)
class Learned:
    """The model versions by what they know of a paper."""

    containing: tuple[str, ...]
    """They, or a model that they started from, were trained on it."""
    calibrated: dict[str, int]
    """They were calibrated on it and not trained; with how many papers that calibrated them."""
    unknown: tuple[str, ...]
    """Made before fingerprints were kept, or from such a model, or damaged: nobody can tell."""
    clean: tuple[str, ...]
    """Provably without it, the latest first."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed."""

    papers: int
    """Papers of the label store, by content."""
    labels: int
    """Entries of their history."""
    cached: int
    from_files: dict[str, int]
    """Papers by training set."""


def find_paper(paper_id: str, training_sets: Sequence[Path]) -> list[Paper]:
    """Return every text under an id (or content id) in the label store, the cache and the training sets.

    Raises:
        UsageError: there is none, or a training set cannot be read.
    """
    found: list[Paper] = [paper for paper in tagged_papers() if _is(paper, paper_id)]
    if label_store_exists():
        # Only where there are labels is SQLAlchemy imported.
        from data.label_store.store import LabelStore

        with LabelStore.open() as store:
            found += [entry.paper for entry in store.history(paper_id)]
    for path in training_sets:
        found += [paper for paper in _papers_of(path) if _is(paper, paper_id)]
    distinct = list({content_id(paper.title, paper.abstract): paper for paper in found}.values())
    if not distinct:
        raise UsageError(
            f"There is no paper {paper_id[:80]!r} in the label store, the cache of tagged papers or the files given; "
            "name the training sets that hold it with --training-set."
        )
    return distinct


def who_learned(papers: Sequence[Paper]) -> Learned:
    """Sort the versions of this machine by whether they learned from one of the papers."""
    by_role: dict[PaperRole, dict[str, int]] = {role: {} for role in PaperRole}
    for name in sorted(versions(), key=_made, reverse=True):
        role, calibrated = _role(name, papers)
        by_role[role][name] = calibrated
    return Learned(
        containing=tuple(by_role[PaperRole.TRAINED]),
        calibrated=by_role[PaperRole.CALIBRATED],
        unknown=tuple(by_role[PaperRole.UNKNOWN]),
        clean=tuple(by_role[PaperRole.NONE]),
    )


def _role(name: str, papers: Sequence[Paper]) -> tuple[PaperRole, int]:
    """The most that one of the papers was for a version, and how many papers calibrated it."""
    try:
        model = Artefact.open(resolve_model(name))
    except AreatagError:  # damaged: nothing can be told
        return PaperRole.UNKNOWN, 0
    roles = set(roles_of(model, papers))
    return next(role for role in PaperRole if role in roles or role is PaperRole.NONE), len(calibration_papers(model))


def base_without(learned: Learned) -> str:
    """The version to train from again: the active one if it is without the paper, else the latest that is.

    Raises:
        AreatagError: none is provably without it.
    """
    active = active_reference()
    if active in learned.clean:
        return active
    if learned.clean:
        return learned.clean[0]
    own = "areatag train makes a version from papers of your own, and areatag models activate DIR puts it into service."
    if active in learned.calibrated:
        raise AreatagError(
            f"The active version {active} was calibrated on the paper, one of {learned.calibrated[active]} that set "
            "its probabilities and thresholds; encoder and heads were not trained on it. No version here is without "
            f"it, so none can be trained from; {own}"
        )
    raise AreatagError(f"No version is provably without the paper, so none can be trained from; {own}")


def remove(paper_id: str, papers: Sequence[Paper], training_sets: Sequence[Path]) -> Removed:
    """Remove the papers, and what is nearly the same, from the training sets, then from caches and label store.

    Each file is rewritten completely or not at all; when this is interrupted, calling it again goes on. A keyed hash
    stays in the label store, which takes no labels of the paper any more.

    Raises:
        AreatagError: a file or the label store cannot be written.
    """
    fingerprints, twins = Fingerprints.of(papers), NearDuplicates(papers)

    def wanted(paper: Paper) -> bool:
        return not (_is(paper, paper_id) or paper in fingerprints or paper in twins)

    discard_work()
    from_files = {str(path): _without(path, wanted) for path in training_sets}
    contents = [content_id(paper.title, paper.abstract) for paper in papers]
    cached = sum(forget_tagged(name) for name in dict.fromkeys([paper_id, *contents]))
    if not label_store_exists():
        return Removed(0, 0, cached, from_files)
    # Only where there are labels is SQLAlchemy imported.
    from data.label_store.store import LabelStore

    with LabelStore.open() as store:
        gone = [store.forget(name) for name in dict.fromkeys([paper_id, *contents])]
    return Removed(sum(item.papers for item in gone), sum(item.entries for item in gone), cached, from_files)


def proof(version: str, papers: Sequence[Paper]) -> str:
    """A sentence that says what a version's fingerprints prove.

    Raises:
        AreatagError: they do not prove that it is without the papers.
    """
    known = Artefact.open(resolve_model(version)).fingerprints
    if any(paper in known for paper in papers):
        raise AreatagError(f"Version {version} learned from the paper, or from one of its title; delete it.")
    if not known.complete:
        raise AreatagError(f"Version {version} goes back to a model without fingerprints, so nothing can be proven.")
    return f"Version {version} is without the paper: none of its {len(known):,} fingerprints is the paper's."


def _is(paper: Paper, paper_id: str) -> bool:
    return paper_id in (paper.id, content_id(paper.title, paper.abstract))


def _made(version: str) -> tuple[bool, float]:
    """Sorts versions by their time; the bundled one, which comes with the package, counts as the oldest."""
    manifest = resolve_model(version) / MANIFEST
    return version != BUNDLED, manifest.stat().st_mtime if manifest.exists() else 0.0


def _papers_of(path: Path) -> Iterator[Paper]:
    if is_soft_labels(path):
        for batch in SoftLabels(path).batches():
            yield from batch.papers
        return
    for _, paper in _lines(path):
        if paper is not None:
            yield paper


def _without(path: Path, wanted: Callable[[Paper], bool]) -> int:
    if is_soft_labels(path):
        return without_papers(path, wanted)
    gone = 0
    with atomic_write(path) as stream:
        for line, paper in _lines(path):
            if paper is None or wanted(paper):
                stream.write(line)
            else:
                gone += 1
    return gone


def _lines(path: Path) -> Iterator[tuple[bytes, Paper | None]]:
    """The lines of a JSONL file, each with its paper; None for a line that is none."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}. Check the path.") from error
    with stream:
        if stream.read(4)[:2] in (b"\x1f\x8b", b"\x28\xb5"):
            raise UsageError(f"{path} is compressed; unpack it, so that the paper can be taken out of it.")
        stream.seek(0)
        for line in stream:
            try:
                record = json.loads(line)
                yield line, paper_from_fields(record) if isinstance(record, dict) else None
            except (ValueError, RecordError):
                yield line, None

"""Papers replayed while a model learns new labels, so that it stays as good at what it knew.

Their targets are the earlier model's own probabilities (Li and Hoiem, Learning without Forgetting, 2016), or soft
labels that the user gives. An area that the earlier model does not know has no probability yet: replay papers that are
least similar to the area's labelled papers count as reliable negatives (Liu et al., Partially Supervised Classification
of Text Documents, 2002), and the others stay unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.errors import AreatagError
from data.papers import Paper, Reject, content_id
from data.readers import read_papers
from data.reservoir import Reservoir
from data.soft_labels import SoftLabels
from data.tagged_papers import replay_allowed, tagged_papers
from data.taxonomy import Taxonomy
from training.fine_tuning.near_duplicates import NearDuplicates
from training.fine_tuning.paper_selection import choose_papers
from training.retraining.adapted_model import AdaptedModel
from training.retraining.retrain_inputs import Targets

FloatArray = NDArray[np.float32]

FEWEST = 200
"""Papers that a source must hold to protect the encoder; with fewer the next source is asked."""
CHECK_SHARE = 0.1
MOST_CHECKED = 300
"""Replay papers on which the models are compared instead of training."""
RELIABLE_NEGATIVES = 0.9
"""Share of the replay papers, the least similar ones to an area's labelled papers, that count as negatives."""


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """What is replayed.

    Attributes:
        source: "soft labels", "papers", "label store", "tagged papers" (where AREATAG_REPLAY_TAGGED allows it), or
            "none".
    """

    source: str
    train: Targets
    check: Targets


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """Where replay papers may come from, in this order.

    Attributes:
        labelled_before: how many papers of the label store the earlier model was trained on.
        most: papers to take at most.
    """

    soft_labels: Path | None
    papers: tuple[str, ...]
    labelled_before: int
    most: int
    seed: int = 0


def gather_replay(
    options: ReplayOptions,
    teacher: AdaptedModel,
    labelled: Targets,
    keep: Callable[[Paper], bool],
    held_out: NearDuplicates,
) -> Replay:
    """Take replay papers from the first source that has enough, with targets in the taxonomy of `teacher`.

    Args:
        options: where replay papers come from and how many.
        teacher: the earlier model.
        labelled: the labels that the new model learns; their papers are not replayed.
        keep: refuses papers that must not be used at all.
        held_out: the held-out papers, which are not replayed.

    Raises:
        AreatagError: a source is damaged.
    """
    taxonomy = teacher.artefact.taxonomy
    learnt = {content_id(paper.title, paper.abstract) for paper in labelled.papers}

    def usable(paper: Paper) -> bool:
        return content_id(paper.title, paper.abstract) not in learnt and paper not in held_out and keep(paper)

    if options.soft_labels is not None:
        found = _soft_targets(SoftLabels(options.soft_labels), taxonomy, options, usable)
        return _divided("soft labels", found, options.seed)
    if options.papers:
        drawn = list(filter(usable, _sample(read_papers(options.papers), options)))
        if not drawn:
            raise AreatagError(f"{', '.join(options.papers)}: no paper there can be replayed; name other papers.")
        return _divided("papers", _distil(drawn, teacher, labelled), options.seed)
    cached = list(filter(usable, _sample(tagged_papers() if replay_allowed() else [], options)))
    if options.labelled_before >= FEWEST:
        # they are among the labels that train, so nothing is added but papers to compare on
        return Replay("label store", _nothing(taxonomy), _distil(cached[:MOST_CHECKED], teacher, labelled))
    if len(cached) >= FEWEST:
        return _divided("tagged papers", _distil(cached, teacher, labelled), options.seed)
    return Replay("none", _nothing(taxonomy), _distil(cached, teacher, labelled))


def _nothing(taxonomy: Taxonomy) -> Targets:
    return Targets((), np.empty((0, len(taxonomy.areas)), dtype=np.float32))


def _sample(records: Iterable[Paper | Reject], options: ReplayOptions) -> list[Paper]:
    """Draw at most `options.most` papers at random, each content once."""
    drawn: Reservoir[Paper] = Reservoir(options.most, options.seed)
    seen: set[str] = set()
    for paper in records:
        if not isinstance(paper, Paper):
            continue
        content = content_id(paper.title, paper.abstract)
        if content not in seen:
            seen.add(content)
            drawn.add(paper)
    return drawn.items()


def _soft_targets(
    soft: SoftLabels, taxonomy: Taxonomy, options: ReplayOptions, usable: Callable[[Paper], bool]
) -> Targets:
    """Papers chosen by value from soft labels, whose columns are taken by area id."""
    chosen = choose_papers(soft, options.most, options.seed)
    columns = [soft.taxonomy.index(area) if area in soft.taxonomy else -1 for area in taxonomy.area_ids]
    papers: list[Paper] = []
    rows: list[FloatArray] = []
    position = 0
    for batch in soft.batches():
        padded = np.pad(batch.probabilities, ((0, 0), (0, 1)), constant_values=np.nan)  # column -1: not known
        for paper, row in zip(batch.papers, padded, strict=True):
            if chosen[position] and usable(paper):
                papers.append(paper)
                rows.append(row[columns])
            position += 1
    return Targets(tuple(papers), np.stack(rows) if rows else _nothing(taxonomy).values)


def _distil(papers: Sequence[Paper], teacher: AdaptedModel, labelled: Targets) -> Targets:
    """The teacher's probabilities of the areas that it learned, and reliable negatives of the others."""
    if not papers:
        return _nothing(teacher.artefact.taxonomy)
    embeddings = teacher.tagger.embed(papers)
    values = teacher.tagger.predict_from(embeddings, papers)[:, : len(teacher.learned)].copy()
    values[:, ~teacher.learned] = np.nan
    _add_negatives(values, teacher, embeddings, labelled)
    return Targets(tuple(papers), values)


def _add_negatives(values: FloatArray, teacher: AdaptedModel, embeddings: FloatArray, labelled: Targets) -> None:
    """Set the papers that are least similar to the labelled papers of each unknown area to 0, in place."""
    for column in np.flatnonzero(~teacher.learned):
        positive = np.flatnonzero(labelled.values[:, column] == 1)
        if not len(positive):
            continue  # nothing to be similar to
        prototype = teacher.tagger.embed([labelled.papers[position] for position in positive]).mean(axis=0)
        similarity = embeddings @ prototype  # their embeddings have equal lengths, and lexical features change little
        values[similarity <= np.quantile(similarity, RELIABLE_NEGATIVES), column] = 0.0


def _divided(source: str, found: Targets, seed: int) -> Replay:
    """Set some papers aside for comparing the models."""
    aside = np.zeros(len(found), dtype=bool)
    count = min(MOST_CHECKED, int(CHECK_SHARE * len(found)))
    aside[np.random.default_rng(seed).permutation(len(found))[:count]] = True
    return Replay(source, found.where(~aside), found.where(aside))

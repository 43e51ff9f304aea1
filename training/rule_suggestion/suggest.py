"""The pipeline behind `areatag rules suggest`: labels and a pool -> candidates -> rules, and how good they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from data.errors import AreatagError
from data.label_matrix import area_targets, label_matrix
from data.labels import LabelledPaper
from data.papers import Paper, Reject
from data.readers import InputFormat, read_papers
from data.readers.labels import read_labels
from data.reservoir import Reservoir
from data.rules import load_rules
from data.taxonomy import Taxonomy, area_texts
from data.taxonomy_file import load_taxonomy
from training.fine_tuning.near_duplicates import NearDuplicates
from training.rule_suggestion.compare_systems import FOLDS, Comparison, Flags, compare
from training.rule_suggestion.phrase_counts import count_phrases
from training.rule_suggestion.proposing import Material, SuggestedRule, propose_rules, prototype_text
from training.rule_suggestion.prototype_scores import Embedded
from training.rule_suggestion.rules_file import rules_file
from training.rule_suggestion.systems import Target
from training.rule_suggestion.word_vectors import fit_word_vectors
from training.votes.material import Embed, Floats32
from training.votes.phrases import PhraseRules
from training.votes.prototypes import Prototypes, has_prototypes
from training.votes.vote_matrix import FOR, VoteSource, labels_from_targets

Progress = Callable[[str, int, int], None]
"""Told the stage, how many papers or steps of it are done, and of how many (0: unknown)."""

POOL = 5000
COUNT = 300
FEWEST_LABELS = 2 * FOLDS
FEWEST_POOL = 20
FOUND_FROM = 0.4
"""Precision that an existing function declares, from which a paper it votes for counts as found."""
_AT_A_TIME = 256


@dataclass(frozen=True, slots=True)
class SuggestOptions:
    """What to suggest rules from."""

    inputs: tuple[str | Path, ...]
    """Files or folders of papers, the pool."""
    labels: Path
    """Labelled papers; about 100 are enough to start."""
    taxonomy: Path | None = None
    """Taxonomy file; None: the bundled one."""
    rules: Path | None = None
    """Existing rules, a file or folder; None: the bundled ones, as far as the taxonomy has their areas."""
    evaluation: Path | None = None
    """Evaluation set: labelled papers on which the rules are measured; None: the labels themselves, in folds."""
    count: int = COUNT
    """Rules to suggest at most."""
    pool: int = POOL
    """Papers of the inputs that are looked at, a uniform sample: it bounds memory and time."""
    embed: Embed | None = None
    """Encoder; None: word vectors learned from the pool, and no prototype rules."""
    input_format: InputFormat | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Suggested rules, best first, and what they rest on."""

    taxonomy: Taxonomy
    rules: tuple[SuggestedRule, ...]
    comparison: Comparison
    labels: int
    near_evaluation: int
    """Labelled papers left out because they nearly equal one of the evaluation set."""
    pool: int
    read: int
    """Papers read, of which the pool is a sample."""

    def to_yaml(self) -> str:
        """A rules file."""
        return rules_file(self.rules, self.taxonomy, self.labels, self.pool)


def suggest(options: SuggestOptions, progress: Progress, rejected: Callable[[Reject], None]) -> Suggestion:
    """Suggest rules and compare them with other uses of the same labels.

    Raises:
        UsageError: a path or file is wrong.
        AreatagError: too few labelled papers or papers.
    """
    taxonomy = load_taxonomy(options.taxonomy)
    existing = load_rules(options.rules, taxonomy).areas
    evaluation = _complete(options.evaluation, taxonomy)
    near = NearDuplicates(item.paper for item in evaluation)
    given = list(read_labels(options.labels, taxonomy))
    labelled = [item for item in given if item.paper not in near]
    if len(labelled) < FEWEST_LABELS:
        raise AreatagError(
            f"{options.labels} has {len(labelled)} labelled papers outside the evaluation set; "
            f"rules need at least {FEWEST_LABELS}, better 100."
        )
    progress("reading", 0, 0)
    records = read_papers(options.inputs, options.input_format)
    pool = sample_pool(records, options.pool, options.seed, near.__contains__, rejected)
    _check_pool(pool, options.inputs)
    embed = options.embed or _word_vectors(taxonomy, pool.papers, labelled, options.seed)
    sources: list[VoteSource] = [PhraseRules(taxonomy, existing)]
    if options.embed is not None and has_prototypes(existing):
        sources.append(Prototypes(taxonomy, existing, options.embed))
    material = _material(options, taxonomy, pool.papers, labelled, sources, embed, progress)
    target = _target(evaluation, taxonomy, embed, progress) if evaluation else None
    rules = propose_rules(material, np.arange(len(labelled)), options.count)
    progress("comparing", 0, 0)
    comparison = compare(material, sources, options.count, target, options.seed)
    return Suggestion(
        taxonomy, tuple(rules), comparison, len(labelled), len(given) - len(labelled), len(pool.papers), pool.read
    )


@dataclass(slots=True)
class PaperPool:
    """A sample of papers in the order read, how many were read, and how many records were none."""

    papers: list[Paper] = field(default_factory=list)
    read: int = 0
    rejected: int = 0


def sample_pool(
    records: Iterable[Paper | Reject],
    size: int,
    seed: int,
    left_out: Callable[[Paper], bool],
    rejected: Callable[[Reject], None],
) -> PaperPool:
    """A uniform sample of at most `size` papers, in memory for those alone.

    Args:
        records: of the inputs.
        size: most papers kept.
        seed: of the random sample.
        left_out: papers that are passed over, such as those of the evaluation set.
        rejected: told every record that is no paper.
    """
    pool = PaperPool()
    sample: Reservoir[Paper] = Reservoir(size, seed)
    for record in records:
        if isinstance(record, Reject):
            pool.rejected += 1
            rejected(record)
        elif not left_out(record):
            sample.add(record)
    pool.papers, pool.read = sample.items(), sample.seen
    return pool


def _target(
    evaluation: Sequence[LabelledPaper], taxonomy: Taxonomy, embed: Embed, progress: Progress
) -> tuple[Target, Flags]:
    papers = [item.paper for item in evaluation]
    embeddings = _embedded(embed, papers, lambda done, of: progress("embedding the evaluation set", done, of))
    return Target(papers, embeddings), label_matrix(evaluation, taxonomy)


def _complete(path: Path | None, taxonomy: Taxonomy) -> list[LabelledPaper]:
    if path is None:
        return []
    complete = [item for item in read_labels(path, taxonomy) if item.complete]
    if not complete:
        raise AreatagError(
            f"No paper in {path} has a complete label, so it is no evaluation set; leave out --evaluation."
        )
    return complete


def _check_pool(pool: PaperPool, inputs: Sequence[str | Path]) -> None:
    if len(pool.papers) < FEWEST_POOL:
        names = ", ".join(map(str, inputs))
        raise AreatagError(
            f"{names}: {len(pool.papers)} papers outside the evaluation set; rules need at least {FEWEST_POOL}."
        )


def _word_vectors(taxonomy: Taxonomy, pool: Sequence[Paper], labelled: Sequence[LabelledPaper], seed: int) -> Embed:
    texts = [
        *area_texts(taxonomy, phrases=False),
        *(paper.text for paper in pool),
        *(item.paper.text for item in labelled),
    ]
    return fit_word_vectors(texts, seed)


def _material(
    options: SuggestOptions,
    taxonomy: Taxonomy,
    pool: Sequence[Paper],
    labelled: Sequence[LabelledPaper],
    existing: Sequence[VoteSource],
    embed: Embed,
    progress: Progress,
) -> Material:
    papers = [item.paper for item in labelled]
    progress("counting phrases", 0, 0)
    counts = count_phrases(taxonomy, pool, papers)
    covered = np.zeros((len(pool), len(taxonomy.areas)), bool)
    for source in existing:
        found = np.array([function.expected >= FOUND_FROM for function in source.functions])
        covered |= (source.vote(pool)[found] == FOR).any(axis=0)
    embedded = Embedded(
        pool=_embedded(embed, pool, lambda done, of: progress("embedding the pool", done, of)),
        labelled=_embedded(embed, papers, lambda done, of: progress("embedding the labels", done, of)),
        titles=embed([prototype_text(paper) for paper in papers]),
        areas=embed(area_texts(taxonomy, phrases=False)),
    )
    return Material(
        taxonomy=taxonomy,
        pool=pool,
        labelled=labelled,
        labels=labels_from_targets(area_targets(labelled, taxonomy)),
        counts=counts,
        embedded=embedded,
        covered=covered,
        prototypes=options.embed is not None,
    )


def _embedded(embed: Embed, papers: Sequence[Paper], progress: Callable[[int, int], None]) -> Floats32:
    parts = []
    for start in range(0, len(papers), _AT_A_TIME):
        parts.append(embed([paper.text for paper in papers[start : start + _AT_A_TIME]]))
        progress(min(start + _AT_A_TIME, len(papers)), len(papers))
    return np.concatenate(parts)

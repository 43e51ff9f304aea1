"""What `areatag train` learns from: inputs, read and divided, and a dataset on disk that a resumed run uses again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import datasets
import numpy as np

from data.atomic import atomic_text, atomic_write
from data.errors import AreatagError, UsageError
from data.label_matrix import area_targets
from data.labels import LabelledPaper
from data.papers import Paper, content_id
from data.readers.labels import read_labels
from data.readers.sources import warn_of
from data.reservoir import Reservoir
from data.soft_labels import SoftLabels
from data.taxonomy import Taxonomy
from data.taxonomy_file import load_taxonomy
from model.fingerprints import FILE_NAME as FINGERPRINTS_FILE
from model.fingerprints import Fingerprints, fingerprints_of
from model.runtimes.tokenization import Tokenizer
from training.calibration.ood import SAMPLE
from training.fine_tuning.examples import Example, build_dataset, examples_of
from training.fine_tuning.imitation import TeacherEmbeddings
from training.fine_tuning.near_duplicates import NearDuplicates
from training.fine_tuning.paper_selection import choose_papers
from training.fine_tuning.train_options import TrainOptions
from training.label_checks import ENOUGH_PAPERS, contradiction, merged, nothing_to_learn, warnings

HELD_OUT_SHARE = 10
"""Without a validation file, one labelled paper in this many calibrates instead of training."""
_DATASET, _SAMPLE = "examples.arrow", "sample.jsonl"


@dataclass(frozen=True, slots=True)
class TrainInputs:
    """Papers by what they are for.

    Attributes:
        soft: soft labels to train on.
        labelled: labelled papers to train on.
        validation: labelled papers that calibrate and are measured.
        held_out: labelled papers that the model must not see at all.
    """

    taxonomy: Taxonomy
    soft: SoftLabels | None
    labelled: tuple[LabelledPaper, ...]
    validation: tuple[LabelledPaper, ...]
    held_out: tuple[LabelledPaper, ...]

    @classmethod
    def read(cls, options: TrainOptions) -> TrainInputs:
        """Read the files that the options name.

        Raises:
            UsageError: a file cannot be read, or soft labels belong to another taxonomy.
            AreatagError: a file is damaged, or no paper has an area to learn.
        """
        soft = SoftLabels(options.soft_labels) if options.soft_labels else None
        taxonomy = load_taxonomy(options.taxonomy) if options.taxonomy or soft is None else soft.taxonomy
        if soft is not None and soft.taxonomy.area_ids != taxonomy.area_ids:
            raise UsageError(
                f"{options.soft_labels} was made for another taxonomy than {options.taxonomy}; run weak-label with it."
            )
        labelled = _checked_labels(options.labels, taxonomy, options) if options.labels else ()
        if options.validation:
            validation = tuple(read_labels(options.validation, taxonomy))
        elif soft is None and len(labelled) < ENOUGH_PAPERS:
            validation = ()
        else:
            validation = tuple(item for item in labelled if _is_validation(item.paper))
            labelled = tuple(item for item in labelled if not _is_validation(item.paper))
        held_out = tuple(item for path in options.held_out for item in read_labels(path, taxonomy))
        return cls(taxonomy, soft, labelled, validation, held_out)

    def examples(self, options: TrainOptions) -> Iterator[Example]:
        """Soft-labelled papers, then labelled ones; never a validation or held-out paper, nor a near-duplicate."""
        return (example for example, is_left_out in self.marked_examples(options) if not is_left_out)

    def marked_examples(self, options: TrainOptions) -> Iterator[tuple[Example, bool]]:
        """All papers that were given for training, each with whether `examples` leaves it out."""
        left_out = NearDuplicates(item.paper for item in (*self.validation, *self.held_out))
        soft = _soft_examples(self.soft, options) if self.soft else iter(())
        labelled = examples_of([item.paper for item in self.labelled], area_targets(self.labelled, self.taxonomy))
        return ((example, example.paper in left_out) for example in itertools.chain(soft, labelled))


class PaperSample:
    """Some papers of a stream that have an abstract, to fit the OOD detector to."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._kept: Reservoir[Paper] = Reservoir(SAMPLE, seed)

    def add(self, paper: Paper) -> None:
        """Take the next paper of the stream into account."""
        if paper.abstract.strip():
            self._kept.add(paper)

    def papers(self) -> tuple[Paper, ...]:
        """The sample, in random order."""
        kept = self._kept.items()
        return tuple(kept[position] for position in np.random.default_rng(self._seed).permutation(len(kept)))


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """The tokenised training papers, and what is kept of them beside the tokens.

    Attributes:
        sample: some of the papers with an abstract, in random order.
        fingerprints: of all of them.
    """

    dataset: datasets.Dataset
    sample: tuple[Paper, ...]
    fingerprints: Fingerprints

    @classmethod
    def prepare(cls, inputs: TrainInputs, tokenizer: Tokenizer, options: TrainOptions, work: Path) -> TrainingSet:
        """Write the training set to a folder; with `options.resume`, one that is there is used again.

        Raises:
            AreatagError: there is nothing to learn from.
        """
        if not (options.resume and (work / _DATASET).exists()):
            _write(inputs, tokenizer, options, work)
        lines = (work / _SAMPLE).read_text(encoding="utf-8").splitlines()
        sample = tuple(Paper(*json.loads(line)) for line in lines)
        return cls(datasets.Dataset.from_file(str(work / _DATASET)), sample, Fingerprints.read(work))

    def __len__(self) -> int:
        return len(self.dataset)


def _write(inputs: TrainInputs, tokenizer: Tokenizer, options: TrainOptions, work: Path) -> None:
    """Write all files; the dataset gets its name last."""
    partial = (work / _DATASET).with_suffix(".partial")
    fingerprints: set[int] = set()
    sample = PaperSample(options.seed)
    left_out = 0

    def noted() -> Iterator[Example]:
        nonlocal left_out
        for example, is_left_out in inputs.marked_examples(options):
            left_out += is_left_out
            if not is_left_out:
                fingerprints.update(fingerprints_of(example.paper))
                sample.add(example.paper)
                yield example

    teacher = TeacherEmbeddings(Path(str(options.encoder)), options.device) if options.imitate else None
    dataset = build_dataset(noted(), inputs.taxonomy, tokenizer, options.max_tokens, partial, teacher=teacher)
    learned = len(dataset)
    if not learned:
        raise AreatagError(
            "Nothing to learn from: every paper given for training is among the validation or held-out papers, or "
            f"nearly equals one ({left_out} are left out)."
        )
    if left_out:
        source = options.labels or options.soft_labels
        warn_of(
            str(source),
            f"{left_out} of {left_out + learned} papers are not trained on: they are among the validation or "
            "held-out papers, or nearly equal one.",
        )
    del dataset
    with atomic_write(work / FINGERPRINTS_FILE) as stream:
        stream.write(Fingerprints.of_values(fingerprints).to_bytes())
    with atomic_text(work / _SAMPLE) as text:
        for paper in sample.papers():
            text.write(json.dumps([paper.id, paper.title, paper.abstract]) + "\n")
    partial.rename(work / _DATASET)


def _checked_labels(path: Path, taxonomy: Taxonomy, options: TrainOptions) -> tuple[LabelledPaper, ...]:
    """Read the labels, each paper once, and log what the user should know of them.

    Raises:
        AreatagError: no paper has an area, and there are no soft labels.
    """
    labelled, contradicting = merged(read_labels(path, taxonomy))
    if options.soft_labels:
        found = [contradiction(contradicting)] if contradicting else []
    elif nothing_to_learn(labelled):
        raise AreatagError(
            f"None of the {len(labelled)} papers in {path} has an area, so there is nothing to learn: "
            "name the areas of each in its field 'areas'."
        )
    else:
        found = warnings(labelled, contradicting, taxonomy, has_validation=options.validation is not None)
    for sentence in found:
        warn_of(str(path), sentence)
    return labelled


def _is_validation(paper: Paper) -> bool:
    return int(content_id(paper.title, paper.abstract).rpartition(":")[2], 16) % HELD_OUT_SHARE == 0


def _soft_examples(soft: SoftLabels, options: TrainOptions) -> Iterator[Example]:
    chosen = choose_papers(soft, options.papers or soft.rows, options.seed)
    position = 0
    for batch in soft.batches():
        for paper, areas, weight in zip(batch.papers, batch.probabilities, batch.weights, strict=True):
            if chosen[position]:
                yield Example(paper, areas, float(weight))
            position += 1

"""`areatag train`: labels to a model directory, resumable at every step."""

import hashlib
import itertools
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import torch
from numpy.typing import NDArray

from data.atomic import atomic_text
from data.errors import AreatagError, UsageError
from data.label_matrix import area_targets
from data.labels import LabelledPaper
from data.paper_sample import PaperSample, read_sample
from data.papers import Paper, content_id
from data.readers.labels import read_labels
from data.soft_labels import SoftLabels
from data.taxonomy import Taxonomy, load_taxonomy
from model.artefact import Artefact
from model.fingerprints import Fingerprints, fingerprints_of
from model.lexical import LexicalFeatures
from model.runtimes.tokenization import Tokenizer
from model.runtimes.torch_encoder import PooledEncoder
from training.calibration.text_checks import SAMPLE
from training.encoder.base_encoder import describe_encoder, earlier_model, load_tokenizer, resolve_encoder
from training.evaluation.report import EvaluationReport
from training.export.encoder import heads_of, write_encoder
from training.fine_tuning.examples import Example, build_dataset, examples_of
from training.fine_tuning.lexical import FEWEST_JUDGING, FEWEST_PAPERS, fit_lexical
from training.fine_tuning.linear_probe import TEXT_SCALES, Probe, fit_probe
from training.fine_tuning.near_duplicates import NearDuplicates
from training.fine_tuning.network import AreaClassifier
from training.fine_tuning.options import TrainOptions
from training.fine_tuning.paper_selection import choose_papers
from training.fine_tuning.schedule import probes, schedule_for
from training.fine_tuning.text_heads import continue_heads, initialise_heads, set_heads
from training.fine_tuning.trainer import Progress, fine_tune, uses_gpu
from training.finishing import TrainedModel, finish

HELD_OUT_SHARE = 10
"""Without a validation file, one labelled paper in this many calibrates instead of training."""
FEWEST_FOR_VALIDATION = 300
"""With fewer labelled papers, and nothing else to learn from, all of them train, and the heads fitted before
(`training.fine_tuning.linear_probe`) calibrate."""


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What a training made."""

    path: Path
    version: str
    papers: int
    evaluation: EvaluationReport | None


@dataclass(frozen=True, slots=True)
class _Inputs:
    taxonomy: Taxonomy
    soft: SoftLabels | None
    labelled: tuple[LabelledPaper, ...]
    validation: tuple[LabelledPaper, ...]
    held_out: tuple[LabelledPaper, ...]


def train(options: TrainOptions, progress: Progress | None = None) -> TrainReport:
    """Train, calibrate and write a model.

    The work is done in `<output>.training`, which keeps checkpoints until the model is complete; with `options.resume`
    an interrupted run goes on there.

    Raises:
        UsageError: the options contradict each other or the output exists.
        AreatagError: an input is damaged, or holds nothing to learn from.
    """
    work = _open_work_folder(options)
    inputs = _read_inputs(options)
    encoder_path = resolve_encoder(options.encoder)
    tokenizer = load_tokenizer(encoder_path)
    dataset = _dataset(inputs, tokenizer, options, work)
    torch.manual_seed(options.seed)
    encoder = PooledEncoder.from_directory(encoder_path, options.dropout)
    network = AreaClassifier(encoder, len(inputs.taxonomy.areas), len(inputs.taxonomy.fields))
    prior = _label_means(dataset)
    count = len(inputs.taxonomy.areas)
    initialise_heads(network, tokenizer, inputs.taxonomy, prior[:count], prior[count:])
    earlier = earlier_model(options.encoder)
    if earlier is not None:
        continue_heads(network, inputs.taxonomy, earlier)
    probe = None
    if probes(len(dataset)):
        probe = _probe(network, dataset, options, tokenizer.padding_id, TEXT_SCALES if earlier is None else (1.0,))
    run = fine_tune(network, dataset, options, work / "checkpoints", tokenizer.padding_id, progress)
    model = work / "model"
    shutil.rmtree(model, ignore_errors=True)
    write_encoder(network, encoder_path, model / "encoder")
    learned_from = _fingerprints(inputs, work, earlier)
    lexical = _lexical(inputs, options, len(dataset))
    trained = TrainedModel(
        folder=model,
        taxonomy=inputs.taxonomy,
        heads=heads_of(network),
        encoder={
            "name": describe_encoder(options.encoder),
            "hidden_size": network.encoder.hidden_size,
            "max_tokens": options.inference_tokens,
        },
        card=_card(inputs, options, len(dataset), run, probe, lexical),
        learned_from=learned_from,
        sample=read_sample(work),
        lexical=lexical,
        probe=probe,
    )
    evaluation, version = finish(trained, inputs.validation)
    model.rename(options.output)
    shutil.rmtree(work)
    return TrainReport(options.output, version, len(dataset), evaluation)


def _open_work_folder(options: TrainOptions) -> Path:
    if options.soft_labels is None and options.labels is None:
        raise UsageError("Nothing to learn from: give --soft-labels, --labels, or both.")
    if options.output.exists():
        raise UsageError(f"{options.output} exists already; choose another directory with -o, or remove it.")
    work = options.output.with_name(options.output.name + ".training")
    settings = _settings(options)
    recorded = work / "run.json"
    if work.exists() and not options.resume:
        raise UsageError(f"{work} holds an interrupted training; continue it with --resume, or remove that folder.")
    if recorded.exists() and json.loads(recorded.read_text()) != settings:
        raise UsageError(f"{work} was started with other options or inputs; use the same, or remove that folder.")
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{work} cannot be created ({error.strerror}); choose another directory with -o.") from error
    with atomic_text(recorded) as stream:
        stream.write(json.dumps(settings, indent=1))
    return work


def _settings(options: TrainOptions) -> dict[str, Any]:
    """What must be the same for a run to be continued: options, and inputs by content."""
    settings: dict[str, Any] = {
        name: str(value) if isinstance(value, Path | tuple) else value
        for name, value in asdict(options).items()
        if name not in {"output", "resume", "device", "checkpoint_minutes"}
    }
    for name in ("soft_labels", "labels", "validation", "taxonomy"):
        path = getattr(options, name)
        if path is not None:
            try:
                with path.open("rb") as stream:
                    settings[f"{name}_sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                raise UsageError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    return settings


def _read_inputs(options: TrainOptions) -> _Inputs:
    soft = SoftLabels(options.soft_labels) if options.soft_labels else None
    taxonomy = load_taxonomy(options.taxonomy) if options.taxonomy or soft is None else soft.taxonomy
    if soft is not None and soft.taxonomy.area_ids != taxonomy.area_ids:
        raise UsageError(
            f"{options.soft_labels} was made for another taxonomy than {options.taxonomy}; run weak-label with it."
        )
    labelled = tuple(read_labels(options.labels, taxonomy)) if options.labels else ()
    if options.validation:
        validation = tuple(read_labels(options.validation, taxonomy))
    elif soft is None and len(labelled) < FEWEST_FOR_VALIDATION:
        validation = ()
    else:
        validation = tuple(item for item in labelled if _is_held_out(item.paper))
        labelled = tuple(item for item in labelled if not _is_held_out(item.paper))
    held_out = tuple(item for path in options.held_out for item in read_labels(path, taxonomy))
    return _Inputs(taxonomy, soft, labelled, validation, held_out)


def _is_held_out(paper: Paper) -> bool:
    return int(content_id(paper.title, paper.abstract).rpartition(":")[2], 16) % HELD_OUT_SHARE == 0


def _dataset(inputs: _Inputs, tokenizer: Tokenizer, options: TrainOptions, work: Path) -> datasets.Dataset:
    """The tokenised training papers; an interrupted run's file is used again."""
    path = work / "examples.arrow"
    if options.resume and path.exists():
        return datasets.Dataset.from_file(str(path))
    partial = path.with_suffix(".partial")
    learned: set[str] = set()
    sample = PaperSample(SAMPLE, options.seed)
    examples = _noted(_examples(inputs, options), learned, sample)
    dataset = build_dataset(examples, inputs.taxonomy, tokenizer, options.max_tokens, partial)
    if not len(dataset):
        raise AreatagError("Nothing to learn from: every paper given for training is among the validation papers.")
    del dataset
    Fingerprints(frozenset(learned)).write(work)
    sample.write(work)
    partial.rename(path)
    return datasets.Dataset.from_file(str(path))


def _examples(inputs: _Inputs, options: TrainOptions) -> Iterator[Example]:
    """Soft-labelled papers, then labelled ones; never a paper that judges, nor a near-duplicate of one."""
    held_out = NearDuplicates(item.paper for item in (*inputs.validation, *inputs.held_out))
    soft = _soft_examples(inputs.soft, options) if inputs.soft else iter(())
    gold = examples_of([item.paper for item in inputs.labelled], area_targets(inputs.labelled, inputs.taxonomy))
    for example in itertools.chain(soft, gold):
        if example.paper not in held_out:
            yield example


def _noted(examples: Iterator[Example], learned: set[str], sample: PaperSample) -> Iterator[Example]:
    """The examples, as their papers' fingerprints are added to `learned`, and some papers to the sample."""
    for example in examples:
        sample.add(example.paper)
        learned.update(fingerprints_of(example.paper))
        yield example


def _fingerprints(inputs: _Inputs, work: Path, earlier: Artefact | None) -> Fingerprints:
    """Those of every paper behind the model: trained on, calibrated on, and behind the model it started from."""
    known = Fingerprints.read(work) | Fingerprints.of(item.paper for item in inputs.validation)
    return known if earlier is None else known | earlier.fingerprints()


def _soft_examples(soft: SoftLabels, options: TrainOptions) -> Iterator[Example]:
    chosen = choose_papers(soft, options.papers or soft.rows, options.seed)
    position = 0
    for batch in soft.batches():
        for paper, areas, weight in zip(batch.papers, batch.probabilities, batch.weights, strict=True):
            if chosen[position]:
                yield Example(paper, areas, float(weight))
            position += 1


def _label_means(dataset: datasets.Dataset) -> NDArray[np.float32]:
    """Mean label of every output, float32 [areas + fields]; 0.5 where none is covered."""
    labels = dataset.with_format("numpy")
    width = len(labels[0]["labels"])
    total, covered = np.zeros(width), np.zeros(width)
    for batch in labels.select_columns(["labels"]).iter(4096):
        values = np.asarray(batch["labels"], dtype=np.float32)
        total += np.nansum(values, axis=0)
        covered += (~np.isnan(values)).sum(axis=0)
    return np.asarray((total + 0.5) / (covered + 1.0), dtype=np.float32)


def _probe(
    network: AreaClassifier,
    dataset: datasets.Dataset,
    options: TrainOptions,
    padding_id: int,
    scales: Sequence[float],
) -> Probe:
    """Fit the heads, which are at their start, to the papers, and put them into the network."""
    network.to("cuda" if uses_gpu(options.device) else "cpu")
    probe = fit_probe(network.encoder, heads_of(network), dataset, padding_id, scales, options.seed)
    set_heads(network, probe.heads)
    return probe


def _lexical(inputs: _Inputs, options: TrainOptions, papers: int) -> LexicalFeatures | None:
    """What words say, from the training papers; None where these, or those that judge, are too few."""
    if papers < FEWEST_PAPERS or len(inputs.validation) < FEWEST_JUDGING:
        return None
    return fit_lexical(_examples(inputs, options), inputs.taxonomy)


def _card(
    inputs: _Inputs,
    options: TrainOptions,
    papers: int,
    run: dict[str, float],
    probe: Probe | None,
    lexical: LexicalFeatures | None,
) -> dict[str, Any]:
    schedule = schedule_for(options, papers)
    return {
        "trained_on": {
            "papers": papers,
            "soft_labels": inputs.soft.rows if inputs.soft else 0,
            "labelled_papers": len(inputs.labelled),
            "labelling_functions": (
                ", ".join(function.name for function in inputs.soft.provenance.functions) if inputs.soft else "none"
            ),
            "recorded_votes": (
                ", ".join(f"{name} ({papers} papers)" for name, papers in inputs.soft.provenance.recorded.items())
                if inputs.soft
                else "none"
            ),
            "validation_papers": f"{len(inputs.validation)}, for calibration and metrics alone",
        },
        "training": {
            "encoder": describe_encoder(options.encoder),
            "epochs": schedule.epochs,
            "max_tokens": options.max_tokens,
            "inference_tokens": options.inference_tokens,
            "batch_size": options.batch_size,
            "learning_rate": schedule.learning_rate,
            "head_rate": schedule.head_rate,
            "seed": options.seed,
            **({"heads_fitted_first": f"penalty {probe.penalty:g}"} if probe else {}),
            **({"lexical_terms": len(lexical.row_of), "lexical_weights": len(lexical.weights)} if lexical else {}),
            **run,
        },
        "calibrated_on": [content_id(item.paper.title, item.paper.abstract) for item in inputs.validation],
    }

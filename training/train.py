"""`areatag train`: labels to a model directory, resumable at every step."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from data.errors import UsageError
from data.papers import content_id
from model.artefact import Artefact, ModelParts
from model.calibration import Calibration
from model.calibration_note import calibration_of
from model.fingerprints import Fingerprints
from model.lexical import LexicalFeatures
from model.plain_files import ENCODER
from model.runtimes.torch_encoder import PooledEncoder
from model.writing import write_model
from training.calibrate_model import calibrate_model
from training.encoder.base_encoder import describe_encoder, earlier_model, load_tokenizer, resolve_encoder
from training.encoder.function_words import write_tokenizer_without_function_words
from training.evaluation.report import EvaluationReport
from training.export.encoder import write_encoder
from training.fine_tuning.layers import keep_layers
from training.fine_tuning.lexical import FEWEST_PAPERS, FEWEST_VALIDATION, fit_lexical
from training.fine_tuning.lexical_of_few import weigh_lexical
from training.fine_tuning.linear_probe import Probe
from training.fine_tuning.schedule import training_settings
from training.fine_tuning.start import new_network
from training.fine_tuning.train_options import TrainOptions
from training.fine_tuning.trainer import Progress, fine_tune
from training.fine_tuning.width import narrow_feed_forward, sample_batches
from training.training_set import TrainingSet, TrainInputs
from training.work_folder import work_folder


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What a training made."""

    path: Path
    version: str
    papers: int
    evaluation: EvaluationReport | None
    calibration: str
    """What its probabilities were fitted to, for people."""


def train(options: TrainOptions, progress: Progress | None = None) -> TrainReport:
    """Train, calibrate and write a model.

    The work is done in `<output>.training`, which keeps checkpoints until the model is complete; with `options.resume`
    an interrupted run goes on there.

    Raises:
        UsageError: the options contradict each other or the output exists.
        AreatagError: an input is damaged, or holds nothing to learn from; another process trains this model.
    """
    with work_folder(options) as work:
        return _train(options, work, progress)


def _train(options: TrainOptions, work: Path, progress: Progress | None) -> TrainReport:
    inputs = TrainInputs.read(options)
    if options.imitate and earlier_model(options.encoder) is None:
        raise UsageError("There is no model to imitate: name a model directory as the encoder.")
    encoder_path = resolve_encoder(options.encoder)
    tokenizer_path = _tokenizer_path(encoder_path, options, work)
    tokenizer = load_tokenizer(tokenizer_path)
    papers = TrainingSet.prepare(inputs, tokenizer, options, work)
    torch.manual_seed(options.seed)
    earlier = earlier_model(options.encoder)
    encoder = PooledEncoder.from_directory(encoder_path, options.dropout)
    if options.layers is not None:
        keep_layers(encoder, options.layers)
    if options.feed_forward_width is not None:
        sample = sample_batches(papers.dataset, tokenizer.padding_id, options.seed)
        narrow_feed_forward(encoder, options.feed_forward_width, sample)
    network, probe = new_network(encoder, inputs.taxonomy, papers.dataset, tokenizer, options, earlier)
    run = fine_tune(network, papers.dataset, options, work / "checkpoints", tokenizer.padding_id, progress)
    model = work / "model"
    shutil.rmtree(model, ignore_errors=True)
    write_encoder(network, tokenizer_path, model / ENCODER)
    parts = ModelParts(
        encoder_path=model / ENCODER,
        encoder_name=describe_encoder(options.encoder),
        hidden_size=network.encoder.hidden_size,
        max_tokens=options.inference_tokens,
        taxonomy=inputs.taxonomy,
        heads=network.heads(),
        area_calibration=probe.areas if probe else Calibration.identity(len(inputs.taxonomy.areas)),
        field_calibration=probe.fields if probe else Calibration.identity(len(inputs.taxonomy.fields)),
        fingerprints=_fingerprints(inputs, papers, earlier),
    )
    parts, lexical = _lexical(parts, inputs, options, len(papers), probe)
    parts = replace(parts, card=_card(inputs, options, len(papers), run, probe, lexical or parts.lexical))
    parts, evaluation = calibrate_model(parts, inputs.validation, papers.sample, lexical, probed=probe is not None)
    write_model(parts)
    model.rename(options.output)
    shutil.rmtree(work)
    return TrainReport(options.output, parts.version, len(papers), evaluation, calibration_of(parts).text)


def _tokenizer_path(encoder: str, options: TrainOptions, work: Path) -> str:
    """The encoder, or the folder of its tokenizer without function words."""
    if not options.skip_function_words:
        return encoder
    folder = work / "tokenizer"
    write_tokenizer_without_function_words(encoder, folder)
    return str(folder)


def _fingerprints(inputs: TrainInputs, papers: TrainingSet, earlier: Artefact | None) -> Fingerprints:
    """Those of every paper behind the model: trained on, calibrated on, and behind the model it started from."""
    known = papers.fingerprints | Fingerprints.of(item.paper for item in inputs.validation)
    return known if earlier is None else known | earlier.fingerprints


def _lexical(
    parts: ModelParts, inputs: TrainInputs, options: TrainOptions, papers: int, probe: Probe | None
) -> tuple[ModelParts, LexicalFeatures | None]:
    """Fit lexical features, where there are papers enough for that.

    Returns:
        The model, with the features where a linear probe tells how much they count; and, where that is left to the
        validation papers, the features.
    """
    if not options.lexical or papers < FEWEST_PAPERS:
        return parts, None
    if probe is not None:
        weighed = weigh_lexical(list(inputs.examples(options)), inputs.taxonomy, probe, options.seed)
        return (parts if weighed is None else weighed.added_to(parts)), None
    if len(inputs.validation) < FEWEST_VALIDATION:
        return parts, None
    return parts, fit_lexical(inputs.examples(options), inputs.taxonomy)


def _card(
    inputs: TrainInputs,
    options: TrainOptions,
    papers: int,
    run: dict[str, float],
    probe: Probe | None,
    lexical: LexicalFeatures | None,
) -> dict[str, Any]:
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
            **training_settings(options, papers),
            **({"heads_fitted_first": f"penalty {probe.penalty:g}"} if probe else {}),
            **({"lexical_terms": len(lexical.row_of), "lexical_weights": len(lexical.weights)} if lexical else {}),
            **run,
        },
        "calibrated_on": [content_id(item.paper.title, item.paper.abstract) for item in inputs.validation],
    }

"""`areatag models export`: a version as a directory, in areatag's own format or one that others load."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import UsageError
from serving.cli.console import message
from serving.cli.options import training_packages

if TYPE_CHECKING:
    from model.artefact import ModelParts

HELP = """Write a version to a new directory: to keep it, to take it to another machine, or for other software.

areatag copies it whole, verified; any command takes the copy with --model. huggingface writes a text classifier for
transformers, whose encoder sentence-transformers loads too. onnx writes one graph from tokens to probabilities, and
needs the training packages. These two have no lexical features, abstention or thresholds: their card says what that
costs. --gold fits and measures their calibration on labelled papers, which needs the training packages too.

\b
Examples:
  areatag models export 20260101-0a1b2c3d my-model/
  areatag models export bundled for-transformers/ --format huggingface
  areatag models export bundled for-onnxruntime/ --format onnx
"""


class ExportFormat(StrEnum):
    """Formats of an export."""

    AREATAG = "areatag"
    HUGGINGFACE = "huggingface"
    ONNX = "onnx"


def export_model(
    reference: Annotated[str, typer.Argument(metavar="REF", help="bundled, a version name or a model directory.")],
    path: Annotated[Path, typer.Argument(metavar="DIR", help="Directory to write; it must not exist yet.")],
    format: Annotated[ExportFormat, typer.Option("--format", help="Who is to load it.")] = ExportFormat.AREATAG,
    gold: Annotated[
        Path | None,
        typer.Option(
            "--gold",
            metavar="GOLD.jsonl",
            help="Papers with id, title, abstract, areas, to calibrate on what is left without lexical features.",
        ),
    ] = None,
) -> None:
    """Export; `HELP` is what people read."""
    if format is ExportFormat.AREATAG:
        if gold is not None:
            raise UsageError("--gold is for --format huggingface and onnx; the format areatag keeps everything.")
        # Help must not load numpy, which an artefact needs.
        from model.versions import export

        typer.echo(export(reference, path))
        return
    model = _model(reference, gold)
    if format is ExportFormat.ONNX:
        with training_packages("models export --format onnx"):
            from training.export.onnx_classifier import export_onnx as write
    else:
        from model.exports.hugging_face import export_hugging_face as write
    write(model, path)
    if model.lexical is not None:
        message(f"{path} has no lexical features; what that costs is in {path / 'README.md'}.")
    typer.echo(path)


def _model(reference: str, gold: Path | None) -> ModelParts:
    """The model, verified; with labelled papers calibrated on them."""
    from model.artefact import Artefact
    from model.versions import resolve_model

    model = Artefact.open(resolve_model(reference)).parts
    if gold is None:
        return model
    with training_packages("models export --gold"):
        from training.export.embedding_alone import calibrated_alone
    from data.readers.labels import read_labels

    return calibrated_alone(model, list(read_labels(gold, model.taxonomy)))

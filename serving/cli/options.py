"""Options that several commands share, and the check for the training packages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from data.errors import AreatagError, UsageError
from data.extras import how_to_install
from data.readers import InputFormat
from model.runtimes.registry import Device

_OWN_PACKAGES = {"data", "model", "training", "serving"}


InputsArgument = Annotated[list[str], typer.Argument(metavar="INPUT", help="Files or folders of papers; - for stdin.")]
InputFormatOption = Annotated[
    InputFormat | None,
    typer.Option("--input-format", help="Format of the inputs, found by content if left out."),
]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="OUT", help="File for the results; stdout if left out.")
]
RejectedOption = Annotated[
    Path | None,
    typer.Option("--rejected", metavar="FILE", help="File for rejected records: OUT.rejected.jsonl, or stderr."),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Stop at the first rejected record, exit code 1.")]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="REF",
        help="Model to use: bundled, a version name or a model directory.  [default: the active version]",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts, instead of text.")]
AlwaysJsonOption = Annotated[
    bool,
    typer.Option("--json", help="Changes nothing, as the output is JSON anyway; for scripts that always ask for it."),
]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where to compute; auto uses a GPU when there is one.")]
AnnotatorOption = Annotated[str, typer.Option("--annotator", metavar="NAME", help="Who decided.")]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME-OR-DIR",
        help="Hugging Face encoder or directory.  [default: all-MiniLM-L6-v2]",
        show_default=False,
    ),
]
TaxonomyOption = Annotated[
    Path | None,
    typer.Option(
        "--taxonomy",
        metavar="FILE",
        help="Taxonomy of the areas, YAML or CSV.  [default: the bundled one]",
        show_default=False,
    ),
]


def positive(option: str, value: float) -> float:
    """The value, if it is above 0 and finite; a range of typer would let NaN through.

    Raises:
        UsageError: it is not.
    """
    if not (math.isfinite(value) and value > 0):
        raise UsageError(f"{option} must be a number above 0, not {value}.")
    return value


@contextmanager
def training_packages(command: str) -> Iterator[None]:
    """Around an import of the training code: a missing package becomes a sentence on how to install it.

    Raises:
        AreatagError: a package of the extra ``train`` is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in _OWN_PACKAGES:
            raise
        raise AreatagError(
            f"`areatag {command}` needs the package {missing}, which is not installed: "
            f"install the training packages with {how_to_install('train')}."
        ) from error

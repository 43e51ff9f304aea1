"""`areatag label --engine ray`: the papers of a lake, on the machines of a Ray cluster."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from data.errors import AreatagError, UsageError
from data.extras import how_to_install
from data.readers import InputFormat
from model.runtimes.registry import Device
from model.tags import TagOptions
from serving.batch.termination import TERMINATED, ends_on_sigterm
from serving.batch.writers import OutputFormat, format_of_suffix, with_uris
from serving.cli.console import labelling_progress, message, show_counts

if TYPE_CHECKING:
    from serving.lake.label import LakeResult

_SHARD_FORMATS = (OutputFormat.JSONL, OutputFormat.PARQUET)
_WARNINGS_SHOWN = 20


class Engine(StrEnum):
    """What labels: the values of --engine."""

    LOCAL = "local"
    RAY = "ray"


@dataclass(frozen=True, slots=True)
class LakeOptions:
    """The command line of one run, as far as it holds for a lake."""

    inputs: tuple[str, ...]
    input_format: InputFormat | None
    output: str | None
    file_format: OutputFormat | None
    options: TagOptions
    model: str | None
    device: Device
    resume: bool


def check_lake_options(rejected: Path | None, *, strict: bool, keywords: bool) -> None:
    """Refuse the options that a lake does without; raises UsageError."""
    given = {"--rejected": rejected is not None, "--strict": strict, "--keyword-prefix or -hierarchy": keywords}
    for name, here in given.items():
        if here:
            raise UsageError(f"--engine ray has no {name}: leave it out. Rejected records go to OUT/rejected.")


def label_on_ray(asked: LakeOptions, address: str | None) -> None:
    """Label all papers on a cluster; say what was rejected, warned of and could not be done.

    Raises:
        AreatagError: Ray is not installed, the work failed, or some of it could not be done.
    """
    if asked.output is None or asked.output == "-":
        raise UsageError("--engine ray writes many files: name a folder or a URL with -o OUT.")
    file_format = asked.file_format or format_of_suffix(PurePath(asked.output)) or OutputFormat.JSONL
    if file_format not in _SHARD_FORMATS:
        raise UsageError(
            f"--engine ray writes jsonl or parquet, not {file_format.value}: choose one with --format, or by the "
            "suffix of the folder."
        )
    try:
        with ends_on_sigterm():
            result = _labelled(asked, asked.output, file_format, address)
    except (KeyboardInterrupt, SystemExit) as ended:
        message(f"Interrupted: what is done is in {asked.output}; continue with --resume.")
        if isinstance(ended, SystemExit):  # while it starts, Ray ends with a status of its own
            raise SystemExit(TERMINATED) from None
        raise
    _report(asked, result)


def _labelled(asked: LakeOptions, output: str, file_format: OutputFormat, address: str | None) -> LakeResult:
    try:
        from serving.lake.ray_cluster import RayCluster
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"data", "model", "serving"}:
            raise
        raise AreatagError(
            f"--engine ray needs the package {error.name}, which is not installed: {how_to_install('ray')}."
        ) from error
    # Only here, after all that can be wrong with the command line.
    from model.artefact import Artefact
    from model.versions import resolve_model
    from serving.lake.label import LakeRun, label_lake
    from serving.lake.same_model import AnswersBy
    from serving.lake.storage import Storage
    from serving.lake.worker import Job

    artefact = Artefact.open(resolve_model(asked.model))
    options = with_uris(asked.options, artefact.taxonomy)
    job = Job(Storage.at(output).name, file_format, options, _on_every_node(asked.model), AnswersBy.of(artefact))
    run = LakeRun(asked.inputs, asked.input_format, job, asked.resume)
    with labelling_progress(start=None, to_terminal=False) as show:
        return label_lake(run, RayCluster(address, asked.device), show)


def _on_every_node(model: str | None) -> str | None:
    """Return what names the model there: a version by its name, a directory by its whole path."""
    from model.versions import resolve_model, versions

    return model if model is None or model in versions() else str(resolve_model(model).absolute())


def _report(asked: LakeOptions, result: LakeResult) -> None:
    for sentence in result.warnings[:_WARNINGS_SHOWN]:
        message(sentence)
    if len(result.warnings) > _WARNINGS_SHOWN:
        message(f"and {len(result.warnings) - _WARNINGS_SHOWN} more such sentences, in {asked.output}/done")
    if result.counts.rejected:
        message(f"Rejected records and reasons: {asked.output}/rejected")
    show_counts(result.counts, asked.options)
    if result.failed:
        raise AreatagError(
            f"{len(result.failed)} of {result.items} parts could not be done, all others are. The first: "
            f"{result.failed[0].problem} Correct that, then run again with --resume."
        )
    if not result.counts.labelled:
        raise AreatagError(f"None of the {result.counts.read} records could be labelled: see {asked.output}/rejected.")

"""The folder beside a model in the making: its checkpoints, and what a resumed training must have in common."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from data.atomic import atomic_text, check_names_a_file
from data.errors import UsageError
from data.file_lock import lock_output
from model.manifest import sha256_of
from model.plain_files import MANIFEST
from training.encoder.base_encoder import BASE_ENCODER, resolve_encoder
from training.fine_tuning.train_options import TrainOptions

_MAY_CHANGE = {"output", "resume", "device", "checkpoint_minutes"}
"""Options that a resumed training heeds, whatever they were when it began."""
_FILES = ("soft_labels", "labels", "validation", "taxonomy", "held_out")
"""Options that name files, whose content must be the same, wherever they lie."""


def nothing_to_resume(output: Path) -> bool:
    """Whether the model is complete; removes the work of a run that was killed right after it was.

    Raises:
        AreatagError: another process is just completing it.
    """
    complete = (output / MANIFEST).is_file()
    work = _folder(output)
    if complete and work.exists():
        lock = lock_output(output, work)
        shutil.rmtree(work, ignore_errors=True)
        lock.remove()
    return complete


@contextmanager
def work_folder(options: TrainOptions) -> Iterator[Path]:
    """Open the work folder as `open_work_folder` does, and keep other processes from using it within the block.

    Raises:
        AreatagError: another process trains this model; else as `open_work_folder`.
    """
    work = _folder(options.output)
    _make(work.parent)
    lock = lock_output(options.output, work)
    try:
        yield open_work_folder(options)
    finally:
        lock.remove()


def open_work_folder(options: TrainOptions) -> Path:
    """Make the work folder, or return that of an interrupted run with the same options and inputs.

    Raises:
        UsageError: the output exists, or the run cannot be begun or continued like this.
    """
    if options.soft_labels is None and options.labels is None:
        raise UsageError("Nothing to learn from: give --soft-labels, --labels, or both.")
    if options.output.exists():
        raise UsageError(f"{options.output} exists already; choose another directory with -o, or remove it.")
    work = _folder(options.output)
    settings = _settings(options)
    recorded = work / "run.json"
    if work.exists() and not options.resume:
        raise UsageError(f"{work} holds an interrupted training; continue it with --resume, or remove that folder.")
    if recorded.exists():
        _compare(work, json.loads(recorded.read_text()), settings)
    _make(work)
    with atomic_text(recorded) as stream:
        stream.write(json.dumps(settings, indent=1))
    return work


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be created ({error.strerror}); choose another directory with -o.") from error


def _folder(output: Path) -> Path:
    check_names_a_file(output)
    return output.with_name(output.name + ".training")


def _compare(work: Path, before: dict[str, Any], now: dict[str, Any]) -> None:
    compared = {*before, *now} - set(_FILES)  # earlier releases noted their paths too
    changed = sorted(name for name in compared if before.get(name) != now.get(name))
    if changed:
        what = ", ".join(name.replace("_", " ") for name in changed)
        raise UsageError(
            f"{work} was started with other options or inputs ({what}); use the same, or remove that folder."
        )


def _settings(options: TrainOptions) -> dict[str, Any]:
    """What must be the same for a run to be continued: options, and inputs by content."""
    settings: dict[str, Any] = {
        name: value for name, value in asdict(options).items() if name not in _MAY_CHANGE and name not in _FILES
    }
    for name in _FILES:
        paths = getattr(options, name)
        if paths:
            settings[f"content of {name}"] = [
                _digest(path) for path in (paths if isinstance(paths, tuple) else [paths])
            ]
    settings["content of encoder"] = digest = _encoder_digest(options.encoder)
    return settings if not digest else settings | {"encoder": None}


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check the path.") from error


def _encoder_digest(name: str | None) -> str:
    """A digest of the encoder's folder, and of the heads of the model that it belongs to; empty where there is none.

    The base encoder is the published one, else it is refused; one of a hub has a name alone.
    """
    if name is None or name == BASE_ENCODER:
        return ""
    folder, manifest = Path(resolve_encoder(name)), Path(name) / MANIFEST
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    files += [manifest] if manifest.is_file() else []
    digests = [f"{path.name} {_digest(path)}\n" for path in files]
    return hashlib.sha256("".join(digests).encode()).hexdigest() if files else ""

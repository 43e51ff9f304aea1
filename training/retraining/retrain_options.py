"""What a retraining is asked to do and what it answers; light to import."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any


class Promote(StrEnum):
    """Whether the new version becomes the active one."""

    AUTO = "auto"
    """When the gate finds it not inferior."""
    NEVER = "never"
    """Not now; `areatag models activate` does it later."""
    FORCE = "force"
    """Whatever the gate says; the version records that."""


@dataclass(frozen=True, slots=True)
class RetrainOptions:
    """Settings of `areatag retrain`. Labels come from the label store."""

    promote: Promote = Promote.AUTO
    base: str | None = None
    """Model to start from and to distil: a version name or a directory; None: the active version.

    The gate compares with the active version all the same. An older base leaves out what was learned since.
    """
    soft_labels: Path | None = None
    """Replay: soft labels written by `areatag weak-label`."""
    papers: tuple[str, ...] = ()
    """Replay: files or folders of papers, on which the base's own probabilities are the targets."""
    taxonomy: Path | None = None
    """Taxonomy of the new version; None: that of the base."""
    device: str = "auto"
    """auto, cpu or cuda."""
    threads: int | None = None
    """Processor threads; None: all cores."""
    max_tokens: int = 128
    """Tokens a paper is cut to in training."""
    learning_rate: float = 5e-5
    """Peak rate of the encoder (AdamW); that of the heads is ten times as high."""
    seed: int = 1
    """Seed of shuffling and of the choice of replay papers."""
    checkpoint_minutes: float = 1.0
    """Minutes between checkpoints."""


def with_absolute_paths(options: RetrainOptions) -> RetrainOptions:
    """The options as they are understood in any folder."""

    def absolute(path: Path | None) -> Path | None:
        return None if path is None else path.absolute()

    return replace(
        options,
        base=str(Path(options.base).absolute()) if options.base and Path(options.base).is_dir() else options.base,
        soft_labels=absolute(options.soft_labels),
        taxonomy=absolute(options.taxonomy),
        papers=tuple(str(Path(item).absolute()) if Path(item).exists() else item for item in options.papers),
    )


@dataclass(frozen=True, slots=True)
class RetrainResult:
    """What a retraining made.

    Attributes:
        job: name of the job; its folder is `AREATAG_HOME/retrain/<job>`.
        version: the new version, installed under AREATAG_HOME whatever the verdict.
        base: version that it was trained from.
        path: its directory.
        verdict: "not inferior", "inferior" or "insufficient evidence".
        promoted: it is the active version now.
        forced: promoted although the gate did not say "not inferior".
        mode: "encoder and heads", or "heads" where there was nothing to replay.
        report: results for people and programs: "data", "gate", "forgetting", "training" (see
            `training.retraining.gate`, `training.retraining.backward_transfer`); plain numbers and texts.
    """

    job: str
    version: str
    base: str
    path: Path
    verdict: str
    promoted: bool
    forced: bool
    mode: str
    report: dict[str, Any]

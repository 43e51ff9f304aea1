"""What every part of the benchmark is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The command line."""

    papers: tuple[str, ...] = ()
    """Files or folders of real papers."""
    model: str | None = None
    """As `areatag label --model` takes it."""
    records: int = 0
    """Of each part; 0: as many as it takes by itself."""
    encoder_papers: int = 2000
    """For the encoder alone, before and after the run."""
    kills: int = 10
    """Of the run that is killed."""
    seed: int = 0
    """Of the moments of the kills."""

"""`python -m training.bundled`: make the bundled model."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

import data
from data.errors import AreatagError
from training.bundled.options import RecipeOptions
from training.bundled.recipe import make_model
from training.bundled.settings import SETTINGS_FILE, read_settings
from training.bundled.stages import LOG

RECORDED = Path(data.__file__).parent / "recorded_votes"
"""In the source tree alone."""
EVALUATION = RECORDED / "judge.jsonl.gz"
_SECONDS = 60.0
"""Between two lines of progress."""


def main(
    papers: Annotated[list[Path], typer.Option("--papers", help="The pool: files or folders; may be repeated.")],
    gold: Annotated[Path, typer.Option("--gold", help="Labelled papers that calibrate, never train.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the model.")],
    votes: Annotated[
        list[Path] | None,
        typer.Option("--votes", help="Recorded votes beside those of data/recorded_votes; may be repeated."),
    ] = None,
    settings: Annotated[Path, typer.Option("--settings", help="Settings of the recipe (YAML).")] = SETTINGS_FILE,
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
) -> None:
    """Make the bundled model, from the base encoder, papers and recorded votes.

    Its stages stay in DIR.stages; after an interruption, or when nothing has changed, what is there is used again.
    """
    try:
        recorded = sorted(path for path in RECORDED.glob("*.jsonl.gz") if path != EVALUATION)
        options = RecipeOptions(
            papers=tuple(papers),
            gold=gold,
            votes=(*(votes or ()), *recorded),
            evaluation_votes=EVALUATION,
            output=output,
            settings=read_settings(settings),
            device=device,
        )
        result = make_model(options, _tell, _Progress())
    except AreatagError as error:
        _tell(str(error))
        raise typer.Exit(error.exit_code) from error
    if result.unchanged:
        _tell(f"Nothing to do: {output} is what the recipe makes.")
    else:
        _tell(f"Model {result.model.version} in {output}; the stages and their times: {options.work / LOG}")


def _tell(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


class _Progress:
    """A line each minute, for a log."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self._last >= _SECONDS:
            self._last = time.monotonic()
            _tell(f"{what}: {done:,} of {total:,}" if total else what)


if __name__ == "__main__":
    typer.run(main)

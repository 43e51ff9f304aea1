"""`areatag ask`: areas of papers from a language model, as a votes file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import AreatagError, UsageError
from serving.batch.paths import STDIN, check_paths, default_rejected
from serving.cli.console import message, stage_progress
from serving.cli.options import InputFormatOption, TaxonomyOption, positive

if TYPE_CHECKING:
    from training.llm_votes.ask import AskOptions, AskReport

HELP = """Ask a language model which areas papers have, and write its answers as a votes file.

Works with every endpoint that speaks OpenAI's chat completions. AREATAG_LLM_URL, AREATAG_LLM_MODEL and, where
one is needed, AREATAG_LLM_KEY say which; without them nothing is sent anywhere. Titles and abstracts go to that
endpoint. Answers are kept: the same command goes on after an interruption or a spent budget, and pays for no
paper twice. Give the votes to weak-label.

\b
Example:
  export AREATAG_LLM_URL=https://llm.example/v1 AREATAG_LLM_MODEL=my-model AREATAG_LLM_KEY=...
  areatag ask papers.jsonl --max-calls 500 -o votes.jsonl
  areatag weak-label papers.jsonl --votes votes.jsonl -o soft.parquet
"""


_MaxTokens = Annotated[int, typer.Option("--max-tokens", min=1, help="Most tokens, prompts and answers together.")]
_Batch = Annotated[
    int, typer.Option("--batch", min=1, max=50, help="Papers a request: more cost less and are read less well.")
]
_AnswerTokens = Annotated[
    int, typer.Option("--answer-tokens", min=16, help="Longest answer for a paper; thinking models need more.")
]
_Rejected = Annotated[
    Path | None,
    typer.Option("--rejected", metavar="FILE", help="File for papers without a vote: OUT.rejected.jsonl."),
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("ask", help=HELP)(ask)


def ask(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT", help="Files or folders of papers; - for stdin.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="VOTES.jsonl", help="File for the votes.")],
    taxonomy: TaxonomyOption = None,
    max_calls: Annotated[int, typer.Option("--max-calls", min=1, help="Most requests, repeated ones included.")] = 200,
    max_tokens: _MaxTokens = 2_000_000,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=64, help="Requests at the same time.")] = 4,
    batch: _Batch = 1,
    answer_tokens: _AnswerTokens = 300,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds that a request may take.")] = 60.0,
    rejected: _Rejected = None,
    input_format: InputFormatOption = None,
) -> None:
    """Ask and report; `HELP` is what people read."""
    # Only this command pays for importing the HTTP client.
    from data.home import areatag_home
    from data.taxonomy_file import load_taxonomy
    from training.llm_votes import ask as asking
    from training.llm_votes.cache import FILE_NAME
    from training.llm_votes.settings import Endpoint, Limits

    if output == Path(STDIN):
        raise UsageError("The votes need a file, beside which the rejected papers go: name one with -o VOTES.jsonl.")
    endpoint = Endpoint.from_environment()
    rejected = rejected or default_rejected(output)
    check_paths(tuple(inputs), output, rejected)
    limits = Limits(
        max_calls=max_calls,
        max_tokens=max_tokens,
        concurrency=concurrency,
        batch=batch,
        answer_tokens=answer_tokens,
        timeout=positive("--timeout", timeout),
    )
    areas, cache = load_taxonomy(taxonomy), areatag_home() / FILE_NAME
    options = asking.AskOptions(tuple(inputs), output, rejected, areas, endpoint, cache, limits, input_format)
    _announce(options)
    with stage_progress() as show:
        report = asking.ask(options, show)
    _show(report, rejected)


def _announce(options: AskOptions) -> None:
    endpoint, limits = options.endpoint, options.limits
    message(f"Asking {endpoint.model} at {endpoint.host}; answers are kept in {options.cache}")
    message(f"Budget: at most {limits.max_calls:,} calls and {limits.max_tokens:,} tokens")
    if endpoint.reveals_key:
        message("Warning: the address is not https, so the key can be read on its way.")


def _show(report: AskReport, rejected: Path) -> None:
    if report.unknown:
        named = ", ".join(f"{area} ({count})" for area, count in report.unknown.most_common(5))
        message(f"Left out {report.unknown.total()} ids that the taxonomy lacks, such as {named}")
    if report.rejected:
        message(f"Papers without a vote and reasons: {rejected}")
    if report.left:
        message("The budget is spent: run the same command again to go on.")
    message(report.summary())
    if not report.labelled:
        raise AreatagError(f"None of the {report.read} records got a vote: see {rejected}, or allow a larger budget.")

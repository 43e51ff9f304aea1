"""`areatag label`: tag the papers of files, folders or stdin."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from data.errors import UsageError
from model.runtimes.registry import Device
from model.tags import TagOptions
from serving.batch.writers import OutputFormat, choose_format
from serving.cli.destinations import resolve_destinations
from serving.cli.label_here import label_here
from serving.cli.label_lake import Engine, LakeOptions, check_lake_options, label_on_ray
from serving.cli.label_run import KeywordOptions, LabelRun
from serving.cli.options import (
    DeviceOption,
    InputFormatOption,
    InputsArgument,
    ModelOption,
    RejectedOption,
    StrictOption,
)

HELP = """Tag papers with research areas.

Reads JSON, JSONL, CSV/TSV, Parquet, BibTeX, RIS, NBIB, EndNote, Web of Science, XML of several sources and saved
"Daily Papers" pages, also compressed or in a .zip, from files, folders, or - for stdin. One record a paper, in
input order. Records that are no papers go to the rejected file with file, line and reason. Areas that a curator
confirmed come first and are marked:
"confirmed": true in JSONL; the column "confirmed" of CSV and Parquet has their ids. An output of the input's own
kind (.bib, .ris, CSL-JSON) is the input again, with the areas added to the keywords of its entries.

\b
Examples:
  areatag label papers.jsonl -o labels.jsonl
  zcat papers.jsonl.gz | areatag label - --format tsv --top-k 3 > labels.tsv
  areatag label lake/ -o labels.parquet --resume
  areatag label refs.bib -o tagged.bib --keyword-prefix "area: "
  areatag label s3://bucket/papers/ -o s3://bucket/labels --format parquet --engine ray --ray-address head:6379
"""


_Output = Annotated[
    str | None,  # a path, or a URL for --engine ray
    typer.Option("-o", "--output", metavar="OUT", help="File for the labels; its suffix may say the format."),
]
_Engine = Annotated[
    Engine, typer.Option("--engine", help="ray: on the machines of a Ray cluster; OUT is then a folder or a URL.")
]
_RayAddress = Annotated[
    str | None,
    typer.Option(
        "--ray-address",
        metavar="HOST:PORT",
        help="Ray cluster for --engine ray.  [default: one of this machine, for this run]",
        show_default=False,
    ),
]
_Threshold = Annotated[
    float | None,
    typer.Option("--threshold", min=0.0, max=1.0, help="Probability that replaces every area's own threshold."),
]
_MinPrecision = Annotated[
    float | None,
    typer.Option(
        "--min-precision", min=0.0, max=1.0, help="Give areas of which this share is right; not with --threshold."
    ),
]
_AllScores = Annotated[bool, typer.Option("--all-scores", help="Add the probability of every area to the record.")]
_Language = Annotated[
    str,
    typer.Option("--language", metavar="TAG", help="Language of the names, where the taxonomy has them (fi, zh-Hans)."),
]
_Crosswalk = Annotated[
    bool, typer.Option("--crosswalk", help="Add what each area is elsewhere: arXiv, OpenAlex, other vocabularies.")
]
_Explain = Annotated[bool, typer.Option("--explain", help="Add the sentences each area rests on (many times slower).")]
_KeywordPrefix = Annotated[
    str, typer.Option("--keyword-prefix", metavar="TEXT", help="Begin our keywords so, and replace earlier ones.")
]
_KeywordHierarchy = Annotated[
    bool, typer.Option("--keyword-hierarchy", help='Write keywords as "Field > Area", as JabRef\'s groups.')
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("label", help=HELP)(label)


def label(
    inputs: InputsArgument,
    output: _Output = None,
    file_format: Annotated[OutputFormat | None, typer.Option("--format", help="Format of the labels.")] = None,
    rejected: RejectedOption = None,
    top_k: Annotated[int | None, typer.Option("--top-k", min=1, help="Keep at most this many areas a paper.")] = None,
    threshold: _Threshold = None,
    min_precision: _MinPrecision = None,
    all_scores: _AllScores = False,
    explain: _Explain = False,
    language: _Language = "",
    crosswalk: _Crosswalk = False,
    model: ModelOption = None,
    device: DeviceOption = Device.AUTO,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted run of the same command.")] = False,
    strict: StrictOption = False,
    input_format: InputFormatOption = None,
    keyword_prefix: _KeywordPrefix = "",
    keyword_hierarchy: _KeywordHierarchy = False,
    engine: _Engine = Engine.LOCAL,
    ray_address: _RayAddress = None,
) -> None:
    """Check the options and label; `HELP` is what people read."""
    options = TagOptions(
        top_k, threshold, min_precision, all_scores=all_scores, explain=explain, language=language, crosswalk=crosswalk
    )
    _check_thresholds(options)
    keywords = KeywordOptions(keyword_prefix, keyword_hierarchy)
    if engine is Engine.RAY:
        check_lake_options(rejected, strict=strict, keywords=keywords.given)
        asked = LakeOptions(tuple(inputs), input_format, output, file_format, options, model, device, resume)
        label_on_ray(asked, ray_address)
        return
    if ray_address is not None:
        raise UsageError("--ray-address is for --engine ray: add that, or leave the address out.")
    path, rejected = resolve_destinations(None if output is None else Path(output), rejected)
    labels_format = choose_format(path, file_format)
    label_here(
        LabelRun(
            tuple(inputs),
            input_format,
            path,
            rejected,
            labels_format,
            options,
            model,
            device,
            resume=resume,
            strict=strict,
            keywords=keywords,
        )
    )


def _check_thresholds(options: TagOptions) -> None:
    for name, value in (("--threshold", options.threshold), ("--min-precision", options.min_precision)):
        if value is not None and math.isnan(value):
            raise UsageError(f"{name} must be a number from 0 to 1, not nan.")
    if options.threshold is not None and options.min_precision is not None:
        raise UsageError("--threshold and --min-precision exclude each other: leave one of them out.")

"""`areatag rules`: check labelling rules, and have some suggested."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.atomic import atomic_text
from model.runtimes.registry import Device
from serving.cli.console import message, show_reject, stage_progress
from serving.cli.options import (
    DeviceOption,
    EncoderOption,
    InputFormatOption,
    JsonOption,
    TaxonomyOption,
    training_packages,
)

if TYPE_CHECKING:
    from training.rule_suggestion.suggest import Suggestion

POOL = 5000
COUNT = 300
SUGGEST_HELP = """Suggest labelling rules from about 100 labelled papers and many without labels.

Phrases of one to four words, and prototypes (similarity to the titles of an area's labelled papers and to its
description), whose precision is estimated from the labels and, where these say little, from similarity over the
papers given; ranked by precision and by what they find that existing rules do not. The rules go to stdout or -o, with
precision, coverage and example titles as comments, for areatag weak-label --rules. On stderr a table compares them
with few-shot, zero-shot and the existing rules on held-out labels. Needs the training packages.

\b
Examples:
  areatag rules suggest papers.jsonl --labels labelled.jsonl -o suggested.yaml
  areatag rules suggest lake/ --labels labelled.jsonl --taxonomy my-areas.yaml --rules my-rules/ --evaluation gold.jsonl
"""
CHECK_HELP = """Check labelling rules, a file or a folder; problems are named with their line.

\b
Example:
  areatag rules check suggested.yaml --taxonomy my-areas.yaml
"""


_Labels = Annotated[
    Path, typer.Option("--labels", metavar="LABELS.jsonl", help="Papers with id, title, abstract, areas.")
]
_Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="RULES.yaml", help="File for the rules.")]
_Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="RULES", help="Existing rules, a file or folder.  [default: bundled]"),
]
_Evaluation = Annotated[
    Path | None,
    typer.Option(
        "--evaluation",
        metavar="GOLD.jsonl",
        help="Evaluation set: labels that teach nothing.  [default: five folds of --labels]",
    ),
]
_Pool = Annotated[int, typer.Option("--pool", min=100, help="Most papers that are looked at, a sample of those given.")]
_Prototypes = Annotated[
    bool,
    typer.Option("--prototypes/--no-prototypes", help="Use the encoder; without it phrases alone, in seconds."),
]


def register(app: typer.Typer) -> None:
    """Add the group of commands to ``app``."""
    group = typer.Typer(
        help="Work with labelling rules.\n\n\b\nExample:\n  areatag rules check suggested.yaml",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    group.command("suggest", help=SUGGEST_HELP)(suggest)
    group.command("check", help=CHECK_HELP)(check)
    app.add_typer(group, name="rules")


def suggest(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Papers without labels; - for stdin.")],
    labels: _Labels,
    output: _Output = None,
    taxonomy: TaxonomyOption = None,
    rules: _Rules = None,
    evaluation: _Evaluation = None,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="Most rules.")] = COUNT,
    pool: _Pool = POOL,
    prototypes: _Prototypes = True,
    encoder: EncoderOption = None,
    device: DeviceOption = Device.AUTO,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the sample and of the folds.")] = 0,
    input_format: InputFormatOption = None,
) -> None:
    """Suggest and write; `SUGGEST_HELP` is what people read."""
    # Light commands must not import the training code.
    with training_packages("rules suggest"):
        from training.rule_suggestion.suggest import SuggestOptions
        from training.rule_suggestion.suggest import suggest as suggest_rules

        if prototypes:
            from training.encoder.text_embedding import text_embedder
    options = SuggestOptions(
        inputs=tuple(inputs),
        labels=labels,
        taxonomy=taxonomy,
        rules=rules,
        evaluation=evaluation,
        count=count,
        pool=pool,
        embed=text_embedder(encoder, device.value) if prototypes else None,
        input_format=input_format,
        seed=seed,
    )
    with stage_progress() as show:
        suggestion = suggest_rules(options, show, show_reject)
    _write(suggestion, output)


def _write(suggestion: Suggestion, output: Path | None) -> None:
    if output is None:
        typer.echo(suggestion.to_yaml(), nl=False)
    else:
        with atomic_text(output) as stream:
            stream.write(suggestion.to_yaml())
    message(suggestion.comparison.to_table())
    if suggestion.near_evaluation:
        message(f"Left out {suggestion.near_evaluation} labelled papers that nearly equal one of the evaluation set.")
    if suggestion.read > suggestion.pool:
        message(f"Looked at {suggestion.pool:,} of {suggestion.read:,} papers, a sample; --pool N looks at more.")
    areas = len({rule.area for rule in suggestion.rules})
    prototypes = sum(rule.prototype is not None for rule in suggestion.rules)
    message(
        f"{len(suggestion.rules)} rules for {areas} of {len(suggestion.taxonomy.areas)} areas, {prototypes} of them "
        f"prototypes, from {suggestion.labels} labelled papers."
    )


def check(
    path: Annotated[Path, typer.Argument(metavar="RULES", help="Labelling rules in YAML, a file or folder.")],
    taxonomy: TaxonomyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load the rules and count; `CHECK_HELP` is what people read."""
    from data.rules import load_rules
    from data.taxonomy_file import load_taxonomy

    areas = load_rules(path, load_taxonomy(taxonomy)).areas.values()
    phrases = sum(len(area.core) + len(area.hints) + len(area.unless) for area in areas)
    prototypes = sum(area.prototype is not None for area in areas)
    if as_json:
        counts = {"phrases": phrases, "prototypes": prototypes, "areas": len(areas)}
        typer.echo(json.dumps({"file": str(path), "valid": True, **counts}, ensure_ascii=False, indent=1))
        return
    typer.echo(f"{path}: valid, {phrases} phrases and {prototypes} prototypes for {len(areas)} areas")

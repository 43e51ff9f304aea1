"""`areatag models diff`: what two model versions answer on the same papers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import AreatagError, UsageError
from serving.cli.console import message

if TYPE_CHECKING:
    from data.papers import Paper
    from model.model_diff import ModelDifference

HELP = """Compare two versions on the same papers: how far they agree, and which areas papers lose and gain.

\b
Examples:
  areatag models diff bundled 20260101-0a1b2c3d --papers papers.jsonl
  areatag models diff bundled --json > changes.json
"""
_SHOWN = 15


def diff_models(
    first: Annotated[str, typer.Argument(metavar="REF", help="bundled, a version name or a model directory.")],
    second: Annotated[
        str | None, typer.Argument(metavar="[REF2]", help="Likewise; the active version if left out.")
    ] = None,
    papers: Annotated[
        list[str] | None,
        typer.Option(
            "--papers",
            metavar="INPUT",
            help="Papers to tag, a file or folder; may be repeated.  [default: those of the label store]",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, with every changed paper, instead of a table.")
    ] = False,
) -> None:
    """Compare and print; `HELP` is what people read."""
    # Help must not load numpy and the runtime.
    from model.model_diff import compare_models
    from model.tagger import Tagger

    _refuse_the_same(first, second)
    difference = compare_models(Tagger.load(first), Tagger.load(second), _papers(papers or []))
    if not difference.papers:
        raise AreatagError("There are no papers to compare on; name some with --papers.")
    typer.echo(json.dumps(difference.to_record(), ensure_ascii=False, indent=1) if as_json else _text(difference))


def _refuse_the_same(first: str, second: str | None) -> None:
    """A model differs from itself in nothing, which reads like good news.

    Raises:
        UsageError: both are the same model, under one name or two.
    """
    from model.manifest import read_manifest
    from model.versions import active_reference, resolve_model

    digests = [read_manifest(resolve_model(ref)).digest for ref in (first, second)]
    if digests[0] != digests[1]:
        return
    if second is None:
        active = active_reference()
        known_as = "" if active == first else f" ({active})"
        raise UsageError(
            f"{first} is itself the active version{known_as}; name the version to compare it with, from "
            f"areatag models list: areatag models diff {first} VERSION."
        )
    raise UsageError(f"{first} and {second} are the same model; name two versions that areatag models list shows.")


def _papers(inputs: list[str]) -> Iterator[Paper]:
    from data.label_store.location import label_store_exists
    from data.papers import Paper
    from data.readers import read_papers

    if inputs:
        rejected = 0
        for item in read_papers(inputs):
            if isinstance(item, Paper):
                yield item
            else:
                rejected += 1
        if rejected:
            message(f"Records that are no papers, passed over: {rejected}")
    elif label_store_exists():
        from data.label_store.store import LabelStore

        with LabelStore.open() as store:
            yield from [label.paper for label in store.labelled_papers()]


def _text(difference: ModelDifference) -> str:
    lines = [
        f"{difference.first} and {difference.second} on {difference.papers} papers",
        f"papers with other areas    {len(difference.changed)}",
        f"agreement (micro-F1)       {difference.agreement:.3f}",
        f"mean change of probability {difference.probability_difference:.4f}",
    ]
    changes = {area: (difference.lost[area], difference.gained[area]) for area in difference.lost | difference.gained}
    if changes:
        lines += ["", f"{'lost':>6} {'gained':>6}  area"]
    for area, (lost, gained) in sorted(changes.items(), key=lambda item: (-sum(item[1]), item[0]))[:_SHOWN]:
        lines.append(f"{lost:>6} {gained:>6}  {area}")
    if len(changes) > _SHOWN:
        lines.append(f"and {len(changes) - _SHOWN} more areas; --json has them all")
    return "\n".join(lines)

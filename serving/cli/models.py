"""`areatag models`: the model versions on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from serving.cli import models_diff, models_export
from serving.cli.console import message
from serving.cli.options import AlwaysJsonOption, JsonOption

GROUP_HELP = """See and change the model versions of this machine.

\b
Example:
  areatag models list
"""
LIST_HELP = """List the versions with what was measured of each, and on which papers; * marks the active one.

Figures of different papers cannot be compared. So a retrained version is also shown against the one that was active
then, both on the same papers, with the verdict; a version whose areas were changed without training is "not measured".
Folders, dates and all figures are in --json; damaged versions say so.

\b
Examples:
  areatag models list
  areatag models list --json
"""
SHOW_HELP = """Show a version as JSON: folder, taxonomy, metrics and training card.

\b
Example:
  areatag models show bundled
"""
ACTIVATE_HELP = """Make a version the one that is used where none is named.

The model is verified and tags a few papers; if it is damaged or does not answer as when it was made, the old one stays
active. A model directory is then copied under AREATAG_HOME.
Running services follow within seconds, without a failed call, unless they were started with --model.

With --taxonomy, areas that the model does not know are tagged at once, by their name, description and phrases; the next
retraining trains them. Areas that the file no longer has go; `replaces: [old-id]` renames, merges or splits. The
scores of the other areas do not change.

\b
Examples:
  areatag models activate my-model/
  areatag models activate bundled --taxonomy my-areas.yaml
  areatag models activate bundled
"""
ROLLBACK_HELP = """Go back to the version that was active before; again, to the one before that.

\b
Example:
  areatag models rollback
"""
DELETE_HELP = """Remove a version from the disk, also a damaged one; the active one is kept.

\b
Example:
  areatag models delete 20260101-0a1b2c3d
"""


def register(app: typer.Typer) -> None:
    """Add the group of commands to ``app``."""
    group = typer.Typer(help=GROUP_HELP, rich_markup_mode=None, no_args_is_help=True)
    group.command("list", help=LIST_HELP)(list_models)
    group.command("show", help=SHOW_HELP)(show_model)
    group.command("diff", help=models_diff.HELP)(models_diff.diff_models)
    group.command("activate", help=ACTIVATE_HELP)(activate_model)
    group.command("rollback", help=ROLLBACK_HELP)(roll_back)
    group.command("export", help=models_export.HELP)(models_export.export_model)
    group.command("delete", help=DELETE_HELP)(delete_model)
    app.add_typer(group, name="models")


def list_models(as_json: JsonOption = False) -> None:
    """Print one line a version; `LIST_HELP` is what people read."""
    # Help must not load numpy, which an artefact needs.
    from serving.cli.models_list import listed_versions, version_lines

    found = listed_versions()
    typer.echo(
        json.dumps([version.to_record() for version in found], ensure_ascii=False, indent=1)
        if as_json
        else "\n".join(line for version in found for line in version_lines(version))
    )


def show_model(
    reference: Annotated[
        str | None,
        typer.Argument(
            metavar="[REF]", help="bundled, a version name or a model directory; the active one if left out."
        ),
    ] = None,
    as_json: AlwaysJsonOption = False,
) -> None:
    """Print what is known of a version, after verifying its files; `SHOW_HELP` is what people read."""
    # Help must not load numpy, which an artefact needs.
    from model.artefact import Artefact
    from model.calibration_note import calibration_of
    from model.versions import resolve_model

    artefact = Artefact.open(resolve_model(reference))
    taxonomy = artefact.taxonomy
    record = {
        "version": artefact.version,
        "path": str(artefact.path),
        "taxonomy": {
            "fields": len(taxonomy.fields),
            "areas": len(taxonomy.areas),
            "fingerprint": taxonomy.fingerprint,
        },
        "calibration": calibration_of(artefact).text,
        "metrics": artefact.metrics,
        "card": artefact.card,
    }
    typer.echo(json.dumps(record, ensure_ascii=False, indent=2, default=str))


def activate_model(
    reference: Annotated[str, typer.Argument(metavar="REF", help="bundled, a version name or a model directory.")],
    taxonomy: Annotated[
        Path | None,
        typer.Option("--taxonomy", metavar="FILE", help="Adapt the model to this taxonomy, without training."),
    ] = None,
) -> None:
    """Install if need be, verify and activate; `ACTIVATE_HELP` is what people read."""
    # Help must not load numpy, which an artefact needs.
    from model.activation import activate
    from model.versions import active_reference
    from serving.cli.models_change import what_changed

    before = active_reference()
    if taxonomy is not None:
        from data.taxonomy_file import load_taxonomy
        from model.adapt_to_taxonomy import adapted_version

        reference = adapted_version(reference, load_taxonomy(taxonomy))
    name = activate(reference)
    typer.echo(name)
    message(what_changed(before, name))


def roll_back() -> None:
    """Activate the version before; `ROLLBACK_HELP` is what people read."""
    # Help must not load numpy, which an artefact needs.
    from model.activation import rollback

    typer.echo(rollback())


def delete_model(version: Annotated[str, typer.Argument(metavar="VERSION", help="A version name.")]) -> None:
    """Remove a version; `DELETE_HELP` is what people read."""
    # Help must not load numpy, which an artefact needs.
    from model.versions import delete

    delete(version)

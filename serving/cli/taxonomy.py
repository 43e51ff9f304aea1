"""`areatag taxonomy`: the two-level list of fields and areas."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.errors import AreatagError, ContentError, UsageError, quoted
from data.extras import how_to_install
from serving.cli.console import message
from serving.cli.options import JsonOption

CHECK_HELP = """Check a taxonomy file; every problem is named with its line.

A taxonomy is YAML, or a table (CSV, TSV) with the columns field, area, description and phrases, in any order; phrases
have ; between them, and ids are made from the names. Of a table the YAML that it became is printed, to be kept as a
file where areas get new names later.

\b
Examples:
  areatag taxonomy check my-areas.yaml
  areatag taxonomy check my-areas.csv > my-areas.yaml
  areatag taxonomy check my-areas.yaml --json
"""
IMPORT_HELP = """Make a taxonomy of a SKOS vocabulary (Turtle, N-Triples, RDF/XML, JSON-LD).

Concepts with nothing broader become fields, those below them areas, down to level --depth; deeper ones give their
labels to the area above, as phrases. Deprecated concepts are left out. URIs, notations, names in other languages and
matches (exactMatch, closeMatch) are kept. What a taxonomy cannot hold is counted on stderr. Needs the extra "skos".

\b
Examples:
  areatag taxonomy import vocabulary.ttl -o my-areas.yaml
  areatag taxonomy import yso.rdf -o yso.yaml --language fi --depth 3
"""
EXPORT_HELP = """Write a taxonomy as a SKOS vocabulary; importing it gives the same taxonomy again.

The suffix of -o says in which syntax: .ttl, .nt, .rdf (or .xml), .jsonld (or .json); without -o it is Turtle. Areas
without a URI get urn:areatag:ID. Needs the extra "skos".

\b
Examples:
  areatag taxonomy export my-areas.yaml --format skos -o my-areas.ttl
  areatag taxonomy export -o areatag.jsonld
"""
_SYNTAXES = {
    ".ttl": "turtle",
    ".nt": "nt",
    ".rdf": "xml",
    ".xml": "xml",
    ".jsonld": "json-ld",
    ".json": "json-ld",
}
_NO_RDFLIB = f"SKOS needs the library rdflib; install it with {how_to_install('skos')}."


class ExportFormat(StrEnum):
    """Formats of vocabularies."""

    SKOS = "skos"


def register(app: typer.Typer) -> None:
    """Add the group of commands to ``app``."""
    group = typer.Typer(
        help="Work with taxonomy files.\n\n\b\nExample:\n  areatag taxonomy check my-areas.yaml",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    group.command("check", help=CHECK_HELP)(check)
    group.command("import", help=IMPORT_HELP)(import_)
    group.command("export", help=EXPORT_HELP)(export)
    app.add_typer(group, name="taxonomy")


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Taxonomy in YAML, or as a table.")],
    as_json: JsonOption = False,
) -> None:
    """Load the file and count; `CHECK_HELP` is what people read."""
    from data.taxonomy_file import load_taxonomy
    from data.taxonomy_table import is_table
    from data.yaml_nodes import read_text

    try:
        taxonomy = load_taxonomy(file)
    except ContentError as error:
        if as_json:
            problems = [{"line": problem.line, "message": problem.message} for problem in error.problems]
            typer.echo(
                json.dumps({"file": str(file), "valid": False, "problems": problems}, ensure_ascii=False, indent=1)
            )
        raise _listed(error) from error
    if as_json:
        sizes = {"fields": len(taxonomy.fields), "areas": len(taxonomy.areas)}
        typer.echo(
            json.dumps({"file": str(file), "valid": True, **sizes, "problems": []}, ensure_ascii=False, indent=1)
        )
        return
    counted = f"{file}: valid, {_count(len(taxonomy.fields), 'field')}, {_count(len(taxonomy.areas), 'area')}"
    if is_table(read_text(file, "taxonomy file"), str(file)):
        typer.echo(f"# {counted}\n{taxonomy.to_yaml().rstrip()}")
    else:
        typer.echo(counted)


def import_(
    vocabulary: Annotated[Path, typer.Argument(metavar="VOCAB", help="SKOS vocabulary.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="File for the taxonomy; else stdout.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="TAG", help="Language of names and phrases; en, or as it was exported."),
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=1, help="Levels that become fields and areas.")] = 2,
) -> None:
    """Read, convert, write and report; `IMPORT_HELP` is what people read."""
    from data.taxonomy_concepts import is_language
    from data.taxonomy_file import checked_yaml

    if language is not None and not is_language(language):
        raise UsageError(f"--language must be a language tag such as en or zh-Hans, not {quoted(language)}.")
    try:
        # Only here: the light runtime does without rdflib.
        from data.skos.graph import read_graph
        from data.skos.vocabulary_import import taxonomy_of
    except ModuleNotFoundError as error:
        raise AreatagError(_NO_RDFLIB) from error
    taxonomy, report = taxonomy_of(read_graph(vocabulary), vocabulary.stem, language, depth)
    _write(checked_yaml(taxonomy, str(output or vocabulary)).encode(), output)
    if warning := report.language_warning():
        message(f"Warning: {warning}")
    message(f"{vocabulary}: {report.summary(taxonomy)}")


def export(
    taxonomy: Annotated[
        Path | None, typer.Argument(metavar="[TAXONOMY]", help="Taxonomy file; else the bundled taxonomy.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="File for the vocabulary; else stdout.")
    ] = None,
    file_format: Annotated[
        ExportFormat, typer.Option("--format", help="Of the vocabulary; there is this one.")
    ] = ExportFormat.SKOS,
) -> None:
    """Load, convert and write; `EXPORT_HELP` is what people read."""
    from data.taxonomy_file import load_taxonomy

    syntax = _SYNTAXES.get(output.suffix.lower()) if output else "turtle"
    if syntax is None:
        raise UsageError(f"The suffix of {output} says no syntax: use {', '.join(_SYNTAXES)}.")
    try:
        from data.skos.graph import write_graph
        from data.skos.taxonomy_export import vocabulary_of
    except ModuleNotFoundError as error:
        raise AreatagError(_NO_RDFLIB) from error
    try:
        loaded = load_taxonomy(taxonomy)
    except ContentError as error:
        raise _listed(error) from error
    _write(write_graph(vocabulary_of(loaded), syntax), output)


def _listed(error: ContentError) -> AreatagError:
    """The error of a wrong file, once every problem of it is shown where there are several."""
    if len(error.problems) == 1:
        return error
    for problem in error.problems:
        message(f"{error.source}, line {problem.line}: {problem.message}")
    return AreatagError(f"{error.source} has {len(error.problems)} problems: see above.")


def _write(content: bytes, output: Path | None) -> None:
    from data.atomic import atomic_write

    if output is None:
        typer.echo(content.decode(), nl=False)
        return
    with atomic_write(output) as file:
        file.write(content)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

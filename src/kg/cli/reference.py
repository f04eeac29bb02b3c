"""`kg schema`, `kg formats` and `kg completion`: reference for editors, people and shells."""

from __future__ import annotations

import json
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from kg.annotations.own_fields import OwnField, own_fields
from kg.annotations.schemas import FILES, schema
from kg.corpus import read_corpus
from kg.files.atomic_writes import atomic_file
from kg.formats import CLAIM_FORMATS, FORMATS


@click.command("schema", short_help="Print the JSON Schema of each file, for editors.")
@click.argument("file", required=False, type=click.Choice(list(FILES)))
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="A folder to write all of them into."
)
@click.option("--corpus", help="A corpus whose own fields the schemas have.")
def schema_command(file: str | None, output: Path | None, corpus: str | None) -> None:
    """Print the JSON Schema of FILE, or write all schemas into a folder.

    With the schema, an editor completes field names and marks mistakes as you type. Begin each claims file with a
    line that points to it: `# yaml-language-server: $schema=schemas/claims.schema.json`.

    \b
    Example:
      kg schema claims
      kg schema -o seeds/schemas
      kg schema --corpus seeds -o my-schemas
    """
    if output is None and file is None:
        raise click.UsageError(f"Name a file ({', '.join(FILES)}), or a folder for all of them with --output.")
    fields = own_fields(read_corpus(corpus).config) if corpus else ()
    if output is None:
        click.echo(_schema_text(str(file), fields), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name in [file] if file else FILES:
        path = output / f"{name}.schema.json"
        with atomic_file(path) as stream:
            stream.write(_schema_text(name, fields).encode())
        click.echo(path, err=True)


def _schema_text(name: str, fields: tuple[OwnField, ...]) -> str:
    return json.dumps(schema(name, fields), indent=2, ensure_ascii=False) + "\n"


GRAPHS = {True: "named", False: "merged"}


@click.command("formats", short_help="List the formats that can be written and read.")
def formats_command() -> None:
    """List the formats that can be written and read.

    Each is chosen by its name, one of its other names, or the suffix of the file;
    `.gz` and `.zst` behind the suffix compress. Those without graphs are not RDF, and
    can only be written.

    \b
    Example:
      kg formats
      kg export -o claims.nq.zst
    """
    rows = [("NAME", "SUFFIX", "MEDIA TYPE", "GRAPHS", "OTHER NAMES")]
    rows.extend(
        (form.name, form.suffix, form.media_type, GRAPHS[form.named_graphs], ", ".join(form.aliases))
        for form in FORMATS.values()
    )
    # No RDF: no graphs.
    rows.extend(
        (form.name, form.suffix, form.media_type, "none", ", ".join(form.aliases))
        for form in CLAIM_FORMATS.values()
    )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@click.command("completion", short_help="Print what makes your shell complete kg's commands.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(ctx: click.Context, shell: str) -> None:
    """Print a script that makes SHELL complete kg's commands and options.

    \b
    Example:
      kg completion bash >> ~/.bashrc
    """
    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(ctx.find_root().command, {}, "kg", "_KG_COMPLETE").source())

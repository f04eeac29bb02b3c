"""`kg schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.annotations.schemas import FILES, schema
from kg.files.atomic_writes import atomic_file


@click.command(short_help="Print the JSON Schema of each file, for editors.")
@click.argument("file", required=False, type=click.Choice(list(FILES)))
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="A folder to write all of them into."
)
def command(file: str | None, output: Path | None) -> None:
    """Print the JSON Schema of FILE, or write all schemas into a folder.

    An editor that knows the schema completes field names and marks mistakes as you type. Let each claims file
    begin with a line that points to it: `# yaml-language-server: $schema=schemas/claims.schema.json`.

    \b
    Example:
      kg schema claims
      kg schema -o seeds/schemas
    """
    if output is None and file is None:
        raise click.UsageError(f"Name a file ({', '.join(FILES)}), or a folder for all of them with --output.")
    if output is None:
        click.echo(_text(str(file)), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name in [file] if file else FILES:
        path = output / f"{name}.schema.json"
        with atomic_file(path) as stream:
            stream.write(_text(name).encode())
        click.echo(path, err=True)


def _text(name: str) -> str:
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"

"""`kg query`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from kg.cli.answer import answer
from kg.cli.console import warn_of_broken_plugins
from kg.errors import FileError
from kg.query.query_parameters import CHOICES, example_value
from kg.query.questions import (
    Parameter,
    Question,
    grouped,
    option_name,
    question_named,
    questions,
    read_question,
)
from kg.query.store import FORMATS, LIMITS
from kg.text.nearest_name import nearest

METAVARS = {"first-day": "DATE", "last-day": "DATE"}
DAY = 24 * 60 * 60


def _common() -> list[click.Parameter]:
    """Return the options of the group and of each question."""
    names = click.Choice(list(FORMATS))
    seconds = click.FloatRange(0, DAY, min_open=True)
    return [
        click.Option(
            ["-c", "--corpus"],
            metavar="DIR",
            help="The folder of the corpus; left out, the one you are in, or seeds/.",
        ),
        click.Option(
            ["--store"],
            metavar="TARGET",
            help="A store that `kg load` has loaded, instead of a corpus: a folder or a URL.",
        ),
        click.Option(
            ["-f", "--format", "form"],
            type=names,
            metavar="NAME",
            help="table, csv, tsv, json, xml, or ttl for a graph.  [default: table]",
        ),
        click.Option(
            ["--timeout"],
            type=seconds,
            metavar="SECONDS",
            help=f"How long the query may take.  [default: {LIMITS.seconds:g}]",
        ),
    ]


class QuestionGroup(click.Group):
    """A group with one command for each question, and one for each file of a query."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(questions())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        question = question_named(cmd_name) or _of_file(cmd_name)
        return _command(question) if question else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for group, members in grouped().items():
            with formatter.section(group):
                formatter.write_dl([(each.name, each.question) for each in members])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # Looked for once only: stdin can be read once.
        found = self.get_command(ctx, args[0])
        if found is None:
            near = nearest(args[0], questions())
            advice = f"did you mean `{near}`?" if near else "`kg query` lists them. A file's name ends in .rq."
            raise click.UsageError(f"There is no question `{args[0]}`: {advice}", ctx)
        return args[0], found, args[1:]


@click.group(
    cls=QuestionGroup,
    short_help="Ask questions of a corpus in SPARQL, or by name.",
    invoke_without_command=True,
    params=_common(),
    subcommand_metavar="[QUESTION | FILE.rq | -]",
)
@click.option("-e", "--execute", "sparql", metavar="SPARQL", help="A query.")
@click.pass_context
def command(ctx: click.Context, /, sparql: str | None, **settings: Any) -> None:
    """Ask questions of a corpus: by name, in SPARQL, or from a file (- is stdin).

    Nothing needs to be installed or started. All named graphs together are the default graph; kg's own prefixes
    need not be declared. Drafts are left out, as from everything that is published.

    \b
    Example:
      kg query
      kg query said-by --speaker stoltenberg --from 2020-02-01 --to 2020-02-29
      kg query -e 'SELECT ?who (COUNT(?c) AS ?n) { ?c schema:author ?who } GROUP BY ?who' -f csv
    """
    if sparql is not None and ctx.invoked_subcommand:
        raise click.UsageError("Give a query with -e, or a question, not both.")
    if sparql is not None:
        answer(Question("", "", "", (), "", sparql), {}, **settings)
    elif not ctx.invoked_subcommand:
        click.echo(listing(), nl=False)
        warn_of_broken_plugins()


def listing() -> str:
    """Return the list of the questions."""
    widest = max(map(len, questions()))
    lines = []
    for group, members in grouped().items():
        lines += [group, *(f"  {each.name.ljust(widest)}  {each.question}" for each in members), ""]
    return "\n".join([*lines, "`kg query QUESTION --help` shows what a question can be told, and an example.\n"])


def _of_file(name: str) -> Question | None:
    """Return the question of a file or of stdin; None for what is neither."""
    path = Path(name)
    if name != "-" and path.suffix not in (".rq", ".sparql") and not path.is_file():
        return None
    try:
        content = sys.stdin.buffer.read() if name == "-" else path.read_bytes()
        return read_question(name, content.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{name}: it cannot be read as a query: {error}") from error


def _command(question: Question) -> click.Command:
    """Return the command that asks a question."""

    @click.pass_context
    def ask(ctx: click.Context, /, **given: Any) -> None:
        assert ctx.parent is not None
        settings = {
            name: given.pop(name) or ctx.parent.params[name] for name in ("corpus", "store", "form", "timeout")
        }
        written = {name.removeprefix("value_"): value for name, value in given.items() if value is not None}
        answer(question, written, **settings)

    remarks = f"\n\n{question.remarks}" if question.remarks else ""
    return click.Command(
        question.name,
        callback=ask,
        params=[*map(_option, question.parameters), *_common()],
        help=f"{question.question}{remarks}\n\n\b\nExample:\n  {example(question)}",
        short_help=question.question,
    )


def _option(parameter: Parameter) -> click.Option:
    choices = CHOICES.get(parameter.type)
    return click.Option(
        [f"--{option_name(parameter)}", f"value_{parameter.name}"],
        type=click.Choice(choices) if choices else str,
        metavar=METAVARS.get(parameter.type, parameter.type.upper()),
        required=not parameter.optional,
        help=parameter.meaning[:1].upper() + parameter.meaning[1:] + ".",
    )


def example(question: Question) -> str:
    """Return a command that asks a question with the values of its example."""
    options = [
        f"--{option_name(each)} {json.dumps(value) if ' ' in value else value}"
        for each in question.parameters
        if (value := example_value(each))
    ]
    return " ".join(["kg query", question.name, *options])

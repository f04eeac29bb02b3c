"""The command `kg`. Only this package prints and exits; a command's module is imported when it is called."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from kg import __version__
from kg.errors import CorpusError, KgError, file_error
from kg.processes import collect_seldom

FAULT_OF_OURS, INTERRUPTED, PIPE_CLOSED = 70, 130, 141

# Each command with its short help, in groups, in the order in which a newcomer needs them.
GROUPS = {
    "Annotate": {
        "new": "Draft the claims file of an article, or start a corpus.",
        "annotate": "Annotate articles in the browser, checked while you type.",
        "import": "Make a corpus of annotations made with another tool.",
        "revise": "Give an article the text that its paper corrected.",
        "validate": "Check a corpus or an RDF file; show each mistake at its line.",
        "proposals": "Decide about the claims that a program proposes.",
        "agree": "Measure how far several annotators agree.",
        "adjudicate": "Decide which reading of each claim is published.",
        "merge": "Make one corpus of two.",
        "rename": "Give an entity, a claim or an article another id.",
        "diff": "Say what happened to claims between two states of a corpus.",
        "schema": "Print the JSON Schema of each file, for editors.",
    },
    "Publish": {
        "export": "Validate a corpus, then write its graph.",
        "build": "Write the whole publication into dist/.",
        "release": "Write a version of the publication that stays, with what changed.",
        "site": "Write the data set as web pages into dist/site/.",
        "serve": "Serve a corpus or a store over HTTP, to people and to queries.",
        "verify": "Check that a publication, a file or a store is as kg wrote it.",
    },
    "Ask": {
        "query": "Ask questions of a corpus in SPARQL, or by name.",
        "load": "Load a corpus into a store, to query it in milliseconds.",
    },
    "Help": {
        "formats": "List the formats that can be written and read.",
        "completion": "Print what makes your shell complete kg's commands.",
    },
}
COMMANDS = {name: text for group in GROUPS.values() for name, text in group.items()}

# The module and the name of a command, if they are not those of the command itself.
_PLACES = {
    "import": ("importing", "command"),
    "schema": ("reference", "schema_command"),
    "formats": ("reference", "formats_command"),
    "completion": ("reference", "completion_command"),
}


class LazyGroup(click.Group):
    """A group that lists its commands by name and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name = _PLACES.get(cmd_name, (cmd_name, "command"))
        command = getattr(import_module(f"kg.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for group, commands in GROUPS.items():
            with formatter.section(group):
                formatter.write_dl(list(commands.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from kg.text.nearest_name import nearest

            near = nearest(args[0], COMMANDS)
            advice = f"did you mean `{near}`?" if near else f"there are {', '.join(COMMANDS)}."
            raise click.UsageError(f"There is no command `{args[0]}`: {advice}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kg")
@click.option("-q", "--quiet", is_flag=True, help="Print only errors.")
@click.option("-v", "--verbose", is_flag=True, help="Print what is being done.")
@click.option("--debug", is_flag=True, help="Show a traceback when kg itself fails.")
@click.pass_context
def cli(ctx: click.Context, /, **settings: bool) -> None:
    """Publish news articles and their hand-annotated claims - who said what, when - as linked data.

    \b
    Example:
      kg validate seeds
      kg export seeds --format ttl
    """
    ctx.obj = settings


def main() -> None:
    """Run the command line and exit with its status."""
    collect_seldom()
    status = run(sys.argv[1:])
    if status == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left to interrupt
    gc.freeze()  # no search for cycles at the end: the process ends anyway
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit status; what went wrong is on stderr."""
    if None in (sys.stdout, sys.stderr):  # Python's sign of a stream that was closed before it started
        click.echo("kg: stdout and stderr must be open, and one is closed: send it to /dev/null instead", err=True)
        return 3
    try:
        outcome = _outcome(list(arguments))
        sys.stdout.flush()
        return int(outcome or 0)
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return _interrupted()
    except BrokenPipeError:
        # The reader has gone: keep Python from complaining when it flushes on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KgError as error:
        _explain(error)
        return error.status
    except OSError as error:
        _say(f"kg: {file_error(error.filename or '', error, '')}")
        return 3
    except Exception as error:  # the last resort: users see a traceback only with --debug
        if "--debug" in arguments:
            raise
        return _at_fault(error)


def _interrupted() -> int:
    with suppress(KeyboardInterrupt):  # of somebody who presses Ctrl-C again
        # A terminal shows ^C where the cursor is.
        click.echo("\n" * sys.stderr.isatty() + "kg: interrupted", err=True)
    return INTERRUPTED


def _at_fault(error: Exception) -> int:
    _say(f"kg: a fault of kg itself ({type(error).__name__}: {error}): please report it.")
    click.echo("    `kg --debug …` shows where it happened.", err=True)
    return FAULT_OF_OURS


def _outcome(arguments: list[str]) -> Any:
    """Run the command and return its exit status, or None for 0.

    Not with `cli.main`, which exits with 1 if the reader closed the pipe, even with `standalone_mode=False`.
    """
    if instruction := os.environ.get("_KG_COMPLETE"):
        from click.shell_completion import shell_complete

        return shell_complete(cli, {}, "kg", "_KG_COMPLETE", instruction)
    try:
        with cli.make_context("kg", arguments) as context:
            return cli.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code


def _explain(error: KgError) -> None:
    if isinstance(error, CorpusError):
        from kg.cli.console import show_findings

        show_findings(error.findings)
    else:
        _say(f"kg: {error}")


def _say(message: str) -> None:
    from kg.cli.console import harmless  # not at the start: most commands have nothing to say

    click.echo(harmless(message), err=True)

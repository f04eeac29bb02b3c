"""Messages of the command to its user: findings, notes, progress and the log of a server, all on stderr."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

import click

from kg.errors import Finding, numbered
from kg.pipeline.publication import Engine, Publication, about_shapes
from kg.shacl.compiler import RECURSIVE

T = TypeVar("T")


def in_colour(stream: IO[str]) -> bool:
    """Tell whether to write in colour: to a terminal, unless NO_COLOR is set; anywhere, if FORCE_COLOR is.

    https://no-color.org, https://force-color.org
    """
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


_COMMAND = re.compile(r"(?m)^(\s*):(?=:)|##(?=\[)")


def harmless(text: str) -> str:
    """Return a message without what a terminal, or the runner of a workflow, would take for a command.

    A file name may contain anything: colours, jumps of the cursor, line ends and `::error::`.
    """
    from kg.findings.text_report import visible  # only here: most commands have nothing to say

    lines = (visible(line) for line in text.split("\n"))
    return _COMMAND.sub(lambda found: found[0] + " ", "\n".join(lines))


def show_findings(findings: Iterable[Finding]) -> None:
    """Print findings as text on stderr, each with its line."""
    findings = list(findings)
    if not findings:
        return
    from kg.corpus.reader import located
    from kg.findings.results import in_order
    from kg.findings.text_report import text_report

    for piece in text_report(in_order(located(findings)), colour=in_colour(sys.stderr)):
        click.echo(piece, err=True, nl=False)


def note(text: str) -> None:
    """Print a note on stderr, unless `--quiet`."""
    if not click.get_current_context().obj.get("quiet"):
        click.echo(harmless(text), err=True)


def warn(text: str) -> None:
    """Print a warning on stderr, also with `--quiet`."""
    click.echo(harmless(f"kg: warning: {text}"), err=True)


def warn_of_broken_plugins() -> None:
    """Warn on stderr about installed plug-ins that cannot be used."""
    from kg.plugins import broken  # only here: most commands need no plug-in

    for each in broken():
        warn(each)


def detail(text: str) -> None:
    """Print a note on stderr, only with `--verbose`."""
    if click.get_current_context().obj.get("verbose"):
        click.echo(harmless(text), err=True)


def write_log(line: str) -> None:
    """Write a line of the log, even with `--quiet`; if that fails, requests are answered all the same."""
    with suppress(OSError):
        click.echo(line, err=True)


def with_progress(items: Iterable[T], label: str, size: int | None = None) -> Iterator[T]:
    """Yield the items, with a progress bar if stderr is a terminal.

    If it is known how many there are, by `size` or by the items, it shows the count and how long it will take.
    """
    if not shows_progress():
        yield from items
        return
    with click.progressbar(items, length=size, label=label, file=sys.stderr, show_pos=True) as bar:
        yield from bar


def with_label(label: str, size: int | None = None) -> Callable[[Iterable[T]], Iterator[T]]:
    """Return a function that yields items with a labelled progress bar."""
    return lambda items: with_progress(items, label, size)


def shows_progress() -> bool:
    """Tell whether somebody sees a progress bar: on a terminal, unless `--quiet`."""
    return sys.stderr.isatty() and not click.get_current_context().obj.get("quiet")


@contextmanager
def progress(label: str, articles: int) -> Iterator[Callable[[int, int], None]]:
    """Open a progress bar; its function takes the number of articles newly done and of all findings so far."""
    if not shows_progress():
        yield lambda _done, _findings: None
        return
    with click.progressbar(
        range(articles),
        label=label,
        file=sys.stderr,
        show_eta=True,
        show_pos=True,
        item_show_func=lambda findings: numbered(findings, "finding") if findings else None,
    ) as bar:
        yield lambda done, findings: bar.update(done, findings)


def login_prompt() -> Callable[[str, str], tuple[str, str]] | None:
    """Return a function that asks for a name and a password; None without a terminal."""
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        return None

    def ask(where: str, user: str) -> tuple[str, str]:
        user = user or click.prompt(f"Name for {where}", err=True)
        return user, click.prompt(f"Password of {user}", hide_input=True, err=True)

    return ask


SHOWN = 5
"""How many shapes, or files, are named."""


def note_json_lines(publication: Publication, annotators: Iterable[str]) -> None:
    """Print which readings of some annotators are not decided on, since they are in JSON Lines."""
    from kg.history.readings import IN_JSON_LINES, readings_in_json_lines  # most commands need none

    if files := readings_in_json_lines(publication, annotators):
        more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
        note(f"left out: {', '.join(files[:SHOWN])}{more}: {IN_JSON_LINES}")


def note_shapes(corpus: str, *, more_shapes: Sequence[Path], engine: Engine, own_shapes: bool = True) -> None:
    """Print which shapes only pySHACL can check and, unless `corpus` is `""`, which may look beyond one article."""
    if not more_shapes:
        return
    about = about_shapes(more_shapes, own_shapes=own_shapes)
    if engine == "kg":
        for shape, reason in about.for_pyshacl[:SHOWN]:
            note(f"{shape} {reason}: pySHACL checks it.")
        if (more := len(about.for_pyshacl) - SHOWN) > 0:
            note(f"pySHACL checks {numbered(more, 'more shape')}.")
        if any(reason.endswith(RECURSIVE) for _, reason in about.for_pyshacl):
            note("It follows a recursive shape through a few nodes only: to check all, use sh:zeroOrMorePath.")
    if corpus and about.beyond_article:
        option = "--shapes" if own_shapes else "--only-shapes"
        options = shlex.join(each for path in more_shapes for each in (option, str(path)))
        _note_beyond_article(about.beyond_article, corpus, options)


def _note_beyond_article(shapes: list[str], corpus: str, options: str) -> None:
    named = ", ".join(shapes[:SHOWN]) + (f" and {len(shapes) - SHOWN} more" if len(shapes) > SHOWN else "")
    note(
        f"Each article is checked by itself, and these shapes may look beyond one: {named}. To check the whole:\n"
        f"    kg export {shlex.quote(corpus)} -f nt | kg validate - --input-format nt {options}"
    )

"""Options and values that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.errors import UsageError
from kg.meaning.reporter import language_fault

F = TypeVar("F", bound=Callable[..., Any])
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_url(target: str) -> bool:
    """Tell whether a store is named by its URL, not its folder."""
    return _URL.match(target) is not None


def corpus_folder(given: str | None) -> str:
    """Return the folder of the corpus: the named one, else `.` if it has a corpus.yaml, else `seeds`.

    Raises `UsageError` if there is none.
    """
    for folder in [given] if given else [".", "seeds"]:
        if Path(folder, "corpus.yaml").is_file():
            return folder
    if given and not Path(given).is_dir():
        raise UsageError(f"{given}: there is no such folder. Name the folder that has your corpus.yaml.")
    where = f"{given}: there is no corpus.yaml in it" if given else "there is no corpus.yaml here, nor in seeds/"
    raise UsageError(f"{where}. Name the folder that has your corpus.yaml.")


def corpus_argument(function: F) -> F:
    """Take CORPUS: a folder with a corpus.yaml; if omitted, `.` or `seeds`."""
    return click.argument("corpus", required=False, type=click.Path())(function)


def shapes_option(function: F) -> F:
    """Take `--shapes`: files or folders of further SHACL shapes."""
    return click.option(
        "--shapes",
        "more_shapes",
        multiple=True,
        type=click.Path(exists=True, path_type=Path),
        help="SHACL shapes of your own, besides kg's: a file or a folder.",
    )(function)


def only_shapes_option(function: F) -> F:
    """Take `--only-shapes`: files or folders of SHACL shapes instead of kg's own."""
    return click.option(
        "--only-shapes",
        multiple=True,
        type=click.Path(exists=True, path_type=Path),
        help="SHACL shapes of your own, instead of kg's: a file or a folder.",
    )(function)


def fresh_option(function: F) -> F:
    """Take `--fresh`: ignore the cache of earlier runs."""
    return click.option("--fresh", is_flag=True, help="Redo everything, also for articles that have not changed.")(
        function
    )


def watch_option(function: F) -> F:
    """Take `--watch`: run again on each save."""
    return click.option("--watch", is_flag=True, help="Run again whenever a file is saved, until Ctrl-C.")(function)


def engine_option(function: F) -> F:
    """Take `--engine`: the SHACL engine to use."""
    return click.option(
        "--engine",
        type=click.Choice(["kg", "pyshacl"]),
        default="kg",
        show_default=True,
        help="What checks the shapes; pyshacl is the slow reference.",
    )(function)


def jobs_option(function: F) -> F:
    """Take `--jobs`: how many processes work at once."""
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        show_default="one per core, one for a few articles",
        help="How many processes work at once.",
    )(function)


def language_tag(value: str) -> str:
    """Check a language tag and return it unchanged; `""` is no tag."""
    if value and (fault := language_fault(value)):
        raise click.BadParameter(fault)
    return value

"""Options and values that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.errors import UsageError
from kg.meaning.reporter import language_fault

F = TypeVar("F", bound=Callable[..., Any])
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+:[0-9]+(/.*)?")
_SPREADSHEETS = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")


def is_url(target: str) -> bool:
    """Tell whether a store is named by its URL, not its folder. Raises `UsageError` for a URL without `http://`."""
    if _HOST_AND_PORT.fullmatch(target) and not Path(target).exists():
        raise UsageError(
            f"{target}: the URL of a store must begin with http:// or https://: did you mean http://{target}?"
        )
    return _URL.match(target) is not None


def is_spreadsheet(name: str) -> bool:
    """Tell whether a name is that of a spreadsheet that exists."""
    return Path(name).suffix.lower() in _SPREADSHEETS and Path(name).is_file()


def instead_of_spreadsheet(name: str) -> str:
    """Return what to do with a spreadsheet where a corpus is expected."""
    form = "csv" if Path(name).suffix.lower() in (".csv", ".tsv") else "xlsx"
    return f"this is a spreadsheet. Make a corpus of it: kg import {form} {name} -o FOLDER"


def corpus_folder(given: str | None) -> str:
    """Return the folder of the corpus: the named one, else `.` if it has a corpus.yaml, else `seeds`.

    Raises `UsageError` if there is none.
    """
    for folder in [given] if given else [".", "seeds"]:
        if Path(folder, "corpus.yaml").is_file():
            return folder
    if given and is_spreadsheet(given):
        raise UsageError(f"{given}: {instead_of_spreadsheet(given)}")
    if given and Path(given).exists() and not Path(given).is_dir():
        raise UsageError(f"{given}: this is a file. Name the folder that has your corpus.yaml.")
    if given and not Path(given).is_dir():
        raise UsageError(f"{given}: there is no such folder. Name the folder that has your corpus.yaml.")
    where = f"{given}: there is no corpus.yaml in it" if given else "there is no corpus.yaml here, nor in seeds/"
    raise UsageError(f"{where}. Name the folder that has your corpus.yaml.")


def corpus_and_articles(names: Sequence[Path]) -> tuple[str, list[str]]:
    """Return the folder of the corpus that is named, or whose texts are named, and these articles; none means all.

    Raises `UsageError` if there is no corpus, the texts are of several, or another file is named.
    """
    from kg.drafts import corpus_of_text

    for file in names:
        if file.suffix != ".txt" and file.is_file():
            raise UsageError(f"{file}: {_what_to_name(file)}")
    if not names or (len(names) == 1 and names[0].suffix != ".txt"):
        return corpus_folder(str(names[0]) if names else None), []
    found = [corpus_of_text(each) for each in names]
    if len({root for root, _ in found}) > 1:
        raise UsageError("The articles must be of one corpus, these are of several: name those of one alone.")
    return str(found[0][0]), [article for _, article in found]


def _what_to_name(file: Path) -> str:
    """Return what to name instead of a file that is no text: of a claims file, the text that it is about."""
    from kg.corpus.folder import CLAIMS, CONFIG, JSON_LINES, READINGS
    from kg.history.readings import IN_JSON_LINES

    if file.name.endswith(JSON_LINES):
        return IN_JSON_LINES
    folders = (*file.parents, *file.absolute().parents)
    root = next((folder for folder in folders if (folder / CONFIG).is_file()), None)
    if root is None:
        return f"this is no article of a corpus: name an ARTICLE.txt, or the folder that has your {CONFIG}"
    path = file.absolute().relative_to(root.absolute()).as_posix()
    if path.startswith(f"{READINGS}/") and path.count("/") > 1:
        path = path.split("/", 2)[2]
    text = root / f"{path.removesuffix(CLAIMS)}.txt"
    article = text if path.endswith(CLAIMS) and text.is_file() else "ARTICLE.txt"
    return f"an article is named by its text: name {article}, or {root} for all articles"


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

"""Runs a function again whenever one of its input files is saved, until Ctrl-C."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from kg.cli.console import harmless, note, show_findings
from kg.errors import CorpusError, KgError, file_error

INTERVAL = 0.2
"""How many seconds to wait between two checks, unless a check itself takes long."""
_SETTLING = 0.05
_SHARE = 4  # checks take at most a fifth of the time
_PUBLICATION = "dist"

Sight = dict[str, tuple[int, int, int]]
"""The size, time and number of each file."""


def rerun_on_save(
    paths: Sequence[str | Path], run: Callable[[], object], *, but: Collection[Path] = ()
) -> NoReturn:
    """Run at once and after each change of the files at the paths, except those in the folders `but`.

    Errors of a run are shown, and the watching continues. Never returns: Ctrl-C ends it.
    """
    skipped = {os.path.realpath(each) for each in but}
    while True:
        seen = _settled(paths, skipped)
        _show(run)
        note("Watching for changes; Ctrl-C ends this.")
        while True:
            begin = time.monotonic()
            if _sight(paths, skipped) != seen:
                break
            time.sleep(max(INTERVAL, _SHARE * (time.monotonic() - begin)))


def _show(run: Callable[[], object]) -> None:
    if sys.stdout.isatty():
        click.clear()
    note(time.strftime("%H:%M:%S"))
    try:
        run()
    except CorpusError as error:
        show_findings(error.findings)
    except KgError as error:
        click.echo(harmless(f"kg: {error}"), err=True)
    except OSError as error:
        click.echo(harmless(f"kg: {file_error(error.filename or '', error, '')}"), err=True)
    sys.stdout.flush()


def _settled(paths: Sequence[str | Path], skipped: Collection[str]) -> Sight:
    """Return the state of the files once it is stable: programs save in several steps."""
    seen = _sight(paths, skipped)
    while True:
        time.sleep(_SETTLING)
        later = _sight(paths, skipped)
        if later == seen:
            return seen
        seen = later


def _sight(paths: Sequence[str | Path], skipped: Collection[str]) -> Sight:
    found: Sight = {}
    for path in paths:
        with suppress(OSError):
            if os.path.isdir(path):
                found.update(_below(path, {*skipped, os.path.realpath(Path(path, _PUBLICATION))}))
            else:
                found[str(path)] = _seen(os.stat(path))
    return found


def _below(folder: str | Path, skipped: Collection[str]) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Yield the files below a folder except hidden ones. Raises `OSError` for a file that was just deleted."""
    waiting = [os.fspath(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    yield entry.path, _seen(entry.stat(follow_symlinks=False))
                elif os.path.realpath(entry.path) not in skipped:
                    waiting.append(entry.path)


def _seen(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ino

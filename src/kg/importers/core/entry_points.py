"""The importers there are, found by entry points, so that a package of its own can add one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NamedTuple, cast

from kg.errors import UsageError
from kg.importers.core.documents import Heartbeat, Item
from kg.importers.core.mapping import PRESETS, Mapping

GROUP = "kg.importers"
Read = Callable[[Path, Mapping, Path | None], Iterator[Item | Heartbeat]]
"""Yields what stands in a file or folder; the third is the folder of the articles' texts, if they stand apart."""


class Importer(NamedTuple):
    """What an entry point's module has: `read`, `DESCRIPTION`, and `preset`, if it reads with a mapping of its own.

    `preset` returns the mapping to read a file or folder with where the user gives none.
    """

    read: Read
    description: str
    preset: Callable[[Path], Mapping]


def importer_names() -> list[str]:
    """Return the names of the importers that are installed, sorted."""
    return sorted(_found())


def find_importer(name: str) -> Importer:
    """Return an importer by its name. Raises `UsageError` where there is none."""
    found = _found()
    if name not in found:
        raise UsageError(f"{name}: there is no importer of this name: there are {', '.join(sorted(found))}")
    module = found[name].load()
    return Importer(
        cast(Read, module.read),
        str(getattr(module, "DESCRIPTION", "")),
        getattr(module, "preset", lambda _source: PRESETS["attribution"]),
    )


def _found() -> dict[str, EntryPoint]:
    return {each.name: each for each in entry_points(group=GROUP)}

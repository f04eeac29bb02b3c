"""Reads the files of other tools: one module or package for each format, found by name, also those of plug-ins.

Each has a function `read(source, mapping, texts)` that yields the annotated texts in a file or folder.
`kg.importers.core` has their shared code, and writes these texts as a corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

from kg.errors import UsageError
from kg.importers.core.documents import Heartbeat, Item
from kg.importers.core.mapping import PRESETS, Mapping
from kg.plugins import broken, named_by_plugins
from kg.text.nearest_name import nearest

OWN = {
    "brat": "kg.importers.brat",
    "claimreview": "kg.importers.claimreview",
    "csv": "kg.importers.csv",
    "doccano": "kg.importers.doccano",
    "label-studio": "kg.importers.label_studio",
    "proposals": "kg.importers.proposals",
    "quotebank": "kg.importers.quotebank",
    "tei": "kg.importers.tei",
    "uima-cas": "kg.importers.uima_cas",
    "web-annotation": "kg.importers.web_annotation",
    "webanno-tsv": "kg.importers.webanno_tsv",
    "xlsx": "kg.importers.xlsx",
}
Read = Callable[[Path, Mapping, Path | None], Iterator[Item | Heartbeat]]
"""Yields the content of a file or folder; the third argument is the folder of the texts, if they are elsewhere."""


class Importer(NamedTuple):
    """The interface of an importer's module: `read`, `DESCRIPTION`, and perhaps `preset`.

    `preset` returns the mapping to read a file or folder with if the user gives none.
    """

    read: Read
    description: str
    preset: Callable[[Path], Mapping]


def importer_names() -> list[str]:
    """Return the names of the importers that are installed, sorted. Raises `UsageError` if a name is used twice."""
    return sorted({*OWN, *_of_plugins()})


def find_importer(name: str) -> Importer:
    """Return an importer by its name. Raises `UsageError` if there is none."""
    module = import_module(OWN[name]) if name in OWN else _of_plugins().get(name)
    if module is None:
        names = importer_names()
        near = nearest(name, names)
        advice = f"did you mean `{near}`?" if near else f"there are {', '.join(names)}"
        message = f"{name}: there is no importer of this name: {advice}"
        raise UsageError("; ".join([message, *broken()]))
    return Importer(
        cast(Read, module.read),
        str(getattr(module, "DESCRIPTION", "")),
        getattr(module, "preset", lambda _source: PRESETS["attribution"]),
    )


def _of_plugins() -> dict[str, Any]:
    found = named_by_plugins("kg_importers")
    if taken := sorted(found.keys() & OWN.keys()):
        raise UsageError(f"a plug-in gives an importer {taken[0]}, which kg has itself: uninstall the plug-in")
    return found

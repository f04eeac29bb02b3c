"""UIMA CAS, as INCEpTION and other UIMA tools export it: XMI with its type system, or JSON CAS 0.4 → documents.

Read here and not by dkpro-cassis, the tests' oracle: that takes 170 bytes for each character of a text, tells no
line of what it reads, and at one wrong reference gives up the whole document.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kg.importers.core.documents import Item, Skipped
from kg.importers.core.inception import LARGEST_FILE, ExportFile, LayerLabels, export_files
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import SingleFile, format_error, read_whole
from kg.importers.uima_cas.json_cas import STRUCTURES, read_json_cas
from kg.importers.uima_cas.marks import Marks
from kg.importers.uima_cas.structures import Cas
from kg.importers.uima_cas.type_system import Types
from kg.importers.uima_cas.xmi import read_xmi

DESCRIPTION = (
    "UIMA CAS of INCEpTION and others: XMI with its TypeSystem.xml, or JSON CAS; a file, a folder, or a zip"
)
_TYPES = "typesystem.xml"


def read(source: Path, mapping: Mapping, _texts: Path | None) -> Iterator[Item]:
    """Yield the documents of each file and annotator, and what is left out of them."""
    labels = LayerLabels(mapping)
    known: dict[tuple[str, ...], Types] = {}
    for each in export_files(source, ".xmi", ".json"):
        if isinstance(each, Skipped):
            yield each
        elif cas := _cas(each, known):
            yield from Marks(cas, labels).items(each.copy)


def _cas(file: ExportFile, known: dict[tuple[str, ...], Types]) -> Cas | None:
    """Return what a file holds; None for JSON of another kind beside it, as the settings of a project."""
    raw, place, bundle = file.read(), file.place, file.part.files
    is_json = file.name.casefold().endswith(".json")
    if is_json and STRUCTURES.encode() not in raw and not isinstance(bundle, SingleFile):
        return None
    if is_json or raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_json_cas(raw, place)
    described = tuple(bundle.file(each) for each in _described(file))
    if not described:
        message = "an XMI file must have its type system beside it: put the `TypeSystem.xml` of the export there"
        raise format_error(message, "uima-types", place)
    if described not in known:
        known[described] = Types(
            (read_whole(bundle, each, most=LARGEST_FILE), bundle.file(each)) for each in _described(file)
        )
    return read_xmi(raw, place, known[described])


def _described(file: ExportFile) -> list[str]:
    """Return the type systems that belong to a file: those in its folder, else in the next folder around it.

    Where there is none, the only one of the source, in whatever folder that may be, is everybody's.
    """
    bundle = file.part.files
    beside = bundle.siblings() if isinstance(bundle, SingleFile) else bundle.names(_TYPES)
    there = [PurePosixPath(each) for each in beside if each.casefold().endswith(_TYPES)]
    for folder in PurePosixPath(file.name).parents:
        if here := [each for each in there if each.parent == folder]:
            own = [each for each in here if each.name.casefold() == _TYPES]
            return [str(each) for each in own or here]
    return [str(each) for each in there] if len(there) == 1 else []

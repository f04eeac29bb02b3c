"""Annotations made with Label Studio → documents: its JSON, JSON-MIN, CSV and TSV, told apart by what is in them.

https://labelstud.io/guide/export is the manual; `label_studio_sdk.converter` is what writes the exports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kg.errors import CorpusError, Finding, Place
from kg.importers.core.documents import Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import SourceFiles, SourceFolder, is_zip, open_source, unsafe_names
from kg.importers.json_stream import begun, elements
from kg.importers.json_values import Unreadable, Value, value
from kg.importers.label_studio.cells import read_rows
from kg.importers.label_studio.documents import Session
from kg.importers.label_studio.results import read_object
from kg.importers.label_studio.rows import SIGNS, begin_rows, read_row
from kg.importers.label_studio.tasks import is_task, read_task

DESCRIPTION = "Label Studio's JSON, JSON-MIN, CSV or TSV: a file, a folder or a zip"
_SUFFIXES = (".json", ".csv", ".tsv")
_NO_TASK = "it must be a task of Label Studio, with `data` and `annotations`"


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:
    """Yield the documents of an export, of all in a folder, or in a zip.

    Raises `CorpusError` where a file is none or ends too early, `FileError` where one cannot be read.
    """
    if source.is_dir() or is_zip(source):
        with open_source(source) as bundle:
            names = bundle.names(*_SUFFIXES)
            if not names:
                message = "here must be files of Label Studio, named .json, .csv or .tsv: export them, or name one"
                raise CorpusError([Finding("violation", message, "no-exports", Place(str(source), 0, 0))])
            yield from unsafe_names(bundle)
            for name in names:
                yield from _read(bundle, name, Session(mapping, texts))
    else:
        yield from _read(SourceFolder(source.parent), source.name, Session(mapping, texts))


def _read(bundle: SourceFiles, name: str, session: Session) -> Iterator[Item]:
    file = bundle.file(name)
    head, pieces = begun(bundle.pieces(name))
    is_json = head.startswith((b"[", b"{"))
    yield from _json(pieces, file, session) if is_json else _table(pieces, file, session)
    yield from session.left.told()


def _json(pieces: Iterator[bytes], file: str, session: Session) -> Iterator[Item]:
    is_min = is_known = False
    for raw, at in elements(pieces, file):
        try:
            element = value(raw, at)
        except Unreadable as error:
            yield Skipped("article", "task", f"{error}: export the file again, or mend it", at)
            continue
        members = element.members()
        if is_task(members):
            yield from read_task(element, session)
        elif any(sign in members for sign in SIGNS):
            if not is_min:
                yield begin_rows(file, session)
            is_min = True
            yield from read_row(read_object(element), at, _places(members), session)
        elif is_known:
            yield Skipped("article", "task", _NO_TASK, at)
        else:
            raise CorpusError([Finding("violation", f"{_NO_TASK}: is it another tool's?", "not-label-studio", at)])
        is_known = True


def _places(members: dict[str, Value]) -> Callable[[str], list[Place]]:
    return lambda name: [entry.place for entry in members[name].entries()]


def _table(pieces: Iterator[bytes], file: str, session: Session) -> Iterator[Item]:
    for number, row in enumerate(read_rows(pieces, file)):
        if number and row.more:
            why = "it has more cells than the table has columns: export it again"
            yield Skipped("article", "row", why, row.at)
        elif number:
            yield from read_row(row.cells, row.at, lambda _name: (), session)
        elif any(sign in row.cells for sign in SIGNS):
            yield begin_rows(file, session)
        else:
            message = f"a table of Label Studio must have the columns {' and '.join(SIGNS)}: is it another tool's?"
            raise CorpusError([Finding("violation", message, "not-label-studio", row.at)])

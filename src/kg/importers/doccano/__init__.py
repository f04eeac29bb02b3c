"""Annotations made with doccano → documents: its JSON Lines, alone, in a zip, or in a folder.

https://doccano.github.io/doccano/ is the manual. In a zip each annotator has a file of that name, or `all.jsonl`
holds what they made together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import decoded
from kg.importers.core.documents import Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import SourceFiles, SourceFolder, is_zip, open_source, unsafe_names
from kg.importers.doccano.articles import Line, Session
from kg.importers.doccano.lines import records
from kg.importers.doccano.records import Record, read_record
from kg.importers.json_values import Unreadable, value

DESCRIPTION = "doccano's JSONL: a file, its zip, or a folder"
_SUFFIXES = (".jsonl", ".json")
_TOGETHER = "all"
# Of a line without these all ways to count are one: characters beyond U+02FF that are no punctuation, and CR LF.
_TELLING = re.compile(rb"[\xcc-\xe1\xe3-\xf4]|\xe2\x80[\x8c\x8d]|\\u(?!00|20[1-9])|\\r\\n")
_ALIVE = 10_000
_NO_LINE = 'a line must be an article of doccano, as {"text": "…", "label": [[0, 5, "Source"]]}'


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item | Heartbeat]:
    """Yield the documents of an export; it is gone through twice, to learn what its offsets count.

    Raises `CorpusError` where a file is no export, `FileError` where one cannot be read.
    """
    del texts  # every line has its own
    session = Session(mapping)
    if source.is_dir() or is_zip(source):
        with open_source(source) as bundle:
            yield from _bundle(bundle, source, session)
    else:
        folder = SourceFolder(source.parent)
        yield from _learn(folder, source.name, session)
        yield from _file(folder, source.name, "", session)
    yield from session.told()


def _bundle(bundle: SourceFiles, source: Path, session: Session) -> Iterator[Item | Heartbeat]:
    names = bundle.names(*_SUFFIXES)
    if not names:
        message = "here must be files of doccano, named .jsonl: export them again"
        raise CorpusError([Finding("violation", message, "no-exports", Place(str(source), 0, 0))])
    yield from unsafe_names(bundle)
    for name in names:
        yield from _learn(bundle, name, session)
    for name in names:
        stem = PurePosixPath(name).stem
        yield from _file(bundle, name, "" if stem == _TOGETHER else stem, session)


def _learn(bundle: SourceFiles, name: str, session: Session) -> Iterator[Heartbeat]:
    """Let the texts of a file tell what offsets count, those that can; say now and then that reading goes on."""
    for number, (raw, at) in enumerate(records(bundle.pieces(name), bundle.file(name)), 1):
        if number % _ALIVE == 0:
            yield Heartbeat()
        if _TELLING.search(raw) and isinstance(record := _record(raw, at, session.mapping), Record):
            session.counting.learn(record.text, [span.offsets for span in record.spans])


def _file(bundle: SourceFiles, name: str, by: str, session: Session) -> Iterator[Item]:
    stem = PurePosixPath(name).stem
    is_known = False
    for raw, at in records(bundle.pieces(name), bundle.file(name)):
        record = _record(raw, at, session.mapping)
        if isinstance(record, Record):
            yield from session.documents(Line(record, f"{stem}-{at.line}", by, at))
        elif is_known:
            yield Skipped("article", f"line {at.line}", record, at)
        else:
            decoded(raw, at.file)
            raise CorpusError([Finding("violation", f"{record}: is it another tool's?", "not-doccano", at)])
        is_known = True


def _record(raw: bytes, at: Place, mapping: Mapping) -> Record | str:
    """Return what a line holds, or why it cannot be read."""
    try:
        return read_record(value(raw, at), mapping) or _NO_LINE
    except Unreadable as error:
        return f"{_NO_LINE}; {error}"

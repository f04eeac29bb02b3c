"""Web annotations (W3C, Recogito, Hypothesis) → documents: one a text and annotator.

They are read twice: once to sort them by the text that they are about, then text by text; meanwhile they stand in a
temporary file. Their texts come from `--texts`, else from where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from kg.errors import CorpusError, Finding, Place
from kg.files.temporary import Spool
from kg.importers.core.documents import AnnotatedText, Heartbeat, Skipped
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.source_files import PIECE, is_zip, open_source, unreadable_file, unsafe_names
from kg.importers.web_annotation.documents import documents
from kg.importers.web_annotation.envelope import Envelope
from kg.importers.web_annotation.sorting import Sorted
from kg.importers.web_annotation.text_files import TextFiles

DESCRIPTION = "W3C web annotations (.json, .jsonld), as of Recogito and Hypothesis; texts by --texts"
SUFFIXES = (".json", ".jsonld", ".jsonl", ".ndjson")
_ALIVE = 10_000
"""After how many annotations it is said that reading goes on: the first document comes when all are sorted."""
_NONE = "a file of web annotations must hold an object with a `target`, and this has none: is it another format?"


def preset(_source: Path) -> Mapping:
    """Return the mapping that is read with where none is given: what `kg export -f web-annotation` writes, too."""
    usual = PRESETS["attribution"]
    return replace(
        usual, fields={**usual.fields, "id": "id", "describing": "gist", "inferred": "inferred", "tag": "ignore"}
    )


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[AnnotatedText | Skipped | Heartbeat]:
    """Yield a document for each text and annotator, and each annotation that can be no mark of one.

    Raises `CorpusError` for what holds no annotations, `FileError` for what cannot be read.
    """
    files = TextFiles(texts or (source if source.is_dir() else source.parent))
    if not source.is_dir() and is_zip(source):
        with open_source(source) as bundle:
            yield from unsafe_names(bundle)
    with Spool() as spool:
        found = Sorted(spool)
        yield from _sort(source, found)
        yield from documents(found, mapping, files)


def _sort(source: Path, found: Sorted) -> Iterator[Skipped | Heartbeat]:
    """Read all records, and yield those that are no annotations."""
    envelope = Envelope()
    bundled = source.is_dir() or is_zip(source)
    faults: list[CorpusError] = []
    for file, pieces in _files(source, bundled=bundled):
        before = found.annotations + len(envelope.named)
        skipped: list[Skipped] = []
        try:
            for number, record in enumerate(envelope.records(pieces, file), 1):
                skipped.extend(found.add(record))
                if number % _ALIVE == 0:
                    yield Heartbeat()
            if found.annotations + len(envelope.named) == before:
                raise CorpusError([Finding("violation", _NONE, "not-web-annotations", Place(file, 1, 1))])
        except CorpusError as error:
            if not bundled:
                raise
            faults.append(error)
            yield from (Skipped("article", file, each.message, _place(each, file)) for each in error.findings)
        yield from skipped
    if not found.annotations and not envelope.named:
        raise faults[0] if faults else CorpusError([_empty(source)])
    for iri, place in envelope.named.items():
        if iri not in envelope.read:
            yield Skipped("article", iri, "this page is only named here: nothing is fetched, save it beside", place)


def _files(source: Path, *, bundled: bool) -> Iterator[tuple[str, Iterator[bytes]]]:
    if not bundled:
        yield str(source), _pieces(source)
        return
    with open_source(source) as bundle:
        for name in bundle.names(*SUFFIXES):
            yield bundle.file(name), bundle.pieces(name)


def _pieces(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            while piece := stream.read(PIECE):
                yield piece
    except OSError as error:
        raise unreadable_file(str(file), error) from error


def _place(finding: Finding, file: str) -> Place:
    return finding.at if isinstance(finding.at, Place) else Place(file, 0, 0)


def _empty(source: Path) -> Finding:
    message = f"a folder of web annotations must hold {', '.join(SUFFIXES)} files, this one has none: name another"
    return Finding("violation", message, "no-files", Place(str(source), 0, 0))

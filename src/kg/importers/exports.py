"""The files of an export of INCEpTION, WebAnno or another UIMA tool: a file, a folder, or a zip, also of zips.

A project's export holds `annotation/DOCUMENT/ANNOTATOR.tsv` and `curation/DOCUMENT/CURATION_USER.tsv`; where the
format is of several files, as XMI, a zip of these stands in the place of the one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kg.errors import CorpusError, Finding, Place
from kg.importers.bundles import Bundle, SingleFile, is_zip, left_outside, nested, opened, whole
from kg.importers.core.documents import Skipped
from kg.importers.project import Copy, read_copies

MOST = 32_000_000
"""The most bytes that one file may have, unpacked."""
_STAGES = ("annotation", "curation")
_NOBODY = "INITIAL_CAS"
"""The file in which INCEpTION keeps a document as it was before anybody annotated it."""
_CURATOR = "CURATION_USER"
_TEXTS = ("txt", "tsv", "xmi", "json", "xml", "html", "pdf")


class Shelf(NamedTuple):
    """Files that stand together: a folder, a zip, or a zip in one of these, which stands at `path`."""

    path: PurePosixPath
    bundle: Bundle


class Origin(NamedTuple):
    """The document that a file is about, who annotated it and when (`""`: not told), and whether it is finished."""

    document: str
    annotator: str
    on: str = ""
    done: bool = True


class File(NamedTuple):
    """A file to be read, and whose annotations of what it holds."""

    shelf: Shelf
    name: str
    whose: Origin

    @property
    def place(self) -> str:
        """What a `Place` calls it."""
        return self.shelf.bundle.file(self.name)

    def read(self) -> bytes:
        """Return its bytes. Raises `CorpusError` if these are too many, `FileError` if it cannot be read."""
        return whole(self.shelf.bundle, self.name, most=MOST)


def exported(source: Path, *suffixes: str) -> Iterator[File | Skipped]:
    """Yield the files whose names end so, and what cannot be read. Raises `CorpusError` where there are none.

    A file is open until the next one is asked for.
    """
    found = False
    copies: dict[tuple[str, str], Copy] = {}
    with shelved(source) as shelves:
        for shelf in shelves:
            yield from left_outside(shelf.bundle)
            yield from _settings(shelf.bundle, copies)
            for name in shelf.bundle.names(*suffixes):
                if whose := origin(shelf.path / name, shelf.path, copies):
                    found = True
                    yield File(shelf, name, whose)
    if not found:
        message = f"the source must hold files that end in {' or '.join(suffixes)}, that someone annotated"
        raise fault(f"{message}: give the folder or zip of the export", "nothing-to-read", str(source))


@contextmanager
def shelved(source: Path) -> Iterator[Iterator[Shelf]]:
    """Open a source: the shelf that it is, then each zip in it, which is open until the next is asked for."""
    if not source.is_dir() and not is_zip(source):
        yield iter([Shelf(PurePosixPath(*source.parts[-3:-1]), SingleFile(source))])
        return
    with opened(source) as bundle:
        # Where `annotation` itself was given, it is part of where a file stands.
        path = PurePosixPath(*source.parts[-2:]) if source.is_dir() else PurePosixPath()
        yield _shelves(Shelf(path, bundle))


def origin(path: PurePosixPath, shelf: PurePosixPath, copies: Mapping[tuple[str, str], Copy]) -> Origin | None:
    """Return whose annotations of what a file holds; None for a document that nobody annotated yet."""
    parts = path.parts
    for folder, document, file in zip(parts, parts[1:], parts[2:], strict=False):
        if folder in _STAGES:
            annotator = PurePosixPath(file).stem
            copy = copies.get((document, annotator), Copy())
            who = "curation" if annotator == _CURATOR else annotator
            return None if annotator == _NOBODY else Origin(plain(document), who, copy.on, copy.done)
    inner = path.relative_to(shelf)
    return Origin(str(inner.with_suffix("")), "") if inner.stem != _NOBODY else None


def fault(message: str, rule: str, file: str, line: int = 0, column: int = 0) -> CorpusError:
    """Return what is raised for a file that cannot be read as what it should be."""
    return CorpusError([Finding("violation", message, rule, Place(file, line, column))])


def _settings(bundle: Bundle, copies: dict[tuple[str, str], Copy]) -> Iterator[Skipped]:
    """Add what the settings of a project tell of its documents; yield why they cannot be read."""
    for name in bundle.names(".json") if not isinstance(bundle, SingleFile) else ():
        if PurePosixPath(name).name.startswith("exportedproject"):
            try:
                copies |= read_copies(whole(bundle, name, most=MOST))
            except (ValueError, RecursionError) as error:
                why = f"these settings of a project cannot be read, nor who has finished ({error})"
                yield Skipped("note", name, why, Place(bundle.file(name), 0, 0))


def _shelves(root: Shelf) -> Iterator[Shelf]:
    yield root
    for name in root.bundle.names(".zip"):
        if origin(root.path / name, root.path, {}) is not None:
            yield Shelf(root.path / name, nested(root.bundle, name, whole(root.bundle, name, most=MOST)))


def plain(document: str) -> str:
    """Return a document's name without the suffix of a text, which is no part of what it is called."""
    stem, dot, suffix = document.rpartition(".")
    return stem if dot and stem and suffix.casefold() in _TEXTS else document

"""The files of a source that may hold reviews: pages of HTML, and files of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from kg.errors import FileError
from kg.files.text_files import pieces
from kg.importers.core.documents import Skipped
from kg.importers.core.source_files import SourceFiles, is_zip, join_pieces, open_source, read_whole, unsafe_names

PAGES = (".html", ".htm", ".xhtml")
FEEDS = (".json", ".jsonld", ".jsonl", ".ndjson")
PACKED = (".gz", ".zst", ".bz2")


class File(NamedTuple):
    """A file: what a `Place` calls it, whether it is a page, whether it was asked for by itself, what it holds."""

    name: str
    is_page: bool
    is_alone: bool
    pieces: Callable[[], Iterator[bytes]]
    whole: Callable[[], bytes]


def files(source: Path) -> Iterator[File | Skipped]:
    """Yield the files of a folder or a zip, by their names; of one file itself, whatever it is called.

    Names that lead out of a zip are left out. Raises `FileError` where there is none, or it cannot be read.
    """
    if not source.exists():
        raise FileError(f"{source}: there is no such file or folder")
    if source.is_dir() or is_zip(source):
        with open_source(source) as bundle:
            names = bundle.names(*PAGES, *FEEDS)
            yield from unsafe_names(bundle)
            for name in names:
                yield _in(bundle, name)
        return
    bare = source.name.casefold()
    for suffix in PACKED:
        bare = bare.removesuffix(suffix)
    is_page = bare.endswith(PAGES) or (not bare.endswith(FEEDS) and _begins_as_page(str(source)))
    yield File(str(source), is_page, True, lambda: pieces(str(source)), lambda: _whole(str(source)))


def _in(bundle: SourceFiles, name: str) -> File:
    is_page = name.casefold().endswith(PAGES)
    return File(bundle.file(name), is_page, False, lambda: bundle.pieces(name), lambda: read_whole(bundle, name))


def _begins_as_page(file: str) -> bool:
    return next(pieces(file), b"").lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _whole(file: str) -> bytes:
    """Return a page's bytes, as many as a text file may have."""
    return join_pieces(pieces(file), file)

"""The zip file that a workbook is, and the XML in it: nothing is unpacked beyond its bounds, nothing fetched."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Protocol
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from kg.errors import CorpusError, FileError, Finding, Place

UNPACKED_LIMIT = 1_000_000_000
"""The most bytes that a part may have when it is unpacked."""
RATIO_LIMIT = 200
"""How many times its packed size a part may have; real sheets have 5 to 50."""
RATIO_FREE = 10_000_000
"""So many unpacked bytes are no bomb, whatever the ratio."""
PARTS_LIMIT = 10_000
_PIECE = 1 << 16

# What a damaged zip file makes zipfile raise, all of it seen.
_DAMAGE = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError, struct.error)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {
    "xl/workbook.bin": "an .xlsb",
    "content.xml": "an .ods",
    "word/document.xml": "a Word document",
    "index/document.iwa": "an Apple Numbers file",
}


class Handlers(Protocol):
    """What takes the XML of a part; names come without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""

    def end(self, name: str) -> None:
        """Take an end tag."""

    def text(self, text: str) -> None:
        """Take character data, or a piece of it."""


class Package:
    """An opened workbook file. What is wrong with it is a `CorpusError`."""

    def __init__(self, file: str, archive: ZipFile) -> None:
        self.file = file
        self._archive = archive
        # Some writers use `\` or other letters' case than their own lists of parts do.
        self._names = {name.replace("\\", "/").casefold(): name for name in archive.namelist()}

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._names

    def wrong(self, message: str, rule: str = "damaged-workbook") -> CorpusError:
        """Return the error that says what is wrong with the file as a whole."""
        return CorpusError([Finding("violation", message, rule, Place(self.file, 0, 0))])

    def pieces(self, part: str) -> Iterator[bytes]:
        """Yield the bytes of a part."""
        name = self._names.get(part.casefold())
        if name is None:
            raise self.wrong(f"a workbook must hold all its parts, {part} is missing: open it and save it again")
        entry = self._archive.getinfo(name)
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise self.wrong(f"a workbook must be packed by `deflate`, {part} is not: open it and save it again")
        bound = min(UNPACKED_LIMIT, max(RATIO_FREE, entry.compress_size * RATIO_LIMIT))
        unpacked = 0
        with self._reading(part), self._archive.open(entry) as stream:
            while piece := stream.read(_PIECE):
                unpacked += len(piece)
                if unpacked > bound:
                    raise self.wrong(
                        f"a part of a workbook must be no larger than {RATIO_LIMIT} times its packed size and "
                        f"{UNPACKED_LIMIT // 1_000_000} MB, {part} is: it may be a bomb; save it as CSV",
                        "too-large",
                    )
                yield piece

    def parse(self, part: str, handlers: Handlers) -> Iterator[None]:
        """Pass the XML of a part to handlers, and yield after each piece of it, so that they can be emptied."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: handlers.start(_local(name), attributes)
        parser.EndElementHandler = lambda name: handlers.end(_local(name))
        parser.CharacterDataHandler = handlers.text
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            for piece in self.pieces(part):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            at = f"line {error.lineno}, column {error.offset + 1}"
            raise self.wrong(
                f"a workbook must hold well-formed XML, {part} is not at {at}: open it and save it again"
            ) from error
        yield

    def _refuse_doctype(self, *_: object) -> None:
        raise self.wrong("a workbook must hold no DOCTYPE, this one does: open it and save it again")

    @contextmanager
    def _reading(self, part: str) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            raise self.wrong(
                f"a workbook must unpack, {part} does not (it is damaged, or has a password): "
                "open it and save it again"
            ) from error
        except OSError as error:
            raise FileError(f"{self.file}: cannot be read: {error.strerror or error}") from error


@contextmanager
def opened(source: Path) -> Iterator[Package]:
    """Open a workbook. Raises `FileError` where it cannot be read, `CorpusError` where it is none."""
    file = str(source)
    try:
        stream = source.open("rb")
    except OSError as error:
        raise FileError(f"{file}: cannot be read: {error.strerror or error}") from error
    with stream:
        yield Package(file, _archive(file, stream))


def _archive(file: str, stream: IO[bytes]) -> ZipFile:
    begin = _begin(file, stream)
    if begin == _OLE:
        raise _no_workbook(file, "this is an .xls, or has a password: save it as .xlsx without a password")
    try:
        archive = ZipFile(stream)
    except (*_DAMAGE, OSError) as error:
        advice = "it is damaged: copy it again" if begin.startswith(b"PK") else "this is none: save it as .xlsx"
        raise _no_workbook(file, advice) from error
    names = {name.casefold() for name in archive.namelist()[:PARTS_LIMIT]}
    for part, kind in _OTHERS.items():
        if part in names:
            raise _no_workbook(file, f"this is {kind}: save it as .xlsx")
    if len(archive.namelist()) > PARTS_LIMIT:
        raise _no_workbook(file, f"with at most {PARTS_LIMIT} parts, this one has more: save it as CSV")
    return archive


def _begin(file: str, stream: IO[bytes]) -> bytes:
    try:
        return stream.read(len(_OLE))
    except OSError as error:
        raise FileError(f"{file}: cannot be read: {error.strerror or error}") from error


def _no_workbook(file: str, advice: str) -> CorpusError:
    message = f"the file must be an Excel workbook (.xlsx), {advice}"
    return CorpusError([Finding("violation", message, "no-workbook", Place(file, 0, 0))])


@lru_cache(256)
def _local(name: str) -> str:
    return name.rpartition(":")[2]

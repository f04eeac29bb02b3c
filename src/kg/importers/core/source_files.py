"""The files of a source: one file, a folder or a zip. Files have names with `/`; nothing is unpacked to disk."""

from __future__ import annotations

import os
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, NamedTuple, Protocol, TypeVar

from kg.errors import CorpusError, FileError, Finding, Place, file_error
from kg.files.input_files import NAMED, is_inside, leads_out, open_input
from kg.files.text_files import LIMIT, LINE_LIMIT, read_chunks
from kg.importers.core.documents import AnnotatedText, Skipped

PIECE = 1 << 16
RATIO = 200
"""The highest ratio of a zip's unpacked to its packed size: text has about 30, a bomb a thousand."""
FREE = 10_000_000
"""The bytes that any zip may unpack to, whatever its own size."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error, RuntimeError, LookupError)


class SourceFiles(Protocol):
    """Files by their names; `outside` are the files so far that must not be read, `why_outside` is the reason."""

    outside: tuple[str, ...]
    why_outside: str

    def names(self, *suffixes: str) -> list[str]:
        """Return the names with one of these suffixes, in any case, sorted."""
        ...

    def has(self, name: str) -> bool: ...

    def file(self, name: str) -> str:
        """Return the name of a file in a `Place`."""
        ...

    def pieces(self, name: str) -> Iterator[bytes]: ...


class SourceFile(NamedTuple):
    """One file of a source; `is_alone` if the source is this file itself."""

    files: SourceFiles
    name: str
    is_alone: bool

    @property
    def path(self) -> str:
        """The file's name in a `Place`."""
        return self.files.file(self.name)

    def pieces(self) -> Iterator[bytes]:
        """Yield the file's bytes."""
        return self.files.pieces(self.name)

    def read(self) -> bytes:
        """Return its bytes. Raises `CorpusError` if there are more than a text file may have."""
        return read_whole(self.files, self.name)


def source_files(source: Path, *suffixes: str, none_found: str = "") -> Iterator[SourceFile | Skipped]:
    """Yield the files of a folder or zip with these suffixes, or the one file of any name that the source is.

    Yields files that must not be read as skipped. Raises `FileError` if there is no such source, `CorpusError` with
    the message `none_found` if a folder or zip has no such files. A zip is open until the last file is read.
    """
    require_source(source)
    if not source.is_dir() and not is_zip(source):
        yield SourceFile(SingleFile(source), source.name, True)
        return
    with open_source(source) as files:
        names = files.names(*suffixes)
        if none_found and not names:
            raise format_error(none_found, "no-exports", str(source))
        yield from unsafe_names(files)
        yield from (SourceFile(files, name, False) for name in names)


class ReadableFile(Protocol):
    """A file of a source: its name in a `Place`, and whether it is the source itself."""

    @property
    def path(self) -> str: ...

    @property
    def is_alone(self) -> bool: ...


F = TypeVar("F", bound=ReadableFile)
T = TypeVar("T")


def read_each(files: Iterable[F | Skipped], read: Callable[[F], Iterable[T]]) -> Iterator[T | Skipped]:
    """Yield what `read` makes of each file; what cannot be read of a damaged one is left out.

    Raises the `CorpusError` of a file that is the source itself, or the first one if there is no document.
    """
    errors: list[CorpusError] = []
    has_document = False
    for file in files:
        if isinstance(file, Skipped):
            yield file
            continue
        try:
            for item in read(file):
                has_document = has_document or isinstance(item, AnnotatedText)
                yield item
        except CorpusError as error:
            if file.is_alone:
                raise
            errors.append(error)
            yield from skipped_findings(error, file.path)
    if errors and not has_document:
        raise errors[0]


@contextmanager
def open_source(source: Path) -> Iterator[SourceFiles]:
    """Open a folder or a zip. Raises `FileError` if it cannot be read, `CorpusError` if it is no zip."""
    if source.is_dir():
        yield SourceFolder(source)
        return
    try:
        packed = zipfile.ZipFile(source)
    except OSError as error:
        raise file_error(str(source), error) from error
    except _DAMAGED as error:
        raise _damaged(str(source)) from error
    with packed:
        yield SourceZip(str(source), packed, source.stat().st_size)


def require_source(source: Path) -> None:
    """Raise `FileError` if there is no such file or folder; a pipe, which may never end, is neither."""
    try:
        if source.is_dir() or source.is_file():
            return
    except OSError as error:
        raise file_error(str(source), error) from error
    raise FileError(f"{source}: there is no such file or folder")


def open_nested_zip(files: SourceFiles, name: str, raw: bytes) -> SourceFiles:
    """Return the files of a zip inside a source, by its name there and its bytes."""
    file = files.file(name)
    try:
        return SourceZip(file, zipfile.ZipFile(BytesIO(raw)), len(raw))
    except _DAMAGED as error:
        raise _damaged(file) from error


def is_zip(source: Path) -> bool:
    """Tell whether a file is a zip by its first bytes. Raises `FileError` if the file cannot be read."""
    try:
        with open_input(str(source)) as stream:
            return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError as error:
        raise file_error(str(source), error) from error


def read_whole(files: SourceFiles, name: str, *, most: int = LIMIT) -> bytes:
    """Return a file's bytes. Raises `CorpusError` if there are more than `most`, by default as in a text file."""
    read = bytearray()
    for piece in files.pieces(name):
        read += piece
        if len(read) > most:
            message = f"a file must have at most {most // 1_000_000} MB, this one has more: split it"
            raise format_error(message, "too-large", files.file(name))
    return bytes(read)


def unsafe_names(files: SourceFiles) -> Iterator[Skipped]:
    """Yield each file that must not be read; for a folder, those that `names` found."""
    for name in files.outside:
        yield Skipped("article", name, files.why_outside, Place(files.file(name), 0, 0))


def skipped_findings(error: CorpusError, file: str) -> Iterator[Skipped]:
    """Yield a record for each fault of a file that is left out."""
    for finding in error.findings:
        at = finding.at if isinstance(finding.at, Place) else Place(file, 0, 0)
        yield Skipped("article", file, finding.message, at, is_damage=True)


def split_lines(pieces: Iterable[bytes], file: str) -> Iterator[bytes]:
    """Yield the lines of a file, each with its LF. Raises `CorpusError` for a line above the limit."""
    waiting: list[bytes] = []
    size, number = 0, 1
    for piece in pieces:
        first, *more = piece.split(b"\n")
        waiting.append(first)
        size += len(first)
        for line in more:
            yield b"".join(waiting) + b"\n"
            waiting, size, number = [line], len(line), number + 1
        if size > LINE_LIMIT:
            most = LINE_LIMIT // 1_000_000
            message = f"a line must have at most {most} MB, this one has more: write one article a line"
            raise format_error(message, "line-too-long", file, number, 1)
    if rest := b"".join(waiting):
        yield rest


def skipped_file(files: SourceFiles, name: str, error: CorpusError) -> Skipped:
    """Return the record of a file that is left out, with its first fault."""
    finding = error.findings[0]
    at = finding.at if isinstance(finding.at, Place) else Place(files.file(name), 0, 0)
    return Skipped("article", name, finding.message, at, is_damage=True)


def format_error(message: str, rule: str, file: str, line: int = 0, column: int = 0) -> CorpusError:
    """Return the error for a file in the wrong format."""
    return format_error_at(Place(file, line, column), message, rule)


def format_error_at(at: Place, message: str, rule: str) -> CorpusError:
    """Return the error for a file in the wrong format, at a place in it."""
    return CorpusError([Finding("violation", message, rule, at)])


class SourceFolder:
    """A folder's files, with those of its sub-folders if it is `deep`, without hidden ones.

    A link that leads out of the folder is not followed, unless it is the file that the user `named`.
    """

    why_outside = "a link must lead to a file of the same folder, this one leads out of it: copy the file here"

    def __init__(self, root: Path, *, deep: bool = True, named: str = "") -> None:
        self.root = root
        self.deep = deep
        self.named = named
        self.outside: tuple[str, ...] = ()
        # By printable names: bytes of a name that are not UTF-8 are replaced.
        self._paths: dict[str, Path] = {}

    def names(self, *suffixes: str) -> list[str]:
        found: list[str] = []
        outside = set(self.outside)
        for folder, folders, files in os.walk(self.root, onerror=_refuse):
            folders[:] = [each for each in folders if self.deep and not _is_hidden(each)]
            for file in files:
                path = Path(folder, file)
                name = _printable(path.relative_to(self.root).as_posix())
                if not file.casefold().endswith(suffixes) or _is_hidden(file):
                    continue
                if name == self.named or is_inside(str(path), str(self.root)):
                    self._paths[name] = path
                    found.append(name)
                elif leads_out(str(path), str(self.root)):
                    outside.add(name)
        self.outside = tuple(sorted(outside))
        return sorted(found)

    def has(self, name: str) -> bool:
        if name in self._paths or name == self.named:
            return True
        name = posixpath.normpath(name)
        return is_inside(str(self.root / name), str(self.root)) and not name.startswith(("/", ".."))

    def file(self, name: str) -> str:
        return _printable(str(self.root / name))

    def pieces(self, name: str) -> Iterator[bytes]:
        path = self._paths.get(name, self.root / name)
        try:
            with open_input(str(path), NAMED if name == self.named else str(self.root)) as stream:
                yield from _pieces(stream)
        except OSError as error:
            raise file_error(self.file(name), error) from error


class SingleFile(SourceFolder):
    """A file that the user gave, whatever its suffix; a compressed one is unpacked."""

    def __init__(self, file: Path) -> None:
        super().__init__(file.parent, named=file.name)

    def names(self, *suffixes: str) -> list[str]:  # noqa: ARG002, as of a folder
        return [self.named]

    def pieces(self, name: str) -> Iterator[bytes]:
        return read_chunks(str(self.root / name), NAMED if name == self.named else str(self.root))

    def siblings(self) -> list[str]:
        """Return the names of all files in its folder."""
        with os.scandir(self.root) as entries:
            return sorted(entry.name for entry in entries if entry.is_file())


class SourceZip:
    """A zip's files. Each is unpacked while it is read; `RATIO` limits all of them together."""

    why_outside = "a name in a zip must be its only one and stay inside it: pack it again"

    def __init__(self, source: str, packed: zipfile.ZipFile, size: int) -> None:
        self.source = source
        self.packed = packed
        self.left = FREE + RATIO * size
        self.members: dict[str, zipfile.ZipInfo] = {}
        outside: list[str] = []
        for info in packed.infolist():
            written = _printable(info.filename.replace("\\", "/"))
            parts = written.split("/")
            name = "/".join(part for part in parts if part not in ("", "."))
            if written[:1] in ("", "/") or ".." in parts or ":" in parts[0] or name in self.members:
                outside.append(written)
            elif not written.endswith("/") and not any(map(_is_hidden, name.split("/"))):
                self.members[name] = info
        self.outside = tuple(outside)

    def names(self, *suffixes: str) -> list[str]:
        return sorted(name for name in self.members if name.casefold().endswith(suffixes))

    def has(self, name: str) -> bool:
        return name in self.members

    def file(self, name: str) -> str:
        return f"{_printable(self.source)}/{name}"

    def pieces(self, name: str) -> Iterator[bytes]:
        info = self.members[name]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            raise _damaged(self.file(name))
        try:
            with self.packed.open(info) as stream:
                for piece in _pieces(stream):
                    self.left -= len(piece)
                    if self.left < 0:
                        raise _bomb(self.file(name))
                    yield piece
        except (*_DAMAGED, OSError) as error:  # a damaged zip may have impossible offsets
            raise _damaged(self.file(name)) from error


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


def _refuse(error: OSError) -> None:
    raise file_error(str(error.filename), error) from error


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _printable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _damaged(file: str) -> CorpusError:
    message = (
        "a zip must unpack, this one does not (damaged, under a password, or packed in a rare way): pack it again"
    )
    return format_error(message, "damaged", file)


def _bomb(file: str) -> CorpusError:
    message = f"a zip must unpack to at most {RATIO} times its size, this one unpacks to more: unpack it yourself"
    return format_error(message, "zip-bomb", file)

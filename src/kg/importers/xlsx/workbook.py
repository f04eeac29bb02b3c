"""Reads a workbook file: its zip and XML within limits, its sheets, shared strings and number formats.

ECMA-376 part 1, §18.2 (workbook), §18.8 (styles), §18.17.4 (dates); part 2, §9.3 (relationships).
Nothing is unpacked beyond the limits, and nothing is fetched.
"""

from __future__ import annotations

import re
import struct
import zlib
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from posixpath import join, normpath
from typing import IO, Literal, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from kg.errors import CorpusError, file_error
from kg.files.input_files import open_input
from kg.files.temporary import Spool
from kg.files.xml_reader import XmlError, XmlHandlers, XmlReader
from kg.importers.core.source_files import format_error

UNPACKED_LIMIT = 1_000_000_000
"""The most bytes that a part may have when it is unpacked."""
RATIO_LIMIT = 200
"""How many times its packed size a part may have; real sheets have 5 to 50 times."""
RATIO_FREE = 10_000_000
"""A part with no more unpacked bytes is not refused, whatever the ratio."""
PARTS_LIMIT = 10_000
STRINGS_IN_MEMORY = 16_000_000
Kind = Literal["number", "year", "month", "day", "moment", "time", "no-year"]

_PIECE = 1 << 16
# All errors that zipfile is known to raise for damaged files.
_DAMAGE = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError, struct.error)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_FORMATS = {
    "xl/workbook.bin": "an .xlsb",
    "content.xml": "an .ods",
    "word/document.xml": "a Word document",
    "index/document.iwa": "an Apple Numbers file",
}
# §22.9.2.19 (ST_Xstring): characters that XML cannot contain.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# The formats of §18.8.30 that show dates; other built-in formats show numbers.
_BUILT_IN: dict[int, Kind] = {
    **dict.fromkeys((14, 15, *range(27, 32), 36, *range(50, 55), 57, 58), "day"),
    16: "no-year",
    17: "month",
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "time"),
    22: "moment",
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')
_AM_PM = re.compile(r"am/pm|a/p")
# `m` is minutes after hours or before seconds, else months.
_MINUTES = re.compile(r"(?<=h)([^ymds]*?)m+|m+(?=[^ymdh]*s)")
_ZEROS = re.compile("0{2,15}")
_LAST_DAY = 2_958_465
"""The serial number of 31 December 9999."""


class WorkbookPackage:
    """An open workbook file. If something is wrong with it, `CorpusError` is raised."""

    def __init__(self, file: str, archive: ZipFile) -> None:
        self.file = file
        self._archive = archive
        # Some programs write names with `\` or in another case than in their own lists of parts.
        self._names = {name.replace("\\", "/").casefold(): name for name in archive.namelist()}

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._names

    def wrong(self, message: str, rule: str = "damaged-workbook") -> CorpusError:
        """Return the error for the file as a whole."""
        return format_error(message, rule, self.file)

    def pieces(self, part: str) -> Iterator[bytes]:
        """Yield the bytes of a part."""
        name = self._names.get(part.casefold())
        if name is None:
            raise self.wrong(f"a workbook must have all its parts, {part} is missing: open it and save it again")
        entry = self._archive.getinfo(name)
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise self.wrong(f"a workbook must be packed by `deflate`, {part} is not: open it and save it again")
        left = min(UNPACKED_LIMIT, max(RATIO_FREE, entry.compress_size * RATIO_LIMIT))
        try:
            with self._archive.open(entry) as stream:
                while piece := stream.read(_PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise self._too_large(part)
                    yield piece
        except _DAMAGE as error:
            raise self.wrong(
                f"a workbook must unpack, {part} does not (it is damaged, or has a password): "
                "open it and save it again"
            ) from error
        except OSError as error:
            raise file_error(self.file, error) from error

    def _too_large(self, part: str) -> CorpusError:
        return self.wrong(
            f"a part of a workbook must be no larger than {RATIO_LIMIT} times its packed size and "
            f"{UNPACKED_LIMIT // 1_000_000} MB, {part} is: it may be a bomb; save it as CSV",
            "too-large",
        )

    def parse(self, part: str, handlers: XmlHandlers) -> Iterator[None]:
        """Pass the XML of a part to handlers; yield after each piece, so that the handlers can be emptied."""
        try:
            yield from XmlReader(part, "open the workbook and save it again").read(self.pieces(part), handlers)
        except XmlError as error:
            (finding,) = error.findings
            raise self.wrong(f"{finding.at}: {finding.message}") from error

    def elements(self, part: str, *names: str) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield the name, the parent's name and the attributes of each element with one of these names."""
        handlers = _ElementHandlers(frozenset(names))
        for _ in self.parse(part, handlers):
            yield from handlers.found
            handlers.found.clear()


class _ElementHandlers(XmlHandlers):
    """Collects the wanted elements, with their attributes only."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self._wanted = wanted
        self._open = [""]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local_name(name)
        if name in self._wanted:
            self.found.append((name, self._open[-1], attributes))
        self._open.append(name)

    def end(self, name: str) -> None:  # noqa: ARG002
        self._open.pop()


@lru_cache(256)
def local_name(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition(" ")[2]


@contextmanager
def open_workbook(source: Path) -> Iterator[WorkbookPackage]:
    """Open a workbook. Raises `FileError` if it cannot be read, `CorpusError` if it is none."""
    file = str(source)
    try:
        stream = open_input(file)
    except OSError as error:
        raise file_error(file, error) from error
    with stream:
        yield WorkbookPackage(file, _archive(file, stream))


def _archive(file: str, stream: IO[bytes]) -> ZipFile:
    begin = b""
    try:
        begin = stream.read(len(_OLE))
        archive = ZipFile(stream)
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and not begin:
            raise file_error(file, error) from error
        advice = "it is damaged: copy it again" if begin.startswith(b"PK") else _NONE
        if begin == _OLE:
            advice = "this is an .xls, or has a password: save it as .xlsx without a password"
        raise _no_workbook(file, advice) from error
    names = {name.casefold() for name in archive.namelist()[:PARTS_LIMIT]}
    for part, kind in _OTHER_FORMATS.items():
        if part in names:
            raise _no_workbook(file, f"this is {kind}: save it as .xlsx")
    if len(archive.namelist()) > PARTS_LIMIT:
        raise _no_workbook(file, f"with at most {PARTS_LIMIT} parts, this one has more: save it as CSV")
    return archive


_NONE = "this is none: save it as .xlsx, or read a table in CSV with `kg import csv`"


def _no_workbook(file: str, advice: str) -> CorpusError:
    return format_error(f"the file must be an Excel workbook (.xlsx), {advice}", "no-workbook", file)


class SharedStrings:
    """Texts by number, on disk if they are many. The last one is cached: many cells repeat the one before."""

    def __init__(self) -> None:
        self._spool = Spool(in_memory=STRINGS_IN_MEMORY)
        self._ends = array("Q", [0])
        self._last = (-1, "")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, text: str) -> None:
        """Give a text the next number."""
        self._spool.write(text.encode())
        self._ends.append(self._spool.size)

    def __getitem__(self, number: int) -> str:
        """Return the text with this number, from 0. Raises `IndexError` if there is none."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        if self._last[0] != number:
            start, end = self._ends[number : number + 2]
            self._last = (number, self._spool.read(start, end - start).decode())
        return self._last[1]


class _StringHandlers(XmlHandlers):
    """Receives `sharedStrings.xml`: adds the text of each `si`, without its phonetic reading."""

    def __init__(self, strings: SharedStrings) -> None:
        self._strings = strings
        self._text: list[str] = []
        self._in_text = False
        self._in_phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        name = local_name(name)
        if name == "si":
            self._text = []
        elif name == "rPh":
            self._in_phonetic += 1
        self._in_text = name == "t" and not self._in_phonetic

    def end(self, name: str) -> None:
        name = local_name(name)
        self._in_text = False
        if name == "rPh":
            self._in_phonetic -= 1
        elif name == "si":
            self._strings.add(unescaped("".join(self._text)))

    def text(self, text: str) -> None:
        if self._in_text:
            self._text.append(text)


def _read_strings(package: WorkbookPackage, part: str) -> SharedStrings:
    strings = SharedStrings()
    if part in package:
        for _ in package.parse(part, _StringHandlers(strings)):
            pass
    return strings


def unescaped(text: str) -> str:
    """Return a text without its escapes for characters: `_x000D_` is a carriage return."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    point = int(match[1], 16)
    return match[0] if 0xD800 <= point <= 0xDFFF else chr(point)


class NumberStyle(NamedTuple):
    """How a cell shows a number: the kind of value, and the least number of digits."""

    kind: Kind = "number"
    zeros: int = 0


class WorksheetTab(NamedTuple):
    """A sheet of a workbook; `part` is `""` if it is not a table but, for example, a chart."""

    title: str
    part: str
    hidden: bool


class Workbook(NamedTuple):
    """The parts of a workbook that are needed to read the cells of all sheets."""

    tabs: tuple[WorksheetTab, ...]
    styles: tuple[NumberStyle, ...]
    strings: SharedStrings
    from_1904: bool


def read_workbook(package: WorkbookPackage) -> Workbook:
    """Return the content of a workbook, without its rows."""
    main = dict(_targets(package, "").values()).get("officeDocument", "xl/workbook.xml")
    targets = _targets(package, main)
    parts = dict(targets.values())
    tabs = []
    from_1904 = False
    for name, _, attributes in package.elements(main, "sheet", "workbookPr"):
        if name == "workbookPr":
            from_1904 = attributes.get("date1904") in ("1", "true")
            continue
        id = next((value for key, value in attributes.items() if key.endswith(" id")), "")
        kind, part = targets.get(id, ("", ""))
        hidden = attributes.get("state", "visible") != "visible"
        tabs.append(WorksheetTab(attributes.get("name", part), part if kind == "worksheet" else "", hidden))
    if not tabs:
        raise package.wrong("a workbook must have a sheet, this one has none: open it and save it again")
    styles = tuple(_styles(package, parts.get("styles", "")))
    return Workbook(tuple(tabs), styles, _read_strings(package, parts.get("sharedStrings", "")), from_1904)


def _targets(package: WorkbookPackage, part: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the target part of each relationship of a part, by its id."""
    folder, _, name = part.rpartition("/")
    relations = join(folder, "_rels", f"{name}.rels")
    if relations not in package:
        return {}
    return {
        attributes.get("Id", ""): (
            attributes.get("Type", "").rpartition("/")[2],
            normpath(join("/", folder, attributes.get("Target", "").replace("\\", "/"))).lstrip("/"),
        )
        for _, _, attributes in package.elements(relations, "Relationship")
        if attributes.get("TargetMode") != "External"
    }


def _styles(package: WorkbookPackage, part: str) -> Iterator[NumberStyle]:
    """Yield the styles of cells in the order of their numbers."""
    if part not in package:
        return
    codes: dict[str, str] = {}
    known: dict[str, NumberStyle] = {}
    for name, parent, attributes in package.elements(part, "numFmt", "xf"):
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif parent == "cellXfs":
            number = attributes.get("numFmtId", "0")
            if number not in known:
                known[number] = _style(number, codes)
            yield known[number]


def _style(number: str, codes: Mapping[str, str]) -> NumberStyle:
    code = codes.get(number, "")
    kind = kind_of(int(number) if number.isdecimal() and len(number) < 9 else 0, code)
    return NumberStyle(kind, len(code) if kind == "number" and _ZEROS.fullmatch(code) else 0)


def kind_of(number: int, code: str) -> Kind:
    """Return what a number format shows: from its code, else from its number."""
    if not code:
        return _BUILT_IN.get(number, "number")
    letters = _AM_PM.sub("", _LITERAL.sub("", code.partition(";")[0].lower()))
    if "general" in letters or re.search("[0#?]", letters.replace(".0", "")):
        return "number"
    dates = _MINUTES.sub(r"\1", letters)
    year, month, day = (letter in dates for letter in "ymd")
    if not (year or month or day):
        return "time" if re.search("[hms]", letters) else "number"
    if year and month and day:
        return "moment" if "h" in letters else "day"
    if year:
        return "month" if month else "year"
    return "no-year"


def shown(value: str, kind: Kind, *, from_1904: bool = False, zeros: int = 0) -> str:
    """Return a number as its cell shows it: a date in ISO 8601, with `XXXX` for a year that is not shown."""
    try:
        number = float(value)
    except ValueError:
        return value
    if kind == "number" or not 0 <= number < _LAST_DAY + 1:
        return _amount(number, value).zfill(zeros)
    if kind == "time":
        return _clock(number)
    moment = _moment(number, from_1904=from_1904)
    return _amount(number, value) if moment is None else shown_date(moment, kind)


def shown_date(moment: datetime, kind: Kind) -> str:
    """Return a moment with the precision that its cell shows."""
    if kind == "year":
        return f"{moment:%Y}".zfill(4)
    if kind == "month":
        return moment.date().isoformat()[:7]
    if kind == "no-year":
        return f"XXXX-{moment:%m-%d}"
    if kind == "moment" and (moment.hour or moment.minute or moment.second):
        return moment.isoformat(" ", "seconds")
    return moment.date().isoformat()


def _moment(number: float, *, from_1904: bool) -> datetime | None:
    """Return the moment of a serial number; None for 29 February 1900, which exists only in spreadsheets."""
    if from_1904:
        begin = datetime(1904, 1, 1)
    elif number < 60:
        begin = datetime(1899, 12, 31)
    elif number < 61:
        return None
    else:
        begin = datetime(1899, 12, 30)
    try:
        return begin + timedelta(days=int(number), seconds=round(number % 1 * 86_400))
    except OverflowError:
        return None


def _clock(number: float) -> str:
    seconds = round(number * 86_400)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")


def _amount(number: float, value: str) -> str:
    """Return a number with the 15 digits that spreadsheets compute with: 1.0 is `1`."""
    if number != number or number in (float("inf"), float("-inf")):
        return value
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else f"{number:.15g}"

"""CSV and similar tables: reads cells with their places, and writes cells that no spreadsheet runs as formulas.

Not read by Python's `csv`: each cell keeps its line and column, and a quotation mark that is never closed is
reported instead of swallowing the rest of the file. The file is UTF-8, or UTF-16 with a byte order mark.

Cells are written escaped, and `plain` undoes it exactly. A spreadsheet runs a cell that begins with the sign of a
formula, perhaps after blanks (https://owasp.org/www-community/attacks/CSV_Injection). If its delimiter is `;`, it
begins a new cell after each `;`, tab or line end, even within quotation marks. `'` is put before each such sign.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, NamedTuple

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import LINE_LIMIT, other_format

BOM = "\ufeff"
"""The first character of a file: without it, Excel reads the file as Windows-1252."""
LINE_END = "\r\n"

# What may precede the sign of a formula: quotation marks, blanks and invisible characters; no tab, no line end.
_BEFORE = "(?:[^\\S\t\r\n]|['\"\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff])*+"
_RUN = f"(?={_BEFORE}[-=+@＝＋－＠])"
_BLANK = f"(?={_BEFORE}[\t\r\n])"
_LIVE = re.compile(f"\\A{_BLANK}|(?:\\A|(?<=[;|\t\r\n])){_RUN}")
_DEFUSED = re.compile(f"\\A'{_BLANK}|(?:\\A|(?<=[;|\t\r\n]))'{_RUN}")
_NEGATIVE = re.compile(r"-[0-9]+(?:[.,][0-9]+)?")
_QUOTED = re.compile('[",;|\t\r\n]|\\A\\s|\\s\\Z')

ROW_LIMIT = 10_000_000
"""The most characters of a row: an article has up to one million, an open quotation mark takes the whole file."""
_NOT_DOUBLED = "a quotation mark within a cell in quotation marks must be doubled: correct the cell"
# Some programs, and people, write a space before the next cell: `"a", "b"`.
_AFTER_BLANK = re.compile(r' +"(?:[^"]|"")*" *')
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

TextLines = Iterable[tuple[int, str]]
"""The lines of a text with their numbers and their line ends."""


class Cell(NamedTuple):
    """A cell that is not empty: its text, its place, and why its value cannot be read (`""`: it can)."""

    text: str
    line: int
    column: int
    fault: str = ""


Row = dict[int, Cell]
"""The cells of a row that are not empty, by column from 0, in that order."""


def read_rows(
    lines: TextLines, file: str, delimiter: str, *, most: int = ROW_LIMIT, decode: Callable[[str], str] = str
) -> Iterator[Row]:
    """Yield the rows that are not empty; `decode` turns a cell as written into its text.

    Raises `CorpusError` for a quotation mark that is not closed, or not within a row of `most` characters.
    """
    quoted: _QuotedRow | None = None
    for number, text in lines:
        if quoted is None and '"' not in text:
            row = _unquoted_row(text, delimiter, number, decode)
        else:
            quoted = quoted or _QuotedRow(delimiter, number, decode)
            if not quoted.add(text):
                if quoted.size > most:
                    raise _never_closed(file, quoted)
                continue
            row, quoted = quoted.row, None
        if row:
            yield row
    if quoted:
        raise _never_closed(file, quoted)


def likely_delimiter(line: str, delimiters: str = ",;\t") -> str:
    """Return the delimiter that occurs most often in a line, such as the one with the names of the columns."""
    return max(delimiters, key=line.count)


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text in memory, as `read_text_lines` does."""
    yield from enumerate(_LINE.findall(text), 1)


def read_text_lines(pieces: Iterable[bytes], file: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers. Raises `CorpusError` at bytes that are not text."""
    number = 0
    for text in _decoded(iter(pieces), file):
        for line in _LINE.findall(text):
            number += 1
            yield number, line


def _decoded(pieces: Iterator[bytes], file: str) -> Iterator[str]:
    """Yield the text of a file in parts that end at a line end."""
    head = b""
    while len(head) < 5 and (piece := next(pieces, b"")):
        head += piece
    if other := other_format(head):
        advice = "save the table as `CSV UTF-8`, or import a workbook (.xlsx) with `kg import xlsx`"
        raise _fault(f"the file must be CSV, and this is {other}: {advice}", "not-text", Place(file, 1, 1))
    rest = chain((head,), pieces)
    yield from _utf_16(rest, file) if head.startswith(_UTF_16) else _utf_8(rest, file)


def _utf_8(pieces: Iterator[bytes], file: str) -> Iterator[str]:
    number = 1
    for raw in _up_to_line_ends(pieces, file):
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            line, column = _end(number, raw[: error.start].decode())
            raise _fault(_not_utf_8(raw, error), "not-utf-8", Place(file, line, column)) from error
        yield text.removeprefix(BOM) if number == 1 else text
        number += len(_LINE.findall(text))


def _up_to_line_ends(pieces: Iterator[bytes], file: str) -> Iterator[bytes]:
    """Yield the bytes of a file in parts that end at LF. Raises `CorpusError` for a line above the limit."""
    waiting: list[bytes] = []
    size, number = 0, 1
    for piece in pieces:
        at = piece.rfind(b"\n") + 1
        if at:
            whole = b"".join((*waiting, piece[:at]))
            yield whole
            number += whole.count(b"\n")
            waiting, size = [], 0
        waiting.append(piece[at:])
        size += len(piece) - at
        if size > LINE_LIMIT:
            message = f"a line must have at most {LINE_LIMIT // 1_000_000} MB, this one has more: it is no table"
            raise _fault(message, "line-too-long", Place(file, number, 1))
    yield b"".join(waiting)


def _utf_16(pieces: Iterator[bytes], file: str) -> Iterator[str]:
    decoder = getincrementaldecoder("utf-16")()
    number, waiting = 1, ""
    for piece in chain(pieces, (b"",)):
        try:
            waiting += decoder.decode(piece, final=not piece)
        except UnicodeError as error:
            number += len(_LINE.findall(waiting[: waiting.rfind("\n") + 1]))
            message = "a file in UTF-16 must be whole, this one is not from here on: save it as UTF-8"
            raise _fault(message, "not-utf-16", Place(file, number, 1)) from error
        if len(waiting) > LINE_LIMIT and "\n" not in waiting:
            message = f"a line must have at most {LINE_LIMIT // 1_000_000} MB, this one has more: it is no table"
            raise _fault(message, "line-too-long", Place(file, number, 1))
        at = waiting.rfind("\n") + 1
        yield waiting[:at]
        number += len(_LINE.findall(waiting[:at]))
        waiting = waiting[at:]
    yield waiting


def _end(number: int, text: str) -> tuple[int, int]:
    """Return the line and column after a text that begins in this line."""
    lines = _LINE.findall(text)
    if not lines:
        return number, 1
    ended = lines[-1].endswith(("\r", "\n"))
    return (number + len(lines), 1) if ended else (number + len(lines) - 1, len(lines[-1]) + 1)


def _not_utf_8(raw: bytes, error: UnicodeDecodeError) -> str:
    """Return what to do about bytes that are not UTF-8, with the character they are in Excel's own encoding."""
    guess = raw[error.start : error.start + 1].decode("cp1252", "replace")
    shown = f", {guess!r} in Windows-1252" if guess.isprintable() and guess != "\ufffd" else ""
    return (
        f"the file must be UTF-8, byte {raw[error.start]:#04x} here is not{shown}: "
        "save it as `CSV UTF-8`, which is next to `CSV` in Excel's list"
    )


def _unquoted_row(line: str, delimiter: str, number: int, decode: Callable[[str], str]) -> Row:
    row: Row = {}
    column = 1
    for at, text in enumerate(line.rstrip("\r\n").split(delimiter)):
        if text and not text.isspace():
            row[at] = Cell(decode(text), number, column)
        column += len(text) + 1
    return row


class _QuotedRow:
    """A row with quotation marks, to which lines are added until it ends (RFC 4180, §2)."""

    def __init__(self, delimiter: str, line: int, decode: Callable[[str], str]) -> None:
        self.row: Row = {}
        self.size = 0
        self.begin = Cell("", line, 1)
        self._decode = decode
        self._delimiter = delimiter
        self._line = line - 1
        self._at = 0
        self._quoted: list[str] | None = None

    def add(self, line: str) -> bool:
        """Add a line; tell whether the row ends with it."""
        self.size += len(line)
        self._line += 1
        bare = line.rstrip("\r\n")
        position = 0
        while True:
            if self._quoted is None:
                position = self._begin(bare, position)
            if self._quoted is None and not bare.startswith('"', position):
                end = self._end(bare, position)
                self._put(bare[position:end], self._line, position + 1)
            else:
                if self._quoted is None:
                    self.begin = Cell("", self._line, position + 1)
                    self._quoted = []
                    position += 1
                closing = self._closing(line, position)
                if closing < 0:
                    return False
                end = self._end(bare, closing + 1)
                # Text between the closing mark and the next cell belongs to no cell.
                fault = _NOT_DOUBLED if bare[closing + 1 : end].strip() else ""
                self._put("" if fault else "".join(self._quoted), self.begin.line, self.begin.column, fault)
                self._quoted = None
            if end == len(bare):
                return True
            position = end + 1

    def _begin(self, bare: str, position: int) -> int:
        """Return where a cell begins: after spaces if these are before a cell in quotation marks."""
        cell = _AFTER_BLANK.match(bare, position)
        return bare.index('"', position) if cell and cell.end() == self._end(bare, cell.end()) else position

    def _closing(self, line: str, position: int) -> int:
        """Return where a quoted cell is closed, -1 if it continues in the next line; add its text."""
        assert self._quoted is not None
        while (mark := line.find('"', position)) >= 0:
            self._quoted.append(line[position:mark])
            if not line.startswith('"', mark + 1):
                return mark
            self._quoted.append('"')
            position = mark + 2
        self._quoted.append(line[position:])
        return -1

    def _end(self, bare: str, position: int) -> int:
        end = bare.find(self._delimiter, position)
        return len(bare) if end < 0 else end

    def _put(self, text: str, line: int, column: int, fault: str = "") -> None:
        if fault or (text and not text.isspace()):
            self.row[self._at] = Cell(self._decode(text), line, column, fault)
        self._at += 1


def _never_closed(file: str, row: _QuotedRow) -> CorpusError:
    message = "a cell that begins with a quotation mark must end with one, this one does not: add it, or double it"
    return _fault(message, "never-closed", Place(file, row.begin.line, row.begin.column))


def _fault(message: str, rule: str, at: Place) -> CorpusError:
    return CorpusError([Finding("violation", message, rule, at)])


def cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet runs as a formula; a negative number is unchanged."""
    return text if _NEGATIVE.fullmatch(text) else _LIVE.sub("'", text)


def plain(text: str) -> str:
    """Undo `cell`; a cell of another origin loses at most a `'` before a formula."""
    return _DEFUSED.sub("", text) if "'" in text else text


def line(cells: Iterable[str]) -> str:
    """Return a line of comma-separated values, escaped by `cell`, with its line end (RFC 4180)."""
    return ",".join(_quoted(cell(each)) for each in cells) + LINE_END


def write_rows(stream: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table in UTF-8 with a byte order mark, each cell escaped by `cell`."""
    stream.write((BOM + line(header)).encode())
    for row in rows:
        stream.write(line(row).encode())


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text

"""The body of a WebAnno TSV 3 file: its text, put together from the sentences, and the rows of its units.

A unit is a token, or a part of one with a row of its own. As in INCEpTION, a sentence begins where its first token
does; what stands between two sentences the file does not tell: it is filled up with blanks after the line end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from kg.importers.core.inception import LARGEST_FILE
from kg.importers.core.offsets import Utf16Offsets
from kg.importers.core.source_files import format_error
from kg.importers.webanno_tsv.cells import unescaped_text
from kg.importers.webanno_tsv.columns import Header

_UNIT = re.compile("[0-9]{1,9}-[0-9]{1,9}(?:\\.[0-9]{1,9})?")
_OFFSETS = re.compile("([0-9]{1,9})-([0-9]{1,9})")
_TEXT = "#Text="
_AGAIN = "export the file again"


@dataclass(frozen=True)
class Row:
    """A unit: its id (`1-2`, `1-2.1`), its offsets in UTF-16 units, and the fields of its line.

    `more` is how many fields more the line has before its cells than the header says.
    """

    line: int
    unit: str
    begin: int
    end: int
    fields: Sequence[str]
    more: int

    def cell(self, field: int) -> str:
        """Return a cell by the number of its field in the header."""
        return self.fields[self.more + field]

    def column(self, field: int) -> int:
        """Return the column of the line at which a cell begins."""
        return self._columns[self.more + field]

    @cached_property
    def _columns(self) -> list[int]:
        return list(accumulate([len(field) + 1 for field in self.fields], initial=1))


class Stray(NamedTuple):
    """A unit of which the row says that it has another text than stands at its offsets."""

    begin: int
    end: int
    text: str


class _Sentence(NamedTuple):
    begin: int
    offsets: Utf16Offsets
    text: str


class Body:
    """The body of a file: `text` and `strays` are whole when all rows were read."""

    def __init__(self, lines: Sequence[str], header: Header, file: str) -> None:
        self.strays: list[Stray] = []
        self._lines, self._header, self._file = lines, header, file
        self._pieces: list[str] = []
        self._end = 0
        self._pending: list[str] = []
        self._sentence = _Sentence(0, Utf16Offsets(""), "")

    @property
    def text(self) -> str:
        """The text so far, without the line end that the format adds at the end."""
        return "".join(self._pieces).removesuffix("\n")

    def rows(self) -> Iterator[Row]:
        """Yield the rows. Raises `CorpusError` at a line that is none, or contradicts the text."""
        number = self._header.lines
        for number, line in enumerate(self._lines[self._header.lines :], self._header.lines + 1):
            if line.startswith(_TEXT):
                self._pending.append(unescaped_text(line[len(_TEXT) :], self._header.minor) + "\n")
            elif line and not line.startswith("#") and not line.isspace():
                yield self._row(line, number)
        if self._pending:
            self._begin(self._end, number)

    def _row(self, line: str, number: int) -> Row:
        fields = line.split("\t")
        offsets = _OFFSETS.fullmatch(fields[1]) if len(fields) > 2 else None
        if offsets is None or _UNIT.fullmatch(fields[0]) is None:
            message = "a row must begin with its number (1-2), its offsets (4-8) and its text, parted by tabs"
            raise format_error(f"{message}: {_AGAIN}", "tsv-row", self._file, number, 1)
        width = self._header.width + 3
        if len(fields) < width:
            message = f"a row must have the {width} columns of the header, this one has {len(fields)}"
            raise format_error(f"{message}: {_AGAIN}", "tsv-columns", self._file, number, 1)
        begin, end = int(offsets[1]), int(offsets[2])
        if self._pending:
            self._begin(begin, number)
        said = self._said(begin, end)
        # A token's tabs are not escaped. The row itself ends in one.
        tabs = min(said.count("\t"), len(fields) - width) if said else 0
        if (text := "\t".join(fields[2 : 3 + tabs])) != said:
            self.strays.append(Stray(begin, end, text))
        return Row(number, fields[0], begin, end, fields, tabs)

    def _said(self, begin: int, end: int) -> str | None:
        """Return what stands at offsets of the sentence; None outside of it."""
        first, last = (self._sentence.offsets.code_point(each - self._sentence.begin) for each in (begin, end))
        return None if first is None or last is None or first > last else self._sentence.text[first:last]

    def _begin(self, begin: int, number: int) -> None:
        """Add the sentence whose lines were read, which begins at this offset."""
        if self._end == begin + 1:  # it follows at once: the line end before it is only the format's
            self._pieces[-1] = self._pieces[-1].removesuffix("\n")
            self._end = begin
        if begin < self._end:
            message = f"a sentence must begin after the one before it, at {self._end - 1} or later, not at {begin}"
            raise format_error(f"{message}: {_AGAIN}", "tsv-offsets", self._file, number, 1)
        if begin > LARGEST_FILE:
            message = f"a text must have at most {LARGEST_FILE:,} characters, here a sentence begins at {begin}"
            raise format_error(f"{message}: {_AGAIN}", "tsv-offsets", self._file, number, 1)
        sentence = "".join(self._pending)
        self._pending = []
        self._pieces += [" " * (begin - self._end), sentence]
        self._sentence = _Sentence(begin, Utf16Offsets(sentence), sentence)
        self._end = begin + self._sentence.offsets.units

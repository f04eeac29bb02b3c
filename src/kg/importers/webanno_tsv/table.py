"""Reads WebAnno TSV 3 as a table: the header with its layers, the text, the rows of units, and the cells.

A unit is a token, or a part of one with a separate row. As in INCEpTION, a sentence begins where its first token
does. The file does not say what is between two sentences: after the line end, it is filled with spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

from kg.importers.core.inception import LARGEST_FILE
from kg.importers.core.offsets import Utf16Offsets
from kg.importers.core.source_files import format_error

ABSENT = "_"
"""No annotation here."""
NULL = "*"
"""An annotation without a value."""
_SIGN = re.compile(r"\\.|[|;]", re.DOTALL)
_NUMBER = re.compile(r"\[([0-9]{1,9})\]$")
_ESCAPE = re.compile(r"\\(->|[\\\[\]|_;tn*])")
_NAMED = {"t": "\t", "n": "\n"}
_UNIT = re.compile(r"([0-9]{1,9}-[0-9]{1,9}(?:\.[0-9]{1,9})?)(?:\[([0-9]{1,9})(?:_([0-9]{1,9}))?\])?")
_CHAINED = re.compile(r"->([0-9]{1,9})-([0-9]{1,9})$")
# Escapes as in Java up to 3.1; from 3.2 on only a backslash before a control character or the letter for one.
_JAVA = re.compile(r"\\(?:u+([0-9a-fA-F]{4})|([0-3]?[0-7]{1,2})|(.?))", re.DOTALL)
_ESCAPED_CONTROL = re.compile("\\\\([\x00-\x07\x0e-\x1ftnfrb\\\\])")
_CONTROLS = {"t": "\t", "n": "\n", "f": "\f", "r": "\r", "b": "\b"}
Kind = Literal["span", "relation", "chain"]
ColumnKind = Literal["nothing", "value", "role", "target", "source", "element", "link"]
# The first WebAnno with this format wrote no more than `3`.
_FORMAT = re.compile(r"#FORMAT=WebAnno TSV 3(?:\.([0-9]{1,3}))?\s*")
_LAYERS: dict[str, Kind] = {"#T_SP=": "span", "#T_RL=": "relation", "#T_CH=": "chain"}
_CHAIN: dict[str, ColumnKind] = {"referenceType": "element", "referenceRelation": "link"}
# `ROLE_webanno.custom.Frame:roles_webanno.custom.FrameRolesLink`; a feature's name may have `_`, a type has a dot.
_ROLE = re.compile(r"ROLE_[^:]*:([^.]*)_[^_.]*\..*")
_UNIT_ID = re.compile("[0-9]{1,9}-[0-9]{1,9}(?:\\.[0-9]{1,9})?")
_OFFSETS = re.compile("([0-9]{1,9})-([0-9]{1,9})")
_TEXT_LINE = "#Text="
_AGAIN = "export the file again"


class Reference(NamedTuple):
    """The unit at which an annotation begins, and its number if there are several (else 0).

    `target` is the number of a relation's target.
    """

    unit: str
    number: int
    target: int


class Chained(NamedTuple):
    """An element of a chain: its value, the number of the chain, and its own."""

    value: str
    chain: int
    element: int


def split_escaped(cell: str, sign: str) -> list[str]:
    """Split a cell at a separator (`|`, `;`) that is not escaped."""
    if "\\" not in cell:
        return cell.split(sign)
    found, start = [], 0
    for each in _SIGN.finditer(cell):
        if each[0] == sign:
            found.append(cell[start : each.start()])
            start = each.end()
    return [*found, cell[start:]]


def numbered(value: str) -> tuple[str, int]:
    """Return a value as written, and its number: 1 for `PER[1]`, 0 for `PER`."""
    number = _NUMBER.search(value) if value.endswith("]") else None
    return (value[: number.start()], int(number[1])) if number else (value, 0)


def unescaped(value: str) -> str:
    """Return a value without escapes, `""` for none."""
    if value in (NULL, ABSENT):
        return ""
    return _ESCAPE.sub(lambda sign: _NAMED.get(sign[1], sign[1]), value) if "\\" in value else value


def reference(value: str) -> Reference | None:
    """Read `1-2`, `1-2.1[3]` or `1-2[0_3]`; None for anything else."""
    match = _UNIT.fullmatch(value)
    return Reference(match[1], int(match[2] or 0), int(match[3] or 0)) if match else None


def chained(value: str) -> Chained | None:
    """Read `coref->1-2`; None for anything else."""
    match = _CHAINED.search(value)
    return Chained(unescaped(value[: match.start()]), int(match[1]), int(match[2])) if match else None


def unescaped_text(text: str, minor: int) -> str:
    """Return a line of text without escapes, which depend on the minor version of the format."""
    if "\\" not in text:
        return text
    if minor > 1:
        return _ESCAPED_CONTROL.sub(lambda sign: _CONTROLS.get(sign[1], sign[1]), text)
    return _JAVA.sub(_java, text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _java(sign: re.Match[str]) -> str:
    if sign[1] or sign[2]:
        return chr(int(sign[1], 16) if sign[1] else int(sign[2], 8))
    return _CONTROLS.get(sign[3], sign[3])


class TsvColumn(NamedTuple):
    """A column of a layer: its kind, its feature, and for a reference the layer of the target."""

    kind: ColumnKind
    feature: str = ""
    layer: str = ""


class TsvLayer(NamedTuple):
    """A layer: its full name, its columns from the field `first` on, and its line in the header."""

    name: str
    kind: Kind
    columns: tuple[TsvColumn, ...]
    first: int
    line: int

    @property
    def has_slots(self) -> bool:
        """Whether its spans have slots."""
        return any(column.kind == "role" for column in self.columns)

    @property
    def target(self) -> str:
        """The layer of a relation's ends."""
        return next((column.layer for column in self.columns if column.kind == "source"), "")


class TsvHeader(NamedTuple):
    """The header of a file: the minor version of the format, the layers, the number of its lines."""

    minor: int
    layers: tuple[TsvLayer, ...]
    lines: int

    @property
    def width(self) -> int:
        """How many columns all layers have together."""
        return sum(len(layer.columns) for layer in self.layers)


def read_header(lines: Sequence[str], file: str) -> TsvHeader:
    """Return the header of a file. Raises `CorpusError` if it is not WebAnno TSV 3."""
    form = _FORMAT.fullmatch(lines[0]) if lines else None
    if form is None:
        message = "the first line must be `#FORMAT=WebAnno TSV 3.3`, or another 3: export as WebAnno TSV v3.3"
        raise format_error(message, "tsv-format", file, 1, 1)
    minor = int(form[1] or 0)
    layers: list[TsvLayer] = []
    first = 3
    for number, line in enumerate(lines[1:], 2):
        kind = _LAYERS.get(line[:6])
        if kind is None:
            return TsvHeader(minor, tuple(layers), number - 1)
        name, *declared = [field for field in line[6:].split("|") if field] or [""]
        if not name:
            raise format_error("a layer must have a name: export the file again", "tsv-layer", file, number, 7)
        columns = _columns(kind, declared)
        layers.append(TsvLayer(name, kind, columns, first, number))
        first += len(columns)
    return TsvHeader(minor, tuple(layers), len(lines))


def _columns(kind: Kind, declared: Sequence[str]) -> tuple[TsvColumn, ...]:
    columns: list[TsvColumn] = []
    for each in declared:
        role = _ROLE.fullmatch(each)
        if kind == "span" and role:
            columns.append(TsvColumn("role", role[1]))
        elif kind == "span" and columns and columns[-1].kind == "role":
            columns.append(TsvColumn("target", columns[-1].feature, each))
        elif kind == "relation" and each.startswith("BT_"):
            columns.append(TsvColumn("source", "", each[3:]))
        elif kind == "chain":
            columns.append(TsvColumn(_CHAIN.get(each, "value"), each))
        else:
            columns.append(TsvColumn("value", each))
    return tuple(columns) or (TsvColumn("nothing"),)


@dataclass(frozen=True)
class TsvRow:
    """The row of a unit: its id (`1-2`, `1-2.1`), its offsets in UTF-16 units, and its fields.

    `more` is how many fields a text with tabs takes beyond one.
    """

    line: int
    unit: str
    begin: int
    end: int
    fields: Sequence[str]
    more: int

    def cell(self, field: int) -> str:
        """Return the cell of a field, by its number in the header."""
        return self.fields[self.more + field]

    def column(self, field: int) -> int:
        """Return where in the line the cell of a field begins, from 1."""
        return self._columns[self.more + field]

    @cached_property
    def _columns(self) -> list[int]:
        return list(accumulate([len(field) + 1 for field in self.fields], initial=1))


class DifferingUnit(NamedTuple):
    """A unit whose row has another text than the text at its offsets."""

    begin: int
    end: int
    text: str


class _Sentence(NamedTuple):
    begin: int
    offsets: Utf16Offsets
    text: str


class TsvBody:
    """The body of a file; `text` and `differing` are complete when all rows are read."""

    def __init__(self, lines: Sequence[str], header: TsvHeader, file: str) -> None:
        self.differing: list[DifferingUnit] = []
        self._lines, self._header, self._file = lines, header, file
        self._pieces: list[str] = []
        self._end = 0
        self._waiting_lines: list[str] = []
        self._sentence = _Sentence(0, Utf16Offsets(""), "")

    @property
    def text(self) -> str:
        """The text so far, without the line end that the format adds."""
        return "".join(self._pieces).removesuffix("\n")

    def rows(self) -> Iterator[TsvRow]:
        """Yield the rows. Raises `CorpusError` at a line that is not a row or contradicts the text."""
        number = self._header.lines
        for number, line in enumerate(self._lines[self._header.lines :], self._header.lines + 1):
            if line.startswith(_TEXT_LINE):
                self._waiting_lines.append(unescaped_text(line[len(_TEXT_LINE) :], self._header.minor) + "\n")
            elif line and not line.startswith("#") and not line.isspace():
                yield self._row(line, number)
        if self._waiting_lines:
            self._begin(self._end, number)

    def _row(self, line: str, number: int) -> TsvRow:
        fields = line.split("\t")
        offsets = _OFFSETS.fullmatch(fields[1]) if len(fields) > 2 else None
        if offsets is None or _UNIT_ID.fullmatch(fields[0]) is None:
            message = "a row must begin with its number (1-2), its offsets (4-8) and its text, separated by tabs"
            raise format_error(f"{message}: {_AGAIN}", "tsv-row", self._file, number, 1)
        width = self._header.width + 3
        if len(fields) < width:
            message = f"a row must have the {width} columns of the header, this one has {len(fields)}"
            raise format_error(f"{message}: {_AGAIN}", "tsv-columns", self._file, number, 1)
        begin, end = int(offsets[1]), int(offsets[2])
        if self._waiting_lines:
            self._begin(begin, number)
        said = self._said(begin, end)
        # Tabs in a token are not escaped, and the row itself ends with one.
        tabs = min(said.count("\t"), len(fields) - width) if said else 0
        if (text := "\t".join(fields[2 : 3 + tabs])) != said:
            self.differing.append(DifferingUnit(begin, end, text))
        return TsvRow(number, fields[0], begin, end, fields, tabs)

    def _said(self, begin: int, end: int) -> str | None:
        """Return the sentence's text at these offsets; None outside of it."""
        first, last = (self._sentence.offsets.code_point(each - self._sentence.begin) for each in (begin, end))
        return None if first is None or last is None or first > last else self._sentence.text[first:last]

    def _begin(self, begin: int, number: int) -> None:
        """Add the sentence whose lines were read, at this offset."""
        if self._end == begin + 1:  # no gap: the line end before it is not part of the text
            self._pieces[-1] = self._pieces[-1].removesuffix("\n")
            self._end = begin
        if begin < self._end:
            message = f"a sentence must begin after the one before it, at {self._end - 1} or later, not at {begin}"
            raise format_error(f"{message}: {_AGAIN}", "tsv-offsets", self._file, number, 1)
        if begin > LARGEST_FILE:
            message = f"a text must have at most {LARGEST_FILE:,} characters, here a sentence begins at {begin}"
            raise format_error(f"{message}: {_AGAIN}", "tsv-offsets", self._file, number, 1)
        sentence = "".join(self._waiting_lines)
        self._waiting_lines = []
        self._pieces += [" " * (begin - self._end), sentence]
        self._sentence = _Sentence(begin, Utf16Offsets(sentence), sentence)
        self._end = begin + self._sentence.offsets.units

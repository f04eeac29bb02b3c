"""The strings that the cells of a workbook share, on disk where they are many."""

from __future__ import annotations

import re
from array import array
from tempfile import SpooledTemporaryFile
from typing import IO

from kg.importers.xlsx.package import Package

IN_MEMORY = 16_000_000

# ECMA-376 part 1, §22.9.2.19 (ST_Xstring): characters that XML cannot hold.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Strings:
    """Text by its number. Many cells hold the same text one after another: the last one is kept."""

    def __init__(self) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed with this
        self._ends = array("Q", [0])
        self._last = (-1, "")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, text: str) -> None:
        """Give a text the next number."""
        raw = text.encode()
        self._file.write(raw)
        self._ends.append(self._ends[-1] + len(raw))

    def __getitem__(self, number: int) -> str:
        """Return a text. Raises `IndexError` where there is none of this number."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        if self._last[0] != number:
            start, end = self._ends[number : number + 2]
            self._file.seek(start)
            self._last = (number, self._file.read(end - start).decode())
        return self._last[1]


class _Items:
    """Takes the XML of `sharedStrings.xml`: the text of each `si`, without how it is read aloud."""

    def __init__(self, strings: Strings) -> None:
        self.strings = strings
        self._text: list[str] = []
        self._in_text = False
        self._aloud = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        if name == "si":
            self._text = []
        elif name == "rPh":
            self._aloud += 1
        self._in_text = name == "t" and not self._aloud

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "rPh":
            self._aloud -= 1
        elif name == "si":
            self.strings.add(unescaped("".join(self._text)))

    def text(self, text: str) -> None:
        if self._in_text:
            self._text.append(text)


def read_strings(package: Package, part: str) -> Strings:
    """Return the shared strings of a workbook; none where it has no such part."""
    strings = Strings()
    if part in package:
        for _ in package.parse(part, _Items(strings)):
            pass
    return strings


def unescaped(text: str) -> str:
    """Return a text with its escapes for characters replaced: `_x000D_` is a carriage return."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    point = int(found[1], 16)
    return found[0] if 0xD800 <= point <= 0xDFFF else chr(point)

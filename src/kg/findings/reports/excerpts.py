"""How the source lines that findings point at are shown, so that a caret stands below its character."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from itertools import accumulate
from typing import NamedTuple

from kg.corpus.folder import root_of
from kg.errors import CorpusError, FileError, Place
from kg.files.input_files import NAMED
from kg.files.text_files import decode_text, read_lines, read_text

WIDTH = 100
"""How many columns of a terminal an excerpt takes at most."""
BEFORE = 48
"""How many of them at most stand before the caret where a line is cut."""
TAB = "    "

_LINE_END = re.compile(r"\r\n?|\n")
_JSON_LINES = re.compile(r"\.jsonl(?:\.gz|\.zst)?$")
# What moves the cursor, reverses text or shows as nothing at all.
_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)


class Excerpt(NamedTuple):
    """A line, or a window of it, and how many columns of a terminal stand before the caret."""

    text: str
    indent: int


class Shown(NamedTuple):
    """What is shown of a line: its excerpt, and the beginning of what the caret points at."""

    excerpt: Excerpt
    pointed_at: str


NOTHING = Shown(Excerpt("", 0), "")


def excerpts(places: Mapping[Place, int]) -> dict[Place, Shown]:
    """Return what is shown of the line of each place; none of a file that cannot or must not be read.

    The places say how many characters are asked for of what the caret points at.
    """
    by_file: dict[str, dict[int, list[Place]]] = {}
    for place in places:
        if place.line:
            by_file.setdefault(place.file, {}).setdefault(place.line, []).append(place)
    found: dict[Place, Shown] = {}
    for file, by_line in by_file.items():
        with suppress(CorpusError, FileError):  # what is wrong with the file is the finding
            found |= {
                place: shown(line, place.column, places[place])
                for number, line in _lines(file, by_line.keys())
                for place in by_line[number]
            }
    return found


def _lines(file: str, wanted: Set[int]) -> Iterator[tuple[int, str]]:
    """Yield the lines wanted of a file, of JSON Lines one in memory at a time."""
    root = root_of(file)
    if root == NAMED and not os.path.isfile(file):
        return  # a pipe can be read once only
    if _JSON_LINES.search(file):
        last = max(wanted)
        for number, raw, _ in read_lines(file, root):
            if number in wanted:
                yield number, decode_text(raw, file).rstrip("\r\n")
            if number >= last:
                return
    else:
        whole = _LINE_END.split(read_text(file, root))
        yield from ((number, whole[number - 1]) for number in wanted if number <= len(whole))


def shown(line: str, column: int, length: int) -> Shown:
    """Return what is shown of a line at a column, and so many of the characters from there on; at column 0 none."""
    return Shown(excerpt(line, column), line[column - 1 : column - 1 + length] if column else "")


def excerpt(line: str, column: int) -> Excerpt:
    """Return a line without its indentation, cut to a window around the column where it is long."""
    caret = min(max(column - 1, 0), len(line))
    while 0 < caret < len(line) and not _width(line[caret]):
        caret -= 1  # a mark stands above the letter before it
    first = begin = min(len(line) - len(line.lstrip()), caret)
    last = end = max(len(line.rstrip()), caret)
    if _is_wide(line, begin, end):
        begin, end = _window(line, begin, caret, end)
    left, right = "…" * (begin > first), "…" * (end < last)
    return Excerpt(left + visible(line[begin:end]) + right, len(left) + _width(line[begin:caret]))


def visible(text: str) -> str:
    """Return a text in which nothing moves a terminal's cursor, changes its colours or hides."""
    return "".join(_cell(character)[0] for character in text)


def _is_wide(line: str, begin: int, end: int) -> bool:
    """Tell whether a part of a line is wider than an excerpt; of a long one only its beginning is looked at."""
    return any(width > WIDTH for width in accumulate(_width(line[at]) for at in range(begin, end)))


def _window(line: str, begin: int, caret: int, end: int) -> tuple[int, int]:
    """Return the window around the caret that still fits, its ends not between a letter and its mark."""
    first = caret
    room = BEFORE
    while first > begin and (room := room - _width(line[first - 1])) >= 0:
        first -= 1
    while first < caret and not _width(line[first]):
        first += 1
    last = caret
    room = WIDTH - _width(line[first:caret])
    while last < end and (room := room - _width(line[last])) >= 0:
        last += 1
    return first, last


def _width(text: str) -> int:
    return sum(_cell(character)[1] for character in text)


def _cell(character: str) -> tuple[str, int]:
    """Return what is shown for a character, and how many columns of a terminal that takes."""
    if " " <= character <= "~":
        return character, 1
    if character == "\t":
        return TAB, len(TAB)
    if character < " ":
        return chr(0x2400 + ord(character)), 1  # its picture: ␛ for an escape
    if _UNSEEN.match(character):
        return "\ufffd", 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1

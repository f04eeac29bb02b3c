"""Findings as text for people: each with its place, its line and a caret under the value.

Many findings of one kind are a group, shown by a count and the first few.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from io import TextIOWrapper
from itertools import accumulate
from typing import NamedTuple

from kg.corpus.folder import root_of
from kg.errors import SEVERITIES, CorpusError, FileError, Finding, Place, Severity, UsageError
from kg.files.compression import open_decompressed
from kg.files.input_files import NAMED
from kg.files.text_files import decode_text, read_lines, read_text
from kg.findings.results import NAMES, locate
from kg.formats.rdf_reader import media_type_of

INDENT = "    "
FEW = 5
"""How many findings of a kind are shown if there are many."""
MANY = 8
"""Up to this number, all findings of a kind are shown."""
_BOLD, _DIM = "1", "2"
_SEVERITY = {"violation": "1;31", "warning": "1;33", "info": "1;36"}
# What differs between messages of a kind: names, quoted words, numbers.
_MISSING = re.compile(r"there is no (`[^`]*`)")
_PARTICULAR = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|[0-9]+")

WIDTH = 100
"""How many columns of a terminal an excerpt takes at most."""
BEFORE = 48
"""How many of them come before the caret at most if a line is cut."""
TAB = "    "
LONGEST = 1_000_000
"""How many characters of a line of RDF are read for an excerpt."""

_LINE_END = re.compile(r"\r\n?|\n")
_JSON_LINES = re.compile(r"\.jsonl(?:\.gz|\.zst)?$")
# Characters that move the cursor, reverse text or are invisible.
_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)


class Excerpt(NamedTuple):
    """A line, or a window of it, and the number of terminal columns before the caret."""

    text: str
    indent: int


class Shown(NamedTuple):
    """An excerpt of a line, and the start of the text that the caret points at."""

    excerpt: Excerpt
    pointed_at: str


NOTHING = Shown(Excerpt("", 0), "")


def text_report(findings: Iterable[Finding], *, colour: bool = False, every: bool = False) -> Iterator[str]:
    """Yield each finding as a paragraph, with the line that it points at.

    More than `MANY` of a kind come last, as a group: a heading with their number, and the first `FEW`. If `every`
    finding is asked for, there are no groups.
    """
    findings = list(findings)
    if not findings:
        return
    kinds = _kinds(findings)
    many = set() if every else {kind for kind, count in Counter(kinds).items() if count > MANY}
    groups: dict[_Kind, list[Finding]] = {}
    paragraphs: list[_Paragraph] = []
    for finding, kind in zip(findings, kinds, strict=True):
        if kind in many:
            groups.setdefault(kind, []).append(finding)
        else:
            paragraphs.append(_Paragraph(finding))
    order = sorted(groups.items(), key=lambda item: (SEVERITIES.index(item[0].severity), -len(item[1])))
    for kind, of_kind in order:
        first, *others = (_Paragraph(finding) for finding in of_kind[:FEW])
        paragraphs += [first._replace(heading=_heading(kind, len(of_kind))), *others]
        paragraphs[-1] = paragraphs[-1]._replace(remark=_remark(of_kind[FEW:]))
    yield from _paragraphs(paragraphs, colour=colour)
    if many:
        yield from _counts(findings)


class _Kind(NamedTuple):
    """What findings of a group share: what is missing, as `` `an-id` ``, or the message without its particulars."""

    severity: Severity
    rule: str
    missing: str
    message: str


class _Paragraph(NamedTuple):
    """A finding, with the heading of its group before it, and the remark about the group behind it."""

    finding: Finding
    heading: str = ""
    remark: str = ""


def _kinds(findings: list[Finding]) -> list[_Kind]:
    """Return the kind of each finding; what many findings miss is a kind by itself, whatever their messages are."""
    missing = [_MISSING.search(finding.message) for finding in findings]
    count = Counter(match[1] for match in missing if match)
    return [
        _Kind(finding.severity, finding.rule, match[1], "")
        if match and count[match[1]] > MANY
        else _Kind(finding.severity, finding.rule, "", _PARTICULAR.sub("", finding.message))
        for finding, match in zip(findings, missing, strict=True)
    ]


def _heading(kind: _Kind, count: int) -> str:
    of = f": there is no {visible(kind.missing)}" if kind.missing else ""
    return f"{_number_of(kind.severity, count)} [{visible(kind.rule)}]{of}. The first {FEW}:\n\n"


def _number_of(severity: Severity, count: int) -> str:
    return f"{count:,} {NAMES[severity]}{'s' * (count != 1)}"


def _remark(hidden: list[Finding]) -> str:
    """Return how many findings are not shown, and roughly where they are."""
    places = [locate(finding) for finding in hidden]
    files = {place.file for place in places}
    lines = [str(place.line) for place in places if place.line]
    where = ""
    if len(files) > 1:
        where = f" in {len(files):,} files"
    elif lines:
        where = f" at lines {', '.join(lines[:MANY])}{', …' * (len(lines) > MANY)}"
    return f"… and {len(hidden):,} more like this{where}; `kg validate --all` shows each"


def _paragraphs(paragraphs: list[_Paragraph], *, colour: bool) -> Iterator[str]:
    # A line may be a whole article: only the part that a paragraph needs is kept.
    places: dict[Place, int] = {}
    for finding, _, _ in paragraphs:
        if isinstance(finding.at, Place):
            places[finding.at] = max(len(finding.detail), places.get(finding.at, 0))
    found = excerpts(places)
    between = ""
    for finding, heading, remark in paragraphs:
        shown = found.get(finding.at, NOTHING) if isinstance(finding.at, Place) else NOTHING
        below = f"{INDENT}{remark}\n" if remark else ""
        yield between + heading + paragraph(finding, shown, colour=colour) + below
        between = "\n"


def _counts(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield how many findings each rule has, the worst and most frequent first."""
    counts = Counter((SEVERITIES.index(finding.severity), finding.rule) for finding in findings)
    yield "\nBy rule:\n"
    width = max(len(f"{count:,}") for count in counts.values())
    for (severity, rule), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        name = NAMES[SEVERITIES[severity]] + "s" * (count != 1)
        yield f"{INDENT}{count:>{width},} {name} [{visible(rule)}]\n"


def paragraph(finding: Finding, shown: Shown = NOTHING, *, colour: bool = False) -> str:
    """Return a finding with the excerpt of its source line and its detail."""

    def painted(text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if colour else text

    located = locate(finding)
    head = [
        painted(visible(located.where) + ":", _BOLD) if located.file else "",
        painted(f"{located.severity}:", _SEVERITY[located.severity]),
        visible(located.message),
        painted(f"[{visible(located.rule)}]", _DIM),
    ]
    below = []
    text, indent = shown.excerpt
    if text:
        below += [text, " " * indent + painted("^", _SEVERITY[located.severity])]
    below += [visible(each) for each in located.detail.splitlines() if not _repeats(shown.pointed_at, each)]
    return " ".join(filter(None, head)) + "\n" + "".join(f"{INDENT}{each}\n" for each in below)


def _repeats(pointed_at: str, detail: str) -> bool:
    """Return whether a detail only repeats what the caret points at."""
    return detail.startswith("found: ") and pointed_at.startswith(detail.removeprefix("found: "))


def excerpts(places: Mapping[Place, int]) -> dict[Place, Shown]:
    """Return the excerpt of the line at each place; none for a file that cannot or must not be read.

    The value of a place is how many characters after the caret are wanted.
    """
    by_file: dict[str, dict[int, list[Place]]] = {}
    for place in places:
        if place.line:
            by_file.setdefault(place.file, {}).setdefault(place.line, []).append(place)
    found: dict[Place, Shown] = {}
    for file, by_line in by_file.items():
        with suppress(CorpusError, FileError, OSError):  # the finding is about the unreadable file
            found |= {
                place: shown(line, place.column, places[place])
                for number, line in _lines(file, by_line.keys())
                for place in by_line[number]
            }
    return found


def _lines(file: str, numbers: Set[int]) -> Iterator[tuple[int, str]]:
    """Yield the lines wanted of a file, of JSON Lines one in memory at a time."""
    root = root_of(file)
    if root == NAMED and not os.path.isfile(file):
        return  # a pipe can be read once only
    if _is_rdf(file):
        yield from _rdf_lines(file, numbers)
    elif _JSON_LINES.search(file):
        last = max(numbers)
        for number, raw, _ in read_lines(file, root):
            if number in numbers:
                yield number, decode_text(raw, file).rstrip("\r\n")
            if number >= last:
                return
    else:
        whole = _LINE_END.split(read_text(file, root))
        yield from ((number, whole[number - 1]) for number in numbers if number <= len(whole))


def _is_rdf(file: str) -> bool:
    try:
        return bool(media_type_of(file))
    except UsageError:
        return False


def _rdf_lines(file: str, numbers: Set[int]) -> Iterator[tuple[int, str]]:
    """Yield the lines wanted of an RDF file of any size; of a very long one its start, and no more is read."""
    wanted = set(numbers)
    number, starts = 1, True
    with open_decompressed(file) as stream:
        reader = TextIOWrapper(stream, encoding="utf-8-sig", errors="replace")
        while wanted and (line := reader.readline(LONGEST)):
            if starts and number in wanted:
                wanted.remove(number)
                yield number, line.removesuffix("\n")
            starts = line.endswith("\n")
            number += starts


def shown(line: str, column: int, length: int) -> Shown:
    """Return the excerpt of a line at a column, and `length` characters from there; none at column 0."""
    if column > len(line) + 1:
        return NOTHING  # a very long line was cut
    return Shown(excerpt(line, column), line[column - 1 : column - 1 + length] if column else "")


def excerpt(line: str, column: int) -> Excerpt:
    """Return a line without its indentation; a long one is cut to a window around the column."""
    caret = min(max(column - 1, 0), len(line))
    while 0 < caret < len(line) and not _width(line[caret]):
        caret -= 1  # a combining mark belongs to the letter before it
    first = begin = min(len(line) - len(line.lstrip()), caret)
    last = end = max(len(line.rstrip()), caret)
    if _is_wide(line, begin, end):
        begin, end = _window(line, begin, caret, end)
    left, right = "…" * (begin > first), "…" * (end < last)
    return Excerpt(left + visible(line[begin:end]) + right, len(left) + _width(line[begin:caret]))


def visible(text: str) -> str:
    """Return a text without characters that move a terminal's cursor, change its colours or are invisible."""
    return "".join(_cell(character)[0] for character in text)


def _is_wide(line: str, begin: int, end: int) -> bool:
    """Return whether a part of a line is wider than an excerpt; reads no more of it than that."""
    return any(width > WIDTH for width in accumulate(_width(line[at]) for at in range(begin, end)))


def _window(line: str, begin: int, caret: int, end: int) -> tuple[int, int]:
    """Return the widest window around the caret that fits and keeps letters with their combining marks."""
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
    """Return the text shown for a character, and its width in terminal columns."""
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

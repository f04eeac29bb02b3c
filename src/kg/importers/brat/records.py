"""The lines of an `.ann` file → records, where a record's text may spill over its line.

https://brat.nlplab.org/standoff.html, "General annotation structure".
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import Place
from kg.importers.core.documents import Kind, Skipped
from kg.text.spans import Span

_LINE_END = re.compile(r"\r\n?|\n")
_START = re.compile(r"([TREAMN#][^\s]*|\*)\t")
_OFFSETS = re.compile(r" [0-9]{1,9} [0-9]{1,9}(?: ?; ?[0-9]{1,9} [0-9]{1,9})*")
_NUMBER = re.compile("[0-9]+")
KINDS: dict[str, Kind] = {
    "T": "span",
    "R": "link",
    "E": "link",
    "*": "link",
    "A": "attribute",
    "M": "attribute",
    "N": "attribute",
    "#": "note",
}
"""What a record is, by the first character of its id."""


class Record(NamedTuple):
    """A record: `T1`, what stands in the second column, and what in the third, all as written."""

    id: str
    head: str
    tail: str
    at: Place

    @property
    def kind(self) -> Kind:
        return KINDS[self.id[0]]

    def skipped(self, why: str) -> Skipped:
        return Skipped(self.kind, self.id, why, self.at)


class BratSpan(NamedTuple):
    """The second column of a `T` record: its label and offsets, in the order of the text."""

    label: str
    parts: tuple[Span, ...]


def read_records(text: str, file: str) -> Iterator[Record | Skipped]:
    """Yield the records of an `.ann` file in its order, and each line that belongs to none."""
    waiting: Record | None = None
    texts: list[str] = []
    blank = 0
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if start := _START.match(line):
            if waiting:
                yield waiting._replace(tail="\n".join(texts))
            head, _, tail = line[start.end() :].partition("\t")
            waiting, texts, blank = Record(start[1], head, tail, Place(file, number, 1)), [tail], 0
            left = -1
        elif not line.strip():
            blank += 1
        elif waiting and (left := left if left >= 0 else _room(waiting)) > blank + len(line):
            texts += [*[""] * blank, line]
            left -= blank + 1 + len(line)
            blank = 0
        else:
            why = "a line must begin with an id, as T1, and a tab, this one does not: mend or join it to its record"
            yield Skipped("note", _shown(line), why, Place(file, number, 1))
    if waiting:
        yield waiting._replace(tail="\n".join(texts))


def read_span(head: str) -> BratSpan | None:
    """Return the label and the parts of a `T` record; None where it has no such."""
    # A label may hold blanks, against the rules, where another program wrote the file.
    head = " ".join(head.split())
    label = head.rstrip("0123456789; ")
    label += head[len(label) :].partition(" ")[0]
    if not label or not _OFFSETS.fullmatch(head, len(label)):
        return None
    offsets = [int(each) for each in _NUMBER.findall(head, len(label))]
    return BratSpan(label, tuple(sorted(map(Span, offsets[::2], offsets[1::2]))))


def _room(record: Record) -> int:
    """Return how many characters may follow on further lines: as many as a span lacks, any number of a note's."""
    if record.id[0] in "#N":
        return sys.maxsize
    span = read_span(record.head) if record.id[0] == "T" else None
    if span is None:
        return 0
    long = sum(end - start for start, end in span.parts) + len(span.parts) - 1
    return max(long - len(record.tail), 0)


def _shown(line: str) -> str:
    return line if len(line) <= 60 else f"{line[:59]}…"

"""Reads the lines of an `.ann` file as records, and these as labelled spans and links; reports unreadable lines.

https://brat.nlplab.org/standoff.html, "General annotation structure".

An event becomes the span of its trigger, with a link to each argument. A second event with the same trigger becomes
a separate span at the same place, so that speakers and words of the two are not confused.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from kg.errors import Place
from kg.importers.core.documents import Kind, LabelledSpan, Name, Skipped, SpanLink, authority_iri
from kg.importers.core.mapping import Mapping, key
from kg.text.spans import Span

_LINE_END = re.compile(r"\r\n?|\n")
_START = re.compile(r"([TREAMN#][^\s]*|\*)\t")
_OFFSETS = re.compile(r" [0-9]{1,9} [0-9]{1,9}(?: ?; ?[0-9]{1,9} [0-9]{1,9})*")
_NUMBER = re.compile("[0-9]+")
_NUMBERED = re.compile(r"(.*[^0-9])[0-9]+")
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
"""The kind of a record by the first character of its id."""


class BratRecord(NamedTuple):
    """A record: its id, as `T1`, its second column and its third, all as written."""

    id: str
    head: str
    tail: str
    at: Place

    @property
    def kind(self) -> Kind:
        return KINDS[self.id[0]]

    @property
    def label(self) -> str:
        """The first word of the second column, `""` if that is empty."""
        return "".join(self.head.split()[:1])


class BratSpan(NamedTuple):
    """The second column of a `T` record: its label and offsets, in the order in which the record has its words."""

    label: str
    parts: tuple[Span, ...]


def read_records(text: str, file: str) -> Iterator[BratRecord | Skipped]:
    """Yield the records of an `.ann` file in order, and each line that belongs to no record.

    A record's text may continue on further lines.
    """
    waiting: BratRecord | None = None
    texts: list[str] = []
    blank = 0
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if start := _START.match(line):
            if waiting:
                yield waiting._replace(tail="\n".join(texts))
            head, _, tail = line[start.end() :].partition("\t")
            waiting, texts, blank = BratRecord(start[1], head, tail, Place(file, number, 1)), [tail], 0
            left = -1
        elif not line.strip():
            blank += 1
        elif waiting and (left := left if left >= 0 else _characters_to_come(waiting)) > blank + len(line):
            texts += [*[""] * blank, line]
            left -= blank + 1 + len(line)
            blank = 0
        else:
            why = "a line must begin with an id, as T1, and a tab: correct it, or join it to the record above"
            yield Skipped("note", _shown(line), why, Place(file, number, 1))
    if waiting:
        yield waiting._replace(tail="\n".join(texts))


def read_span(head: str) -> BratSpan | None:
    """Return the label and the parts of a `T` record; None if they are not written correctly."""
    # Some programs write labels with spaces, against the rules.
    head = " ".join(head.split())
    label = head.rstrip("0123456789; ")
    label += head[len(label) :].partition(" ")[0]
    if not label or not _OFFSETS.fullmatch(head, len(label)):
        return None
    offsets = [int(each) for each in _NUMBER.findall(head, len(label))]
    return BratSpan(label, tuple(map(Span, offsets[::2], offsets[1::2])))


def _characters_to_come(record: BratRecord) -> int:
    """Return how many characters may follow on further lines: those missing from a span, any number for a note."""
    if record.id[0] in "#N":
        return sys.maxsize
    span = read_span(record.head) if record.id[0] == "T" else None
    if span is None:
        return 0
    long = sum(end - start for start, end in span.parts) + len(span.parts) - 1
    return max(long - len(record.tail), 0)


def _shown(line: str) -> str:
    return line if len(line) <= 60 else f"{line[:59]}…"


class BratAnnotations(NamedTuple):
    """The spans and links in the records of a document; spans in text order."""

    marks: tuple[LabelledSpan, ...]
    links: tuple[SpanLink, ...]
    skipped: tuple[Skipped, ...]


class _Argument(NamedTuple):
    role: str
    target: str


@dataclass
class _SpanBuilder:
    """A span that is still open for attributes and links from later records."""

    id: str
    label: str
    at: Place
    parts: tuple[Span, ...] = ()
    text: str = ""
    attributes: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, list[Name]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    fault: str = ""

    def add(self, attribute: str, value: str) -> None:
        self.attributes.setdefault(attribute, []).append(value)


def read_annotations(records: Iterable[BratRecord | Skipped], length: int, mapping: Mapping) -> BratAnnotations:
    """Return the spans and links in a text of this length. Records may refer to later ones."""
    reader = BratReader(length, mapping)
    readable: list[BratRecord] = []
    for each in records:
        reader.skipped.append(each) if isinstance(each, Skipped) else readable.append(each)
    readable = list(reader.first_of_each_id(readable))

    def of(letters: str) -> Iterator[BratRecord]:
        return (record for record in readable if record.id[0] in letters)

    for record in of("T"):
        reader.read_span(record)
    for record in of("E"):
        reader.read_event(record)
    for record in of("E"):
        reader.read_arguments(record)
    for record in of("R*"):
        reader.read_relation(record)
    for record in of("AMN#"):
        reader.read_remark(record)
    return reader.annotations()


class BratReader:
    """Collects spans and links. `by_id` also has the ids of events, whose span is that of their trigger."""

    def __init__(self, length: int, mapping: Mapping) -> None:
        self.length = length
        self.mapping = mapping
        self.speaking: set[str] = set()
        self.marks: dict[str, _SpanBuilder] = {}
        self.by_id: dict[str, _SpanBuilder] = {}
        self.triggers: set[str] = set()
        self.links: list[SpanLink] = []
        self.skipped: list[Skipped] = []

    def annotations(self) -> BratAnnotations:
        order = sorted(self.marks.values(), key=lambda mark: (not mark.parts, sorted(mark.parts)))
        self.skipped.sort(key=lambda each: each.at)
        return BratAnnotations(tuple(map(_frozen, order)), tuple(self.links), tuple(self.skipped))

    def first_of_each_id(self, records: list[BratRecord]) -> Iterator[BratRecord]:
        seen: set[str] = set()
        for record in records:
            if record.id in seen:
                self.skip(record, f"another record has the id {record.id} already: give this one another id")
            else:
                yield record
            seen.add(record.id if record.id != "*" else "")

    def skip(self, record: BratRecord, why: str, what: str = "") -> None:
        label = record.label if record.kind == "span" else ""
        self.skipped.append(Skipped(record.kind, what or record.id, why, record.at, label=label))

    def read_span(self, record: BratRecord) -> None:
        span = read_span(record.head)
        if span is None:
            why = "a span must be written as `T1<tab>Label 0 5<tab>words`, this one is not: correct it"
            self.add(_SpanBuilder(record.id, record.label, record.at, fault=why))
        elif fault := self._why_impossible(span.parts):
            self.add(_SpanBuilder(record.id, span.label, record.at, fault=fault))
        else:
            self.add(_SpanBuilder(record.id, span.label, record.at, span.parts, record.tail))

    def _why_impossible(self, parts: tuple[Span, ...]) -> str:
        """Return why a span cannot have these parts, `""` if it can."""
        order = sorted(parts)
        if any(start >= end for start, end in order):
            return "a span must have a character at least, and end after its start: mark it again"
        if any(one.end > other.start for one, other in pairwise(order)):
            return "the parts of a span must not overlap, these do: mark it again"
        if (end := order[-1].end) > self.length:
            return f"the span ends at {end}, and the text has {self.length} characters: is it the right text?"
        return ""

    def add(self, mark: _SpanBuilder) -> None:
        self.marks[mark.id] = self.by_id[mark.id] = mark

    def read_event(self, record: BratRecord) -> None:
        """Use the trigger's span for the event; make one if there is none or another event uses it."""
        event, *arguments = _arguments(record.head) or [_Argument("", "")]
        trigger = self.by_id.get(event.target)
        if not event.role:
            self.skip(record, "an event must be written as `E1<tab>Type:T1 Role:T2`, this one is not: correct it")
        elif trigger is None or event.target[0] != "T":
            self.add(_SpanBuilder(record.id, event.role, record.at))
            self.skip(
                record,
                "the event's trigger is not in this file, or could not be read",
                f"{record.id} {event.target}",
            )
        elif arguments and event.target in self.triggers:
            self.add(_SpanBuilder(record.id, event.role, record.at, trigger.parts, trigger.text))
        else:
            self.by_id[record.id] = trigger
            if event.role != trigger.label:
                trigger.add("event", event.role)
            if arguments:
                self.triggers.add(event.target)

    def read_arguments(self, record: BratRecord) -> None:
        if record.id in self.by_id:
            for role, target in _arguments(record.head)[1:]:
                self.link(record, _unnumbered(role), record.id, target)

    def read_relation(self, record: BratRecord) -> None:
        """Link the two ends of a relation; of several equivalent spans, link the first with each of the others."""
        label, *ends = record.head.split() or [""]
        if record.id != "*":
            ends = [end.rpartition(":")[2] for end in ends]
        if len(ends) < 2 or (record.id != "*" and len(ends) > 2):
            form = "*<tab>Equiv T1 T2" if record.id == "*" else "R1<tab>Type Arg1:T1 Arg2:T2"
            self.skip(record, f"a relation must be written as `{form}`, this one is not: correct it")
            return
        for end in ends[1:]:
            self.link(record, label, ends[0], end)

    def link(self, record: BratRecord, label: str, source: str, target: str) -> None:
        if missing := [id for id in (source, target) if id not in self.by_id]:
            why = f"{missing[0] or 'its end'} is no span or event of this file, or could not be read"
            self.skip(record, why, f"{record.id} {label}:{target}")
        else:
            self.links.append(SpanLink(label, self.by_id[source].id, self.by_id[target].id, record.at))
            if self.mapping.part_of_link.get(key(label)) == "speaker":
                self.speaking.add(self.by_id[target].id)

    def read_remark(self, record: BratRecord) -> None:
        """Add an attribute, a normalization or a note to the span that it is about."""
        name, target, value = [*record.head.split(None, 2), "", "", ""][:3]
        mark = self.by_id.get(target)
        if mark is None:
            why = f"{target or 'what it is about'} is no span or event of this file, or could not be read"
            if target[:1] in ("R", "*"):
                why = "it is about a relation, which can have no attributes here: add it to one of its ends"
            self.skip(record, why, f"{record.id} {name} {target}".strip())
        elif record.id[0] == "N":
            self.name(mark, name, value.strip(), record.tail.strip())
        elif record.id[0] == "#" and name == "AnnotatorNotes":
            mark.notes.append(record.tail.strip())
        elif record.id[0] == "#":
            mark.add(name, record.tail.strip())
        else:
            mark.add(name, value.strip() or "true")  # a flag

    def name(self, mark: _SpanBuilder, field: str, reference: str, name: str) -> None:
        """Add the name that a normalization gives; for a speaker's span, that is the speaker."""
        same_as = authority_iri(*_reference(reference))
        if not same_as:
            mark.add(field, reference)
        field = "speaker" if self.is_speaker(mark) else field
        named = Name(name or mark.text or reference, same_as=(same_as,) if same_as else ())
        mark.names.setdefault(field, []).append(named)

    def is_speaker(self, mark: _SpanBuilder) -> bool:
        """Tell whether a span is a speaker, by its own label or by the label of a link to it."""
        own = self.mapping.part_of_span.get(key(mark.label))
        return own == "speaker" or (own is None and mark.id in self.speaking)


def _arguments(head: str) -> list[_Argument]:
    """Return `Type:T1 Role:T2` as pairs, the event's own first."""
    return [_Argument(*each.rpartition(":")[::2]) for each in head.split()]


def _unnumbered(role: str) -> str:
    """Return `Theme` for `Theme2`, a repeated argument; `Arg1` and `Arg2` are different roles."""
    numbered = _NUMBERED.fullmatch(role)
    return numbered[1] if numbered and numbered[1] != "Arg" else role


def _reference(written: str) -> tuple[str, str]:
    """Return the database and the identifier of `Wikidata:Q76`; the database of an IRI is `""`."""
    if written.startswith(("http://", "https://")):
        return "", written
    database, _, identifier = written.partition(":")
    return database, identifier


def _frozen(mark: _SpanBuilder) -> LabelledSpan:
    return LabelledSpan(
        id=mark.id,
        label=mark.label,
        parts=mark.parts,
        at=mark.at,
        text=mark.text,
        attributes={name: tuple(values) for name, values in mark.attributes.items()},
        names={name: tuple(values) for name, values in mark.names.items()},
        note="\n".join(filter(None, mark.notes)),
        fault=mark.fault,
    )

"""Reads WebAnno TSV 3, as INCEpTION and WebAnno export it.

Reads the format that INCEpTION's user guide describes as WebAnno TSV 3.3, and 3.0 to 3.2. Offsets are UTF-16 units.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from kg.errors import Place
from kg.files.text_files import decode_text
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, SkipList, SpanLink
from kg.importers.core.inception import (
    GRAMMAR_WHY,
    TOKEN,
    DocumentCopy,
    LayerLabels,
    read_files,
    short_layer,
    skip_link_features,
)
from kg.importers.core.mapping import Mapping
from kg.importers.core.offsets import Utf16Offsets
from kg.importers.webanno_tsv.table import (
    ABSENT,
    NULL,
    Reference,
    TsvBody,
    TsvColumn,
    TsvHeader,
    TsvLayer,
    TsvRow,
    chained,
    numbered,
    read_header,
    reference,
    split_escaped,
    unescaped,
)
from kg.text.spans import Span

_LONG = 10_000
_LOST = "its target is not in the file: draw it again"
_NOWHERE = "its offsets are not in the text: export the file again"
DESCRIPTION = "WebAnno TSV 3 of INCEpTION and WebAnno: a file, a folder, or the zip of a project"
# Lines end as in Java: U+2028 and the like are text.
_LINE_END = re.compile("\r\n|\r|\n")


def read(source: Path, mapping: Mapping, _texts: Path | None) -> Iterator[Item]:
    """Yield the document of each file and annotator, and the records left out."""
    labels = LayerLabels(mapping)
    yield from read_files(source, (".tsv",), lambda file: _items(file.read(), file.path, file.copy, labels))


def _items(raw: bytes, file: str, copy: DocumentCopy, labels: LayerLabels) -> Iterator[Item]:
    lines = _LINE_END.split(decode_text(raw, file))
    header = read_header(lines, file)
    body = TsvBody(lines, header, file)
    annotations = TsvAnnotations(header, labels)
    for row in body.rows():
        annotations.add(row)
    yield from TsvDocument(annotations, body, labels, file).items(copy)


@dataclass(eq=False, slots=True)
class TsvSlot:
    """A link from a span: the feature, the role, and a reference to the target (None: not readable)."""

    feature: str
    role: str
    layer: str
    target: Reference | None
    written: str


@dataclass(eq=False, slots=True)
class TsvAnnotation:
    """A span or a relation: offsets in UTF-16 units, and its place in the file."""

    layer: str
    unit: str
    number: int
    begin: int
    end: int
    line: int
    column: int
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    slots: list[TsvSlot] = field(default_factory=list)


class TsvAnnotations:
    """The annotations in all rows. A span over several units is in the row of each, under the same number."""

    def __init__(self, header: TsvHeader, labels: LayerLabels) -> None:
        self.spans: list[TsvAnnotation] = []
        self.counted: Counter[TsvLayer] = Counter()
        """The number of annotations of grammar that cannot be the target of a link."""
        self.relations: list[tuple[TsvLayer, TsvAnnotation, Reference | None]] = []
        self.chains: dict[tuple[str, int, int], TsvAnnotation] = {}
        self.unplaced: list[TsvAnnotation] = []
        """Chain elements without the number of their chain or of themselves."""
        self._layers = header.layers
        names = {layer.name for layer in header.layers}
        targets = {column.layer for layer in header.layers for column in layer.columns if column.layer}
        self._targets = targets & names
        self._has_open_targets = not targets <= names | {TOKEN}
        self._has_tokens = TOKEN in targets
        self._grammar = {layer.name for layer in header.layers if labels.is_grammar(layer.name)} - self._targets
        self._numbered: dict[tuple[str, int], TsvAnnotation] = {}
        self._first_at: dict[tuple[str, str], TsvAnnotation] = {}
        self._only_at: dict[str, TsvAnnotation | None] = {}
        self._numbered_at: dict[tuple[str, int], TsvAnnotation] = {}
        self._units: dict[str, tuple[int, int, int]] = {}

    def add(self, row: TsvRow) -> None:
        """Add the annotations in a row."""
        if self._has_tokens:
            self._units.setdefault(row.unit, (row.begin, row.end, row.line))
        for layer in self._layers:
            cells = [row.cell(layer.first + each) for each in range(len(layer.columns))]
            if cells.count(ABSENT) < len(cells):
                stacks = [split_escaped(cell, "|") for cell in cells]
                for each in range(max(map(len, stacks))):
                    values = [stack[each] if each < len(stack) else ABSENT for stack in stacks]
                    self._add(layer, row, values)

    def find(self, layer: str, to: Reference) -> TsvAnnotation | None:
        """Return the target of a reference: an annotation of this layer, or of any layer if it has no column.

        Tokens have no column: the target is made from the row of the token.
        """
        if to.number:
            return self._numbered.get((layer, to.number)) or self._numbered_at.get((to.unit, to.number))
        if layer in self._targets or layer == TOKEN:
            there = self._first_at.get((layer, to.unit))
            return there or (self._token(to.unit) if layer == TOKEN and to.unit in self._units else None)
        return self._only_at.get(to.unit)

    def _token(self, unit: str) -> TsvAnnotation:
        begin, end, line = self._units[unit]
        token = TsvAnnotation(TOKEN, unit, 0, begin, end, line, 1)
        self.spans.append(token)
        self._first_at[(TOKEN, unit)] = token
        return token

    def _add(self, layer: TsvLayer, row: TsvRow, values: list[str]) -> None:
        if values.count(ABSENT) == len(values):
            return
        if layer.kind == "relation":
            self._add_relation(layer, row, values)
        elif layer.kind == "chain":
            self._add_element(layer, row, values)
        else:
            numbered_values = [
                (value, 0) if column.kind == "target" else numbered(value)
                for column, value in zip(layer.columns, values, strict=True)
            ]
            number = next((number for _, number in numbered_values if number), 0)
            if not number and layer.name in self._grammar:
                self.counted[layer] += 1
                return
            known = self._numbered.get((layer.name, number)) if number else None
            span = known or self._new(layer, row, number)
            self._extend(span, row)
            if known is None:
                self._add_values(span, layer, [value for value, _ in numbered_values])

    def _new(self, layer: TsvLayer, row: TsvRow, number: int) -> TsvAnnotation:
        column = row.column(layer.first)
        span = TsvAnnotation(layer.name, row.unit, number, row.begin, row.end, row.line, column)
        self.spans.append(span)
        if number:
            self._numbered[(layer.name, number)] = span
        return span

    def _extend(self, span: TsvAnnotation, row: TsvRow) -> None:
        span.begin, span.end = min(span.begin, row.begin), max(span.end, row.end)
        if span.layer in self._targets:
            self._first_at.setdefault((span.layer, row.unit), span)
        if self._has_open_targets:
            self._only_at[row.unit] = None if row.unit in self._only_at else span
        if span.number:
            self._numbered_at.setdefault((row.unit, span.number), span)

    def _add_values(self, span: TsvAnnotation, layer: TsvLayer, values: list[str]) -> None:
        """Add the attributes and slots in a span's cells."""
        for column, value in zip(layer.columns, values, strict=True):
            if column.kind == "value" and (text := unescaped(value)):
                span.attributes[column.feature] = (text,)
        if not layer.has_slots:
            return
        columns = list(zip(layer.columns, values, strict=True))
        for (role, roles), (target, targets) in pairwise(columns):
            if role.kind == "role" and target.kind == "target":
                span.slots += _slots(target, roles, targets)

    def _add_relation(self, layer: TsvLayer, row: TsvRow, values: list[str]) -> None:
        relation = TsvAnnotation(layer.name, row.unit, 0, row.begin, row.end, row.line, row.column(layer.first))
        source = None
        for column, value in zip(layer.columns, values, strict=True):
            if column.kind == "source":
                source = reference(value)
            elif text := unescaped(numbered(value)[0]):
                relation.attributes[column.feature] = (text,)
        self.relations.append((layer, relation, source))

    def _add_element(self, layer: TsvLayer, row: TsvRow, values: list[str]) -> None:
        by_column = dict(zip((column.kind for column in layer.columns), values, strict=True))
        link = chained(by_column.get("link", ""))
        place = (layer.name, link.chain, link.element) if link else None
        known = self.chains.get(place) if place else None
        element = known or self._new(layer, row, 0)
        self._extend(element, row)
        if place is None:
            self.unplaced.append(element)
        elif known is None:
            self.chains[place] = element
        if known is None:
            kind = unescaped(numbered(by_column.get("element", ""))[0])
            attributes = {"referenceType": kind, "referenceRelation": link.value if link else ""}
            element.attributes |= {name: (value,) for name, value in attributes.items() if value}

    def next_in_chains(self) -> Iterator[tuple[TsvAnnotation, TsvAnnotation]]:
        """Yield each element of a chain with the next one."""
        order = sorted(self.chains)
        for here, there in pairwise(order):
            if here[:2] == there[:2]:
                yield self.chains[here], self.chains[there]


def _slots(column: TsvColumn, roles: str, targets: str) -> Iterator[TsvSlot]:
    """Yield the links of a slot: two columns have its roles and targets in the same order."""
    if roles == ABSENT and targets in (ABSENT, NULL):
        return
    names, ends = split_escaped(roles, ";"), split_escaped(targets, ";")
    for each in range(max(len(names), len(ends))):
        role = unescaped(names[each]) if each < len(names) else ""
        end = ends[each] if each < len(ends) else ABSENT
        yield TsvSlot(
            column.feature, role, column.layer, reference(end), f"{role or short_layer(column.feature)} → {end}"
        )


class TsvDocument:
    """Makes the document of one file from its annotations."""

    def __init__(self, annotations: TsvAnnotations, body: TsvBody, labels: LayerLabels, file: str) -> None:
        self._annotations, self._labels, self._file = annotations, labels, file
        self._text = body.text
        self._offsets = Utf16Offsets(self._text)
        self._differing = sorted(body.differing)
        self._begins = [unit.begin for unit in self._differing]
        self._skipped = SkipList()
        self._links: list[tuple[str, TsvAnnotation, TsvAnnotation, Place]] = []

    def items(self, copy: DocumentCopy) -> Iterator[Item]:
        """Yield the records left out, and the document."""
        self._find_links()
        ids: dict[TsvAnnotation, str] = {}
        marks = list(self._marks(ids))
        links = []
        for label, source, target, at in self._links:
            if source in ids and target in ids:
                links.append(SpanLink(label, ids[source], ids[target], at))
            else:
                self._skipped.add("link", label, "one of its ends was left out", at)
        for layer, count in self._annotations.counted.items():
            self._skipped.count(
                "span", short_layer(layer.name), GRAMMAR_WHY, Place(self._file, layer.line, 1), count
            )
        yield from self._skipped
        at = Place(self._file, 0, 0)
        document = AnnotatedText(copy.document, self._text, at, tuple(marks), tuple(links))
        yield replace(document, by=copy.annotator, on=copy.on, done=copy.done)

    def _find_links(self) -> None:
        """Find the source and target of each slot, chain and relation."""
        for span in list(self._annotations.spans):
            for slot in span.slots if not self._labels.is_grammar(span.layer) else ():
                label = self._labels.slot(slot.feature, slot.role)
                self._link(
                    label, span, slot.target and self._annotations.find(slot.layer, slot.target), span, slot.written
                )
        for here, there in self._annotations.next_in_chains():
            self._link("next", here, there, here, "")
        for span in self._annotations.unplaced:
            why = "its place in a chain is missing"
            self._skipped.add("link", short_layer(span.layer), why, self._place(span))
        for layer, relation, start in self._annotations.relations:
            if self._labels.is_grammar(layer.name):
                self._skipped.count("link", short_layer(layer.name), GRAMMAR_WHY, Place(self._file, layer.line, 1))
                continue
            label, field = self._labels.link(layer.name, relation.attributes)
            skip_link_features(self._skipped, layer.name, relation.attributes, field, self._place(relation))
            source = start and self._annotations.find(layer.target, start)
            target = start and self._annotations.find(layer.target, Reference(relation.unit, start.target, 0))
            self._link(label, source, target, relation, label)

    def _link(
        self,
        label: str,
        source: TsvAnnotation | None,
        target: TsvAnnotation | None,
        at: TsvAnnotation,
        written: str,
    ) -> None:
        if source and target:
            self._links.append((label, source, target, self._place(at)))
        else:
            self._skipped.add("link", written, _LOST, self._place(at))

    def _marks(self, ids: dict[TsvAnnotation, str]) -> Iterator[LabelledSpan]:
        """Yield the labelled spans; put the id of each into `ids`."""
        reached = {each for _, source, target, _ in self._links for each in (source, target)}
        numbers: Counter[str] = Counter()
        for span in self._annotations.spans:
            layer = short_layer(span.layer)
            if self._labels.is_grammar(span.layer) and span not in reached:
                self._skipped.count("span", layer, GRAMMAR_WHY, self._place(span))
                continue
            numbers[layer] += 1
            id = f"{layer}-{numbers[layer]}"
            begin, end = self._offsets.code_point(span.begin), self._offsets.code_point(span.end)
            if begin is None or end is None or begin > end:
                label = self._labels.span(span.layer, span.attributes)[0]
                self._skipped.add("span", id, _NOWHERE, self._place(span), label)
                continue
            ids[span] = id
            part = Span(begin, end)
            said = self._words_in_rows(span, part)
            mark = LabelledSpan(id, span.layer, (part,), self._place(span), said, span.attributes)
            yield self._labels.labelled(mark, self._text)

    def _words_in_rows(self, span: TsvAnnotation, part: Span) -> str:
        """Return the words that the rows give for a span if the text has others, else `""`."""
        first = bisect_left(self._begins, span.begin)
        if first == len(self._differing) or self._differing[first].end > span.end:
            return ""
        unit = self._differing[first]
        begin, end = self._offsets.code_point(unit.begin), self._offsets.code_point(unit.end)
        if begin is None or end is None or part.end - part.start > _LONG:
            return unit.text
        return self._text[part.start : begin] + unit.text + self._text[end : part.end]

    def _place(self, there: TsvAnnotation) -> Place:
        return Place(self._file, there.line, there.column)

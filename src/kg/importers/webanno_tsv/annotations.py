"""The cells of all rows → annotations: spans over one or more units, their slots, chains, and relations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from kg.importers.core.inception import TOKEN, LayerLabels, short_layer
from kg.importers.webanno_tsv.cells import ABSENT, NULL, Reference, chained, numbered, parts, reference, unescaped
from kg.importers.webanno_tsv.columns import Column, Header, Layer
from kg.importers.webanno_tsv.rows import Row


@dataclass(eq=False, slots=True)
class Slot:
    """A link from a span: the feature, the role, and where the span is that it leads to (None: no such thing)."""

    feature: str
    role: str
    layer: str
    target: Reference | None
    written: str


@dataclass(eq=False, slots=True)
class Annotation:
    """A span or a relation: offsets in UTF-16 units, and where it stands in the file."""

    layer: str
    unit: str
    number: int
    begin: int
    end: int
    line: int
    column: int
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)


class Annotations:
    """What the rows hold. A span that covers several units stands in the row of each, under the same number."""

    def __init__(self, header: Header, labels: LayerLabels) -> None:
        self.spans: list[Annotation] = []
        self.counted: Counter[Layer] = Counter()
        """How many annotations of grammar there are that nothing can lead to."""
        self.relations: list[tuple[Layer, Annotation, Reference | None]] = []
        self.chains: dict[tuple[str, int, int], Annotation] = {}
        self.torn: list[Annotation] = []
        """Chain elements that do not say which they are."""
        self._layers = header.layers
        names = {layer.name for layer in header.layers}
        targets = {column.layer for layer in header.layers for column in layer.columns if column.layer}
        self._targets = targets & names
        self._has_open_targets = not targets <= names | {TOKEN}
        self._has_tokens = TOKEN in targets
        self._grammar = {layer.name for layer in header.layers if labels.is_grammar(layer.name)} - self._targets
        self._numbered: dict[tuple[str, int], Annotation] = {}
        self._first_at: dict[tuple[str, str], Annotation] = {}
        self._only_at: dict[str, Annotation | None] = {}
        self._numbered_at: dict[tuple[str, int], Annotation] = {}
        self._units: dict[str, tuple[int, int, int]] = {}

    def add(self, row: Row) -> None:
        """Take in what a row holds."""
        if self._has_tokens:
            self._units.setdefault(row.unit, (row.begin, row.end, row.line))
        for layer in self._layers:
            cells = [row.cell(layer.first + each) for each in range(len(layer.columns))]
            if cells.count(ABSENT) < len(cells):
                stacks = [parts(cell, "|") for cell in cells]
                for each in range(max(map(len, stacks))):
                    values = [stack[each] if each < len(stack) else ABSENT for stack in stacks]
                    self._add(layer, row, values)

    def find(self, layer: str, to: Reference) -> Annotation | None:
        """Return what a reference leads to: an annotation of this layer; of any, if it has no column.

        A token is made for a reference to one: tokens have rows of their own, and no column.
        """
        if to.number:
            return self._numbered.get((layer, to.number)) or self._numbered_at.get((to.unit, to.number))
        if layer in self._targets or layer == TOKEN:
            there = self._first_at.get((layer, to.unit))
            return there or (self._token(to.unit) if layer == TOKEN and to.unit in self._units else None)
        return self._only_at.get(to.unit)

    def _token(self, unit: str) -> Annotation:
        begin, end, line = self._units[unit]
        token = Annotation(TOKEN, unit, 0, begin, end, line, 1)
        self.spans.append(token)
        self._first_at[(TOKEN, unit)] = token
        return token

    def _add(self, layer: Layer, row: Row, values: list[str]) -> None:
        if values.count(ABSENT) == len(values):
            return
        if layer.kind == "relation":
            self._add_relation(layer, row, values)
        elif layer.kind == "chain":
            self._add_element(layer, row, values)
        else:
            told = [
                (value, 0) if column.holds == "target" else numbered(value)
                for column, value in zip(layer.columns, values, strict=True)
            ]
            number = next((number for _, number in told if number), 0)
            if not number and layer.name in self._grammar:
                self.counted[layer] += 1
                return
            known = self._numbered.get((layer.name, number)) if number else None
            span = known or self._new(layer, row, number)
            self._extend(span, row)
            if known is None:
                self._tell(span, layer, [value for value, _ in told])

    def _new(self, layer: Layer, row: Row, number: int) -> Annotation:
        column = row.column(layer.first)
        span = Annotation(layer.name, row.unit, number, row.begin, row.end, row.line, column)
        self.spans.append(span)
        if number:
            self._numbered[(layer.name, number)] = span
        return span

    def _extend(self, span: Annotation, row: Row) -> None:
        span.begin, span.end = min(span.begin, row.begin), max(span.end, row.end)
        if span.layer in self._targets:
            self._first_at.setdefault((span.layer, row.unit), span)
        if self._has_open_targets:
            self._only_at[row.unit] = None if row.unit in self._only_at else span
        if span.number:
            self._numbered_at.setdefault((row.unit, span.number), span)

    def _tell(self, span: Annotation, layer: Layer, values: list[str]) -> None:
        """Add what the cells say of a span: its attributes and its slots."""
        for column, value in zip(layer.columns, values, strict=True):
            if column.holds == "value" and (text := unescaped(value)):
                span.attributes[column.feature] = (text,)
        if not layer.has_slots:
            return
        columns = list(zip(layer.columns, values, strict=True))
        for (role, roles), (target, targets) in pairwise(columns):
            if role.holds == "role" and target.holds == "target":
                span.slots += _slots(target, roles, targets)

    def _add_relation(self, layer: Layer, row: Row, values: list[str]) -> None:
        relation = Annotation(layer.name, row.unit, 0, row.begin, row.end, row.line, row.column(layer.first))
        source = None
        for column, value in zip(layer.columns, values, strict=True):
            if column.holds == "source":
                source = reference(value)
            elif text := unescaped(numbered(value)[0]):
                relation.attributes[column.feature] = (text,)
        self.relations.append((layer, relation, source))

    def _add_element(self, layer: Layer, row: Row, values: list[str]) -> None:
        by_column = dict(zip((column.holds for column in layer.columns), values, strict=True))
        link = chained(by_column.get("link", ""))
        place = (layer.name, link.chain, link.element) if link else None
        known = self.chains.get(place) if place else None
        element = known or self._new(layer, row, 0)
        self._extend(element, row)
        if place is None:
            self.torn.append(element)
        elif known is None:
            self.chains[place] = element
        if known is None:
            kind = unescaped(numbered(by_column.get("element", ""))[0])
            told = {"referenceType": kind, "referenceRelation": link.value if link else ""}
            element.attributes |= {name: (value,) for name, value in told.items() if value}

    def next_in_chains(self) -> Iterator[tuple[Annotation, Annotation]]:
        """Yield each element of a chain with the one after it."""
        order = sorted(self.chains)
        for here, there in pairwise(order):
            if here[:2] == there[:2]:
                yield self.chains[here], self.chains[there]


def _slots(column: Column, roles: str, targets: str) -> Iterator[Slot]:
    """Yield the links of a slot: roles and targets stand in the same order in two columns."""
    if roles == ABSENT and targets in (ABSENT, NULL):
        return
    names, ends = parts(roles, ";"), parts(targets, ";")
    for each in range(max(len(names), len(ends))):
        role = unescaped(names[each]) if each < len(names) else ""
        end = ends[each] if each < len(ends) else ABSENT
        yield Slot(
            column.feature, role, column.layer, reference(end), f"{role or short_layer(column.feature)} → {end}"
        )

"""The header of a WebAnno TSV 3 file: which columns belong to which layer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from kg.importers.core.source_files import format_error

Kind = Literal["span", "relation", "chain"]
Holds = Literal["nothing", "value", "role", "target", "source", "element", "link"]

# The first WebAnno with this format wrote no more than `3`.
_FORMAT = re.compile(r"#FORMAT=WebAnno TSV 3(?:\.([0-9]{1,3}))?\s*")
_LAYERS: dict[str, Kind] = {"#T_SP=": "span", "#T_RL=": "relation", "#T_CH=": "chain"}
_CHAIN: dict[str, Holds] = {"referenceType": "element", "referenceRelation": "link"}
# `ROLE_webanno.custom.Frame:roles_webanno.custom.FrameRolesLink`; a feature's name may have `_`, a type has a dot.
_ROLE = re.compile(r"ROLE_[^:]*:([^.]*)_[^_.]*\..*")


class Column(NamedTuple):
    """A column of a layer: what it holds, of which feature, and of a reference the layer of what it refers to."""

    holds: Holds
    feature: str = ""
    layer: str = ""


class Layer(NamedTuple):
    """A layer: its whole name, its columns, the first of which is the field `first`, and the line that says so."""

    name: str
    kind: Kind
    columns: tuple[Column, ...]
    first: int
    line: int

    @property
    def has_slots(self) -> bool:
        """Whether links lead from it."""
        return any(column.holds == "role" for column in self.columns)

    @property
    def target(self) -> str:
        """The layer that a relation's ends belong to."""
        return next((column.layer for column in self.columns if column.holds == "source"), "")


class Header(NamedTuple):
    """The header of a file: the minor version of the format, the layers, how many lines it takes."""

    minor: int
    layers: tuple[Layer, ...]
    lines: int

    @property
    def width(self) -> int:
        """How many columns all layers have."""
        return sum(len(layer.columns) for layer in self.layers)


def read_header(lines: Sequence[str], file: str) -> Header:
    """Return the header of a file. Raises `CorpusError` if it is not WebAnno TSV 3."""
    form = _FORMAT.fullmatch(lines[0]) if lines else None
    if form is None:
        message = "the first line must be `#FORMAT=WebAnno TSV 3.3`, or another 3: export as WebAnno TSV v3.3"
        raise format_error(message, "tsv-format", file, 1, 1)
    minor = int(form[1] or 0)
    layers: list[Layer] = []
    first = 3
    for number, line in enumerate(lines[1:], 2):
        kind = _LAYERS.get(line[:6])
        if kind is None:
            return Header(minor, tuple(layers), number - 1)
        name, *declared = [field for field in line[6:].split("|") if field] or [""]
        if not name:
            raise format_error("a layer must have a name: export the file again", "tsv-layer", file, number, 7)
        columns = _columns(kind, declared)
        layers.append(Layer(name, kind, columns, first, number))
        first += len(columns)
    return Header(minor, tuple(layers), len(lines))


def _columns(kind: Kind, declared: Sequence[str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    for each in declared:
        role = _ROLE.fullmatch(each)
        if kind == "span" and role:
            columns.append(Column("role", role[1]))
        elif kind == "span" and columns and columns[-1].holds == "role":
            columns.append(Column("target", columns[-1].feature, each))
        elif kind == "relation" and each.startswith("BT_"):
            columns.append(Column("source", "", each[3:]))
        elif kind == "chain":
            columns.append(Column(_CHAIN.get(each, "value"), each))
        else:
            columns.append(Column("value", each))
    return tuple(columns) or (Column("nothing"),)

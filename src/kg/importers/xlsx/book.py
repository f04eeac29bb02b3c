"""What a workbook holds: its sheets, its number formats, its shared strings.

ECMA-376 part 1, §18.2 (workbook), §18.8 (styles); part 2, §9.3 (relationships).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import join, normpath
from typing import NamedTuple

from kg.importers.xlsx.numbers import Kind, kind_of
from kg.importers.xlsx.package import Package
from kg.importers.xlsx.strings import Strings, read_strings

_ZEROS = re.compile("0{2,15}")


class Style(NamedTuple):
    """How a cell shows a number: as what, and as how many digits at least."""

    kind: Kind = "number"
    zeros: int = 0


class Tab(NamedTuple):
    """A sheet of a workbook; `part` is `""` where it is no table, as a chart."""

    title: str
    part: str
    hidden: bool


class Book(NamedTuple):
    """What the cells of all sheets are read with."""

    tabs: tuple[Tab, ...]
    styles: tuple[Style, ...]
    strings: Strings
    from_1904: bool


class _Elements:
    """Takes XML, and keeps the attributes of each element that is asked for, with the names it stands in."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.wanted = wanted
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self._inside: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self.wanted:
            self.found.append((name, self._inside[-1] if self._inside else "", attributes))
        self._inside.append(name)

    def end(self, name: str) -> None:  # noqa: ARG002
        self._inside.pop()

    def text(self, text: str) -> None:
        """Take nothing: all that is wanted stands in attributes."""


def read_book(package: Package) -> Book:
    """Return what a workbook holds, without its rows."""
    main = dict(_targets(package, "").values()).get("officeDocument", "xl/workbook.xml")
    targets = _targets(package, main)
    parts = dict(targets.values())
    tabs = []
    from_1904 = False
    for name, _, attributes in _elements(package, main, "sheet", "workbookPr"):
        if name == "workbookPr":
            from_1904 = attributes.get("date1904") in ("1", "true")
            continue
        id = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        kind, part = targets.get(id, ("", ""))
        hidden = attributes.get("state", "visible") != "visible"
        tabs.append(Tab(attributes.get("name", part), part if kind == "worksheet" else "", hidden))
    if not tabs:
        raise package.wrong("a workbook must hold a sheet, this one has none: open it and save it again")
    styles = tuple(_styles(package, parts.get("styles", "")))
    return Book(tuple(tabs), styles, read_strings(package, parts.get("sharedStrings", "")), from_1904)


def _targets(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the part that each relationship of a part leads to, by its id."""
    folder, _, name = part.rpartition("/")
    relations = join(folder, "_rels", f"{name}.rels")
    if relations not in package:
        return {}
    return {
        attributes.get("Id", ""): (
            attributes.get("Type", "").rpartition("/")[2],
            normpath(join("/", folder, attributes.get("Target", "").replace("\\", "/"))).lstrip("/"),
        )
        for _, _, attributes in _elements(package, relations, "Relationship")
        if attributes.get("TargetMode") != "External"
    }


def _styles(package: Package, part: str) -> Iterator[Style]:
    """Yield the style of each number that cells have."""
    if part not in package:
        return
    codes: dict[str, str] = {}
    known: dict[str, Style] = {}
    for name, inside, attributes in _elements(package, part, "numFmt", "xf"):
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif inside == "cellXfs":
            number = attributes.get("numFmtId", "0")
            if number not in known:
                known[number] = _style(number, codes)
            yield known[number]


def _style(number: str, codes: Mapping[str, str]) -> Style:
    code = codes.get(number, "")
    kind = kind_of(int(number) if number.isdecimal() and len(number) < 9 else 0, code)
    return Style(kind, len(code) if kind == "number" and _ZEROS.fullmatch(code) else 0)


def _elements(package: Package, part: str, *names: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    handlers = _Elements(frozenset(names))
    for _ in package.parse(part, handlers):
        yield from handlers.found
        handlers.found.clear()

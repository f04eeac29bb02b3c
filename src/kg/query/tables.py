"""Answers as tables for people: short names instead of IRIs, bare dates, cells wrapped to the width."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from unicodedata import combining, east_asian_width

from kg.rdf.vocab import ACTS, BASES, FORMS, NAMESPACES, QUALIFIERS

NARROWEST = 8
LONGEST_WORD = 16
_GAP = "  "
_BLANKS = re.compile(r"\s+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Their concepts are shown by their bare names.
_LISTS = (ACTS.base, FORMS.base, BASES.base, QUALIFIERS.base)


class Rows(NamedTuple):
    """A table: its columns, and its cells as short text."""

    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def read_rows(results: Mapping[str, Any], base: str) -> Rows:
    """Return the rows of SPARQL 1.1 results in JSON (https://www.w3.org/TR/sparql11-results-json/)."""
    columns = tuple(results["head"]["vars"])
    short = cache(lambda iri: short_name(iri, base))
    cells = tuple(
        tuple(_cell(row[column], short) if column in row else "" for column in columns)
        for row in results["results"]["bindings"]
    )
    return Rows(columns, cells)


def short_name(iri: str, base: str) -> str:
    """Return the id of a resource of the corpus, the bare name of an act or form, a prefixed name, or the IRI."""
    if iri.startswith(base):
        kind, _, id = iri.removeprefix(base).partition("/")
        return id or kind
    for namespace in _LISTS:
        if iri.startswith(namespace):
            return iri.removeprefix(namespace)
    for prefix, each in NAMESPACES.items():
        name = iri.removeprefix(each.base)
        if name != iri and name.isidentifier():
            return f"{prefix}:{name}"
    return iri


def table(rows: Rows, width: int = 0) -> Iterator[str]:
    """Yield the lines of a table, at most `width` columns wide; for 0, one line for each row, however wide."""
    columns = list(zip(rows.columns, *rows.cells, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    if width:
        room = width - len(_GAP) * (len(widths) - 1)
        # Break lines between words; if that is not enough, break long ids; only then break words.
        words = [max(_width(word) for cell in column for word in cell.split() or [""]) for column in columns]
        for least in (words, [min(word, LONGEST_WORD) for word in words], [NARROWEST] * len(words)):
            widths = _fitting(widths, room, least)
    yield from _lines(rows.columns, widths)
    yield _GAP.join("─" * each for each in widths)
    for row in rows.cells:
        yield from _lines(row, widths)


def _cell(value: Mapping[str, Any], short: Any) -> str:
    if value["type"] == "triple":
        inner = value["value"]
        return " ".join(_cell(inner[part], short) for part in ("subject", "predicate", "object"))
    text = short(value["value"]) if value["type"] == "uri" else value["value"]
    # Control characters must not reach the terminal.
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", _BLANKS.sub(" ", text))


def _fitting(widths: Sequence[int], room: int, least: Sequence[int]) -> list[int]:
    """Narrow the widest columns until all fit into the room, but none below its least width."""
    fitting = list(widths)
    while sum(fitting) > room:
        spare = [width - min(width, floor) for width, floor in zip(fitting, least, strict=True)]
        widest = max((n for n, more in enumerate(spare) if more), key=fitting.__getitem__, default=-1)
        if widest < 0:
            break
        step = max(1, (sum(fitting) - room) // len(fitting))
        fitting[widest] -= min(step, spare[widest])
    return fitting


def _lines(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for n in range(max(map(len, wrapped), default=0)):
        parts = [lines[n] if n < len(lines) else "" for lines in wrapped]
        padded = (part + " " * (width - _width(part)) for part, width in zip(parts, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def _wrapped(cell: str, width: int) -> list[str]:
    if _width(cell) <= width:
        return [cell]
    # If characters are two columns wide, half as many always fit.
    return textwrap.wrap(cell, max(1, width // max(map(_width, cell)))) or [""]


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)

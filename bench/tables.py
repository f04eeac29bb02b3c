"""A graph as tables, which tools that map tables like best: every derived value and IRI stands ready in a cell.

One CSV file for each set of classes, with a column for each predicate and kind of value; a column that has several
values somewhere is a file of its own. From the tables alone the same triples can be made.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from bench.peers.lines import TYPE, Node, nodes
from kg.rdf.terms import literal_value

STRING = "http://www.w3.org/2001/XMLSchema#string"
SUBJECT = "id"
INDEX = "tables.json"

Types = tuple[str, ...]


class Property(NamedTuple):
    """A predicate with a kind of value: `iri`, `plain`, `@nl`, or `^^` and a datatype."""

    predicate: str
    kind: str

    @property
    def column(self) -> str:
        """The name of its column."""
        return f"{_local(self.predicate)}_{_local(self.kind).strip('@^')}"


class Table(NamedTuple):
    """A file of rows, each about a subject; all have the same classes (none in a file of further values)."""

    file: str
    types: Types
    properties: tuple[Property, ...]


def write_tables(graph: Path, folder: Path) -> list[Table]:
    """Write a graph, which is N-Triples of `kg export`, as CSV files and `tables.json`; it is read twice."""
    folder.mkdir(parents=True, exist_ok=True)
    most = _most_values(nodes(graph))
    tables: list[Table] = []
    with ExitStack() as files:
        rows: dict[Types, Any] = {}
        links: dict[tuple[Types, Property], Any] = {}
        for types, counts in most.items():
            name = "-".join(map(_local, types)) or "untyped"
            single = tuple(each for each, count in counts.items() if count == 1)
            tables.append(Table(f"{name}.csv", types, single))
            rows[types] = _writer(folder, tables[-1], files)
            for several in counts.keys() - set(single):
                tables.append(Table(f"{name}.{several.column}.csv", (), (several,)))
                links[types, several] = _writer(folder, tables[-1], files)
        for node in nodes(graph):
            _write_node(node, most, rows, links)
    tables.sort()
    (folder / INDEX).write_text(json.dumps(tables, indent=1))
    return tables


def read_tables(folder: Path) -> list[Table]:
    """Return what `tables.json` says of the files beside it."""
    return [
        Table(file, tuple(types), tuple(Property(*each) for each in properties))
        for file, types, properties in json.loads((folder / INDEX).read_text())
    ]


def values(node: Node) -> dict[Property, list[str]]:
    """Return what a node says but its classes."""
    found: dict[Property, list[str]] = {}
    for predicate, terms in node.properties.items():
        if predicate != TYPE:
            for term in terms:
                kind, value = _taken_apart(term)
                found.setdefault(Property(predicate[1:-1], kind), []).append(value)
    return found


def classes(node: Node) -> Types:
    """Return the bare IRIs of a node's classes."""
    return tuple(term[1:-1] for term in node.properties.get(TYPE, ()))


def _most_values(some: Iterable[Node]) -> dict[Types, dict[Property, int]]:
    """Return of each set of classes the properties, and how many values a subject has at most."""
    most: dict[Types, dict[Property, int]] = {}
    for node in some:
        counts = most.setdefault(classes(node), {})
        for each, found in values(node).items():
            counts[each] = max(counts.get(each, 0), len(found))
    return most


def _write_node(
    node: Node,
    most: dict[Types, dict[Property, int]],
    rows: dict[Types, Any],
    links: dict[tuple[Types, Property], Any],
) -> None:
    types, said, subject = classes(node), values(node), node.subject[1:-1]
    single = (each for each, count in most[types].items() if count == 1)
    rows[types].writerow([subject, *(said[each][0] if each in said else "" for each in single)])
    for each, some in said.items():
        if (types, each) in links:
            links[types, each].writerows((subject, value) for value in some)


def _writer(folder: Path, table: Table, files: ExitStack) -> Any:  # the csv module does not name its writer's class
    stream = files.enter_context((folder / table.file).open("w", encoding="utf-8", newline=""))
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([SUBJECT, *(each.column for each in table.properties)])
    return writer


def _taken_apart(term: str) -> tuple[str, str]:
    if term.startswith("<"):
        return "iri", term[1:-1]
    value = literal_value(term)
    if value.language:
        return f"@{value.language}", value.lexical
    return ("plain" if value.datatype == STRING else f"^^{value.datatype}"), value.lexical


def _local(iri: str) -> str:
    return iri.rpartition("/")[2].rpartition("#")[2]

"""The nodes of a site's graphs in a temporary database, which is faster than a store that answers queries.

A row has a resource's properties; another has what refers to it.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import lru_cache, partial
from pathlib import Path

from msgspec.msgpack import Decoder, encode

from kg.publish.site.store_reader import CACHE_SIZE, Properties, ResourceReader, in_reading_order
from kg.rdf.terms import Graph, Iri, by_subject, is_iri

_TABLES = ("properties", "referring", "graphs")
_decoded = Decoder().decode


def write_nodes(path: Path, graphs: Iterable[Graph], base: str) -> None:
    """Write graphs into a new database; `base` is the start of the publication's own IRIs."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # It is deleted after the run: nothing has to survive a failure.
        for pragma in ("journal_mode = off", "synchronous = off", "page_size = 16384"):
            database.execute(f"PRAGMA {pragma}")
        for table in _TABLES:
            database.execute(f"CREATE TABLE {table} (iri TEXT PRIMARY KEY, content BLOB)")
        database.execute("CREATE TABLE about (base TEXT, triples INTEGER)")
        database.create_function("merged", 2, _merged, deterministic=True)
        database.execute("BEGIN")
        writer = _NodeWriter(database)
        for graph in graphs:
            writer.add(graph)
        writer.finish(base)
        database.execute("COMMIT")


class _NodeWriter:
    """Writes graphs; keeps in memory what refers to resources of other graphs."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._triples = 0
        self._referring: dict[str, dict[str, list[str]]] = {}

    def add(self, graph: Graph) -> None:
        """Write the nodes of a graph, and what refers to them within it."""
        found = by_subject(graph.nodes)
        rows, within = [], dict[str, dict[str, list[str]]]()
        for subject, properties in found.items():
            ordered = in_reading_order({each: terms for each, terms in properties.items() if terms})
            for predicate, terms in ordered.items():
                self._triples += len(terms)
                for term in terms:
                    if is_iri(term):
                        kept = within if term in found else self._referring
                        kept.setdefault(term, {}).setdefault(predicate, []).append(subject)
            rows.append((subject, encode(ordered)))
        self._write("properties", rows)
        self._write("referring", [(value, encode(subjects)) for value, subjects in within.items()])
        self._write("graphs", [(graph.iri, encode(sorted(found)))])

    def finish(self, base: str) -> None:
        """Write what refers to resources of other graphs."""
        self._write("referring", ((value, encode(subjects)) for value, subjects in self._referring.items()))
        self._database.execute("INSERT INTO about VALUES (?, ?)", (base, self._triples))

    def _write(self, table: str, rows: Iterable[tuple[str, bytes]]) -> None:
        self._database.executemany(
            f"INSERT INTO {table} VALUES (?, ?) "
            "ON CONFLICT (iri) DO UPDATE SET content = merged(content, excluded.content)",
            rows,
        )


def _merged(one: bytes, other: bytes) -> bytes:
    """Merge what two graphs say of a resource, or of what refers to it."""
    both: Properties = defaultdict(list)
    for content in (one, other):
        for predicate, terms in _decoded(content).items():
            both[predicate] += terms
    return encode(in_reading_order(both))


class NodeReader(ResourceReader):
    """Reads what `write_nodes` wrote."""

    def __init__(self, path: Path) -> None:
        self.path_of_database = path
        database = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, check_same_thread=False)
        self.base, self.triples = database.execute("SELECT base, triples FROM about").fetchone()
        self._database = database
        self.properties = lru_cache(CACHE_SIZE)(partial(_values, database, "properties"))
        self._referring = lru_cache(CACHE_SIZE)(partial(_values, database, "referring"))

    def subjects(self, predicate: Iri, value: Iri) -> Sequence[Iri]:
        """Return the subjects with this value, in no order, each once."""
        return [Iri(each) for each in self._referring(value).get(predicate, ())]

    def is_named_often(self, value: Iri, times: int) -> bool:
        """Return whether more than `times` triples have this value."""
        return sum(map(len, self._referring(value).values())) > times

    def graph(self, name: Iri) -> list[Iri]:
        """Return the subjects of a named graph, sorted."""
        row = self._database.execute("SELECT content FROM graphs WHERE iri = ?", (name,)).fetchone()
        found: list[Iri] = _decoded(row[0]) if row else []
        return found


def _values(database: sqlite3.Connection, table: str, iri: Iri) -> Properties:
    row = database.execute(f"SELECT content FROM {table} WHERE iri = ?", (iri,)).fetchone()
    found: Properties = _decoded(row[0]) if row else {}
    return found

"""The nodes of a site's graphs in a temporary database, which is faster than a store that answers queries.

A row has the properties of a resource; another has what refers to it. While a page is made, the reader notes the
units that it is made of: articles with all their parts, and other resources. Each unit has a digest, by which the
next run knows which pages are still the same.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from msgspec.msgpack import Decoder, encode

from kg.publish.site.store_reader import CACHE_SIZE, EVERYTHING, Properties, ResourceReader, in_reading_order
from kg.rdf.terms import Graph, Iri, by_subject, is_iri

T = TypeVar("T")
_TABLES = ("properties", "referring", "graphs", "units")
_PARTS = ("claim", "occasion", "source", "text")
_decoded: Callable[[bytes], Any] = Decoder().decode


def unit_of(iri: str, base: str) -> str:
    """Return the unit of a resource: `article/a` for all parts of an article, else the IRI without its fragment."""
    whole = iri.partition("#")[0].rstrip(">")
    if not whole.startswith(base, 1):
        return whole
    path = whole[len(base) + 1 :]
    kind, _, rest = path.partition("/")
    if kind in _PARTS:
        return f"article/{rest.rpartition('/')[0]}"
    if kind == "graph":
        kind, _, rest = rest.partition("/")
        return f"article/{rest}" if rest else path
    return path


def _referring_to(unit: str) -> str:
    """Return the name of the unit of what refers to a unit from elsewhere."""
    return f"-> {unit}"


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
        writer = _NodeWriter(database, base)
        for graph in graphs:
            writer.add(graph)
        writer.finish()
        database.execute("COMMIT")


class _NodeWriter:
    """Writes graphs; keeps in memory what refers to resources of other graphs."""

    def __init__(self, database: sqlite3.Connection, base: str) -> None:
        self._database = database
        self._base = base
        self._triples = 0
        self._referring: dict[str, dict[str, list[str]]] = {}
        self._digests: dict[str, bytes] = {}
        self._unit = lru_cache(CACHE_SIZE)(partial(unit_of, base=base))

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
        subjects = encode(sorted(found))
        self._database.execute("INSERT INTO graphs VALUES (?, ?)", (graph.iri, subjects))
        self._hash([*rows, (graph.iri, subjects)])
        for value, by_predicate in within.items():
            self._hash_references(value, by_predicate)

    def finish(self) -> None:
        """Write what refers to resources of other graphs, and the digests."""
        for value, by_predicate in self._referring.items():
            self._hash_references(value, by_predicate)
        self._write("referring", ((value, encode(subjects)) for value, subjects in self._referring.items()))
        everything = sha256(encode(sorted(self._digests.items()))).digest()
        self._write("units", [*self._digests.items(), (EVERYTHING, everything)])
        self._database.execute("INSERT INTO about VALUES (?, ?)", (self._base, self._triples))

    def _hash(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Add rows to the digests of their units."""
        units: dict[str, list[tuple[str, bytes]]] = {}
        for row in rows:
            units.setdefault(self._unit(row[0]), []).append(row)
        for unit, content in units.items():
            self._digests[unit] = sha256(self._digests.get(unit, b"") + encode(content)).digest()

    def _hash_references(self, value: str, by_predicate: dict[str, list[str]]) -> None:
        """Add what refers to a resource to the digest of its unit, unless that does itself."""
        unit = self._unit(value)
        if any(self._unit(each) != unit for subjects in by_predicate.values() for each in subjects):
            name = _referring_to(unit)
            self._digests[name] = sha256(self._digests.get(name, b"") + encode((value, by_predicate))).digest()

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
    """Reads what `write_nodes` wrote, and notes what it reads."""

    def __init__(self, path: Path) -> None:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, check_same_thread=False)
        self.base, self.triples = database.execute("SELECT base, triples FROM about").fetchone()
        self._database = database
        self._properties = lru_cache(CACHE_SIZE)(partial(_values, database, "properties"))
        self._referring = lru_cache(CACHE_SIZE)(partial(_values, database, "referring"))
        self._unit = lru_cache(CACHE_SIZE)(partial(unit_of, base=self.base))
        self._is_noting = False
        self._described: set[str] = set()
        self._referred: set[str] = set()
        self._noted: set[str] = set()

    def properties(self, iri: Iri) -> Properties:
        """Return the properties of a resource, with sorted values. They are cached: do not change them."""
        if self._is_noting:
            self._described.add(iri)
        return self._properties(iri)

    def subjects(self, predicate: Iri, value: Iri) -> Sequence[Iri]:
        """Return the subjects with this value, in no order, each once."""
        if self._is_noting:
            self._referred.add(value)
        found: Sequence[Iri] = self._referring(value).get(predicate, ())
        return found

    def is_named_often(self, value: Iri, times: int) -> bool:
        """Return whether more than `times` triples have this value."""
        if self._is_noting:
            self._referred.add(value)
        return sum(map(len, self._referring(value).values())) > times

    def graph(self, name: Iri) -> list[Iri]:
        """Return the subjects of a named graph, sorted."""
        if self._is_noting:
            self._described.add(name)
        row = self._database.execute("SELECT content FROM graphs WHERE iri = ?", (name,)).fetchone()
        found: list[Iri] = _decoded(row[0]) if row else []
        return found

    def digests(self) -> dict[str, bytes]:
        """Return the digests of all units; other units are empty."""
        return dict(self._database.execute("SELECT iri, content FROM units"))

    def note(self, units: Iterable[str]) -> None:
        """Note that something was made of units."""
        if self._is_noting:
            self._noted.update(units)

    def noting(self, make: Callable[[], T]) -> tuple[T, frozenset[str]]:
        """Return what a function makes, and the units it is made of."""
        outer = self._described, self._referred, self._noted, self._is_noting
        self._described, self._referred, self._noted, self._is_noting = set(), set(), set(), True
        try:
            made = make()
            units = {self._unit(each) for each in self._described}
            referred = {self._unit(each) for each in self._referred}
            read = frozenset(self._noted.union(units, referred, map(_referring_to, referred)))
        finally:
            self._described, self._referred, self._noted, self._is_noting = outer
        self.note(read)
        return made, read


def _values(database: sqlite3.Connection, table: str, iri: Iri) -> dict[Iri, Any]:
    row = database.execute(f"SELECT content FROM {table} WHERE iri = ?", (iri,)).fetchone()
    found: dict[Iri, Any] = _decoded(row[0]) if row else {}
    return found

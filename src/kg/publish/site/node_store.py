"""The nodes of a site's graphs in a database, which is faster than a store that answers queries.

A row has what a graph says of a resource; another has what of the graph refers to it. While a page is made, the
reader notes the units that it is made of: articles with all their parts, and other resources. Each unit has a
digest, by which the next run knows which pages are still the same.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache, partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from msgspec.msgpack import Decoder, encode

from kg.publish.site.graph_cache import SiteGraph
from kg.publish.site.store_reader import (
    CACHE_SIZE,
    EVERYTHING,
    Properties,
    ResourceReader,
    annotated_on,
    annotation_of,
    in_reading_order,
    said_on,
)
from kg.rdf.terms import Iri, Term, by_subject, is_iri
from kg.rdf.vocab import DCTERMS, KG, RDF, SCHEMA

T = TypeVar("T")
_ROWS = ("properties", "referring", "parts", "replaced")
"""The tables in which each graph, by its number, has rows of its own."""
_ROW_TABLE = """
CREATE TABLE IF NOT EXISTS {} (iri TEXT, graph INTEGER, content, PRIMARY KEY (iri, graph)) WITHOUT ROWID;
"""
# `written` are the names of a graph's rows.
_TABLES = """
CREATE TABLE IF NOT EXISTS units (iri TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS graphs (
    number INTEGER PRIMARY KEY, iri TEXT UNIQUE, digest BLOB, triples INTEGER, subjects BLOB, written BLOB
);
CREATE TABLE IF NOT EXISTS about (base TEXT, triples INTEGER);
"""
_References = dict[str, dict[str, dict[str, None]]]
"""What refers to each resource: the subjects by predicate, each once."""
_Days = dict[Iri, tuple[str, str]]
"""The day on which each claim was said, as far as it is known, and the day or time of its annotation."""
_UNKNOWN = ("", "")
_DATED = {
    *(SCHEMA.author, KG.onBehalfOf, KG.addressee, SCHEMA.about, SCHEMA.recordedAt, SCHEMA.firstAppearance),
    SCHEMA.appearance,
}
"""Properties by whose values claims are listed: the days of the claims are beside what refers to the value."""
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


def write_nodes(path: Path, graphs: Iterable[SiteGraph], base: str) -> None:
    """Write graphs into a database; `base` is the start of the publication's own IRIs.

    A database that is there already gets the graphs that changed, and loses those that are gone. A run that ends
    early leaves it in no state that can be used.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("journal_mode = off", "synchronous = off", "page_size = 16384"):
            database.execute(f"PRAGMA {pragma}")
        database.executescript("".join(map(_ROW_TABLE.format, _ROWS)) + _TABLES)
        database.execute("BEGIN")
        database.execute("DELETE FROM about")
        writer = _NodeWriter(database, base)
        for graph in graphs:
            writer.add(graph)
        writer.finish()
        database.execute("COMMIT")


class _NodeWriter:
    """Writes graphs that changed. What a graph says is in rows of its own, so that it can be replaced."""

    def __init__(self, database: sqlite3.Connection, base: str) -> None:
        self._database = database
        self._base = base
        self._earlier: dict[str, bytes] = dict(database.execute("SELECT iri, digest FROM graphs"))
        self._seen: set[str] = set()
        self._changed: set[str] = set()
        """The units in which something changed."""
        self._unit = lru_cache(CACHE_SIZE)(partial(unit_of, base=base))

    def add(self, graph: SiteGraph) -> None:
        """Write a graph, unless it is there. Two with one IRI are a violation, which is reported at the end."""
        if graph.iri in self._seen:
            return
        self._seen.add(graph.iri)
        earlier = self._earlier.pop(graph.iri, None)
        if earlier == graph.digest:
            return
        number = self._deleted(graph.iri) if earlier else None
        query = "INSERT INTO graphs (number, iri, digest, triples) VALUES (?, ?, ?, ?)"
        number = self._database.execute(query, (number, graph.iri, graph.digest, graph.triples)).lastrowid
        found = by_subject(graph.graph.nodes)
        subjects, referring = encode(sorted(found)), _references(found)
        self._write_nodes(number, found)
        known = _days(found)
        days = {value: _days_of(by_predicate, known) for value, by_predicate in referring.items()}
        referred = ((value, encode((_lists(each), days[value]))) for value, each in referring.items())
        self._write("referring", number, referred)
        # As they are written in the data: there, values are in the order of the annotations.
        units = self._hashed([*found.items(), (graph.iri, subjects)], referring, days)
        self._write("parts", number, units.items())
        self._changed.update(units)
        written = encode((sorted(found), [*referring], [*units]))
        query = "UPDATE graphs SET subjects = ?, written = ? WHERE number = ?"
        self._database.execute(query, (subjects, written, number))

    def _write_nodes(self, number: int | None, found: Mapping[Term, Mapping[Iri, list[Term]]]) -> None:
        """Write the properties of the nodes of a graph, and what replaced those that are former ids."""
        former = {each: found[each] for each in found if DCTERMS.isReplacedBy in found[each]}
        replaced = (
            (each, terms[DCTERMS.isReplacedBy][0]) for each, terms in former.items() if RDF.type not in terms
        )
        self._write("replaced", number, replaced)
        rows = (
            (subject, encode(in_reading_order({each: terms for each, terms in properties.items() if terms})))
            for subject, properties in found.items()
        )
        self._write("properties", number, rows)

    def finish(self) -> None:
        """Delete the graphs that are gone, and write the digests of what changed."""
        for iri in self._earlier:
            self._deleted(iri)
        for unit in self._changed:
            # Which graph came first does not matter.
            parts = self._database.execute("SELECT content FROM parts WHERE iri = ? ORDER BY content", (unit,))
            content = b"".join(part for (part,) in parts)
            self._database.execute("DELETE FROM units WHERE iri = ?", (unit,))
            if content:
                self._database.execute("INSERT INTO units VALUES (?, ?)", (unit, sha256(content).digest()))
        self._database.execute("DELETE FROM units WHERE iri = ?", (EVERYTHING,))
        everything = self._database.execute("SELECT iri, content FROM units ORDER BY iri").fetchall()
        row = (EVERYTHING, sha256(encode(everything)).digest())
        self._database.execute("INSERT INTO units VALUES (?, ?)", row)
        (triples,) = self._database.execute("SELECT total(triples) FROM graphs").fetchone()
        self._database.execute("INSERT INTO about VALUES (?, ?)", (self._base, int(triples)))

    def _deleted(self, iri: str) -> int:
        """Delete a graph with all its rows, and return its number."""
        query = "SELECT number, written FROM graphs WHERE iri = ?"
        number, written = self._database.execute(query, (iri,)).fetchone()
        subjects, values, units = _decoded(written)
        for table, names in zip(_ROWS, (subjects, values, units, subjects), strict=True):
            query = f"DELETE FROM {table} WHERE iri = ? AND graph = ?"
            self._database.executemany(query, ((name, number) for name in names))
        self._database.execute("DELETE FROM graphs WHERE number = ?", (number,))
        self._changed.update(units)
        found: int = number
        return found

    def _hashed(
        self, rows: Iterable[tuple[str, object]], referring: _References, days: Mapping[str, _Days]
    ) -> dict[str, bytes]:
        """Return digests of what a graph says of each unit, and of what it has that refers to it from elsewhere."""
        units: dict[str, list[tuple[str, object]]] = {}
        for row in rows:
            units.setdefault(self._unit(row[0]), []).append(row)
        for value, by_predicate in referring.items():
            unit = self._unit(value)
            if any(self._unit(each) != unit for subjects in by_predicate.values() for each in subjects):
                units.setdefault(_referring_to(unit), []).append((value, (by_predicate, days[value])))
        return {unit: sha256(encode(content)).digest() for unit, content in units.items()}

    def _write(self, table: str, number: int | None, rows: Iterable[tuple[str, bytes | str]]) -> None:
        self._database.executemany(f"INSERT INTO {table} VALUES (?, {number}, ?)", rows)


def _references(found: Mapping[Term, Mapping[Iri, list[Term]]]) -> _References:
    """Return what refers to each resource in a graph."""
    referring: _References = {}
    for subject, properties in found.items():
        for predicate, terms in properties.items():
            for term in filter(is_iri, terms):
                referring.setdefault(term, {}).setdefault(predicate, {})[subject] = None
    return referring


def _lists(by_predicate: dict[str, dict[str, None]]) -> dict[str, list[str]]:
    return {predicate: [*subjects] for predicate, subjects in by_predicate.items()}


def _days(found: Mapping[Term, Mapping[Iri, list[Term]]]) -> _Days:
    """Return the days of the claims of a graph."""
    return {
        Iri(claim): (said_on(properties), annotated_on(found.get(annotation_of(Iri(claim)), {})))
        for claim, properties in found.items()
        if SCHEMA.Claim in properties.get(RDF.type, ())
    }


def _days_of(by_predicate: dict[str, dict[str, None]], days: _Days) -> _Days:
    """Return the days of the claims that refer to a resource."""
    subjects = chain.from_iterable(by_predicate[each] for each in by_predicate if each in _DATED)
    return {claim: days[claim] for claim in map(Iri, subjects) if claim in days}


class NodeReader(ResourceReader):
    """Reads what `write_nodes` wrote, and notes what it reads."""

    def __init__(self, path: Path) -> None:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, check_same_thread=False)
        self.base, self.triples = database.execute("SELECT base, triples FROM about").fetchone()
        self._database = database
        self._properties = lru_cache(CACHE_SIZE)(partial(_described, database))
        self._referring = lru_cache(CACHE_SIZE)(partial(_referring, database))
        self._unit = lru_cache(CACHE_SIZE)(partial(unit_of, base=self.base))
        self._referring_to = lru_cache(CACHE_SIZE)(_referring_to)
        self._is_noting = False
        self._described: set[str] = set()
        self._referred: set[str] = set()
        self._noted: set[frozenset[str]] = set()

    def properties(self, iri: Iri) -> Properties:
        """Return the properties of a resource, with sorted values. They are cached: do not change them."""
        if self._is_noting:
            self._described.add(iri)
        return self._properties(iri)

    def subjects(self, predicate: Iri, value: Iri) -> Sequence[Iri]:
        """Return the subjects with this value, in no order, each once."""
        if self._is_noting:
            self._referred.add(value)
        return self._referring(value)[0].get(predicate, ())

    def said(self, predicate: Iri, value: Iri) -> Iterator[tuple[str, Iri]]:
        """Yield the claims with this value, each after the day on which it was said; `""` if that is not known."""
        claims, (_, days) = self.subjects(predicate, value), self._referring(value)
        return ((days.get(claim, _UNKNOWN)[0], claim) for claim in claims)

    def annotated(self, predicate: Iri, value: Iri) -> Iterator[tuple[str, Iri]]:
        """Yield the claims with this value, each after the day or time of its annotation."""
        claims, (_, days) = self.subjects(predicate, value), self._referring(value)
        return ((days.get(claim, _UNKNOWN)[1], claim) for claim in claims)

    def replaced(self) -> list[tuple[Iri, Iri]]:
        """Return each former IRI with the one that replaced it, sorted."""
        rows = self._database.execute("SELECT iri, min(content) FROM replaced GROUP BY iri ORDER BY iri")
        return [(Iri(old), Iri(new)) for old, new in rows]

    def is_named_often(self, value: Iri, times: int) -> bool:
        """Return whether more than `times` triples have this value."""
        if self._is_noting:
            self._referred.add(value)
        return sum(map(len, self._referring(value)[0].values())) > times

    def graph(self, name: Iri) -> list[Iri]:
        """Return the subjects of a named graph, sorted."""
        if self._is_noting:
            self._described.add(name)
        row = self._database.execute("SELECT subjects FROM graphs WHERE iri = ?", (name,)).fetchone()
        found: list[Iri] = _decoded(row[0]) if row else []
        return found

    def digests(self) -> dict[str, bytes]:
        """Return the digests of all units; other units are empty."""
        return dict(self._database.execute("SELECT iri, content FROM units"))

    def note(self, units: frozenset[str]) -> None:
        """Note that something was made of units."""
        if self._is_noting:
            self._noted.add(units)

    def unnoted(self, make: Callable[[], T]) -> T:
        """Return what a function makes, without noting what it reads."""
        outer, self._is_noting = self._is_noting, False
        try:
            return make()
        finally:
            self._is_noting = outer

    def noting(self, make: Callable[[], T]) -> tuple[T, frozenset[str]]:
        """Return what a function makes, and the units it is made of."""
        outer = self._described, self._referred, self._noted, self._is_noting
        self._described, self._referred, self._noted, self._is_noting = set(), set(), set(), True
        try:
            made = make()
            units = map(self._unit, self._described)
            referred = set(map(self._unit, self._referred))
            read = frozenset().union(units, referred, map(self._referring_to, referred), *self._noted)
        finally:
            self._described, self._referred, self._noted, self._is_noting = outer
        self.note(read)
        return made, read


def _described(database: sqlite3.Connection, iri: Iri) -> Properties:
    """Return what all graphs say of a resource."""
    return _merged(_rows(database, "properties", iri))


def _referring(database: sqlite3.Connection, iri: Iri) -> tuple[dict[Iri, list[Iri]], _Days]:
    """Return what all graphs have that refers to a resource: the subjects by predicate, and the days of claims."""
    rows = _rows(database, "referring", iri)
    days: _Days = {}
    for _, some in rows:
        for claim, each in some.items():
            days[claim] = max(each, days.get(claim, each))
    return _merged([subjects for subjects, _ in rows]), days


def _rows(database: sqlite3.Connection, table: str, iri: Iri) -> list[Any]:
    rows = database.execute(f"SELECT content FROM {table} WHERE iri = ?", (iri,))
    return [_decoded(content) for (content,) in rows]


def _merged(rows: Sequence[dict[Iri, list[Any]]]) -> dict[Iri, list[Any]]:
    if len(rows) < 2:
        return rows[0] if rows else {}
    found: dict[Iri, list[Any]] = defaultdict(list)
    for row in rows:
        for predicate, terms in row.items():
            found[predicate] += terms
    return in_reading_order(found)

"""What a corpus has and what a store holds, side by side: which graphs differ.

In a temporary database and a temporary file, so that a large corpus needs no more memory than a small one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from kg.files.temporary import Spool, temporary_database
from kg.formats import format_named
from kg.mappers.graphs import digest_in
from kg.rdf.terms import Graph, Iri

_TABLES = """
create table wanted (graph text primary key, digest text, triples integer, start integer, size integer);
create table held (graph text primary key, triples integer, digest text);
create view differing as
    select wanted.* from wanted left join held using (graph)
    where held.digest is not wanted.digest or held.triples is not wanted.triples;
create view vanished as select graph from held where graph not in (select graph from wanted);
"""
_TWO = "two digests"


class Plan(NamedTuple):
    """How many graphs are to be put, removed, and left as they are, and how many the store holds by now."""

    put: int
    delete: int
    same: int
    held: int

    @property
    def is_done(self) -> bool:
        """Tell whether the store is as the corpus is."""
        return not self.put and not self.delete


@contextmanager
def open_inventory() -> Iterator[Inventory]:
    """Open an inventory of nothing, which is forgotten when the block ends. Raises `FileError` for a full disk."""
    with temporary_database() as graphs, Spool() as texts:
        yield Inventory(graphs, texts)


class Inventory:
    """The graphs that are wanted and those that are held; of those that differ, the text."""

    def __init__(self, graphs: sqlite3.Connection, texts: Spool) -> None:
        self._graphs = graphs
        self._graphs.executescript(_TABLES)
        self._texts = texts
        self._writer = format_named("nt").writer({}, "")

    def hold(self, counts: Iterable[tuple[Iri, int]], digests: Iterable[tuple[Iri, str]]) -> None:
        """Take in what a store holds, in place of what it held before."""
        self._graphs.execute("delete from held")
        self._graphs.executemany("insert or replace into held values (?, ?, null)", counts)
        # Two loads of different corpora may leave two: neither is right.
        sql = f"update held set digest = iif(digest is null, ?, '{_TWO}') where graph = ?"
        self._graphs.executemany(sql, ((digest, graph) for graph, digest in digests))

    def want(self, graph: Graph) -> None:
        """Take in a graph of the corpus, and its text if what is held differs."""
        text = self._writer.encoded(graph)
        triples, digest = len(set(text.split(b"\n"))) - 1, digest_in(graph)
        held = self._graphs.execute("select digest, triples from held where graph = ?", (graph.iri,)).fetchone()
        start, size = None, None
        if held != (digest, triples):
            start, size = self._texts.size, len(text)
            self._texts.write(text)
        self._put(graph.iri, digest, triples, start, size)

    def want_unread(self, graph: Iri, digest: str, triples: int) -> None:
        """Take in what is known of a graph of the corpus without its text."""
        self._put(graph, digest, triples, None, None)

    def _put(self, *row: str | int | None) -> None:
        self._graphs.execute("insert or replace into wanted values (?, ?, ?, ?, ?)", row)

    def plan(self) -> Plan:
        """Return how much is to be done."""
        put, delete, wanted, held = (
            self._graphs.execute(f"select count(*) from {each}").fetchone()[0]
            for each in ("differing", "vanished", "wanted", "held")
        )
        return Plan(put, delete, wanted - put, held)

    def lacks_text(self) -> bool:
        """Tell whether a graph is to be put whose text was not taken in."""
        found = self._graphs.execute("select 1 from differing where start is null limit 1").fetchone()
        return found is not None

    def texts(self) -> Iterator[tuple[Iri, bytes]]:
        """Yield the graphs to be put, in the order of their IRIs, with their N-Triples."""
        for graph, start, size in self._graphs.execute("select graph, start, size from differing order by graph"):
            yield Iri(graph), self._texts.read(start, size)

    def named(self, which: Literal["differing", "vanished"]) -> Iterator[Iri]:
        """Yield the graphs to be put, or to be removed, in the order of their IRIs."""
        for (graph,) in self._graphs.execute(f"select graph from {which} order by graph"):
            yield Iri(graph)

    def total(self) -> int:
        """Return how many triples are wanted."""
        count = self._graphs.execute("select coalesce(sum(triples), 0) from wanted").fetchone()[0]
        return int(count)

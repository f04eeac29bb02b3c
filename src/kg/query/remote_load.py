"""A store made equal to a corpus: graphs that differ are put, those that vanished are removed, no other is touched.

No store replaces a graph at one stroke for its readers, so the promise is: after a load that ends well, the store
holds the graphs of the corpus, whatever was killed before. To see that, each graph says its digest, in itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal, NamedTuple

from kg.errors import FileError, Finding, UsageError, numbered
from kg.files.temporary import Spool, temporary_database
from kg.formats import format_named
from kg.mappers.graphs import digest_in
from kg.pipeline.article import MappedArticle
from kg.pipeline.publication import Publication, Watched, refuse_violations
from kg.query.remote_store import TripleStore
from kg.rdf.iris import Iris
from kg.rdf.terms import Graph, Iri, iri_text

_TABLES = """
create table wanted (graph text primary key, digest text, triples integer, start integer, size integer);
create table held (graph text primary key, triples integer, digest text);
create view differing as
    select wanted.* from wanted left join held using (graph)
    where held.digest is not wanted.digest or held.triples is not wanted.triples;
create view vanished as select graph from held where graph not in (select graph from wanted);
"""
_TWO = "two digests"


class LoadPlan(NamedTuple):
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
def open_comparison() -> Iterator[GraphComparison]:
    """Open an comparison of nothing, which is forgotten when the block ends. Raises `FileError` for a full disk."""
    with temporary_database() as graphs, Spool() as texts:
        yield GraphComparison(graphs, texts)


class GraphComparison:
    """The graphs that are wanted and those that are held; of those that differ, the text."""

    def __init__(self, graphs: sqlite3.Connection, texts: Spool) -> None:
        self._graphs = graphs
        self._graphs.executescript(_TABLES)
        self._texts = texts
        self._writer = format_named("nt").writer({}, "")

    def set_stored(self, counts: Iterable[tuple[Iri, int]], digests: Iterable[tuple[Iri, str]]) -> None:
        """Take in what a store holds, in place of what it held before."""
        self._graphs.execute("delete from held")
        self._graphs.executemany("insert or replace into held values (?, ?, null)", counts)
        # Two loads of different corpora may leave two: neither is right.
        sql = f"update held set digest = iif(digest is null, ?, '{_TWO}') where graph = ?"
        self._graphs.executemany(sql, ((digest, graph) for graph, digest in digests))

    def add(self, graph: Graph) -> None:
        """Take in a graph of the corpus, and its text if what is held differs."""
        text = self._writer.encoded(graph)
        triples, digest = len(set(text.split(b"\n"))) - 1, digest_in(graph)
        held = self._graphs.execute("select digest, triples from held where graph = ?", (graph.iri,)).fetchone()
        start, size = None, None
        if held != (digest, triples):
            start, size = self._texts.size, len(text)
            self._texts.write(text)
        self._put(graph.iri, digest, triples, start, size)

    def add_unread(self, graph: Iri, digest: str, triples: int) -> None:
        """Take in what is known of a graph of the corpus without its text."""
        self._put(graph, digest, triples, None, None)

    def _put(self, *row: str | int | None) -> None:
        self._graphs.execute("insert or replace into wanted values (?, ?, ?, ?, ?)", row)

    def plan(self) -> LoadPlan:
        """Return how much is to be done."""
        put, delete, wanted, held = (
            self._graphs.execute(f"select count(*) from {each}").fetchone()[0]
            for each in ("differing", "vanished", "wanted", "held")
        )
        return LoadPlan(put, delete, wanted - put, held)

    def needs_text(self) -> bool:
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


ROUNDS = 5
"""How often the store is asked whether it holds what it was given, and given it again."""
FEW, MANY = 10, 10
"""More graphs than these few, and more than one in so many, are not removed unless that is wanted."""
_NAMED = 5
Progress = Callable[[str, int], AbstractContextManager[Callable[[int, int], object]]]
"""Shows what is done with how many graphs; what it opens is told how many are newly done, and 0."""
Units = Callable[[bool], Iterable[MappedArticle]]
"""Reads the corpus; told whether units that an earlier run mapped may come without their graph."""


class LoadOptions(NamedTuple):
    """How a corpus is loaded: whether many graphs may be removed, whether nothing is done but to plan."""

    delete: bool = False
    dry: bool = False


class LoadOutcome(NamedTuple):
    """What was to be done when the store was first asked, and how many triples it holds in the end.

    `put` and `delete` are the graphs, where nothing was done.
    """

    plan: LoadPlan
    triples: int
    put: tuple[Iri, ...] = ()
    delete: tuple[Iri, ...] = ()


def load_remote(store: TripleStore, units: Units, base: str, progress: Progress, way: LoadOptions) -> LoadOutcome:
    """Have a store hold the graphs of a corpus and, of those under its base, no others.

    Nothing is sent before the last of the units, which are asked for again where a graph is needed that was not
    there, or somebody else loads meanwhile.
    Raises `UsageError` where too much would vanish, `FileError` where the store does not keep what it is given.
    """
    with open_comparison() as comparison:
        _read_store(store, comparison, base)
        _read_corpus(comparison, units(comparison.plan().held > 0), base)
        outcome = LoadOutcome(comparison.plan(), comparison.total())
        if way.dry:
            put, delete = comparison.named("differing"), comparison.named("vanished")
            return outcome._replace(put=tuple(put), delete=tuple(delete))
        if not way.delete:
            _refuse_many_deletions(outcome.plan)
        for _ in range(ROUNDS):
            if comparison.plan().is_done:
                return outcome
            if comparison.needs_text():
                _read_corpus(comparison, units(False), base)
            _send(store, comparison, progress)
            _read_store(store, comparison, base)
        if comparison.plan().is_done:
            return outcome
        raise _not_kept(store, comparison)


def articles_to_load(publication: Publication, findings: list[Finding], watched: Watched = iter) -> Units:
    """Return what `load_remote` asks for the articles of a corpus; it validates them and collects all findings."""

    def articles(may_remember: bool) -> Iterator[MappedArticle]:
        findings.clear()
        with publication.open_cache(fresh=not may_remember) as cache:
            for article in watched(publication.mapped_articles(cache)):
                findings.extend(article.findings)
                yield article
        refuse_violations(findings)

    return articles


def _read_store(store: TripleStore, comparison: GraphComparison, base: str) -> None:
    prefix = f"{base}graph/"
    comparison.set_stored(store.graph_sizes(prefix), store.graph_digests(prefix))


def _read_corpus(comparison: GraphComparison, units: Iterable[MappedArticle], base: str) -> None:
    for unit in units:
        if unit.draft:
            continue
        if unit.graph:
            comparison.add(unit.graph)
        elif unit.defines:
            comparison.add_unread(Iris(base).article_graph(unit.id), unit.digest, unit.holds.triples)


def _send(store: TripleStore, comparison: GraphComparison, progress: Progress) -> None:
    plan = comparison.plan()
    store.log_in()
    with progress("Sending", plan.put + plan.delete) as advance:
        for graph, text in comparison.texts():
            store.replace(graph, text)
            advance(1, 0)
        for graph in comparison.named("vanished"):
            store.remove(graph)
            advance(1, 0)


def _refuse_many_deletions(plan: LoadPlan) -> None:
    """Raise `UsageError` where much of what is there would vanish: it may be the wrong corpus, or half of one."""
    if plan.delete > FEW and plan.delete * MANY > plan.held:
        raise UsageError(
            f"{plan.delete} of the {plan.held} graphs that the store holds under this base are not in the corpus: "
            "give --delete to have them removed."
        )


def _not_kept(store: TripleStore, comparison: GraphComparison) -> FileError:
    graphs = [*comparison.named("differing"), *comparison.named("vanished")]
    named = ", ".join(map(iri_text, graphs[:_NAMED])) + (" and others" if len(graphs) > _NAMED else "")
    took = f"took {numbered(len(graphs), 'graph')} {ROUNDS} times"
    return FileError(
        f"{store.endpoint.update}: the store {took} and does not hold them as they are, by their number of triples "
        f"or their digest: {named}. Does somebody else change them?"
    )

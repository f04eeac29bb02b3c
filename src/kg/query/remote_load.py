"""Make a remote store equal to a corpus: replace the graphs that differ, delete those that vanished.

No store replaces a graph in one step for its readers, so the promise is: after a load that ends well, the store has
the graphs of the corpus, whatever was killed before. Each graph contains its digest, by which that is checked.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Literal, NamedTuple

from kg.errors import FileError, Finding, UsageError, numbered
from kg.files.temporary import Spool, temporary_database
from kg.formats import format_named
from kg.mappers.graphs import digest_in
from kg.pipeline.article import MappedArticle
from kg.pipeline.publication import Publication, Watched, refuse_violations
from kg.query.remote_store import TripleStore, unknown_corpus
from kg.rdf.terms import Graph, Iri, Iris, iri, iri_text

_TABLES = """
create table corpus (graph text primary key, digest text, triples integer, start integer, size integer);
create table stored (graph text primary key, triples integer, digest text, base text, renamed text);
create view differing as
    select corpus.* from corpus left join stored using (graph)
    where stored.digest is not corpus.digest or stored.triples is not corpus.triples;
create view vanished as select graph from stored where graph not in (select graph from corpus);
"""
_TWO_DIGESTS = "two digests"
ROUNDS = 5
"""How often to send what differs and to check that the store has kept it."""
LEAST, PORTION = 4 << 20, 16 << 20
"""How many bytes of N-Quads to add at once, at least and about; a bulk loader is slower with less."""
_AT_ONCE = 2
ONE_IN = 10
"""Deleting several articles, and more than one in `ONE_IN`, takes `--delete`; so does deleting all."""
_NAMED_IN_MESSAGE = 5
Progress = Callable[[str, int], AbstractContextManager[Callable[[int, int], object]]]
"""Opens a progress bar with a label and a total, which is called with the number of graphs just done, and 0."""
ReadArticles = Callable[[bool], Iterable[MappedArticle]]
"""Reads the corpus. The argument says whether articles may come from the cache, which has no graph of them."""


class LoadPlan(NamedTuple):
    """How many graphs to put, to delete and to leave as they are, and how many the store has under the base now."""

    put: int
    delete: int
    same: int
    stored: int

    @property
    def is_done(self) -> bool:
        """Whether the store is equal to the corpus."""
        return not self.put and not self.delete


class StoredArticles(NamedTuple):
    """How many articles a store has under a base, and how many of them the corpus does not have."""

    base: str
    articles: int
    missing: int

    @property
    def may_vanish(self) -> bool:
        """Whether few are missing, which are deleted unasked: one, or one in `ONE_IN`, but never all."""
        return not self.missing or (
            self.missing < self.articles and (self.missing == 1 or self.missing * ONE_IN <= self.articles)
        )


@contextmanager
def open_comparison() -> Iterator[GraphComparison]:
    """Open an empty comparison, which is deleted when the block ends. Raises `FileError` if the disk is full."""
    with temporary_database() as graphs, Spool() as texts:
        yield GraphComparison(graphs, texts)


class GraphComparison:
    """The graphs of a corpus and those of a store, with the text of those that differ.

    They are in a temporary database and file, so that a large corpus needs no more memory than a small one.
    """

    def __init__(self, graphs: sqlite3.Connection, texts: Spool) -> None:
        self._graphs = graphs
        self._graphs.executescript(_TABLES)
        self._texts = texts
        self._writer = format_named("nt").writer({}, "")

    def set_stored(self, base: str, counts: Iterable[tuple[Iri, int]], digests: Iterable[tuple[Iri, str]]) -> None:
        """Set the graphs of the store under the base of the corpus: their numbers of triples, and their digests."""
        self._graphs.execute("delete from stored")
        self.add_stored(counts, under=base, base=base)
        # Loads of two corpora at once may leave two digests: neither is right.
        sql = f"update stored set digest = iif(digest is null, ?, '{_TWO_DIGESTS}') where graph = ?"
        self._graphs.executemany(sql, ((digest, graph) for graph, digest in digests))

    def add_stored(self, counts: Iterable[tuple[Iri, int]], *, under: str, base: str) -> None:
        """Add graphs of the store under a base that may be an earlier one of the corpus: then they vanish."""
        rows = ((graph, count, under, f"<{base}{graph[len(under) + 1 :]}") for graph, count in counts)
        self._graphs.executemany("insert or ignore into stored values (?, ?, null, ?, ?)", rows)

    def add(self, graph: Graph) -> None:
        """Add a graph of the corpus, with its text if that of the store differs."""
        text = self._writer.encoded(graph)
        triples, digest = len(set(text.split(b"\n"))) - 1, digest_in(graph)
        stored = self._graphs.execute("select digest, triples from stored where graph = ?", (graph.iri,)).fetchone()
        start, size = None, None
        if stored != (digest, triples):
            start, size = self._texts.size, len(text)
            self._texts.write(text)
        self._put(graph.iri, digest, triples, start, size)

    def add_unread(self, graph: Iri, digest: str, triples: int) -> None:
        """Add a graph of the corpus whose text is not known."""
        self._put(graph, digest, triples, None, None)

    def _put(self, *row: str | int | None) -> None:
        self._graphs.execute("insert or replace into corpus values (?, ?, ?, ?, ?)", row)

    def plan(self) -> LoadPlan:
        """Return how many graphs to change."""
        put, delete, corpus, stored = (
            self._graphs.execute(f"select count(*) from {each}").fetchone()[0]
            for each in ("differing", "vanished", "corpus", "stored where graph = renamed")
        )
        return LoadPlan(put, delete, corpus - put, stored)

    def needs_text(self) -> bool:
        """Whether the text of a graph that is to be put is not known."""
        found = self._graphs.execute("select 1 from differing where start is null limit 1").fetchone()
        return found is not None

    def texts(self, added: str = "") -> Iterator[tuple[Iri, bytes]]:
        """Yield the graphs to put, in the order of their IRIs, with their N-Triples.

        Those that the store did not have are left out up to the graph `added`, the last that was added.
        """
        yield from self._texts_where("graph in (select graph from stored) or graph > ?", added)

    def quads(self) -> Iterator[tuple[list[Iri], bytes]]:
        """Yield the graphs to put that the store does not have, many at a time, in order, with their N-Quads.

        The last are left out if they are too few for a bulk loader.
        """
        graphs: list[Iri] = []
        lines: list[bytes] = []
        size = 0
        for graph, text in self._texts_where("graph not in (select graph from stored)"):
            graphs.append(graph)
            lines.append(text.replace(b" .\n", f" {graph} .\n".encode()))
            size += len(lines[-1])
            if size >= PORTION:
                yield graphs, b"".join(lines)
                graphs, lines, size = [], [], 0
        if size >= LEAST:
            yield graphs, b"".join(lines)

    def _texts_where(self, condition: str, *values: str) -> Iterator[tuple[Iri, bytes]]:
        sql = f"select graph, start, size from differing where {condition} order by graph"
        for graph, start, size in self._graphs.execute(sql, values):
            yield Iri(graph), self._texts.read(start, size)

    def named(self, which: Literal["differing", "vanished"]) -> Iterator[Iri]:
        """Yield the graphs to put, or to delete, in the order of their IRIs.

        Those of data sets come last: until then the store says which corpora it has.
        """
        order = "order by graph like '%/graph/dataset>', graph"
        for (graph,) in self._graphs.execute(f"select graph from {which} {order}"):
            yield Iri(graph)

    def articles(self, base: str) -> list[StoredArticles]:
        """Return the articles of the store, under this base and under each that the corpus had before."""
        articles = Iris(base).article_graph("")[:-1]
        sql = """
            select base, count(*), sum(renamed not in (select graph from corpus)) from stored
            where substr(renamed, 1, ?) = ? group by base order by base
        """
        return [StoredArticles(*row) for row in self._graphs.execute(sql, (len(articles), articles))]

    def bases(self) -> tuple[str, ...]:
        """Return the bases under which the store has graphs."""
        return tuple(base for (base,) in self._graphs.execute("select distinct base from stored order by base"))

    def total(self, which: Literal["corpus", "stored"]) -> int:
        """Return how many triples the corpus, or the store, has."""
        count = self._graphs.execute(f"select coalesce(sum(triples), 0) from {which}").fetchone()[0]
        return int(count)


class LoadOptions(NamedTuple):
    """Whether many articles may be deleted, and whether to plan only and change nothing (`dry`).

    `repair` computes the digest of each graph of the store anew, to find those that were changed there.
    `moved_from` are bases that the corpus had before: what the store has under them is deleted.
    """

    delete: bool = False
    dry: bool = False
    repair: bool = False
    moved_from: tuple[str, ...] = ()


class LoadOutcome(NamedTuple):
    """The plan at the start, and how many triples the corpus has, or, if it is forgotten, had.

    `moved_from` are the bases that the corpus had before and that the store had graphs of. `put` and `delete` are
    the graphs to change, if nothing was changed.
    """

    plan: LoadPlan
    triples: int
    moved_from: tuple[str, ...] = ()
    put: tuple[Iri, ...] = ()
    delete: tuple[Iri, ...] = ()


def load_remote(
    store: TripleStore, articles: ReadArticles, base: str, progress: Progress, options: LoadOptions
) -> LoadOutcome:
    """Make the graphs of a store under a base equal to those of a corpus.

    Nothing is sent before the whole corpus was read. It is read again if the text of a graph is needed that came
    without it, or if somebody else changes the store meanwhile. Graphs under an earlier base are deleted last.
    Raises `UsageError` if too many articles would be deleted, `FileError` if the store does not keep what it gets.
    """
    with open_comparison() as comparison:
        _read_store(store, comparison, base, options)
        _read_corpus(comparison, articles(comparison.plan().stored > 0), base)
        moved = tuple(each for each in comparison.bases() if each != base)
        outcome = LoadOutcome(comparison.plan(), comparison.total("corpus"), moved)
        if options.dry:
            return _with_names(outcome, comparison)
        if not options.delete:
            _refuse_many_deletions(comparison.articles(base))
        options = options._replace(repair=False)
        for _ in range(ROUNDS):
            if comparison.plan().is_done:
                return outcome
            if comparison.needs_text():
                _read_corpus(comparison, articles(False), base)
            _send(store, comparison, progress)
            _read_store(store, comparison, base, options)
        if comparison.plan().is_done:
            return outcome
        raise _not_kept(store, comparison)


def forget_remote(
    store: TripleStore, base: str, progress: Progress, options: LoadOptions, announce: Callable[[str], object]
) -> LoadOutcome:
    """Delete all graphs of a corpus from a store, and call `announce` before that with what will be deleted.

    Raises `UsageError` if the base is no IRI, if the store does not have the corpus, or if `options` do not allow
    deletions.
    """
    _require_corpus(store, base)
    with open_comparison() as comparison:
        _read_store(store, comparison, base, options)
        plan = comparison.plan()
        outcome = LoadOutcome(plan, comparison.total("stored"))
        found = ", ".join(numbered(each.articles, "article") for each in comparison.articles(base))
        if options.dry:
            return _with_names(outcome, comparison)
    contents = f"{found or 'no article'} in {numbered(plan.delete, 'graph')}, {numbered(outcome.triples, 'triple')}"
    if not options.delete:
        raise UsageError(
            f"the store has {contents} of {base}: give --delete to delete them, or --dry-run to list the graphs."
        )
    announce(f"deleting {base}: {contents}")
    load_remote(store, lambda _cached: (), base, progress, options)
    return outcome


def _require_corpus(store: TripleStore, base: str) -> None:
    """Raise `UsageError` unless a store has the corpus with a base, and no other among its graphs."""
    try:
        iri(base)  # it becomes part of queries, which other text could change
    except ValueError as error:
        raise UsageError(f"{base!r}: a base must be an IRI, such as https://claims.example/") from error
    bases = store.bases()
    if base not in bases and not any(store.graph_digests(f"{base}graph/")):
        raise unknown_corpus(store.endpoint.query, base, bases)
    if inside := [each for each in bases if each.startswith(f"{base}graph/")]:
        raise UsageError(f"among the graphs of {base} are those of another corpus, {inside[0]}: forget that first.")


def articles_to_load(publication: Publication, findings: list[Finding], watched: Watched = iter) -> ReadArticles:
    """Return what reads a corpus for `load_remote`; it validates the articles and collects all findings."""

    def articles(allow_cached: bool) -> Iterator[MappedArticle]:
        findings.clear()
        # The cache does not have the digests of full texts.
        fresh = not allow_cached or publication.index.dataset.text == "full"
        with publication.open_cache(fresh=fresh) as cache:
            for article in watched(publication.mapped_articles(cache)):
                findings.extend(article.findings)
                yield article
        refuse_violations(findings)

    return articles


def _with_names(outcome: LoadOutcome, comparison: GraphComparison) -> LoadOutcome:
    put, delete = comparison.named("differing"), comparison.named("vanished")
    return outcome._replace(put=tuple(put), delete=tuple(delete))


def _read_store(store: TripleStore, comparison: GraphComparison, base: str, options: LoadOptions) -> None:
    prefix = f"{base}graph/"
    digests = _intact_digests(store, base) if options.repair else store.graph_digests(prefix)
    comparison.set_stored(base, store.graph_sizes(prefix), digests)
    for former in options.moved_from:
        comparison.add_stored(store.graph_sizes(f"{former}graph/"), under=former, base=base)


def _intact_digests(store: TripleStore, base: str) -> Iterator[tuple[Iri, str]]:
    """Yield the digests of the graphs that still have the one they contain."""
    from kg.query.verification import graphs_of_remote  # only here: it loads Oxigraph

    return ((graph.iri, graph.actual) for graph in graphs_of_remote(store, base) if graph.is_intact)


def _read_corpus(comparison: GraphComparison, articles: Iterable[MappedArticle], base: str) -> None:
    for article in articles:
        if article.draft:
            continue
        if article.graph:
            for graph in article.graphs:
                comparison.add(graph)
        elif article.defines:
            comparison.add_unread(Iris(base).article_graph(article.id), article.digest, article.holds.triples)


def _send(store: TripleStore, comparison: GraphComparison, progress: Progress) -> None:
    plan = comparison.plan()
    store.log_in()
    with progress("Sending", plan.put + plan.delete) as advance:
        added = _add_new(store, comparison, advance) if plan.put and store.endpoint.quads else ""
        for graph, text in comparison.texts(added):
            store.replace(graph, text)
            advance(1, 0)
        for graph in comparison.named("vanished"):
            store.remove(graph)
            advance(1, 0)


def _add_new(store: TripleStore, comparison: GraphComparison, advance: Callable[[int, int], object]) -> str:
    """Add many graphs that the store does not have; return the last up to which it has taken all, `""` for none.

    Two requests are under way at a time, since the store sorts and writes each on one processor. When this returns,
    none is: a store may mix up graphs that are replaced meanwhile.
    """
    added = ""
    sent: deque[tuple[list[Iri], Future[bool]]] = deque()
    portions = comparison.quads()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        while True:
            for graphs, quads in islice(portions, _AT_ONCE - len(sent)):
                sent.append((graphs, threads.submit(store.add, quads)))
            if not sent:
                break
            graphs, answer = sent.popleft()
            if not answer.result():
                break
            added = graphs[-1]
            advance(len(graphs), 0)
    return added


def _refuse_many_deletions(stored: Iterable[StoredArticles]) -> None:
    """Raise `UsageError` if many articles would be deleted: it may be the wrong corpus, or half of one."""
    for base, articles, missing in (each for each in stored if not each.may_vanish):
        raise UsageError(
            f"{missing} of the {articles} articles that the store has under {base} are not in this corpus. If this "
            "is the right corpus and complete, give --delete to delete them; --dry-run lists what would change."
        )


def _not_kept(store: TripleStore, comparison: GraphComparison) -> FileError:
    graphs = [*comparison.named("differing"), *comparison.named("vanished")]
    named = ", ".join(map(iri_text, graphs[:_NAMED_IN_MESSAGE])) + (
        " and others" if len(graphs) > _NAMED_IN_MESSAGE else ""
    )
    return FileError(
        f"{store.endpoint.update}: after {ROUNDS} attempts the store still has another number of triples or "
        f"another digest for {named}. Is somebody else changing them?"
    )

"""The digests of graphs in a document or a store: computed anew, and compared with those that the graphs contain.

Graphs that come one after another, each ending with its digest, as kg writes them, are verified while they are
read. Graphs in any other order are verified in a store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

import pyoxigraph

from kg.checks.publication_checks import digest_faults
from kg.errors import CorpusError, Finding, Place
from kg.findings.results import from_rdf_results
from kg.mappers.graphs import digest_of_graph
from kg.rdf.term_conversion import from_oxigraph, to_oxigraph
from kg.rdf.terms import Graph, Iri, Node, Term, iri_text, literal_value
from kg.rdf.vocab import KG, VOID

Triple = tuple[Iri, Iri, Term]
_DIGEST = f' {KG.digest} "'.encode()
_DIGEST_LINE = re.compile(
    rb"(?P<graph><[^>]*>) "
    + re.escape(KG.digest).encode()
    + rb' "(?P<digest>[0-9a-f]{64})"(?P<named> <[^>]*>)? [.]\n'
)
_COUNTS = rb"dataset> " + re.escape(VOID.triples).encode() + rb' "([0-9]+)"'
_ABOUT = b"graph/dataset>"
_LARGEST_GRAPH = 1 << 28
"""How many bytes of a graph are kept in memory; a larger one is verified in a store."""

_BASE = re.compile(r"https?://[^\s<>\"]+/")


class VerifiedLines:
    """Verifies graphs that come one after another in lines of N-Quads or N-Triples, each ending with its digest.

    Lines of other documents are not wrong, but are not verified: then only a store can tell.
    """

    def __init__(self) -> None:
        self._graphs: set[bytes] = set()
        self._pending: list[bytes] = []
        self._size = 0
        self._triples = 0
        self._promised = -1
        self._is_intact = True

    @property
    def graphs(self) -> int:
        """The number of graphs so far."""
        return len(self._graphs)

    def is_intact(self) -> bool:
        """Whether each graph has its digest, and they have as many triples as the data set counts."""
        return self._is_intact and not any(self._pending) and self._triples == self._promised

    def add(self, lines: bytes) -> None:
        """Take whole lines."""
        start = at = 0
        while self._is_intact and (at := lines.find(_DIGEST, at)) >= 0:
            begin, end = lines.rfind(b"\n", 0, at) + 1, lines.find(b"\n", at) + 1 or len(lines)
            if match := _DIGEST_LINE.fullmatch(lines, begin, end):
                self._close(b"".join([*self._pending, lines[start:begin]]), match)
                self._pending, self._size = [], 0
                start = end
            at = end
        self._pending.append(lines[start:])
        self._size += len(lines) - start
        if not self._is_intact or self._size > _LARGEST_GRAPH:
            self._is_intact, self._pending = False, []

    def _close(self, text: bytes, match: re.Match[bytes]) -> None:
        """Verify the graph that ends with a line about its digest."""
        graph, digest, named = match.group("graph", "digest", "named")
        end = b" " + graph + b" .\n"
        lines = (text if named else text.replace(b" .\n", end)).splitlines(keepends=True)
        actual = sha256(b"".join(sorted(lines))).hexdigest().encode()
        if actual != digest or named not in (None, b" " + graph) or graph in self._graphs:
            self._is_intact = False
        self._graphs.add(graph)
        if not graph.endswith(_ABOUT):
            self._triples += len(lines) + 1
            return
        count = re.search(rb"^" + re.escape(graph.removesuffix(_ABOUT)) + _COUNTS, text, re.MULTILINE)
        self._promised = int(count[1]) if count else -1


class VerifiedGraph(NamedTuple):
    """A graph, its number of triples, the digests that it contains, and the digest of its other triples."""

    iri: Iri
    triples: int
    stated: tuple[str, ...]
    actual: str

    @property
    def is_intact(self) -> bool:
        """Whether the graph has its own digest, once."""
        return self.stated == (self.actual,)


def store_findings(store: pyoxigraph.Store, name: str) -> tuple[list[Finding], int]:
    """Return what is wrong with the graphs of a store, and how many there are; `name` is that of what was loaded.

    If no triple has a graph, the graphs are those in which kg writes each triple.
    """
    base = base_of(store, name)
    named = sorted(str(graph) for graph in store.named_graphs())
    if not named:
        nodes = _nodes(_triples(store, pyoxigraph.DefaultGraph()))
        return from_rdf_results(digest_faults(nodes), name), sum(KG.digest in each.properties for each in nodes)
    verified = (verified_graph(Iri(graph), _triples(store, to_oxigraph(Iri(graph)))) for graph in named)
    graphs = [each for each in verified if each.triples]  # Oxigraph also lists graphs that updates have emptied
    outside = sum(1 for _ in store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()))
    findings = [*changed_graphs(graphs, name), *miscounted(graphs, promised_triples(store, base), name, outside)]
    return findings, len(graphs)


def _triples(store: pyoxigraph.Store, graph: pyoxigraph.NamedNode | pyoxigraph.DefaultGraph) -> Iterator[Triple]:
    return map(from_oxigraph, store.quads_for_pattern(None, None, None, graph))


def _nodes(triples: Iterable[Triple]) -> list[Node]:
    nodes: dict[Iri, dict[Iri, list[Term]]] = {}
    for subject, predicate, value in triples:
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return [Node(*each) for each in nodes.items()]


def verified_graph(graph: Iri, triples: Iterable[Triple]) -> VerifiedGraph:
    """Compute the digest of a graph's triples."""
    stated: list[str] = []
    count = 0

    def others() -> Iterator[Triple]:
        nonlocal count
        for triple in triples:
            count += 1
            subject, predicate, value = triple
            # A digest in a language, or with a datatype, is none of kg's.
            if subject == graph and predicate == KG.digest and value[0] == value[-1] == '"':
                stated.append(literal_value(value).lexical)
            else:
                yield triple

    actual = digest_of_graph(Graph(graph, _nodes(others())))
    return VerifiedGraph(graph, count, tuple(sorted(stated)), actual)


def changed_graphs(graphs: Iterable[VerifiedGraph], name: str) -> Iterator[Finding]:
    """Yield a finding for each graph that is not as kg wrote it."""
    for graph in graphs:
        if graph.is_intact:
            continue
        iri = iri_text(graph.iri)
        if not graph.stated:
            message = (
                f"a graph must contain its digest, and {iri} has none: kg has not written it, or not to its end"
            )
        elif len(graph.stated) > 1:
            message = f"a graph must contain one digest, and {iri} has {len(graph.stated)}: load it again"
        else:
            message = f"a graph must be as kg wrote it, and {iri} was changed: export or load it again"
        yield Finding("violation", message, "changed-graph", Place(name, 0, 0), focus=graph.iri)


def miscounted(graphs: Iterable[VerifiedGraph], promised: int, name: str, outside: int = 0) -> Iterator[Finding]:
    """Yield a finding if there are more or fewer triples than the data set counts in its other graphs."""
    found = sum(graph.triples for graph in graphs if not graph.iri.endswith("graph/dataset>")) + outside
    if found != promised:
        message = (
            f"the graphs must have the {promised} triples that the data set counts, and have {found}: "
            f"{'some were added' if found > promised else 'some are missing'}"
        )
        yield Finding("violation", message, "wrong-count", Place(name, 0, 0))


def base_of(store: pyoxigraph.Store, name: str) -> str:
    """Return the base of the data set in a store. Raises `CorpusError` if there is none, or several."""
    bases = [base for _, base in text_values(store, VOID.uriSpace)]
    if len(bases) == 1 and _BASE.fullmatch(bases[0]):
        return bases[0]
    found = " and ".join(bases) or "none"
    if len(bases) == 1:
        found += ", which is no web address that ends in `/`"
    message = f"an export has one data set, whose void:uriSpace is the base of its IRIs, and here is {found}"
    advice = "load what `kg export` or `kg build` has written, whole"
    raise CorpusError([Finding("violation", f"{message}: {advice}", "no-dataset", Place(name, 0, 0))])


def promised_triples(store: pyoxigraph.Store, base: str) -> int:
    """Return how many triples the data set counts in the other graphs; 0 if it gives no number."""
    counts = (count for subject, count in text_values(store, VOID.triples) if subject == f"<{base}dataset>")
    return sum(int(count) for count in counts if count.isdecimal())


def text_values(store: pyoxigraph.Store, predicate: Iri) -> Iterator[tuple[str, str]]:
    """Yield the subjects that have a property, and its values as text."""
    for quad in store.quads_for_pattern(None, to_oxigraph(predicate), None, None):
        if isinstance(quad.object, pyoxigraph.Literal):
            yield str(quad.subject), quad.object.value

"""A store that speaks SPARQL 1.1 over HTTP: its graphs are asked for, replaced and removed whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from secrets import token_hex
from typing import NamedTuple

from kg.errors import FileError
from kg.query.remote.credentials import Prompt
from kg.query.remote.endpoint import ROWS, Endpoint, Parameters, Wanted, find_endpoint, with_parameters
from kg.query.remote.session import Reply, Request, Session, refusal
from kg.rdf.terms import Iri, iri_text
from kg.rdf.vocab import KG

BATCH = 1000
"""The most triples of one change: Virtuoso refuses some ten thousand."""
PAGE = 10_000
"""The most rows that are asked for at once: Virtuoso sorts no more."""
# A short page may be one that the store has cut: only an empty one is the end.
_COUNTS = """
SELECT ?graph (COUNT(*) AS ?value) WHERE { GRAPH ?graph { ?thing ?property ?other } }
GROUP BY ?graph HAVING (STRSTARTS(STR(?graph), "%s") && STR(?graph) > "%s") ORDER BY STR(?graph) LIMIT %d
"""
_DIGESTS = f"""
SELECT ?graph ?value WHERE {{
  GRAPH ?graph {{ ?graph {KG.digest} ?value }}
  FILTER(STRSTARTS(STR(?graph), "%s") && STR(?graph) > "%s")
}}
ORDER BY STR(?graph) LIMIT %d
"""


class TripleStore(NamedTuple):
    """A store and the conversation with it."""

    session: Session
    endpoint: Endpoint

    def counts(self, prefix: str) -> Iterator[tuple[Iri, int]]:
        """Yield each graph whose IRI begins so, and how many triples it has."""
        for graph, count in self._pages(_COUNTS, prefix):
            yield graph, int(count)

    def digests(self, prefix: str) -> Iterator[tuple[Iri, str]]:
        """Yield each graph whose IRI begins so and which says what its digest is, with that."""
        yield from self._pages(_DIGESTS, prefix)

    def introduce(self) -> None:
        """Say who we are, where the store wants to know: before anything large is sent in vain."""
        self.session.send(Request("HEAD", self.endpoint.graphs or self.endpoint.update, {}))

    def replace(self, graph: Iri, text: bytes) -> None:
        """Put a graph, whose N-Triples end with its digest, in the place of the one that is there."""
        if self.endpoint.graphs:
            headers = {"Content-Type": "application/n-triples"}
            self._do(Request("PUT", self._address(graph), headers, text))
            return
        for update in _updates(graph, text.decode().split("\n")[:-1]):
            self._do(self.endpoint.changing(update))

    def remove(self, graph: Iri) -> None:
        """Remove a graph, which may be gone already."""
        if self.endpoint.graphs:
            self._do(Request("DELETE", self._address(graph), {}), gone=True)
        else:
            self._do(self.endpoint.changing(f"DROP SILENT GRAPH {graph}"))

    def rows(self, query: str, parameters: Parameters = ()) -> list[dict[str, str]]:
        """Return the values of a query's solutions, of few rows. Raises `FileError` where the store gives none."""
        reply = self.session.send(self.endpoint.asking(query, ROWS, parameters))
        try:
            if reply.status != 200:
                raise FileError(refusal(reply))
            found = json.loads(reply.body)["results"]["bindings"]
            return [{name: value["value"] for name, value in row.items()} for row in found]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise FileError(f"{reply.url}: the store gives no SPARQL results in JSON.") from error

    def _pages(self, query: str, prefix: str) -> Iterator[tuple[Iri, str]]:
        last = ""
        while rows := self.rows(query % (prefix, last, PAGE)):
            for row in rows:
                yield Iri(f"<{row['graph']}>"), row["value"]
            if (latest := rows[-1]["graph"]) <= last:
                raise FileError(f"{self.endpoint.query}: the store does not give its graphs in their order.")
            last = latest

    def _address(self, graph: Iri) -> str:
        return with_parameters(self.endpoint.graphs, [("graph", iri_text(graph))])

    def _do(self, request: Request, *, gone: bool = False) -> Reply:
        reply = self.session.send(request)
        if not 200 <= reply.status < 300 and not (gone and reply.status == 404):
            raise FileError(refusal(reply))
        return reply


def _updates(graph: Iri, lines: list[str]) -> Iterator[str]:
    """Yield the updates that put a graph in portions; the last line is its digest.

    Until the last portion, the digest is a mark of this putting alone, which each portion replaces by the next one.
    Once another load drops the graph, the mark is gone, and the digest never comes. So a graph that says its digest
    lacks nothing, and one that also has portions of another load has more triples than it should.
    """
    *lines, digest = lines
    portions = ["\n".join(lines[start : start + BATCH]) for start in range(0, len(lines), BATCH)] or [""]
    putting = token_hex(16)
    marks = [f'{graph} {KG.digest} "being put: {putting}, {number}" .' for number in range(1, len(portions))]
    marks.append(digest)
    yield f"DROP SILENT GRAPH {graph} ;\nINSERT DATA {{ GRAPH {graph} {{\n{portions[0]}\n{marks[0]}\n}} }}"
    for portion, (before, after) in zip(portions[1:], pairwise(marks), strict=True):
        # Only the digest depends on the mark: of a decimal in INSERT ... WHERE, Virtuoso makes an integer.
        yield (
            f"INSERT DATA {{ GRAPH {graph} {{\n{portion}\n}} }} ;\n"
            f"DELETE {{ GRAPH {graph} {{ {before} }} }} INSERT {{ GRAPH {graph} {{ {after} }} }} "
            f"WHERE {{ GRAPH {graph} {{ {before} }} }}"
        )


@contextmanager
def connected(
    target: str, prompt: Prompt | None, seconds: float, wanted: Wanted | None = None
) -> Iterator[TripleStore]:
    """Open the store at a URL until the block ends; see `find_endpoint`."""
    session = Session(prompt, seconds)
    try:
        yield TripleStore(session, find_endpoint(session, target, wanted))
    finally:
        session.close()

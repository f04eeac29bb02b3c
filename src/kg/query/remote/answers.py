"""Queries answered by a store that runs elsewhere, in the form in which the embedded ones are."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

from kg.errors import FileError, UsageError
from kg.query.remote.credentials import Prompt
from kg.query.remote.endpoint import ROWS, Parameters
from kg.query.remote.session import Reply, refusal
from kg.query.remote.triple_store import TripleStore, connected
from kg.query.store import FORMATS, LIMITS, Answer, Limits, refuse_what_is_no_query, tokens
from kg.rdf.iris import Iris
from kg.rdf.terms import XSD, iri_text
from kg.rdf.vocab import KG, PREFIXES, VOID

TRIPLES = "application/n-triples"
MOST_NAMED = 500
"""The most graphs that are named one by one, where a store cannot be told to take all of them."""
_BASES = f"""
SELECT DISTINCT ?base WHERE {{
  GRAPH ?graph {{ ?dataset {VOID.uriSpace} ?base }}
  FILTER(STR(?graph) = CONCAT(STR(?base), "graph/dataset"))
}}
"""
# In the default graph, the digests of two named graphs are there only if it is the union of all.
_IS_UNION = f"SELECT ?one WHERE {{ %s {KG.digest} ?one . %s {KG.digest} ?other }} LIMIT 1"
# What makes the union of all named graphs the default graph: nothing, Oxigraph's way, Fuseki's way.
_UNIONS: tuple[Parameters, ...] = (
    (),
    (("union-default-graph", ""),),
    (("default-graph-uri", "urn:x-arq:UnionGraph"),),
)
_PROLOGUE = ("PREFIX", "BASE")
# The embedded store knows one kind of whole number.
_NATURAL, _INTEGER = f"{XSD}nonNegativeInteger", f"{XSD}integer"
# What Virtuoso says in place of a boolean.
_ASKED = "__ASK_RETVAL"


class RemoteStore(NamedTuple):
    """A store elsewhere, asked as `Store` is; `union` makes all graphs together the default graph."""

    folder: Path
    base: str
    store: TripleStore
    union: Parameters

    def ask(self, query: str, form: str = "json", *, name: str = "", limits: Limits = LIMITS) -> Answer:
        """Answer a query in one of `FORMATS`; `name` is the file it comes from.

        Raises `UsageError` for what is no query or does not fit the format, `FileError` for what the store does
        not answer, or not whole.
        """
        refuse_what_is_no_query(query)
        words = [token.text.upper() for token in tokens(query) if token.kind == "word"]
        first = next((word for word in words if word not in _PROLOGUE), "")
        gives_graph = first in ("CONSTRUCT", "DESCRIBE")
        _refuse_what_does_not_fit(form, gives_graph=gives_graph)
        path = self.folder / "answer"
        union = () if "FROM" in words else self.union
        request = self.store.endpoint.asking(_declared(query, self.base), TRIPLES if gives_graph else ROWS, union)
        with path.open("w+b") as file:
            reply = self.store.session.send(request, into=(file, limits.answer))
        _refuse_what_is_no_answer(reply, name or "the query")
        return Answer(_written(path, form, reply, gives_graph=gives_graph), path)


@contextmanager
def open_remote(target: str, prompt: Prompt | None, seconds: float) -> Iterator[RemoteStore]:
    """Open the store at a URL for queries until the block ends. Raises `FileError` where nothing is loaded."""
    with connected(target, prompt, seconds) as store, tempfile.TemporaryDirectory(prefix="kg-") as folder:
        bases = [row["base"] for row in store.rows(_BASES)]
        if not bases:
            raise FileError(f"{target.partition('?')[0]}: the store holds no corpus. Load one: kg load {target}")
        if len(bases) > 1:
            raise UsageError(
                f"{target.partition('?')[0]}: the store holds {len(bases)} corpora ({', '.join(sorted(bases))}), "
                "whose answers would be mixed: load each into a store of its own."
            )
        yield RemoteStore(Path(folder), bases[0], store, _union(store, Iris(bases[0])))


def _union(store: TripleStore, iris: Iris) -> Parameters:
    """Return what makes all graphs together the default graph of a store. Raises `FileError` where nothing does."""
    asked = _IS_UNION % (iris.entities_graph, iris.dataset_graph)
    for parameters in _UNIONS:
        if store.rows(asked, parameters):
            return parameters
    graphs = [graph for graph, _ in store.digests(f"{iris.base}graph/")]
    if len(graphs) <= MOST_NAMED:
        return tuple(("default-graph-uri", iri_text(graph)) for graph in graphs)
    raise FileError(
        f"{store.endpoint.query}: the default graph of the store must be the union of its named graphs: set it so."
    )


def _refuse_what_does_not_fit(form: str, *, gives_graph: bool) -> None:
    solutions, triples = FORMATS[form]
    if gives_graph and not triples:
        raise UsageError("CONSTRUCT and DESCRIBE answer with a graph: ask for it with --format ttl.")
    if not gives_graph and not solutions:
        raise UsageError("SELECT and ASK answer with rows: ask for table, csv, tsv, json or xml, not ttl.")


def _refuse_what_is_no_answer(reply: Reply, name: str) -> None:
    if reply.status == 400:
        raise UsageError(f"{name}: {refusal(reply)}")
    if reply.status != 200:
        raise FileError(refusal(reply))
    if reply.headers.get("x-sql-state", "") == "S1TAT":
        raise FileError(f"{reply.url}: the store stopped before the answer was whole: narrow the query.")


def _declared(query: str, base: str) -> str:
    """Return a query that declares what the embedded store takes for declared: kg's prefixes, and the base."""
    found = list(tokens(query))
    used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    declared = {
        name.text[:-1] for word, name in pairwise(found) if word.text.upper() == "PREFIX" and name.kind == "name"
    }
    head = [f"PREFIX {name}: <{PREFIXES[name]}>" for name in sorted(used - declared) if name in PREFIXES]
    if any(token.kind == "iri" and ":" not in token.text for token in found):
        head.insert(0, f"BASE <{base}>")
    return " ".join([*head, query])


def _written(
    path: Path, form: str, reply: Reply, *, gives_graph: bool
) -> Literal["solutions", "boolean", "triples"]:
    """Write the answer of a store again as the embedded one writes it, and return its kind."""
    import pyoxigraph

    from kg.query.store.worker import RESULTS, turtle

    try:
        if gives_graph:
            found = {
                quad.triple for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.N_TRIPLES)
            }
            path.write_bytes(turtle(found, PREFIXES))
            return "triples"
        document = _standard(json.loads(path.read_bytes()))
        _refuse_what_was_cut(document, reply)
        results = pyoxigraph.parse_query_results(json.dumps(document), format=pyoxigraph.QueryResultsFormat.JSON)
    except (ValueError, TypeError, KeyError, AttributeError, SyntaxError) as error:
        raise FileError(f"{reply.url}: this is not an answer as SPARQL has it: {error}") from error
    name = FORMATS[form][0]
    is_boolean = isinstance(results, pyoxigraph.QueryBoolean)
    with path.open("wb") as stream:
        results.serialize(stream, format=RESULTS[name])
        if is_boolean or name in ("json", "xml"):
            stream.write(b"\n")
    return "boolean" if is_boolean else "solutions"


def _standard(document: dict[str, Any]) -> dict[str, Any]:
    """Return results as the embedded store has them: Virtuoso writes booleans as rows, and `typed-literal`."""
    if document["head"].get("vars") == [_ASKED]:
        return {"head": {}, "boolean": document["results"]["bindings"][0][_ASKED]["value"] == "1"}
    for row in document.get("results", {}).get("bindings", ()):
        for value in row.values():
            if value["type"] == "typed-literal":
                value["type"] = "literal"
            if value.get("datatype") == _NATURAL:
                value["datatype"] = _INTEGER
    return document


def _refuse_what_was_cut(document: dict[str, Any], reply: Reply) -> None:
    """Raise `FileError` where there are as many rows as the store gives at most: more may be missing."""
    most = reply.headers.get("x-sparql-maxrows", "")
    if most.isdecimal() and len(document.get("results", {}).get("bindings", ())) >= int(most):
        raise FileError(
            f"{reply.url}: the store gives {most} rows at most, and there may be more: narrow the query, or have "
            "it give more (Virtuoso: ResultSetMaxRows)."
        )

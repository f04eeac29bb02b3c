"""A remote store that supports SPARQL 1.1: its addresses, its graphs, and queries to it.

SPARQL 1.1 Protocol, Graph Store HTTP Protocol and Update.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Literal, NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

from kg.errors import FileError, UsageError
from kg.mappers.dataset import ONTOLOGY_VERSION
from kg.query.remote_session import Prompt, Reply, Request, Session, checked_url, refusal
from kg.query.sparql import KG_QUERY, is_syntax_message, refuse_service_and_updates, syntax_message, tokens
from kg.query.store import FORMATS, LIMITS, NOT_A_GRAPH, NOT_ROWS, OTHER_GRAPH, Answer, AnswerKind, QueryLimits
from kg.rdf.terms import Iri, Iris, iri_text
from kg.rdf.vocab import DCTERMS, KG, PREFIXES, VOID

Protocol = Literal["gsp", "update"]
Parameters = Sequence[tuple[str, str]]
"""Name-value pairs of a URL's query or of a form."""
ROWS = "application/sparql-results+json"
_ANYTHING = "SELECT ?thing WHERE { ?thing a ?class } LIMIT 1"
_FORM = "application/x-www-form-urlencoded"
TRIPLES, QUADS = "application/n-triples", "application/n-quads"
# What a store answers that has no such address, or a proxy that takes no such requests.
_NO_QUADS = (400, 403, 404, 405, 411, 413, 415, 501)
MOST_NAMED = 500
"""The most graphs that a request names one by one, if the store has no option for all of them."""
_BASES = f"""
SELECT DISTINCT ?base ?version WHERE {{
  GRAPH ?graph {{
    ?dataset {VOID.uriSpace} ?base
    OPTIONAL {{ ?dataset {DCTERMS.conformsTo} ?version FILTER(?version = {ONTOLOGY_VERSION}) }}
  }}
  FILTER(STR(?graph) = CONCAT(STR(?base), "graph/dataset"))
}}
"""
_COUNTED = f"SELECT ?count WHERE {{ GRAPH <BASEgraph/dataset> {{ <BASEdataset> {VOID.triples} ?count }} }}"
_LARGEST_GRAPH = 1 << 34
# The digests of two named graphs are in the default graph only if it is the union of all.
_IS_UNION = f"SELECT ?one WHERE {{ %s {KG.digest} ?one . %s {KG.digest} ?other }} LIMIT 1"
# Parameters that make the union of all named graphs the default graph: none, Oxigraph's option, Fuseki's option.
_UNIONS: tuple[Parameters, ...] = (
    (),
    (("union-default-graph", ""),),
    (("default-graph-uri", "urn:x-arq:UnionGraph"),),
)
_PROLOGUE = ("PREFIX", "BASE")
# The variable that Virtuoso answers ASK with.
_ASKED = "__ASK_RETVAL"
BATCH = 1000
"""The most triples of one update: Virtuoso refuses ten thousand."""
PAGE = 10_000
"""The most rows to ask for at once: Virtuoso sorts no more."""
# The store may cut a page short, so only an empty page is the end.
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


class StoreLayout(NamedTuple):
    """The addresses of one kind of store, relative to its own; `graphs` is `""` if it takes no whole graphs.

    `direct`: a query is the body of its request, not a field of a form. `quads` is the address that adds many
    graphs at once, `""` for none.
    """

    query: str
    update: str
    graphs: str
    direct: bool = False
    quads: str = ""


# Virtuoso never answers a query that is the body of its request, and rdflib-endpoint unquotes forms twice.
LAYOUTS = (
    # Oxigraph adds quads with its bulk loader, without checking IRIs, in less than half the time of a transaction.
    StoreLayout("query", "update", "store", quads="store?no_transaction&lenient"),
    StoreLayout("query", "update", "data"),  # Fuseki
    StoreLayout("sparql", "sparql-auth", "sparql-graph-crud-auth"),  # Virtuoso
    StoreLayout("", "statements", "rdf-graphs/service"),  # RDF4J, GraphDB
    StoreLayout("", "", "", direct=True),  # rdflib-endpoint
)
_NAMES = sorted({name for layout in LAYOUTS for name in layout[:3] if name} | {"sparql"})


class StoreAddresses(NamedTuple):
    """The addresses that the user gives; `""` for those that are to be found."""

    graphs: str = ""
    update: str = ""
    protocol: Protocol | None = None


class Endpoint(NamedTuple):
    """The addresses of a store, which takes whole graphs unless `graphs` is `""`, and quads unless `quads` is."""

    query: str
    update: str = ""
    graphs: str = ""
    direct: bool = False
    quads: str = ""

    def query_request(self, query: str, accept: str = ROWS, parameters: Parameters = ()) -> Request:
        """Return the request for a query. https://www.w3.org/TR/sparql11-protocol/#query-operation"""
        headers = {"Accept": accept}
        if self.direct:
            url = with_parameters(self.query, parameters)
            return Request("POST", url, {**headers, "Content-Type": "application/sparql-query"}, query.encode())
        form = urlencode([("query", query), *parameters]).encode()
        return Request("POST", self.query, {**headers, "Content-Type": _FORM}, form)

    def update_request(self, update: str) -> Request:
        """Return the request for an update. https://www.w3.org/TR/sparql11-protocol/#update-operation"""
        if self.direct:
            return Request("POST", self.update, {"Content-Type": "application/sparql-update"}, update.encode())
        return Request("POST", self.update, {"Content-Type": _FORM}, urlencode({"update": update}).encode())


def find_endpoint(session: Session, target: str, wanted: StoreAddresses | None = None) -> Endpoint:
    """Return the addresses of the store at a URL, which is its root or one of them.

    Without `wanted`, only the address for queries. Raises `UsageError` if the URL is none, `FileError` if no store
    answers there.
    """
    for url in (target, *(wanted or ())[:2]):
        if url:
            checked_url(url)
    root, name = _split_address(target)
    replies: dict[Endpoint, Reply] = {}
    for layout in sorted(LAYOUTS, key=lambda each: not name or each.query != name):
        asked = Endpoint(_join(root, layout.query) if layout.query else target, direct=layout.direct)
        if asked not in replies:
            replies[asked] = session.send(asked.query_request(_ANYTHING))
        if not _is_answer(replies[asked]):
            continue
        if wanted is None:
            return asked
        if layout.graphs == "" or _exists(session, _join(root, layout.graphs)):
            return _endpoint(asked, root if layout.query else target, layout, wanted)
    raise _no_endpoint(target, list(replies.values()))


def with_parameters(url: str, parameters: Parameters) -> str:
    """Return a URL with further parameters of its query."""
    if not parameters:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"


def _split_address(target: str) -> tuple[str, str]:
    """Split the URL of a store's address into the root of the store and the name of the address."""
    parts = urlsplit(target)
    path = parts.path.rstrip("/")
    name = next((each for each in _NAMES if path.endswith(f"/{each}")), "")
    root = path.removesuffix(name).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, root, "", "")), name


def _join(root: str, name: str) -> str:
    return f"{root}/{name}" if name else root


def _is_answer(reply: Reply) -> bool:
    try:
        return reply.status == 200 and "results" in json.loads(reply.body)
    except (ValueError, TypeError):
        return False


def _exists(session: Session, url: str) -> bool:
    """Whether a store has an address; asked without logging in."""
    return session.send(Request("HEAD", url, {}), login=False).status != 404


def _endpoint(asked: Endpoint, root: str, layout: StoreLayout, wanted: StoreAddresses) -> Endpoint:
    graphs = wanted.graphs or (_join(root, layout.graphs) if layout.graphs else "")
    if wanted.protocol == "update" or (wanted.update and not wanted.protocol and not wanted.graphs):
        graphs = ""
    elif wanted.protocol == "gsp" and not graphs:
        raise UsageError(
            f"{asked.query}: no address was found that takes whole graphs: give it with --graph-store, or load "
            "with --protocol update."
        )
    update = wanted.update or (_join(root, layout.update) if layout.update else root)
    quads = _join(root, layout.quads) if layout.quads and graphs == _join(root, layout.graphs) else ""
    return asked._replace(update=update, graphs=graphs, quads=quads)


def _no_endpoint(target: str, replies: list[Reply]) -> FileError:
    refused = next((each for each in replies if each.status not in (200, 404)), None)
    why = f" {refusal(refused)}" if refused else ""
    return FileError(
        f"{target.partition('?')[0]}: no store answers a query there: give the address that takes queries.{why}"
    )


class TripleStore(NamedTuple):
    """A store and the HTTP session with it."""

    session: Session
    endpoint: Endpoint

    def graph_sizes(self, prefix: str) -> Iterator[tuple[Iri, int]]:
        """Yield the graphs whose IRIs begin with the prefix, each with its number of triples."""
        for graph, count in self._pages(_COUNTS, prefix):
            yield graph, int(count)

    def graph_digests(self, prefix: str) -> Iterator[tuple[Iri, str]]:
        """Yield the graphs whose IRIs begin with the prefix and that have a digest, each with its digest."""
        yield from self._pages(_DIGESTS, prefix)

    def bases(self) -> dict[str, bool]:
        """Return the bases of the corpora that the store has, in order; True for the graph of this version."""
        return {row["base"]: "version" in row for row in sorted(self.rows(_BASES), key=lambda row: row["base"])}

    def promised_triples(self, base: str) -> int:
        """Return how many triples the data set of a corpus counts in its other graphs; 0 if it gives no number."""
        counts = [row["count"] for row in self.rows(_COUNTED.replace("BASE", base))]
        return sum(int(count) for count in counts if count.isdecimal())

    def write_graph(self, graph: Iri, file: IO[bytes]) -> None:
        """Write a graph into a file, as N-Triples."""
        reply = self.session.send(self._graph_request(graph), into=(file, _LARGEST_GRAPH))
        if reply.status != 200:
            raise FileError(refusal(reply))

    def _graph_request(self, graph: Iri) -> Request:
        if self.endpoint.graphs:
            return Request("GET", self._address(graph), {"Accept": TRIPLES})
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
        return self.endpoint.query_request(query, TRIPLES)

    def log_in(self) -> None:
        """Log in if the store asks for it, before anything large is sent in vain."""
        self.session.send(Request("HEAD", self.endpoint.graphs or self.endpoint.update, {}))

    def replace(self, graph: Iri, text: bytes) -> None:
        """Replace a graph by these N-Triples, the last of which is its digest."""
        if self.endpoint.graphs:
            headers = {"Content-Type": "application/n-triples"}
            self._do(Request("PUT", self._address(graph), headers, text))
            return
        for update in _updates(graph, text.decode().split("\n")[:-1]):
            self._do(self.endpoint.update_request(update))

    def add(self, quads: bytes) -> bool:
        """Add N-Quads of graphs that the store does not have; return False if it does not take this many at once.

        If it is interrupted, graphs may be there in part.
        """
        reply = self.session.send(Request("POST", self.endpoint.quads, {"Content-Type": QUADS}, quads))
        if reply.status in _NO_QUADS:
            return False
        if not 200 <= reply.status < 300:
            raise FileError(refusal(reply))
        return True

    def remove(self, graph: Iri) -> None:
        """Remove a graph, if it is still there."""
        if self.endpoint.graphs:
            self._do(Request("DELETE", self._address(graph), {}), gone=True)
        else:
            self._do(self.endpoint.update_request(f"DROP SILENT GRAPH {graph}"))

    def rows(self, query: str, parameters: Parameters = ()) -> list[dict[str, str]]:
        """Return the values of the solutions of a query with few. Raises `FileError` if the store gives none."""
        reply = self.session.send(self.endpoint.query_request(query, ROWS, parameters))
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
    """Yield the updates that write a graph in portions; the last line is its digest.

    Until the last portion, the graph has a mark of this load instead of a digest; each portion replaces the mark by
    the next one. If another load drops the graph, the mark is gone, and the digest is never written. So a graph
    with its digest is complete, and one that also has portions of another load has too many triples.
    """
    *lines, digest = lines
    portions = ["\n".join(lines[start : start + BATCH]) for start in range(0, len(lines), BATCH)] or [""]
    putting = token_hex(16)
    marks = [f'{graph} {KG.digest} "being put: {putting}, {number}" .' for number in range(1, len(portions))]
    marks.append(digest)
    yield f"DROP SILENT GRAPH {graph} ;\nINSERT DATA {{ GRAPH {graph} {{\n{portions[0]}\n{marks[0]}\n}} }}"
    for portion, (before, after) in zip(portions[1:], pairwise(marks), strict=True):
        # Only the digest is in INSERT ... WHERE, where Virtuoso turns decimals into integers.
        yield (
            f"INSERT DATA {{ GRAPH {graph} {{\n{portion}\n}} }} ;\n"
            f"DELETE {{ GRAPH {graph} {{ {before} }} }} INSERT {{ GRAPH {graph} {{ {after} }} }} "
            f"WHERE {{ GRAPH {graph} {{ {before} }} }}"
        )


@contextmanager
def connect(
    target: str, prompt: Prompt | None, seconds: float, wanted: StoreAddresses | None = None
) -> Iterator[TripleStore]:
    """Open the store at a URL until the block ends; see `find_endpoint`."""
    session = Session(prompt, seconds)
    try:
        yield TripleStore(session, find_endpoint(session, target, wanted))
    finally:
        session.close()


def unknown_corpus(target: str, base: str, bases: Iterable[str]) -> UsageError:
    """Return the error for a base that is none of a store's."""
    there = " and ".join(bases) or "none"
    return UsageError(f"{target}: the store has no corpus with the base {base}. It has {there}.")


class RemoteStore(NamedTuple):
    """A store elsewhere, queried like `Store`; the parameters `union` make all graphs its default graph."""

    folder: Path
    base: str
    store: TripleStore
    union: Parameters

    def ask(self, query: str, form: str = "json", *, name: str = "", limits: QueryLimits = LIMITS) -> Answer:
        """Answer a query in one of `FORMATS`; `name` is the file it comes from.

        Raises `UsageError` if it is no query or does not fit the format, `FileError` if the store gives no complete
        answer.
        """
        refuse_service_and_updates(query, KG_QUERY)
        words = [token.text.upper() for token in tokens(query) if token.kind == "word"]
        first = next((word for word in words if word not in _PROLOGUE), "")
        gives_graph = first in ("CONSTRUCT", "DESCRIBE")
        if not FORMATS[form][gives_graph]:
            raise UsageError(NOT_ROWS if gives_graph else NOT_A_GRAPH)
        path = self.folder / "answer"
        union = () if "FROM" in words else self.union
        declared = _with_declarations(query, self.base)
        request = self.store.endpoint.query_request(declared, TRIPLES if gives_graph else ROWS, union)
        with path.open("w+b") as file:
            reply = self.store.session.send(request, into=(file, limits.answer))
        complaint = reply.body.decode(errors="replace").strip()
        if reply.status == 400 and is_syntax_message(complaint):
            before = len(declared) - len(query)
            raise UsageError(syntax_message(complaint, query, name or "the query", before=before))
        _refuse_errors(reply, name or "the query")
        return Answer(_rewritten_answer(path, form, reply, gives_graph=gives_graph), path)


@contextmanager
def open_remote(target: str, prompt: Prompt | None, seconds: float, base: str = "") -> Iterator[RemoteStore]:
    """Open the store at a URL for queries until the block ends; `base` chooses one of several corpora.

    Raises `FileError` if no corpus is loaded, `UsageError` if none or several are meant.
    """
    with connect(target, prompt, seconds) as store, tempfile.TemporaryDirectory(prefix="kg-") as folder:
        bases, where = store.bases(), target.partition("?")[0]
        if not bases:
            raise FileError(f"{where}: the store has no corpus. Load one: kg load {target}")
        if len(bases) > 1 and not base:
            raise UsageError(
                f"{where}: the store has {len(bases)} corpora ({', '.join(bases)}), whose answers would be mixed: "
                f"choose one with --base BASE, or delete one: kg load {target} --forget BASE"
            )
        base = base or next(iter(bases))
        if base not in bases:
            raise unknown_corpus(where, base, bases)
        if not bases[base]:
            raise UsageError(f"{where}: {OTHER_GRAPH}: load it again with this version: kg load {target}")
        others = [Iris(each) for each in bases if each != base]
        iris = Iris(base)
        yield RemoteStore(Path(folder), base, store, _only(store, iris, others) if others else _union(store, iris))


def _union(store: TripleStore, iris: Iris) -> Parameters:
    """Return the parameters that make the union of all graphs the default graph. Raises `FileError` if none do."""
    asked = _IS_UNION % (iris.entities_graph, iris.dataset_graph)
    for parameters in _UNIONS:
        if store.rows(asked, parameters):
            return parameters
    if named := _named_graphs(store, iris):
        return named
    raise FileError(
        f"{store.endpoint.query}: the default graph of the store must be the union of its named graphs: set it so."
    )


def _only(store: TripleStore, iris: Iris, others: Sequence[Iris]) -> Parameters:
    """Return the parameters that make the union of one corpus's graphs the default graph.

    Raises `FileError` if the store cannot leave out those of others.
    """
    named = _named_graphs(store, iris)
    digest = f"SELECT ?one WHERE {{ %s {KG.digest} ?one }} LIMIT 1"
    if named and not any(store.rows(digest % each.dataset_graph, named) for each in others):
        return named
    raise FileError(
        f"{store.endpoint.query}: only the graphs of {iris.base} cannot be queried: "
        + ("the store does not limit a query to some graphs" if named else f"they are more than {MOST_NAMED}")
        + ". Load each corpus into a store of its own."
    )


def _named_graphs(store: TripleStore, iris: Iris) -> Parameters:
    """Return the parameters that name each graph of a corpus; none if there are too many."""
    graphs = list(islice((graph for graph, _ in store.graph_digests(f"{iris.base}graph/")), MOST_NAMED + 1))
    return [("default-graph-uri", iri_text(graph)) for graph in graphs] if len(graphs) <= MOST_NAMED else ()


def _refuse_errors(reply: Reply, name: str) -> None:
    if reply.status == 400:
        raise UsageError(f"{name}: {refusal(reply)}")
    if reply.status != 200:
        raise FileError(refusal(reply))
    if reply.headers.get("x-sql-state", "") == "S1TAT":
        raise FileError(f"{reply.url}: the store stopped before the answer was whole: narrow the query.")


def _with_declarations(query: str, base: str) -> str:
    """Return a query with declarations of kg's prefixes and the base, which the embedded store does not need."""
    found = list(tokens(query))
    used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    declared = {
        name.text[:-1] for word, name in pairwise(found) if word.text.upper() == "PREFIX" and name.kind == "name"
    }
    head = [f"PREFIX {name}: <{PREFIXES[name]}>" for name in sorted(used - declared) if name in PREFIXES]
    if any(token.kind == "iri" and ":" not in token.text for token in found):
        head.insert(0, f"BASE <{base}>")
    return " ".join([*head, query])


def _rewritten_answer(path: Path, form: str, reply: Reply, *, gives_graph: bool) -> AnswerKind:
    """Rewrite the answer of a store as the embedded store writes it, and return its kind."""
    import pyoxigraph

    from kg.query.engine import RESULTS, graph_document, write_solutions

    try:
        if gives_graph:
            found = {
                quad.triple for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.N_TRIPLES)
            }
            path.write_bytes(graph_document(found, "ttl", PREFIXES))
            return "triples"
        document = _normalised(json.loads(path.read_bytes()))
        _refuse_truncated_rows(document, reply)
        results = pyoxigraph.parse_query_results(json.dumps(document), format=pyoxigraph.QueryResultsFormat.JSON)
    except (ValueError, TypeError, KeyError, AttributeError, SyntaxError) as error:
        raise FileError(f"{reply.url}: this is not an answer as SPARQL has it: {error}") from error
    name = FORMATS[form][0]
    with path.open("wb") as stream:
        if isinstance(results, pyoxigraph.QueryBoolean):
            results.serialize(stream, format=RESULTS[name])
            stream.write(b"\n")
            return "boolean"
        write_solutions(results, stream, name)
        if name in ("json", "xml"):
            stream.write(b"\n")
        return "solutions"


def _normalised(document: dict[str, Any]) -> dict[str, Any]:
    """Return results in standard form: Virtuoso writes booleans as rows, and `typed-literal`."""
    if document["head"].get("vars") == [_ASKED]:
        return {"head": {}, "boolean": document["results"]["bindings"][0][_ASKED]["value"] == "1"}
    for row in document.get("results", {}).get("bindings", ()):
        for value in row.values():
            if value["type"] == "typed-literal":
                value["type"] = "literal"
    return document


def _refuse_truncated_rows(document: dict[str, Any], reply: Reply) -> None:
    """Raise `FileError` if there are as many rows as the store gives at most: others may be missing."""
    most = reply.headers.get("x-sparql-maxrows", "")
    if most.isdecimal() and len(document.get("results", {}).get("bindings", ())) >= int(most):
        raise FileError(
            f"{reply.url}: the store gives {most} rows at most, and there may be more: narrow the query, or have "
            "it give more (Virtuoso: ResultSetMaxRows)."
        )

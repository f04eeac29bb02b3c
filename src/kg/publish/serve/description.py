"""What the endpoint says of itself. https://www.w3.org/TR/sparql11-service-description/"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pyoxigraph
from starlette.requests import Request
from starlette.responses import Response

from kg.publish.serve.content_request import chosen
from kg.publish.serve.protocol import CONTENT_TYPES, TRIPLES
from kg.query.engine import graph_document
from kg.query.store_folder import Manifest
from kg.rdf.vocab import PREFIXES

_SD = "http://www.w3.org/ns/sparql-service-description#"
# https://www.w3.org/ns/formats/
_FORMATS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_TYPE = pyoxigraph.NamedNode(f"{PREFIXES['rdf']}type")
_COUNT = pyoxigraph.NamedNode(f"{PREFIXES['void']}triples")


def description(request: Request, manifest: Manifest) -> Response | None:
    """Return the description where nothing is asked and RDF is wanted, or anything; None elsewhere."""
    if request.method == "POST" or request.scope["query_string"]:
        return None
    form = chosen(",".join(request.headers.getlist("accept")), TRIPLES)
    if form is None:
        return None
    body = graph_document(_triples(_address(request, manifest.base), manifest), form)
    return Response(body, headers={"Content-Type": CONTENT_TYPES[form], "Vary": "Accept"})


def _address(request: Request, base: str) -> str:
    """Return the URL by which the endpoint was found."""
    host = request.headers.get("host", "")
    is_base = host.lower() == urlsplit(base).netloc.lower()
    return f"{base}sparql" if is_base else f"{request.scope['scheme']}://{host}/sparql"


def _triples(endpoint: str, manifest: Manifest) -> Iterator[pyoxigraph.Triple]:
    service, dataset, default = (_ours(manifest, fragment) for fragment in ("", "#dataset", "#default-graph"))
    for subject, kind in ((service, "Service"), (dataset, "Dataset"), (default, "Graph")):
        yield pyoxigraph.Triple(subject, _TYPE, _term(kind))
    yield pyoxigraph.Triple(service, _term("endpoint"), pyoxigraph.NamedNode(endpoint))
    yield pyoxigraph.Triple(service, _term("supportedLanguage"), _term("SPARQL11Query"))
    # What is asked without FROM is asked of all named graphs together.
    yield pyoxigraph.Triple(service, _term("feature"), _term("UnionDefaultGraph"))
    for name in _FORMATS:
        form = pyoxigraph.NamedNode(f"http://www.w3.org/ns/formats/{name}")
        yield pyoxigraph.Triple(service, _term("resultFormat"), form)
    yield pyoxigraph.Triple(service, _term("defaultDataset"), dataset)
    yield pyoxigraph.Triple(dataset, _term("defaultGraph"), default)
    yield pyoxigraph.Triple(default, _COUNT, pyoxigraph.Literal(manifest.triples))


def _ours(manifest: Manifest, fragment: str) -> pyoxigraph.NamedNode:
    return pyoxigraph.NamedNode(f"{manifest.base}sparql{fragment}")


def _term(name: str) -> pyoxigraph.NamedNode:
    return pyoxigraph.NamedNode(_SD + name)

"""The addresses of a store: where it is asked, changed, and given whole graphs. Found by asking."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

from kg.errors import FileError, UsageError
from kg.query.remote.credentials import checked_url
from kg.query.remote.session import Reply, Request, Session, refusal

Protocol = Literal["gsp", "update"]
Parameters = Sequence[tuple[str, str]]
"""What stands in the query of a URL, or in a form."""
ROWS = "application/sparql-results+json"
_ANYTHING = "SELECT ?thing WHERE { ?thing a ?class } LIMIT 1"
_FORM = "application/x-www-form-urlencoded"


class Layout(NamedTuple):
    """Where a store has its addresses, relative to its own; `graphs` is `""` where it takes no whole graphs.

    `direct`: a query is the body of its request, not a field of a form.
    """

    query: str
    update: str
    graphs: str
    direct: bool = False


# Virtuoso never answers a query that is the body of its request, and rdflib-endpoint unquotes forms twice.
LAYOUTS = (
    Layout("query", "update", "store"),  # Oxigraph
    Layout("query", "update", "data"),  # Fuseki
    Layout("sparql", "sparql-auth", "sparql-graph-crud-auth"),  # Virtuoso
    Layout("", "statements", "rdf-graphs/service"),  # RDF4J, GraphDB
    Layout("", "", "", direct=True),  # rdflib-endpoint
)
_NAMES = sorted({name for layout in LAYOUTS for name in layout[:3] if name} | {"sparql"})


class Wanted(NamedTuple):
    """What the user says of the addresses; `""` for what is to be found."""

    graphs: str = ""
    update: str = ""
    protocol: Protocol | None = None


class Endpoint(NamedTuple):
    """The addresses of a store, which takes whole graphs unless `graphs` is `""`."""

    query: str
    update: str = ""
    graphs: str = ""
    direct: bool = False

    def asking(self, query: str, accept: str = ROWS, parameters: Parameters = ()) -> Request:
        """Return the request that asks a query. https://www.w3.org/TR/sparql11-protocol/#query-operation"""
        headers = {"Accept": accept}
        if self.direct:
            url = with_parameters(self.query, parameters)
            return Request("POST", url, {**headers, "Content-Type": "application/sparql-query"}, query.encode())
        form = urlencode([("query", query), *parameters]).encode()
        return Request("POST", self.query, {**headers, "Content-Type": _FORM}, form)

    def changing(self, update: str) -> Request:
        """Return the request that makes a change. https://www.w3.org/TR/sparql11-protocol/#update-operation"""
        if self.direct:
            return Request("POST", self.update, {"Content-Type": "application/sparql-update"}, update.encode())
        return Request("POST", self.update, {"Content-Type": _FORM}, urlencode({"update": update}).encode())


def find_endpoint(session: Session, target: str, wanted: Wanted | None = None) -> Endpoint:
    """Return the addresses of the store at a URL, its root or one of them; without `wanted` only where it is asked.

    Raises `UsageError` for what is no URL, `FileError` where no store answers there.
    """
    for url in (target, *(wanted or ())[:2]):
        if url:
            checked_url(url)
    root, name = _root(target)
    replies: dict[Endpoint, Reply] = {}
    for layout in sorted(LAYOUTS, key=lambda each: not name or each.query != name):
        asked = Endpoint(_joined(root, layout.query) if layout.query else target, direct=layout.direct)
        if asked not in replies:
            replies[asked] = session.send(asked.asking(_ANYTHING))
        if not _is_answer(replies[asked]):
            continue
        if wanted is None:
            return asked
        if layout.graphs == "" or _is_there(session, _joined(root, layout.graphs)):
            return _chosen(asked, root if layout.query else target, layout, wanted)
    raise _unanswered(target, list(replies.values()))


def with_parameters(url: str, parameters: Parameters) -> str:
    """Return a URL with further parameters of its query."""
    if not parameters:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"


def _root(target: str) -> tuple[str, str]:
    """Return what stands before the name of one of a store's addresses, and that name."""
    parts = urlsplit(target)
    path = parts.path.rstrip("/")
    name = next((each for each in _NAMES if path.endswith(f"/{each}")), "")
    root = path.removesuffix(name).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, root, "", "")), name


def _joined(root: str, name: str) -> str:
    return f"{root}/{name}" if name else root


def _is_answer(reply: Reply) -> bool:
    try:
        return reply.status == 200 and "results" in json.loads(reply.body)
    except (ValueError, TypeError):
        return False


def _is_there(session: Session, url: str) -> bool:
    """Tell whether a store has an address, without saying who asks."""
    return session.send(Request("HEAD", url, {}), login=False).status != 404


def _chosen(asked: Endpoint, root: str, layout: Layout, wanted: Wanted) -> Endpoint:
    graphs = wanted.graphs or (_joined(root, layout.graphs) if layout.graphs else "")
    if wanted.protocol == "update" or (wanted.update and not wanted.protocol and not wanted.graphs):
        graphs = ""
    elif wanted.protocol == "gsp" and not graphs:
        raise UsageError(
            f"{asked.query}: no address was found that takes whole graphs: give it with --graph-store, or load "
            "with --protocol update."
        )
    update = wanted.update or (_joined(root, layout.update) if layout.update else root)
    return asked._replace(update=update, graphs=graphs)


def _unanswered(target: str, replies: list[Reply]) -> FileError:
    refused = next((each for each in replies if each.status not in (200, 404)), None)
    why = f" {refusal(refused)}" if refused else ""
    return FileError(
        f"{target.partition('?')[0]}: no store answers a query there: give the address that takes queries.{why}"
    )

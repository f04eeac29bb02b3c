"""What a request of the SPARQL 1.1 Protocol asks. https://www.w3.org/TR/sparql11-protocol/#query-operation"""

from __future__ import annotations

import math
from collections.abc import Sequence
from urllib.parse import parse_qsl

from kg.publish.serve.content_request import chosen
from kg.publish.serve.limits import Limits
from kg.publish.serve.responses import Refusal
from kg.query.sparql import QueryRequest

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
SOLUTIONS = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
TRIPLES = {
    "ttl": ("text/turtle", "application/x-turtle"),
    "nt": ("application/n-triples",),
    "jsonld": ("application/ld+json", "application/json"),
    "rdfxml": ("application/rdf+xml", "application/xml", "text/xml"),
}
CONTENT_TYPES = {
    **{name: types[0] for name, types in (SOLUTIONS | TRIPLES).items()},
    "csv": "text/csv; charset=utf-8; header=present",
    "tsv": "text/tab-separated-values; charset=utf-8; header=present",
    "ttl": "text/turtle; charset=utf-8",
}
_GIVE = (
    "Give one query: GET with ?query=…, or POST as application/x-www-form-urlencoded with query=…, or as "
    "application/sparql-query with the query as its body."
)
_READS_ONLY = "This address reads and never writes: an update is refused."
_MOST_FIELDS = 1000
IN_MEMORY = 128 * 1024
"""The largest answer that is not written to a file: to make one takes longer than to answer."""
Fields = Sequence[tuple[str, str]]


def url_fields(query_string: bytes) -> Fields:
    """Return the fields of a query string. Raises `Refusal`."""
    return _fields(query_string.decode("latin-1"))


def posted_fields(content_type: str, body: bytes, in_url: Fields) -> Fields:
    """Return the fields that a POST gives, in its body and its URL. Raises `Refusal`."""
    kind = _kind(content_type)
    text = _text(body)
    if kind == FORM:
        return _fields(text)
    if kind == DIRECT:
        return [("query", text), *in_url]
    raise Refusal(403, _READS_ONLY)


def refuse_other_kinds(content_type: str) -> None:
    """Raise `Refusal` for a body of a kind that no query comes in; its body need not be read."""
    kind = _kind(content_type)
    if kind == UPDATE:
        raise Refusal(403, _READS_ONLY)
    if kind not in (FORM, DIRECT):
        found = f"not {kind}" if kind else "and none is given"
        raise Refusal(
            415, f"The Content-Type must be {FORM} or {DIRECT}, {found}.", {"Accept-Post": f"{FORM}, {DIRECT}"}
        )


def asked(fields: Fields, accept: str, limits: Limits, *, too_long: int) -> QueryRequest:
    """Return what is asked; `too_long` is the status where the query is longer than it may be. Raises `Refusal`."""
    queries = [value for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise Refusal(403, _READS_ONLY)
    if len(queries) != 1:
        raise Refusal(400, _GIVE if not queries else f"There must be one query, not {len(queries)}. {_GIVE}")
    if len(queries[0].encode()) > limits.query:
        raise Refusal(too_long, f"A query may have {limits.query // 1024} kB at most.")
    default = tuple(value for name, value in fields if name == "default-graph-uri")
    named = tuple(value for name, value in fields if name == "named-graph-uri")
    has_dataset = bool(default or named)
    return QueryRequest(
        query=queries[0],
        base="",
        path="",
        solutions=chosen(accept, SOLUTIONS) or "",
        triples=chosen(accept, TRIPLES) or "",
        rows=int(_lowered(fields, "limit", limits.rows)),
        seconds=_lowered(fields, "timeout", limits.seconds),
        default=default if has_dataset else None,
        named=named if has_dataset else None,
        in_memory=IN_MEMORY,
        unread=True,
        asker="this address",
    )


def _lowered(fields: Fields, name: str, most: float) -> float:
    """Return a limit, which a client may lower."""
    given = [value for field, value in fields if field == name]
    if not given:
        return most
    try:
        wanted = float(given[-1])
    except ValueError:
        wanted = math.nan
    if not wanted >= 0 or (name == "timeout" and not wanted):
        raise Refusal(400, f"`{name}` must be a number above 0, not {given[-1][:40]!r}.")
    return min(wanted, most)


def _kind(content_type: str) -> str:
    kind, _, parameters = content_type.partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if charset.startswith("charset=") and charset != "charset=utf-8":
        raise Refusal(415, f"The body must be in UTF-8, not {parameters.strip()[:40]}.")
    return kind.strip().lower()


def _fields(text: str) -> Fields:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise Refusal(400, "What is percent-encoded must be UTF-8.") from error
    except ValueError as error:
        raise Refusal(400, f"There may be {_MOST_FIELDS} fields at most.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refusal(400, "The body must be UTF-8.") from error

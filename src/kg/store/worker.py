"""The process that parses and answers one query, with limits. It runs as a script and imports nothing of `kg`.

    python worker.py GRAPH.nq ANSWER < REQUEST > VERDICT

The request is a JSON object: `query`, `base` (relative IRIs are resolved against it), `prefixes` (known without
being declared), `union` (of all graphs as the default graph), `seconds`, `memory` and `answer` (bytes),
`solutions` (a results format) and `triples` (an RDF format); `""` for a format refuses that kind of query.

The verdict is a JSON object with the `kind` of the query (`solutions`, `boolean`, `triples`), or with what
`failed` (`syntax`, `refused`, `evaluation`) and its `message`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pyoxigraph

try:
    import resource
except ImportError:  # Windows has no such limits; there only the reading of the query refuses SERVICE
    resource = None  # type: ignore[assignment]

RESULTS = {
    "csv": pyoxigraph.QueryResultsFormat.CSV,
    "tsv": pyoxigraph.QueryResultsFormat.TSV,
    "json": pyoxigraph.QueryResultsFormat.JSON,
    "xml": pyoxigraph.QueryResultsFormat.XML,
}
KINDS = (
    (pyoxigraph.QuerySolutions, "solutions"),
    (pyoxigraph.QueryBoolean, "boolean"),
    (pyoxigraph.QueryTriples, "triples"),
)


def main() -> None:
    """Answer the request of stdin into a file, and give the verdict on stdout."""
    graph, answer = sys.argv[1:]
    request = json.load(sys.stdin.buffer)
    store = pyoxigraph.Store()
    store.bulk_load(path=graph, format=pyoxigraph.RdfFormat.N_QUADS)
    with open(answer, "wb") as stream:
        confine(request)
        verdict = answered(store, request, stream)
    sys.stdout.write(json.dumps(verdict))


def confine(request: dict[str, Any]) -> None:
    """Leave this process no way to open a file or a socket, and no more than its share of memory and time."""
    if resource is None:
        return
    limits = {
        # No new descriptor means no socket: SERVICE cannot reach the network, however it is spelled.
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: request["answer"],
        # Should the parent die, nobody else would end a query that never ends.
        resource.RLIMIT_CPU: int(request["seconds"] + resource.getrusage(resource.RUSAGE_SELF).ru_utime) + 2,
    }
    if in_use := _address_space():
        limits[resource.RLIMIT_AS] = in_use + request["memory"]
    for limit, value in limits.items():
        allowed = resource.getrlimit(limit)[1]
        value = value if allowed == resource.RLIM_INFINITY else min(value, allowed)
        resource.setrlimit(limit, (value, value))


def _address_space() -> int:
    """Return how many bytes of address space are in use, 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def answered(store: pyoxigraph.Store, request: dict[str, Any], stream: Any) -> dict[str, str]:
    """Write the answer to the stream and return the verdict."""
    try:
        results = store.query(
            request["query"],
            base_iri=request["base"],
            prefixes=request["prefixes"],
            use_default_graph_as_union=request["union"],
        )
        kind = next(name for each, name in KINDS if isinstance(results, each))
        name = request["triples" if kind == "triples" else "solutions"]
        if not name:
            return {"failed": "refused", "message": kind}
        if isinstance(results, pyoxigraph.QueryTriples):
            stream.write(turtle(results, request["prefixes"]))
        else:
            results.serialize(stream, format=RESULTS[name])
            if kind == "boolean" or name in ("json", "xml"):
                stream.write(b"\n")
        stream.flush()
    except SyntaxError as error:
        return {"failed": "syntax", "message": str(error)}
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        return {"failed": "evaluation", "message": str(error)}
    return {"kind": kind}


def turtle(results: pyoxigraph.QueryTriples, prefixes: dict[str, str]) -> bytes:
    """Return triples in the order of the alphabet, since the engine promises none, with the prefixes they use."""
    triples = sorted(set(results), key=str)
    written = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=prefixes)
    assert written is not None
    # The head comes in another order each time. A line of the body cannot begin so: line ends are escaped there.
    lines = written.splitlines(keepends=True)
    body = b"".join(line for line in lines if not line.startswith(b"@prefix "))
    head = (line for line in sorted(lines) if line.startswith(b"@prefix "))
    used = [line for line in head if b"%b:" % line.split()[1][:-1] in body]
    return b"".join([*used, b"\n" if used else b"", body])


if __name__ == "__main__":
    main()

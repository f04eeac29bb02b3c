"""The process that parses and answers one query, with limits. It runs as a script and imports nothing of `kg`.

    python worker.py GRAPH.nq ANSWER < REQUEST > VERDICT
    python worker.py FOLDER ANSWER < REQUEST > VERDICT

A file of N-Quads is held in memory; the folder of an Oxigraph store is opened read-only.

The request is a JSON object: `query`, `base` (relative IRIs are resolved against it), `prefixes` (known without
being declared), `union` (of all graphs as the default graph), `seconds`, `memory` and `answer` (bytes),
`solutions` (a results format) and `triples` (an RDF format); `""` for a format refuses that kind of query.

The verdict is a JSON object with the `kind` of the query (`solutions`, `boolean`, `triples`), or with what
`failed` (`syntax`, `refused`, `evaluation`, `store`) and its `message`.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
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
# How many files of a store the engine opens at once; the others, when it needs them.
OPENED_AT_ONCE = 16
MANY = 65_536
# What the kernel knows machines by, and on each the numbers of socket, connect, socketpair and io_uring_setup.
MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 53, 425)),
    "aarch64": (0xC00000B7, (198, 203, 199, 425)),
    "riscv64": (0xC00000F3, (198, 203, 199, 425)),
}


def main() -> None:
    """Answer the request of stdin into a file, and give the verdict on stdout."""
    source, answer = sys.argv[1:]
    request = json.load(sys.stdin.buffer)
    # Before the engine starts a thread: threads inherit what their process may not do.
    opens_files = os.path.isdir(source) and without_sockets()
    try:
        if opens_files:
            allow_many_files()
        else:
            refuse_what_is_not_open(source)
        store = opened(source)
    except OSError as error:
        sys.stdout.write(json.dumps({"failed": "store", "message": str(error)}))
        return
    stream = open(answer, "wb")  # noqa: SIM115  # closed below
    confine(request, opens_files=opens_files)
    verdict = answered(store, request, stream)
    with suppress(OSError):  # what could not be written is tried once more, and the verdict has told of it
        stream.close()
    sys.stdout.write(json.dumps(verdict))


def opened(source: str) -> pyoxigraph.Store:
    """Return the store of a folder, or one in memory of a file of N-Quads."""
    if not os.path.isdir(source):
        store = pyoxigraph.Store()
        store.bulk_load(path=source, format=pyoxigraph.RdfFormat.N_QUADS)
        return store
    return pyoxigraph.Store.read_only(source)


def allow_many_files() -> None:
    """Let the engine keep all files of a store open, of which it has one for 64 MB."""
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(allowed, MANY), allowed))


def without_sockets() -> bool:
    """Have the kernel refuse sockets to this process, and tell whether it does; only Linux can.

    A large store opens files as it needs them, so that it cannot do without descriptors.
    https://docs.kernel.org/userspace-api/seccomp_filter.html
    """
    if not sys.platform.startswith("linux") or os.uname().machine not in MACHINES:
        return False
    program = _filter(*MACHINES[os.uname().machine])
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, seccomp, mode_filter = 38, 22, 2
    return not (libc.prctl(no_new_privileges, 1, 0, 0, 0) or libc.prctl(seccomp, mode_filter, head, 0, 0))


def _filter(machine: int, refused: tuple[int, ...]) -> bytes:
    """Return a program for the kernel that refuses these calls, and every call as another machine makes them."""
    load, equal, at_least, end = 0x20, 0x15, 0x35, 0x06
    number_at, machine_at = 0, 4
    allow, deny = 0x7FFF0000, 0x00050000 | 13  # EACCES
    last = len(refused) + 5
    checks = [
        (load, 0, 0, machine_at),
        (equal, 0, last - 2, machine),
        (load, 0, 0, number_at),
        # x86-64 has a second set of numbers, for programs of 32 bits.
        (at_least, last - 4, 0, 0x40000000),
        *((equal, last - 5 - at, 0, number) for at, number in enumerate(refused)),
        (end, 0, 0, allow),
        (end, 0, 0, deny),
    ]
    return b"".join(struct.pack("=HBBI", *check) for check in checks)


def refuse_what_is_not_open(source: str) -> None:
    """Raise `OSError` for a store that would have to open more files, where only that keeps it from the network."""
    if resource is None or not os.path.isdir(source):
        return
    if sum(name.endswith(".sst") for name in os.listdir(source)) > OPENED_AT_ONCE:
        raise OSError("so large a store can be asked on Linux only, which can keep a query from the network")


def confine(request: dict[str, Any], *, opens_files: bool) -> None:
    """Leave this process no way to a socket, nor to a file, and no more than its share of memory and time.

    `opens_files`: the kernel refuses sockets already, and the engine may open its files.
    """
    if resource is None:
        return
    limits = {
        # No new descriptor means no socket: SERVICE cannot reach the network, however it is spelled.
        **({} if opens_files else {resource.RLIMIT_NOFILE: 0}),
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: request["answer"],
        # Should the parent die, nobody else would end a query that never ends.
        resource.RLIMIT_CPU: int(request["seconds"] + resource.getrusage(resource.RUSAGE_SELF).ru_utime) + 2,
    }
    if in_use := address_space():
        limits[resource.RLIMIT_AS] = in_use + request["memory"]
    for limit, value in limits.items():
        allowed = resource.getrlimit(limit)[1]
        value = value if allowed == resource.RLIM_INFINITY else min(value, allowed)
        resource.setrlimit(limit, (value, value))


def address_space() -> int:
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


def turtle(results: Iterable[pyoxigraph.Triple], prefixes: dict[str, str]) -> bytes:
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

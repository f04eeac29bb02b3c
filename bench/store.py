"""Measures a large store: `python bench/store.py --articles 2000`.

In one run, on the same generated claims: how long `kg load` takes against Oxigraph's own loaders, how long a store
takes to open, and how long each named question takes over the store, against a store in memory, the `oxigraph`
server and, for a few questions, rdflib. All must give the same rows. The `oxigraph` program is PyPI's.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import Request, urlopen

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.corpus import write_corpus
from kg.query.questions import Question, questions, with_values
from kg.query.store import read_manifest
from kg.rdf.terms import Term, date, iri, plain
from kg.rdf.vocab import PREFIXES

BASE = "https://kg.example/"
# What rdflib is asked: the others take it minutes.
ASKED_OF_RDFLIB = ("said-in", "said-by", "denials", "topics")
PORT = 17878
# How often a question is asked, the quickest time counts; once where it takes longer than this many seconds.
ROUNDS, LONG = 3, 1.0
Ask = Callable[[str], bytes]


class Cost(NamedTuple):
    """What a command took: seconds of wall and of processor, megabytes at its peak."""

    wall: float
    cpu: float
    peak: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--folder", type=Path, help="Where to work; what was generated there is used again.")
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph"), help="The program of PyPI's `oxigraph`.")
    parser.add_argument(
        "--rdflib", action="store_true", help="Ask rdflib too, which takes a gigabyte a million triples."
    )
    parser.add_argument("--no-memory", action="store_true", help="Leave out the store in memory.")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        export = exported(folder, given.articles)
        for line in loads(folder, export, given.oxigraph):
            print(line, flush=True)
        for line in openings(folder / "kg.store"):
            print(line, flush=True)
        for line in compared(stack.enter_context(opened(folder, export, given))):
            print(line, flush=True)


def exported(folder: Path, count: int) -> Path:
    """Return an export of generated articles."""
    export = folder / f"claims-{count}.nq"
    if not export.exists():
        write_corpus(folder / f"corpus-{count}", count, form="jsonl")
        cost([sys.executable, "-m", "kg", "export", str(folder / f"corpus-{count}"), "-o", str(export)])
    return export


def loads(folder: Path, export: Path, oxigraph: str | None) -> Iterator[str]:
    """Yield a table of what each loader takes."""
    own = folder / "kg.store"
    script = "import sys, pyoxigraph; pyoxigraph.Store(sys.argv[1]).bulk_load(path=sys.argv[2])"
    load = [sys.executable, "-m", "kg", "--quiet", "load", "--no-pages", str(own)]
    plain_store, theirs = folder / "plain.store", folder / "oxigraph.store"
    commands = {
        "kg load, a corpus, validated": (own, [*load, str(folder / export.stem.replace("claims", "corpus"))]),
        "kg load, an export": (own, [*load, str(export)]),
        "pyoxigraph bulk_load": (plain_store, [sys.executable, "-c", script, str(plain_store), str(export)]),
    }
    if oxigraph:
        commands["oxigraph load"] = (theirs, [oxigraph, "load", "-l", str(theirs), "-f", str(export)])
    yield from ("", "| loader | wall s | CPU s | peak MB | disk MB |", "|---|---|---|---|---|")
    for name, (target, command) in commands.items():
        shutil.rmtree(target, ignore_errors=True)
        took = cost(command)
        disk = sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) / 1e6
        yield f"| {name} | {took.wall:.1f} | {took.cpu:.1f} | {took.peak:.0f} | {disk:.0f} |"


def openings(target: Path) -> Iterator[str]:
    """Yield how long a store takes to open, and how long a question takes from the shell."""
    import pyoxigraph

    manifest = read_manifest(target)
    start = time.perf_counter()
    store = pyoxigraph.Store.read_only(str(target / manifest.folder))
    wall = time.perf_counter() - start
    del store
    asked = cost(
        [sys.executable, "-m", "kg", "query", "--store", str(target), "said-in", "--article", "000/000000"]
    )
    yield f"\n{manifest.triples} triples in {manifest.graphs} graphs"
    yield f"opened read-only in {1000 * wall:.0f} ms; `kg query --store … said-in` takes {asked.wall:.2f} s in all"


@contextmanager
def opened(folder: Path, export: Path, given: argparse.Namespace) -> Iterator[dict[str, Ask]]:
    """Open what can answer, each by its name."""
    import pyoxigraph

    own = folder / "kg.store"
    store = pyoxigraph.Store.read_only(str(own / read_manifest(own).folder))
    engines: dict[str, Ask] = {"kg load": lambda query: of_oxigraph(store, query)}
    with ExitStack() as stack:
        if not given.no_memory:
            in_memory = pyoxigraph.Store()
            in_memory.bulk_load(path=str(export))
            engines["in memory"] = lambda query, store=in_memory: of_oxigraph(store, query)  # type: ignore[misc]
        if given.oxigraph:
            engines["server"] = stack.enter_context(served(given.oxigraph, folder / "oxigraph.store"))
        if given.rdflib:
            engines["rdflib"] = of_rdflib(export)
        yield engines


def of_oxigraph(store: Any, query: str) -> bytes:
    import pyoxigraph

    results = store.query(query, base_iri=BASE, prefixes=PREFIXES, use_default_graph_as_union=True)
    written = results.serialize(format=pyoxigraph.QueryResultsFormat.CSV)
    assert written is not None
    return bytes(written)


def of_rdflib(export: Path) -> Ask:
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(str(export), format="nquads")
    return lambda query: dataset.query(query).serialize(format="csv") or b""


@contextmanager
def served(oxigraph: str, store: Path) -> Iterator[Ask]:
    """Start the server on a store, until the block ends."""
    at = f"127.0.0.1:{PORT}"
    command = [oxigraph, "serve-read-only", "-l", str(store), "-b", at, "--union-default-graph"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}

        def ask(query: str) -> bytes:
            with urlopen(Request(f"http://{at}/query", query.encode(), headers), timeout=600) as response:
                return bytes(response.read())

        try:
            while server.poll() is None:
                try:
                    ask("SELECT * {}")
                    break
                except URLError:
                    time.sleep(0.1)
            yield ask
        finally:
            server.terminate()


def compared(engines: Mapping[str, Ask]) -> Iterator[str]:
    """Yield a table of how many milliseconds each question takes of each engine. They are asked in turn."""
    values = given_values(engines["kg load"])
    yield f"\n| question | rows | {' | '.join(f'{name} ms' for name in engines)} |"
    yield f"|---|---|{'---|' * len(engines)}"
    for name, question in questions().items():
        for every in (True, False) if any(each.optional for each in question.parameters) else (True,):
            query = with_values(question, chosen(question, values, every=every))
            label = name if every else f"{name}, as few values as it takes"
            asked = {each: ask for each, ask in engines.items() if each != "rdflib" or name in ASKED_OF_RDFLIB}
            rows, times = timed(asked, query)
            cells = " | ".join(f"{1000 * times[each]:.1f}" if each in times else "" for each in engines)
            yield f"| {label} | {rows} | {cells} |"


def chosen(question: Question, values: Mapping[str, Term], *, every: bool) -> dict[str, Term]:
    """Return the values of a question's parameters: of the required ones, or of every one."""
    # `to` is a day in some questions, and whom it is said to in others.
    wanted = {each.name: f"{each.name} {each.type}" for each in question.parameters if every or not each.optional}
    return {name: values.get(typed, values[name]) for name, typed in wanted.items()}


def timed(engines: Mapping[str, Ask], query: str) -> tuple[int, dict[str, float]]:
    """Return how many rows there are, and the seconds of each engine. Raises `AssertionError` where rows differ."""
    times: dict[str, float] = {}
    found: dict[str, list[str]] = {}
    for turn in range(ROUNDS):
        for name, ask in engines.items():
            if turn and times[name] > LONG:
                continue
            start = time.perf_counter()
            answer = ask(query)
            times[name] = min(times.get(name, 1e9), time.perf_counter() - start)
            found.setdefault(name, rows_of(answer))
    first = next(iter(found.values()))
    for name, rows in found.items():
        assert rows == first, f"{name} gives other rows"
    return len(first), times


def rows_of(answer: bytes) -> list[str]:
    """Return the rows of an answer in CSV; engines write the zone of a time each in its way."""
    rows = list(csv.reader(io.StringIO(answer.decode())))[1:]
    return sorted(repr([cell.replace("+00:00", "Z") for cell in row]) for row in rows)


def given_values(ask: Ask) -> dict[str, Term]:
    """Return values for every parameter: the first who answers somebody else, and what goes with it."""
    query = (
        "SELECT ?claim ?one ?other ?article ?about ?event ?in ?act ?for WHERE { ?claim schema:author ?one ; "
        "kg:act ?act ; schema:appearance ?article ; schema:about ?about ; schema:recordedAt ?event ; "
        "kg:answers ?answered . ?event schema:location ?in . ?answered schema:author ?other . "
        "?one a schema:Person . ?other a schema:Person FILTER(?one != ?other) "
        "{ SELECT (IRI(MIN(STR(?principal))) AS ?for) { ?source kg:onBehalfOf ?principal } } } "
        "ORDER BY ?claim ?about LIMIT 1"
    )
    head, first = list(csv.reader(io.StringIO(ask(query).decode())))
    found: dict[str, Term] = {name: iri(value) for name, value in zip(head, first, strict=True)}
    more: dict[str, Term] = {"word": plain("haven"), "from": date("2020-02-01"), "to": date("2020-02-29")}
    more |= {"language": plain("en"), "since": date("2026-11-20"), "by": date("2027-12-31")}
    # Generated claims are made in no document: this one gives no rows.
    more["document"] = found["event"]
    return {**found, **more, "speaker": found["one"], "to entity": found["other"]}


def cost(command: list[str]) -> Cost:
    """Return what a command takes. Raises `CalledProcessError` where it fails."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()

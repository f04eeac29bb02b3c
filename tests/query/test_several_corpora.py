"""Stores at a URL with several corpora: one is queried, verified, moved or forgotten, the others stay."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import unquote

import pytest

import kg
from kg.cli import run
from kg.query.remote_store import StoreAddresses, TripleStore, connect
from kg.rdf.terms import iri
from support import SEEDS
from support.loaded import Loads
from support.query_cases import HARBOUR
from support.remote_corpora import expected
from support.triple_servers import KINDS, Front, Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_cache")]

BASE, OLD = "https://kg.example/", "https://old.example/news/"


@pytest.fixture(params=KINDS)
def server(
    request: pytest.FixtureRequest, servers: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """Return a store of each kind, without corpora before and after."""
    found = servers(request.param)
    for name, value in found.login.items():
        monkeypatch.setenv(name, value)
    emptied(found)
    yield found
    emptied(found)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the corpus about the harbour."""
    return shutil.copytree(HARBOUR, tmp_path / "harbour")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a copy of the corpus about the harbour, under another base."""
    return under_old_base(HARBOUR, tmp_path / "old")


def under_old_base(corpus: Path, target: Path) -> Path:
    folder = shutil.copytree(corpus, target)
    config = folder / "corpus.yaml"
    config.write_text(config.read_text().replace(BASE, OLD))
    return folder


def emptied(server: Server) -> None:
    with opened(server) as store:
        for graph in [graph for base in (BASE, OLD) for graph, _ in store.graph_sizes(f"{base}graph/")]:
            store.remove(graph)


def opened(server: Server) -> AbstractContextManager[TripleStore]:
    return connect(server.url, None, 60, StoreAddresses())


def endpoint(server: Server) -> str:
    """Return the address for queries, which messages name."""
    with opened(server) as store:
        return store.endpoint.query


def graphs(server: Server, base: str) -> list[str]:
    """Return the graphs of a store under a base, without their common beginning."""
    with opened(server) as store:
        prefix = f"<{base}graph/"
        return [graph.removeprefix(prefix)[:-1] for graph, _ in store.graph_sizes(prefix[1:])]


def test_a_corpus_is_forgotten_and_no_other_graph_is_touched(
    server: Server, load: Loads, corpus: Path, old: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load(server.url, corpus)
    assert load(server.url, old)[1].split("\n")[1:] == [
        f"{server.url}: the store also has the corpus {BASE}. If this corpus has moved from there, write "
        f"`moved_from: {BASE}` in corpus.yaml and load again; to delete the other: "
        f"kg load {server.url} --forget {BASE}",
        "",
    ]
    contents = f"2 articles in 4 graphs, {sum(count for count, _ in expected(old).values())} triples"

    assert load(server.url, "--forget", OLD) == (
        2,
        f"kg: the store has {contents} of {OLD}: give --delete to delete them, or --dry-run to list the graphs.\n",
    )
    assert run(["load", server.url, "--forget", OLD, "--dry-run"]) == 0
    assert capfd.readouterr().out.split("\n")[-2] == f"delete {OLD}graph/dataset"
    assert (len(graphs(server, OLD)), server.holds()) == (4, expected(corpus))

    assert load(server.url, "--forget", OLD, "--delete") == (
        0,
        f"{server.url}: deleting {OLD}: {contents}\n{server.url}: graphs deleted: 4\n",
    )
    assert (graphs(server, OLD), server.holds()) == ([], expected(corpus))
    assert load(server.url, "--forget", OLD, "--delete") == (
        2,
        f"kg: {endpoint(server)}: the store has no corpus with the base {OLD}. It has {BASE}.\n",
    )


def test_the_data_set_is_deleted_last_so_that_a_killed_deletion_can_be_repeated(
    server: Server, load: Loads, corpus: Path
) -> None:
    load(server.url, corpus)
    with Front(server.url) as front:
        load(front.url, "--forget", BASE, "--delete")

        assert [each.partition(" ")[2] for each in front.written][-1] == "dataset"


def test_what_a_killed_first_load_has_left_can_be_forgotten(server: Server, load: Loads, old: Path) -> None:
    load(server.url, old)
    with opened(server) as store:
        store.remove(next(graph for graph, _ in store.graph_sizes(f"{OLD}graph/dataset")))

    assert load(server.url, "--forget", OLD, "--delete")[0] == 0
    assert graphs(server, OLD) == []


def test_graphs_of_others_under_a_base_are_no_corpus(server: Server, load: Loads, corpus: Path) -> None:
    load(server.url, corpus)
    with opened(server) as store:
        store.replace(iri(f"{OLD}graph/mine"), b'<urn:a> <urn:b> "c" .\n')

    assert load(server.url, "--forget", OLD, "--delete") == (
        2,
        f"kg: {endpoint(server)}: the store has no corpus with the base {OLD}. It has {BASE}.\n",
    )
    assert graphs(server, OLD) == ["mine"]


def test_a_base_that_would_change_the_query_is_refused(server: Server, load: Loads, corpus: Path) -> None:
    """In a filter it would match every graph of the store."""
    load(server.url, corpus)
    base = f'x") || STRSTARTS(STR(?graph), "{BASE}'

    assert load(server.url, "--forget", base, "--delete") == (
        2,
        f"kg: {base!r}: a base must be an IRI, such as https://claims.example/\n",
    )
    assert server.holds() == expected(corpus)


def test_one_corpus_of_several_is_queried(
    server: Server, load: Loads, corpus: Path, old: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for each in (corpus, old):
        load(server.url, each)

    for base, folder in ((BASE, corpus), (OLD, old)):
        run(["query", "-c", str(folder), "-f", "csv", "acts-by-speaker"])
        alone = capfd.readouterr()
        status = run(["query", "--store", server.url, "--base", base, "-f", "csv", "acts-by-speaker"])
        answer = capfd.readouterr()
        if server.kind == "rdflib":
            assert (status, answer.out, answer.err) == (
                3,
                "",
                f"kg: {server.url}: only the graphs of {base} cannot be queried: the store does not limit a query "
                "to some graphs. Load each corpus into a store of its own.\n",
            )
        else:
            assert (status, answer) == (0, alone)


def moved(corpus: Path, *bases: str) -> Path:
    """Say in the settings of a corpus which bases it had before."""
    config = corpus / "corpus.yaml"
    config.write_text(f"{config.read_text()}moved_from: [{', '.join(bases)}]\n")
    return corpus


def test_a_corpus_that_has_moved_replaces_itself(
    server: Server, load: Loads, corpus: Path, old: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load(server.url, old)
    moved(corpus, OLD, "https://older.example/")
    assert run(["load", server.url, str(corpus), "--dry-run"]) == 0
    out, err = capfd.readouterr()
    assert ([line.partition(" ")[0] for line in out.split()[::2]], err.split("\n")[0]) == (
        ["put"] * 4 + ["delete"] * 4,
        f"{server.url}: the corpus has moved: its graphs under {OLD} are to be deleted",
    )

    with Front(server.url) as front:
        status, err = load(front.url, corpus)
        assert (status, err.split("\n")[:2]) == (
            0,
            [
                f"{front.url}: the corpus has moved: its graphs under {OLD} were deleted",
                f"{front.url}: graphs put: 4, deleted: 4, left as they were: 0; "
                f"{sum(count for count, _ in expected(corpus).values())} triples",
            ],
        )
        # The new ones are complete before the first old one is deleted.
        requests = [each for each in front.seen if each.writes and each.status < 300]
        written = [unquote(each.target) + each.body.decode() for each in requests]
        assert [f"{OLD}graph/" in each for each in written] == [False] * 4 + [True] * 4
    assert (graphs(server, OLD), server.holds()) == ([], expected(corpus))
    assert load(server.url, corpus)[1].startswith(f"{server.url}: graphs put: 0, deleted: 0,")
    assert server.rows(
        "SELECT ?old { GRAPH ?g { ?set <http://purl.org/dc/terms/replaces> ?old } } ORDER BY ?old"
    ) == [[f"{OLD}dataset"], ["https://older.example/dataset"]]


def test_another_corpus_is_not_taken_for_the_old_one(
    server: Server, load: Loads, corpus: Path, tmp_path: Path
) -> None:
    """A wrong `moved_from` deletes nothing."""
    other = under_old_base(SEEDS, tmp_path / "other")
    for each in (corpus, other):
        load(server.url, each)
    before = graphs(server, OLD)

    assert load(server.url, moved(corpus, OLD)) == (
        2,
        f"kg: 1 of the 1 articles that the store has under {OLD} are not in this corpus. If this is the right "
        "corpus and complete, give --delete to delete them; --dry-run lists what would change.\n",
    )
    assert graphs(server, OLD) == before


def test_a_changed_graph_is_noticed_after_a_load_and_can_be_repaired(
    server: Server, load: Loads, corpus: Path
) -> None:
    load(server.url, corpus)
    entities = iri(f"{BASE}graph/entities")
    with opened(server) as store, io.BytesIO() as file:
        store.write_graph(entities, file)
        store.replace(entities, file.getvalue().replace(b"Harbour", b"Airport"))

    status, err = load(server.url, corpus, "--verify")
    assert (status, err.split("\n")[1:-1]) == (
        1,
        [
            f"{server.url}: violation: a graph must be as kg wrote it, and {BASE}graph/entities was changed: "
            "export or load it again [changed-graph]",
            "1 violation in 1 file: 4 graphs verified",
            "To put the graphs that differ again, load with --repair.",
        ],
    )
    status, err = load(server.url, corpus, "--verify", "--repair")
    assert (status, err.split("\n")[1:]) == (0, ["nothing to report: 4 graphs verified", ""])


def test_the_library_verifies_repairs_and_forgets_one_corpus_of_several(
    server: Server, load: Loads, corpus: Path, old: Path
) -> None:
    for each in (corpus, old):
        load(server.url, each)
    entities = iri(f"{BASE}graph/entities")
    with opened(server) as store, io.BytesIO() as file:
        store.write_graph(entities, file)
        store.replace(entities, file.getvalue().replace(b"Harbour", b"Airport"))

    assert [each.rule for each in kg.verify(server.url, base=BASE)] == ["changed-graph"]
    assert kg.verify(server.url, base=OLD).ok
    with pytest.raises(kg.UsageError, match="no corpus with the base https://x"):
        kg.verify(server.url, base="https://x.example/")
    with pytest.raises(kg.UsageError, match="leave it out"):
        kg.verify(corpus, base=BASE)
    with pytest.raises(kg.UsageError, match="in the store at a URL"):
        kg.forget("claims.store", BASE)

    triples = kg.load(kg.open(corpus), server.url, repair=True)
    assert kg.verify(server.url, base=BASE).ok

    assert kg.forget(server.url, OLD) == sum(count for count, _ in expected(old).values())
    assert (graphs(server, OLD), server.holds()) == ([], expected(corpus))
    assert triples == sum(count for count, _ in expected(corpus).values())


def test_options_that_contradict_each_other_are_refused(load: Loads, corpus: Path) -> None:
    url = "http://127.0.0.1:9"
    assert load(url, corpus, "--forget", BASE) == (
        2,
        f"kg: --forget only deletes, so it does not take {corpus}: leave that out.\n",
    )
    assert load(url, "--forget", BASE, "--verify") == (
        2,
        "kg: --forget only deletes, so it does not take --verify: leave that out.\n",
    )
    assert load(url, corpus, "--dry-run", "--verify") == (
        2,
        f"kg: --dry-run loads nothing that --verify could verify. To verify only: kg verify {url}\n",
    )

"""`kg load URL`: a running store is made equal to a corpus, and sent nothing that it has."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from bench.corpus import write_corpus

import kg
from kg.cli import run
from kg.query.remote_store import StoreAddresses, TripleStore, connect
from kg.rdf.terms import Iri
from support import SEEDS
from support.loaded import Loads
from support.query_cases import HARBOUR
from support.readme import commands
from support.remote_corpora import expected
from support.shells import run as shell
from support.triple_servers import GRAPHS, KINDS, Front, Server, virtuoso

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_cache")]


ARTICLE = "article/recall"
STRIKE = "article/2021/strike"


@pytest.fixture(params=KINDS)
def server(
    request: pytest.FixtureRequest, servers: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> Server:
    """Return a store of each kind, without any data of kg's, that accepts our requests."""
    found = servers(request.param)
    emptied(found, monkeypatch)
    return found


@pytest.fixture(params=["oxigraph", "virtuoso"])
def quick(
    request: pytest.FixtureRequest, servers: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> Server:
    """Return one of those that take no seconds for a thousand triples."""
    found = servers(request.param)
    emptied(found, monkeypatch)
    return found


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the corpus about the harbour."""
    return shutil.copytree(HARBOUR, tmp_path / "harbour")


def emptied(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in server.login.items():
        monkeypatch.setenv(name, value)
    with opened(server.url) as store:
        for graph in [graph for graph, _ in store.graph_sizes(GRAPHS)]:
            store.remove(graph)
    assert server.holds() == {}


def opened(url: str) -> AbstractContextManager[TripleStore]:
    return connect(url, None, 60, StoreAddresses())


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# What is loaded


def test_a_store_has_the_graphs_of_the_corpus(server: Server, load: Loads, corpus: Path) -> None:
    status, err = load(server.url, corpus)

    assert (status, err) == (
        0,
        f"{server.url}: graphs put: 4, deleted: 0, left as they were: 0; "
        f"{sum(count for count, _ in expected(corpus).values())} triples\n",
    )
    assert server.holds() == expected(corpus)


def test_the_library_loads_as_the_command_does(quick: Server, load: Loads, corpus: Path) -> None:
    triples = kg.load(kg.open(corpus), quick.url)

    assert quick.holds() == expected(corpus)
    assert load(quick.url, corpus) == (
        0,
        f"{quick.url}: graphs put: 0, deleted: 0, left as they were: 4; {triples} triples\n",
    )


def test_a_second_load_changes_nothing(server: Server, load: Loads, corpus: Path) -> None:
    load(server.url, corpus)
    with Front(server.url) as front:
        status, err = load(front.url, corpus)

        assert (status, err.partition(": ")[2]) == (
            0,
            "graphs put: 0, deleted: 0, left as they were: 4; "
            f"{sum(count for count, _ in expected(corpus).values())} triples\n",
        )
        assert front.written == []


def test_of_an_edit_one_graph_is_sent(server: Server, load: Loads, corpus: Path) -> None:
    load(server.url, corpus)
    edit(corpus / "recall.claims.yaml", "Wages will rise.", "Wages will go up.")
    with Front(server.url) as front:
        assert load(front.url, corpus)[0] == 0

        assert [each.partition(" ")[2] for each in front.written] == [ARTICLE]
    assert server.holds() == expected(corpus)


def test_an_article_that_is_gone_is_deleted(server: Server, load: Loads, corpus: Path) -> None:
    """The data set, which counts the others, is sent again."""
    load(server.url, corpus)
    for suffix in ("txt", "claims.yaml"):
        (corpus / f"recall.{suffix}").unlink()
    with Front(server.url) as front:
        assert load(front.url, corpus)[0] == 0

        assert [each.partition(" ")[2] for each in front.written] == ["dataset", ARTICLE]
    assert server.holds() == expected(corpus)


def test_what_a_graph_has_lost_or_gained_is_seen(quick: Server, load: Loads, corpus: Path) -> None:
    """Its digest alone would not tell."""
    load(quick.url, corpus)
    with opened(quick.url) as store:
        graph = f"<{GRAPHS}{STRIKE}>"
        updates = store._replace(endpoint=store.endpoint._replace(graphs=""))
        for change in (
            f'INSERT DATA {{ GRAPH {graph} {{ <urn:a> <urn:b> "c" }} }}',
            f"DELETE WHERE {{ GRAPH {graph} {{ ?s <http://schema.org/position> ?o }} }}",
        ):
            assert updates.session.send(updates.endpoint.update_request(change)).status < 300
            assert quick.holds() != expected(corpus)

            assert load(quick.url, corpus)[0] == 0
            assert quick.holds() == expected(corpus)


def test_what_the_loader_of_a_store_has_loaded_is_not_sent_again(
    servers: Callable[[str], Server], load: Loads, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export has the digests."""
    server = servers("oxigraph")
    emptied(server, monkeypatch)
    export = corpus.parent / "claims.nq"
    assert run(["-q", "export", str(corpus), "-o", str(export)]) == 0
    headers = {"Content-Type": "application/n-quads"}
    httpx.post(f"{server.url}/store", content=export.read_bytes(), headers=headers).raise_for_status()

    with Front(server.url) as front:
        assert load(front.url, corpus)[0] == 0
        assert front.written == []


def test_what_is_not_under_the_base_is_not_touched(quick: Server, load: Loads, corpus: Path) -> None:
    theirs = Iri("<urn:theirs>")
    with opened(quick.url) as store:
        store.replace(theirs, b'<urn:a> <urn:b> "c" .\n')

        assert load(quick.url, corpus)[0] == 0
        assert ["urn:theirs"] in quick.rows("SELECT DISTINCT ?g { GRAPH ?g { <urn:a> ?p ?o } }")
        store.remove(theirs)


def test_a_graph_of_thousands_of_triples_is_loaded_whole(quick: Server, load: Loads, tmp_path: Path) -> None:
    write_corpus(tmp_path / "large", 3, form="jsonl")

    assert load(quick.url, tmp_path / "large")[0] == 0
    assert quick.holds() == expected(tmp_path / "large")


def test_a_store_can_be_loaded_by_updates(quick: Server, load: Loads, corpus: Path) -> None:
    assert load(quick.url, SEEDS, "--protocol", "update")[0] == 0
    assert load(quick.url, corpus, "--protocol", "update", "--delete")[0] == 0
    assert quick.holds() == expected(corpus)


def test_an_address_may_be_any_of_a_store(quick: Server, load: Loads, corpus: Path) -> None:
    is_virtuoso = quick.kind == "virtuoso"
    graphs = "/sparql-graph-crud-auth" if is_virtuoso else "/store"
    others = ["/sparql", "/sparql-auth", "/"] if is_virtuoso else ["/query", "/update", "/sparql", "/"]

    assert load(quick.url + others[0], corpus, "--graph-store", quick.url + graphs)[0] == 0
    for path in [graphs, *others]:
        with Front(quick.url) as front:
            assert load(front.url + path, corpus)[0] == 0
            assert front.written == []


def test_an_article_that_has_not_changed_is_not_read_again(
    quick: Server, load: Loads, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is what the store has lost forgotten for it."""
    monkeypatch.delenv("KG_CACHE")
    for _ in range(2):
        assert load(quick.url, corpus)[0] == 0
    edit(corpus / "recall.claims.yaml", "Wages will rise.", "Wages will go up.")
    assert load(quick.url, corpus)[0] == 0
    assert quick.holds() == expected(corpus)
    with opened(quick.url) as store:
        store.remove(Iri(f"<{GRAPHS}{STRIKE}>"))

    assert load(quick.url, corpus)[0] == 0
    assert quick.holds() == expected(corpus)


def test_a_folder_is_loaded_and_asked_without_a_client_of_http(tmp_path: Path) -> None:
    code = (
        "import sys; from kg.cli import run; statuses = [run(each.split()) for each in sys.argv[1:]]; "
        "sys.exit(str(statuses) if any(statuses) or 'httpx' in sys.modules else 0)"
    )
    commands = [f"-q load {tmp_path}/store {SEEDS}", f"query --store {tmp_path}/store topics"]

    done = subprocess.run([sys.executable, "-c", code, *commands], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# What is asked first


def test_a_dry_run_tells_what_would_be_done(
    quick: Server, load: Loads, corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load(quick.url, corpus)
    before = quick.holds()
    for suffix in ("txt", "claims.yaml"):
        (corpus / f"recall.{suffix}").unlink()

    assert run(["load", quick.url, str(corpus), "--dry-run"]) == 0
    out, err = capfd.readouterr()
    assert out == f"put {GRAPHS}dataset\ndelete {GRAPHS}{ARTICLE}\n"
    assert err == f"{quick.url}: graphs to put: 1, to delete: 1, left as they are: 2\n"
    assert quick.holds() == before


def test_most_articles_of_a_store_vanish_only_if_that_is_wanted(quick: Server, load: Loads, corpus: Path) -> None:
    with opened(quick.url) as store:
        for number in range(2):
            graph = Iri(f"<{GRAPHS}article/old-{number}>")
            store.replace(graph, f'<urn:a> <urn:b> "{number}" .\n'.encode())
    before = quick.holds()

    assert load(quick.url, corpus) == (
        2,
        "kg: 2 of the 2 articles that the store has under https://kg.example/ are not in this corpus. If this is "
        "the right corpus and complete, give --delete to delete them; --dry-run lists what would change.\n",
    )
    assert quick.holds() == before
    assert load(quick.url, corpus, "--delete")[0] == 0
    assert quick.holds() == expected(corpus)


def test_a_corpus_with_a_violation_is_not_sent(quick: Server, load: Loads, corpus: Path) -> None:
    load(quick.url, corpus)
    before = quick.holds()
    edit(corpus / "2021/strike.claims.yaml", "probably on Thursday", "probably on Thursday night")
    with Front(quick.url) as front:
        assert load(front.url, corpus)[0] == 1
        assert front.written == []
    assert quick.holds() == before


def test_an_export_or_its_options_are_for_the_other_kind_of_store(load: Loads, tmp_path: Path) -> None:
    export = tmp_path / "seeds.nq"
    assert run(["-q", "export", str(SEEDS), "-o", str(export)]) == 0

    assert load("http://127.0.0.1:9", export) == (
        2,
        f"kg: {export}: a store at a URL is loaded from a corpus or a release. Name its folder.\n",
    )
    assert load(tmp_path / "store", SEEDS, "--dry-run") == (
        2,
        f"kg: {tmp_path}/store: --dry-run is for the URL of a store, and this is a folder.\n",
    )


def test_a_list_that_a_store_cuts_is_read_to_its_end(
    tmp_path: Path, corpus: Path, load: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Virtuoso that gives two rows at most, without a word."""
    with virtuoso(tmp_path / "virtuoso", rows=2) as server:
        for name, value in server.login.items():
            monkeypatch.setenv(name, value)
        assert load(server.url, corpus)[0] == 0
        with Front(server.url) as front:
            assert load(front.url, corpus)[0] == 0
            assert front.written == []


def test_the_page_shows_what_happens(
    servers: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = servers("oxigraph")
    emptied(server, monkeypatch)
    shutil.copytree(SEEDS, tmp_path / "seeds")

    for command in commands("docs/store.md"):
        shown = shell(command.text.replace("http://localhost:7878", server.url), tmp_path)
        assert (command.text, shown.replace(server.url, "http://localhost:7878")) == (command.text, command.output)


# What was changed in the store


def test_a_word_that_was_changed_in_a_store_is_found_and_repaired(
    server: Server, load: Loads, corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load(server.url, corpus)
    graph = f"{GRAPHS}{ARTICLE}"
    with opened(server.url) as store:
        found = f'{{ GRAPH <{graph}> {{ ?s ?p ?o FILTER(STR(?o) = "Wages will rise.") }} }}'
        made = f'{{ GRAPH <{graph}> {{ ?s ?p "Wages will fall."@en }} }}'
        change = f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} INSERT {made} WHERE {found}"
        assert store.session.send(store.endpoint.update_request(change)).status < 300

    assert load(server.url, corpus)[1].startswith(f"{server.url}: graphs put: 0, deleted: 0, left as they were: 4")
    assert run(["verify", server.url]) == 1
    out, err = capfd.readouterr()
    assert out.strip() == (
        f"{server.url}: violation: a graph must be as kg wrote it, and {graph} was changed: "
        "export or load it again [changed-graph]"
    )
    assert err.endswith(": 4 graphs verified\n")
    assert load(server.url, corpus, "--repair")[1].startswith(f"{server.url}: graphs put: 1, deleted: 0")
    assert run(["verify", server.url]) == 0
    assert server.holds() == expected(corpus)

"""What `kg serve` serves follows the store: when it is loaded anew, when it vanishes, below whatever path."""

from __future__ import annotations

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from kg.cli import run
from kg.query.store import read_manifest
from support import SEEDS
from support.corpora import lay
from support.loaded import stores_of
from support.served import Server, described_paths, served
from support.waiting import eventually

TTL = "text/turtle"


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return stores_of({"seeds": SEEDS}, tmp_path_factory.mktemp("things"))


SECRET = "Xyzzyqux pleegde fraude"
ARTICLE = f"date 2026-11 De directeur zei: “{SECRET}”. Later zei hij: “Het was een vergissing”.\n"
CLAIMS = {
    "before": "annotation: {by: ann, on: 2026-11-24}\nclaims:\n"
    f"  c01: {{speaker: ann-b, words: {SECRET}, act: accuses, gist: {{en: Xyzzyqux is a fraud.}}}}\n"
    "  c02: {speaker: ann-b, words: Het was een vergissing, act: admits}\n",
    "after": "annotation: {by: ann, on: 2026-11-25}\nclaims:\n"
    "  c02: {speaker: ann-b, words: Het was een vergissing, act: admits}\n"
    "withdrawn: {c01: {on: 2026-11-25, why: It was wrong.}}\n",
}
CONFIG = (
    "base: https://kg.example/\ntitle: {en: A corpus}\nlanguage: nl\ntext: quotes\n"
    "licence: https://creativecommons.org/licenses/by/4.0/\nannotators: {ann: {name: Ann}}\n"
)


@pytest.mark.slow
def test_a_store_that_is_loaded_anew_is_taken_up_and_withdrawn_words_are_found_nowhere(tmp_path: Path) -> None:
    corpus = lay(tmp_path / "corpus", {"corpus.yaml": CONFIG, "a.txt": ARTICLE, "a.claims.yaml": CLAIMS["before"]})
    store = tmp_path / "store"
    assert run(["-q", "load", str(store), str(corpus)]) == 0
    with served(store) as server:
        assert "Xyzzyqux" in _everything(server, store)
        lay(corpus, {"a.claims.yaml": CLAIMS["after"], "corpus.yaml": CONFIG})
        assert run(["-q", "load", str(store), str(corpus)]) == 0
        digest = read_manifest(store).digest
        eventually(lambda: json.loads(server.ask("/health").body)["digest"] == digest)

        found = _everything(server, store)

        assert "Xyzzyqux" not in found
        assert "It was wrong." in found
        assert server.ask("/claim/a/c01").status == 410


@pytest.mark.slow
def test_no_request_fails_while_the_store_is_loaded_again_and_again(
    stores: dict[str, Path], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(stores["seeds"], store)
    export = tmp_path / "kg.nq"
    assert run(["-q", "export", str(SEEDS), "-o", str(export)]) == 0
    claim = next(path for path in described_paths(store) if path.startswith("/claim/"))
    paths = [
        claim,
        f"{claim}.ttl",
        "/",
        "/articles.html",
        "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D",
        "/kg.nq",
    ]
    ended = Event()

    def failures(path: str) -> list[str]:
        found = []
        while not ended.is_set():
            reply = server.ask(path, headers={"Accept-Encoding": "gzip"})
            if reply.status not in (200, 303):
                found.append(f"{path}: {reply.status} {reply.text}")
        return found

    with served(store) as server, ThreadPoolExecutor(len(paths)) as pool:
        asking = [pool.submit(failures, path) for path in paths]
        generations = set()
        try:
            for _ in range(5):
                assert run(["-q", "load", str(store), str(export)]) == 0
                generations.add(read_manifest(store).folder)
                time.sleep(1.2)
        finally:
            ended.set()
        failed = [failure for each in asking for failure in each.result()]

    assert failed == []
    assert len(generations) == 5
    # A load leaves what a server has not let go of after some seconds to the next.
    assert run(["-q", "load", str(store), str(export)]) == 0
    assert sorted(path.name for path in store.glob("oxigraph-*")) == [read_manifest(store).folder]


def _everything(server: Server, store: Path) -> str:
    """Return all that can be read: pages in both languages, data, the feed, and what SPARQL knows."""
    paths = [
        f"{path}{suffix}" for path in described_paths(store) for suffix in ("", ".ttl", ".nt", ".html", ".en.html")
    ]
    pages = [f"/{name}{tag}.html" for name in ("index", "articles", "people", "debate") for tag in ("", ".en")]
    replies = [server.ask(path) for path in [*paths, *pages, "/feed.atom", "/"]]
    replies.append(server.query("SELECT * { GRAPH ?g { ?s ?p ?o } }"))
    replies += [
        server.query(f"SELECT * {{ ?s ?p ?o FILTER(CONTAINS(STR(?o), '{word}')) }}") for word in ("fraude", "zz")
    ]
    return "\n".join(reply.text for reply in replies)


@pytest.mark.slow
def test_a_store_that_vanishes_for_a_moment_is_served_meanwhile(stores: dict[str, Path], tmp_path: Path) -> None:
    """Whoever removes the manifest leaves the last generation in place."""
    shutil.copytree(stores["seeds"], tmp_path / "store")
    with served(tmp_path / "store") as server:
        (tmp_path / "store" / "kg-store.json").unlink()
        time.sleep(1.5)

        assert server.query("ASK {}").status == 200
        assert server.ask("/").status == 200


@pytest.mark.slow
def test_below_a_path_of_the_base_answers_are_under_that_path_and_under_the_root(tmp_path: Path) -> None:
    config = CONFIG.replace("https://kg.example/", "https://example.org/news/kg/")
    corpus = lay(tmp_path / "corpus", {"corpus.yaml": config, "a.txt": ARTICLE, "a.claims.yaml": CLAIMS["after"]})
    assert run(["-q", "load", str(tmp_path / "store"), str(corpus)]) == 0
    with served(tmp_path / "store") as server:
        bodies = [server.ask(f"{prefix}/claim/a/c02.ttl").body for prefix in ("", "/news/kg")]
        assert server.ask("/news/kg/sparql?query=ASK%20%7B%7D").status == 200
        assert server.ask("/news/kg/", headers={"Accept": TTL}).body == server.ask("/dataset.ttl").body

    assert bodies[0] == bodies[1]
    assert b"<https://example.org/news/kg/> ." in bodies[0]

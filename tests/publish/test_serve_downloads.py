"""What `kg load` makes for `kg serve`: downloads and pages as files, with ranges and ETags, replaced as one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

from kg.cli import run
from kg.formats import FORMATS
from kg.query.store import NAME, hold_generation, read_manifest
from support import SEEDS
from support.corpora import CLAIMS, lay
from support.loaded import held, stores_of
from support.query_cases import HARBOUR
from support.served import Server, served

DOWNLOADS = ("kg.nq", "kg.ttl", "kg.jsonld")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stores_of({"seeds": SEEDS}, tmp_path_factory.mktemp("downloads"))["seeds"]


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    with served(store) as running:
        yield running


def exported(corpus: Path, file: Path) -> Path:
    assert run(["-q", "export", str(corpus), "-o", str(file)]) == 0
    return file


def triples(content: bytes, name: str) -> set[str]:
    """Return the triples of a download."""
    form = pyoxigraph.RdfFormat.from_media_type(FORMATS[name.partition(".")[2]].media_type)
    assert form is not None
    return {str(quad.triple) for quad in pyoxigraph.parse(content, format=form)}


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_download_is_what_kg_export_writes(name: str, server: Server, tmp_path: Path) -> None:
    assert server.ask(f"/{name}").body == exported(SEEDS, tmp_path / name).read_bytes()


@pytest.mark.parametrize("suffix", ["nq", "ttl", "trig.gz"])
def test_from_an_export_each_download_has_all_of_it(suffix: str, tmp_path: Path) -> None:
    """An export without named graphs has none in the download either."""
    target = tmp_path / "store"
    assert run(["-q", "load", str(target), str(exported(HARBOUR, tmp_path / f"kg.{suffix}"))]) == 0
    files = hold_generation(target).files

    for name in DOWNLOADS:
        assert triples((files / name).read_bytes(), name) == set(held(target, named=False)), name
    lines = (files / "kg.nq").read_text(encoding="utf-8").splitlines()
    assert all(line.endswith("> .") and "/graph/" in line.split()[-2] for line in lines) == (suffix != "ttl")


def test_a_part_of_a_download_is_sent_while_it_is_the_same(server: Server) -> None:
    whole = server.ask("/kg.nq")
    part = {"Range": "bytes=100-199"}

    for tag, status in ((whole.headers["etag"], 206), ('"another"', 200), (f"W/{whole.headers['etag']}", 200)):
        reply = server.ask("/kg.nq", headers={**part, "If-Range": tag})
        assert (reply.status, reply.body) == (status, whole.body[100:200] if status == 206 else whole.body)
    reply = server.ask("/kg.nq", headers={"Range": f"bytes={len(whole.body) - 10}-"})
    assert (reply.status, reply.body) == (206, whole.body[-10:])
    assert reply.headers["content-range"] == f"bytes {len(whole.body) - 10}-{len(whole.body) - 1}/{len(whole.body)}"


@pytest.mark.slow
def test_an_etag_stays_with_the_content_when_a_store_is_loaded_again(tmp_path: Path) -> None:
    corpus, tags = tmp_path / "corpus", []
    shutil.copytree(SEEDS, corpus)
    for edited in (False, False, True):
        if edited:
            config = (corpus / "corpus.yaml").read_text(encoding="utf-8")
            (corpus / "corpus.yaml").write_text(config.replace("Wie zei wat", "Wie zei het"), encoding="utf-8")
        assert run(["-q", "load", str(tmp_path / "store"), str(corpus)]) == 0
        with served(tmp_path / "store") as server:
            tags.append([server.ask(f"/{name}").headers["etag"] for name in ("kg.nq", "", "assets/site.css")])

    assert tags[0] == tags[1]
    assert [before == after for before, after in zip(tags[1], tags[2], strict=True)] == [False, False, True]


def test_a_page_that_would_read_many_claims_is_made_at_load(
    monkeypatch: pytest.MonkeyPatch, server: Server, tmp_path: Path
) -> None:
    monkeypatch.setattr("kg.publish.serve.stored_files.MANY", 5)
    store = stores_of({"seeds": SEEDS}, tmp_path)["seeds"]
    made = {path.name for path in (hold_generation(store).files / "entity").glob("*.html")}

    with served(store) as other:
        for path in ("/entity/macron.html", "/entity/macron.en.html", "/entity/trump.html"):
            reply, expected = other.ask(path), server.ask(path)
            assert (reply.status, reply.body) == (expected.status, expected.body)
            assert reply.headers["link"] == expected.headers["link"]
        assert other.ask("/entity/macron").headers["location"] == "../entity/macron.html"
    assert ("macron.html" in made, "trump.html" in made) == (True, False)


def test_a_server_makes_no_page_about_the_whole_data_set(server: Server) -> None:
    assert [server.ask(path).status for path in ("/articles", "/articles/1", "/articles/99")] == [200, 404, 404]


@pytest.mark.parametrize("how", ["--no-pages", "an older kg"])
def test_a_store_without_files_is_not_served(
    how: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, store: Path
) -> None:
    target = tmp_path / "store"
    if how == "--no-pages":
        assert run(["-q", "load", "--no-pages", str(target), str(SEEDS)]) == 0
    else:
        shutil.copytree(store, target)
        manifest = json.loads((target / NAME).read_text())
        del manifest["files"]
        (target / NAME).write_text(json.dumps(manifest))

    assert run(["serve", str(target), "--port", "0"]) == 2
    assert capfd.readouterr().err.strip() == (
        f"kg: {target}: this store has no pages and downloads to serve: it was loaded with `--no-pages`, or by an "
        f"older kg. Load it again: kg load {target}"
    )
    assert run(["query", "--store", str(target), "-e", "ASK { ?claim a schema:Claim }"]) == 0


def test_a_load_that_fails_leaves_the_files_as_they_were(tmp_path: Path) -> None:
    target = tmp_path / "store"
    assert run(["-q", "load", str(target), str(SEEDS)]) == 0
    wrong = lay(tmp_path / "wrong", {"a.txt": "Nee, zei Ann.", "a.claims.yaml": CLAIMS})

    assert run(["-q", "load", str(target), str(wrong)]) == 1
    assert sorted(path.name for path in target.iterdir()) == ["files-1", NAME, "oxigraph-1"]
    assert run(["-q", "load", str(target), str(SEEDS)]) == 0
    assert sorted(path.name for path in target.iterdir()) == ["files-2", NAME, "oxigraph-2"]
    assert read_manifest(target).files == "files-2"


def test_no_pages_is_for_folders(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["load", "--no-pages", "http://127.0.0.1:1/", str(SEEDS)]) == 2
    assert capfd.readouterr().err == (
        "kg: http://127.0.0.1:1/: --no-pages is for a folder, and this is the URL of a store.\n"
    )

"""`kg site` into a folder that has a site: the bytes of a new one, and only the pages that changed are rendered."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from kg.cli import run
from kg.pipeline.cache import records
from kg.pipeline.publication import Publication
from kg.publish.site import site_cache
from kg.publish.site.graph_cache import SiteGraph
from support.corpora import CONFIG, lay
from support.loaded import snapshot
from support.pages_of import site_of

PEOPLE = ("ann", "bob", "cas", "dia")
TOPICS = ("peace", "river", "landscape")
RELATIONS = ("answers", "supports", "repeats", "contradicts", "same", "retracts")
Corpus = dict[str, dict[str, Any]]


def new_claim(chance: random.Random, corpus: Corpus) -> dict[str, Any]:
    claim: dict[str, Any] = {"speaker": chance.choice(PEOPLE)}
    if chance.random() < 0.7:
        claim["about"] = chance.sample(TOPICS, chance.randint(1, 2))
    if chance.random() < 0.3:
        claim["to"] = chance.choice([each for each in PEOPLE if each != claim["speaker"]])
    if chance.random() < 0.4:
        claim["said"] = f"2020-0{chance.randint(1, 9)}"
    if chance.random() < 0.3:
        claim["at"] = "talk"
    others = [f"{name}/{id}" for name, article in corpus["articles"].items() for id in article["claims"]]
    if others and chance.random() < 0.6:
        claim["relations"] = {chance.choice(RELATIONS): chance.choice(others)}
    return claim


def edit(chance: random.Random, corpus: Corpus) -> None:
    """Change one thing of a corpus."""
    articles = corpus["articles"]
    name = chance.choice([*"abcdef"[: len(articles) + 1]])
    article = articles.setdefault(name, {"headline": "Nieuws", "claims": {}, "withdrawn": {}})
    kind = chance.choice(
        ("claim", "claim", "claim", "headline", "entity", "entity", "withdraw", "article", "title")
    )
    if kind == "headline":
        article["headline"] = f"Nieuws {chance.randint(1, 99)}"
    elif kind == "entity":
        corpus["names"][chance.choice([*PEOPLE, *TOPICS])] = f"Naam {chance.randint(1, 99)}"
    elif kind == "title":
        corpus["config"]["title"] = f"Corpus {chance.randint(1, 99)}"
    elif kind == "withdraw" and article["claims"]:
        id = chance.choice([*article["claims"]])
        del article["claims"][id]
        article["withdrawn"][id] = {"on": "2020-04-01", "why": {"nl": "Zo is het niet gezegd."}}
    elif kind == "article" and len(articles) > 3:
        del articles[name]
    else:
        id = f"c0{chance.randint(1, 5)}"
        if id not in article["withdrawn"]:
            article["claims"][id] = new_claim(chance, corpus)


def valid(corpus: Corpus) -> Corpus:
    """Delete the fields of claims that may be invalid."""
    for article in corpus["articles"].values():
        for claim in article["claims"].values():
            for field in {"said", "relations"} & claim.keys():
                del claim[field]
    return corpus


def laid(folder: Path, corpus: Corpus) -> Path:
    """Write a corpus, without relations to claims that are gone."""
    known = {f"{name}/{id}" for name, article in corpus["articles"].items() for id in article["claims"]}
    kinds = {**dict.fromkeys(PEOPLE, "Person"), **dict.fromkeys(TOPICS, "Topic")}
    entities = {id: {"type": kind, "name": corpus["names"].get(id, id)} for id, kind in kinds.items()}
    config = f"{CONFIG.replace('A corpus', corpus['config']['title'])}annotators: {{me: {{name: Me}}}}\n"
    files = {"corpus.yaml": config, "entities.yaml": json.dumps(entities)}
    for name, article in corpus["articles"].items():
        claims = {
            id: {
                **{key: value for key, value in claim.items() if key != "relations"},
                "words": f"Zin {id} van {name}",
                "relations": {
                    relation: other
                    for relation, other in claim.get("relations", {}).items()
                    if other in known and other != f"{name}/{id}"
                },
            }
            for id, claim in article["claims"].items()
        }
        written = {
            "article": {"headline": article["headline"]},
            "annotation": {"by": "me", "on": article.get("on", "2020-05-01")},
            "occasions": {"talk": {"type": "speech", "name": "De toespraak"}},
            "claims": claims,
            "withdrawn": article["withdrawn"],
        }
        files[f"{name}.claims.yaml"] = json.dumps({key: value for key, value in written.items() if value})
        files[f"{name}.txt"] = "date 2020-02-03\n" + " ".join(
            f"“Zin c0{n} van {name}”, zei hij." for n in range(1, 6)
        )
    shutil.rmtree(folder, ignore_errors=True)
    return lay(folder, files)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let times of files count at once: runs over so few articles end before a clock with coarse steps moves on."""
    monkeypatch.setattr(records, "COARSEST_CLOCK", 0)


def tamper(chance: random.Random, site: Path, cache: Path) -> None:
    """Change or delete a file that the last run left, in the site or in the cache."""
    names = (
        "kg.ttl",
        "kg.jsonld",
        "kg.nq",
        "search/claims.js",
        "search/index.js",
        "explore/claims.js",
        "index.html",
    )
    file = chance.choice([*(site / name for name in names), *cache.glob("kg-*.sqlite")])
    content, times = file.read_bytes(), file.stat()
    middle = len(content) // 2
    if chance.random() < 0.3:
        file.unlink()
    else:
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :])
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.usefixtures("settled")
def test_a_site_that_is_written_again_has_the_bytes_of_a_new_one(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    chance, now = random.Random(seed), time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() - clock)
    corpus: Corpus = {"articles": {}, "names": {}, "config": {"title": "A corpus"}}
    most_files = chance.choice((0, 20_000))
    for _ in range(12):
        edit(chance, corpus)
    kept, made = 0, 0
    for number in range(6):
        clock = chance.choice((0, 0, 0, 100)) * 1_000_000_000  # it may be set back
        site_of(laid(tmp_path / "corpus", corpus), tmp_path / "site", most_files=most_files)
        if seed % 2 and number % 2:
            tamper(chance, tmp_path / "site", tmp_path / "cache")
        for _ in range(chance.randint(1, 2)):
            edit(chance, corpus)
        written = site_of(laid(tmp_path / "corpus", corpus), tmp_path / "site", most_files=most_files)
        site_of(tmp_path / "corpus", tmp_path / f"fresh-{number}", most_files=most_files)
        assert snapshot(tmp_path / "site") == snapshot(tmp_path / f"fresh-{number}")
        made, kept = made + written.made, kept + written.pages - written.made
    assert made < kept * 10


@pytest.mark.slow
def test_a_run_that_was_killed_is_completed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    chance = random.Random(5)
    corpus: Corpus = {"articles": {}, "names": {}, "config": {"title": "A corpus"}}
    for _ in range(12):
        edit(chance, corpus)
    code = "import sys; from kg.cli import run; from kg.pipeline.cache import records; records.COARSEST_CLOCK = 0; "
    command = [
        sys.executable,
        "-c",
        f"{code}sys.exit(run(sys.argv[1:]))",
        "-q",
        "site",
        str(tmp_path / "corpus"),
        "-o",
    ]
    laid(tmp_path / "corpus", valid(corpus))
    subprocess.run([*command, tmp_path / "site"], check=True)
    for number in range(5):
        edit(chance, corpus)
        laid(tmp_path / "corpus", valid(corpus))
        with subprocess.Popen([*command, tmp_path / "site"]) as killed:
            with suppress(subprocess.TimeoutExpired):
                killed.wait(chance.uniform(0.5, 3))
            killed.kill()
        subprocess.run([*command, tmp_path / "site"], check=True)
        site_of(tmp_path / "corpus", tmp_path / f"fresh-{number}")
        assert snapshot(tmp_path / "site") == snapshot(tmp_path / f"fresh-{number}")


def edited_site(folder: Path) -> tuple[list[str], dict[str, bytes], Path]:
    """Write a site and change a page; return the command, the files before the change, and the page."""
    laid(folder / "corpus", corpus_of_two())
    command = ["site", str(folder / "corpus"), "-o", str(folder / "site"), "--language", "en"]
    assert run(command) == 0
    before = snapshot(folder / "site")
    page = folder / "site" / "claim" / "a" / "c01.html"
    page.write_text("mine")
    return command, before, page


def test_fresh_makes_all_pages_and_names_what_somebody_changed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    command, before, page = edited_site(tmp_path)
    capfd.readouterr()
    assert run([*command, "--fresh"]) == 0
    said = capfd.readouterr().err
    pages = re.search(r"(\d+) pages in \d+ files, 1 of them new or changed; \1 pages rendered", said)
    assert pages, said
    assert f"{page} was changed since kg wrote it" in said
    assert snapshot(tmp_path / "site") == before


@pytest.mark.usefixtures("settled")
def test_files_that_are_as_the_last_run_left_them_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    laid(tmp_path / "corpus", corpus_of_two())
    for _ in range(2):  # the second run reads what the first has just written
        site_of(tmp_path / "corpus", tmp_path / "site", ("en",))
    read: list[Path] = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: read.append(self) or read_bytes(self))
    site_of(tmp_path / "corpus", tmp_path / "site", ("en",))
    assert tmp_path / "site" / "claim" / "a" / "c01.html" not in read
    (tmp_path / "site" / "claim" / "a" / "c01.html").touch()
    site_of(tmp_path / "corpus", tmp_path / "site", ("en",))
    assert tmp_path / "site" / "claim" / "a" / "c01.html" in read
    assert tmp_path / "site" / "claim" / "a" / "c02.html" not in read


def test_after_an_edit_only_the_graphs_that_changed_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    corpus = corpus_of_two()
    command = ["-q", "site", str(laid(tmp_path / "corpus", corpus)), "-o", str(tmp_path / "site")]
    assert run(command) == 0
    corpus["articles"]["b"]["claims"]["c01"]["about"] = ["river"]
    laid(tmp_path / "corpus", corpus)
    read: list[str] = []
    whole = SiteGraph.graph.fget
    monkeypatch.setattr(SiteGraph, "graph", property(lambda self: read.append(self.iri) or whole(self)))
    assert run(command) == 0
    assert {iri.rpartition("graph/")[2] for iri in read} == {"article/b>", "dataset>"}


def test_a_download_that_was_changed_within_a_step_of_the_clock_is_not_copied_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    now = time.time_ns() + 3_600_000_000_000  # in an hour: however slow the machine is, it is not long ago
    monkeypatch.setattr(
        site_cache, "stat_of", lambda file, **_: (file.stat(follow_symlinks=False).st_size, now, now, 0)
    )
    laid(tmp_path / "corpus", corpus_of_two())
    site_of(tmp_path / "corpus", tmp_path / "site", ("en",))
    before = snapshot(tmp_path / "site")
    for name in ("kg.ttl", "kg.jsonld", "kg.nq"):
        path = tmp_path / "site" / name
        path.write_bytes(path.read_bytes().replace(b"river", b"RIVER"))
    site_of(tmp_path / "corpus", tmp_path / "site", ("en",))

    assert snapshot(tmp_path / "site") == before


@pytest.mark.slow
@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("seed", range(3))
def test_the_command_maps_only_what_changed_and_writes_the_bytes_of_a_new_site(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(100 + seed)
    corpus: Corpus = {"articles": {}, "names": {}, "config": {"title": "A corpus"}}
    read: list[str] = []
    for _ in range(20):
        edit(chance, corpus)
    spied = Publication.read
    monkeypatch.setattr(
        Publication, "read", lambda self, source, index: read.append(source.article) or spied(self, source, index)
    )
    counts = []
    for number in range(6):
        laid(tmp_path / "corpus", valid(corpus))
        for cache, site in ((str(tmp_path / "cache"), "site"), ("off", f"fresh-{number}")):
            monkeypatch.setenv("KG_CACHE", cache)
            read.clear()
            assert run(["-q", "site", str(tmp_path / "corpus"), "-o", str(tmp_path / site)]) == 0
            counts.append(len(read))
        assert snapshot(tmp_path / "site") == snapshot(tmp_path / f"fresh-{number}")
        if number == 2:  # what is kept of some graphs is damaged
            damage_graphs(tmp_path / "cache")
        edit(chance, corpus)
    assert counts[0] == counts[1]
    assert sum(counts[2::2]) < sum(counts[3::2])


def damage_graphs(cache: Path) -> None:
    (file,) = cache.glob("kg-graphs-*.sqlite")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("update graph set payload = x'00' where number % 2 = 0")


def corpus_of_two() -> Corpus:
    claims = {"c01": {"speaker": "ann", "about": ["peace"]}, "c02": {"speaker": "bob"}}
    article = {"headline": "Nieuws", "claims": claims, "withdrawn": {}}
    other = {"headline": "Ander nieuws", "claims": {"c01": {"speaker": "cas"}}, "withdrawn": {}}
    return {"articles": {"a": article, "b": other}, "names": {}, "config": {"title": "A corpus"}}


def test_only_what_an_edit_touches_is_made_again(tmp_path: Path) -> None:
    corpus = corpus_of_two()
    site_of(laid(tmp_path / "corpus", corpus), tmp_path / "site", ("en",))
    again = site_of(tmp_path / "corpus", tmp_path / "site", ("en",))
    corpus["articles"]["b"]["claims"]["c01"]["about"] = ["river"]
    edited = site_of(laid(tmp_path / "corpus", corpus), tmp_path / "site", ("en",))
    untouched = ("claim/a/c01", "claim/a/c02", "article/a", "entity/ann", "entity/bob", "entity/peace", "ontology")
    assert (again.made, again.changed) == (0, 0)
    assert 0 < edited.made <= edited.pages - len(untouched)


@pytest.mark.slow
@pytest.mark.parametrize("field", ["on", "said"])
def test_a_claim_that_becomes_the_newest_takes_the_place_of_another(
    field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages and feeds show the newest claims only, and are not made of the others but of their days."""
    monkeypatch.setattr("kg.publish.site.entities.SHOWN", 1)
    monkeypatch.setattr("kg.publish.site.feeds._ENTRIES", 1)
    corpus = corpus_of_two()
    for name, day in (("a", "2020-01-01"), ("b", "2020-01-02")):
        claim = {"speaker": "dia", "about": ["river"], "said": day}
        corpus["articles"][name].update(claims={"c01": claim}, on=f"2020-05{day[7:]}")
    site_of(laid(tmp_path / "corpus", corpus), tmp_path / "site")
    before = (tmp_path / "site/entity/dia.html").read_text(), (tmp_path / "site/feed/speaker/dia.atom").read_text()

    article = corpus["articles"]["a"]
    article["on"] = "2020-05-03" if field == "on" else article["on"]
    article["claims"]["c01"]["said"] = "2020-01-03" if field == "said" else "2020-01-01"
    site_of(laid(tmp_path / "corpus", corpus), tmp_path / "site")
    site_of(tmp_path / "corpus", tmp_path / "fresh")

    after = (tmp_path / "site/entity/dia.html").read_text(), (tmp_path / "site/feed/speaker/dia.atom").read_text()
    assert ["Zin c01 van a" in each for each in (*before, *after)] == [False, False, field == "said", field == "on"]
    assert snapshot(tmp_path / "site") == snapshot(tmp_path / "fresh")


def test_a_page_that_somebody_edited_is_repaired_and_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    command, before, page = edited_site(tmp_path)
    (tmp_path / "site" / "claim" / "a" / "c02.ttl").unlink()
    capfd.readouterr()
    assert run(command) == 0
    said = capfd.readouterr().err
    assert snapshot(tmp_path / "site") == before
    assert f"kg: warning: {page} was changed since kg wrote it: it was written again" in said
    assert "2 of them new or changed; 2 pages rendered" in said


@pytest.mark.slow
def test_a_damaged_cache_is_replaced_by_that_of_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    laid(tmp_path / "corpus", corpus_of_two())
    pages = site_of(tmp_path / "corpus", tmp_path / "site", ("en",)).pages
    (file,) = (tmp_path / "cache").glob("kg-site-*.sqlite")
    with file.open("r+b") as stream:
        stream.seek(4096)  # the first page of records
        stream.write(bytes(4096))
    made = [site_of(tmp_path / "corpus", tmp_path / "site", ("en",)).made for _ in range(3)]
    assert (made[0], made[-1]) == (pages, 0)


@pytest.mark.slow
@pytest.mark.parametrize("command", [["site", "-o"], ["load"]])
def test_a_terminal_shows_how_many_articles_and_pages_are_done_and_a_pipe_nothing(
    command: list[str], tmp_path: Path
) -> None:
    pty = pytest.importorskip("pty", reason="the system has no terminals to open")
    corpus = laid(tmp_path / "corpus", corpus_of_two())
    arguments = [sys.executable, "-m", "kg", *command, str(tmp_path / "target"), str(corpus)]
    terminal, its_end = pty.openpty()
    shown = b""
    with subprocess.Popen(arguments, stderr=its_end, env={**os.environ, "TERM": "xterm"}):
        os.close(its_end)
        with suppress(OSError):  # the end of a terminal
            while chunk := os.read(terminal, 1 << 16):
                shown += chunk
    os.close(terminal)
    piped = subprocess.run(arguments, check=True, capture_output=True).stderr
    assert re.search(rb"(Reading|Loading)  \[[#-]*\]  2/2", shown)
    assert re.search(rb"Writing pages  \[[#-]*\]  (\d+)/\1\D", shown)
    assert b"Writing pages" not in piped

"""`kg site` into a folder that has a site: the bytes of a new one, and only the pages that changed are rendered."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kg.cli import run
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
            "annotation": {"by": "me", "on": "2020-05-01"},
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_site_that_is_written_again_has_the_bytes_of_a_new_one(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    corpus: Corpus = {"articles": {}, "names": {}, "config": {"title": "A corpus"}}
    most_files = chance.choice((0, 20_000))
    for _ in range(12):
        edit(chance, corpus)
    kept, made = 0, 0
    for number in range(6):
        site_of(laid(tmp_path / "corpus", corpus), tmp_path / "site", most_files=most_files)
        for _ in range(chance.randint(1, 2)):
            edit(chance, corpus)
        written = site_of(laid(tmp_path / "corpus", corpus), tmp_path / "site", most_files=most_files)
        site_of(tmp_path / "corpus", tmp_path / f"fresh-{number}", most_files=most_files)
        assert snapshot(tmp_path / "site") == snapshot(tmp_path / f"fresh-{number}")
        made, kept = made + written.made, kept + written.pages - written.made
    assert made < kept * 10


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


def test_a_page_that_somebody_edited_is_repaired_and_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    laid(tmp_path / "corpus", corpus_of_two())
    command = ["site", str(tmp_path / "corpus"), "-o", str(tmp_path / "site"), "--language", "en"]
    assert run(command) == 0
    before = snapshot(tmp_path / "site")
    page = tmp_path / "site" / "claim" / "a" / "c01.html"
    page.write_text("mine")
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

"""Things that have another id now: their former addresses lead to them, on a site, on a server and in a store."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kg
from kg.cli import run
from support.corpora import CONFIG, lay
from support.pages_of import dead_links, site_of
from support.served import Server, served
from support.triple_servers import Server as TripleServer

ENTITIES = """\
ann-b: {type: Person, name: Ann B, formerly: [a-b, 'https://old.example/news/entity/ann-c']}
ann-c: {type: Person, name: Ann C}
"""
FILE = """\
article: {id: a, formerly: 2020/a}
occasions: {talk: {type: speech, date: 2020-02-02}}
claims: {c01: {speaker: ann-b, words: Ja, at: talk, formerly: c00}, c02: {speaker: ann-c, words: Nee}}
"""
FILES = {
    "corpus.yaml": CONFIG + "moved_from: https://old.example/news/\n",
    "entities.yaml": ENTITIES,
    "a.txt": "date 2020-02-03 “Ja”, zei Ann B. “Nee”, zei Ann C.\n",
    "a.claims.yaml": FILE,
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay(tmp_path_factory.mktemp("former") / "corpus", FILES)


@pytest.fixture(scope="module")
def site(corpus: Path) -> Path:
    site_of(corpus, corpus.parent / "site")
    return corpus.parent / "site"


@pytest.fixture(scope="module")
def server(corpus: Path) -> Iterator[Server]:
    assert run(["-q", "load", str(corpus.parent / "store"), str(corpus)]) == 0
    with served(corpus.parent / "store") as running:
        yield running


FORMER = {
    "entity/a-b": "entity/ann-b",
    "claim/a/c00": "claim/a/c01",
    "claim/2020/a/c00": "claim/a/c01",
    "claim/2020/a/c02": "claim/a/c02",
    "article/2020/a": "article/a",
    "occasion/2020/a/talk": "occasion/a/talk",
}


@pytest.mark.parametrize(("old", "new"), FORMER.items())
def test_a_site_has_a_page_and_data_at_each_former_address(old: str, new: str, site: Path) -> None:
    up = "../" * old.count("/")
    for language in ("", ".en"):
        page = (site / f"{old}{language}.html").read_text(encoding="utf-8")
        assert f'<meta http-equiv="refresh" content="0; url={up}{new}{language}.html">' in page
        assert f'<a href="{up}{new}{language}.html"' in page
    data = (site / f"{old}.nt").read_text(encoding="utf-8")
    is_replaced_by = "<http://purl.org/dc/terms/isReplacedBy>"
    assert data == f"<https://kg.example/{old}> {is_replaced_by} <https://kg.example/{new}> .\n"
    assert {(site / f"{old}.{form}").is_file() for form in ("ttl", "jsonld")} == {True}


def test_a_site_lists_no_former_address_and_has_no_dead_link(site: Path) -> None:
    assert re.findall(r"a-b|c00|2020/a", (site / "sitemap-1.xml").read_text()) == []
    assert dead_links(site) == []
    others = [path for path in site.rglob("*.html") if not re.search(r"a-b|c00|2020", str(path.relative_to(site)))]
    assert [path for path in others if re.search(r"entity/a-b|c00|2020/a", path.read_text(encoding="utf-8"))] == []


def test_hosts_get_rules_for_former_addresses(site: Path) -> None:
    rules = (site / "_redirects").read_text().splitlines()

    assert rules[0] == "https://old.example/news/entity/ann-c https://kg.example/entity/ann-b 301"
    assert "/entity/a-b /entity/ann-b 301" in rules
    assert rules.index("https://old.example/news/* https://kg.example/:splat 301") > rules.index(rules[0])
    settings = (site / "nginx.conf").read_text()
    assert r"location ~ ^/entity/a\-b(?<kg_form>\.[a-z.]+)?$ { return 301 /entity/ann-b$kg_form; }" in settings
    elsewhere = "location = /news/entity/ann-c { return 301 https://kg.example/entity/ann-b; }"
    assert f"# In a `server` of old.example: {elsewhere}\n" in settings


@pytest.mark.parametrize(("old", "new"), FORMER.items())
@pytest.mark.parametrize("suffix", ["", ".html", ".en.html", ".ttl", ".jsonld", ".nt"])
def test_a_server_redirects_each_former_address_in_every_form(
    old: str, new: str, suffix: str, server: Server
) -> None:
    reply = server.ask(f"/{old}{suffix}")

    assert (reply.status, reply.headers["location"]) == (301, "../" * old.count("/") + new + suffix)
    assert server.ask(f"/{new}{suffix}").status in (200, 303)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        # There, this id meant somebody else.
        ("/news/entity/ann-c", "https://kg.example/entity/ann-b"),
        ("/news/entity/ann-c.ttl", "https://kg.example/entity/ann-b.ttl"),
        ("/news/entity/ann-b", "https://kg.example/entity/ann-b"),
        ("/news/%3E%20x", "https://kg.example/%3E%20x"),
    ],
)
def test_a_former_iri_under_an_earlier_base_leads_to_the_right_thing(
    path: str, location: str, server: Server
) -> None:
    reply = server.ask(path, headers={"Host": "old.example"})

    assert (reply.status, reply.headers["location"]) == (301, location)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["--corpus", "--store"])
@pytest.mark.parametrize(
    ("question", "said"),
    [
        (["said-by", "--speaker", "a-b"], "a-b is ann-b now: the answer is about ann-b.\n"),
        (["claim", "--claim", "a/c00"], "a/c00 is a/c01 now: the answer is about a/c01.\n"),
        (["claim", "--claim", "2020/a/c01"], "2020/a/c01 is a/c01 now: the answer is about a/c01.\n"),
    ],
)
@pytest.mark.usefixtures("server")  # has the store
def test_a_question_about_a_former_id_is_answered_about_the_present_one(
    where: str, question: list[str], said: str, corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = str(corpus if where == "--corpus" else corpus.parent / "store")
    assert run(["query", *question, where, store]) == 0
    found = capfd.readouterr()
    new = [word.replace("a-b", "ann-b").replace("2020/a/c01", "a/c01").replace("c00", "c01") for word in question]
    assert run(["query", *new, where, store]) == 0

    assert found.err == said
    assert found.out == capfd.readouterr().out != ""


def test_the_library_answers_about_the_present_id(corpus: Path) -> None:
    opened = kg.open(corpus)

    assert opened.query("said-by", speaker="a-b") == opened.query("said-by", speaker="ann-b") != []


@pytest.mark.slow
@pytest.mark.usefixtures("no_cache")
def test_a_second_load_leaves_of_a_former_id_only_what_replaces_it(
    servers: Callable[[str], TripleServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = servers("oxigraph")
    for name, value in server.login.items():
        monkeypatch.setenv(name, value)
    corpus = shutil.copytree(Path(__file__).parents[2] / "seeds", tmp_path / "seeds")
    assert run(["load", server.url, str(corpus), "--delete"]) == 0  # what other tests have left there

    kg.rename_entity(corpus, "macron", "emmanuel-macron")
    kg.rename_claim(corpus, "000_411f4785dd135aae/c26", "c50")
    assert run(["load", server.url, str(corpus)]) == 0

    base = "https://kg.example/"
    for old, new in {
        "entity/macron": "entity/emmanuel-macron",
        "claim/000_411f4785dd135aae/c26": "claim/000_411f4785dd135aae/c50",
    }.items():
        query = (
            "SELECT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } FILTER("
            f"REGEX(CONCAT(STR(?s), ' ', STR(?o)), '{base}{old}(#| |$)')) }}"
        )
        assert server.rows(query) == [[f"{base}{old}", "http://purl.org/dc/terms/isReplacedBy", f"{base}{new}"]]

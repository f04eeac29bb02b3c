"""`kg site`: folders of pages, whose every link leads somewhere, written where nothing of anybody's is lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph
import pytest

from kg.cli import run
from kg.errors import FileError
from kg.publish.site.search_index import REST, SAID, SPEAKER, folded
from kg.publish.site.site_folder import site_folder
from support.corpora import CONFIG, lay
from support.loaded import snapshot
from support.pages_of import EVERYTHING, Reading, dead_links, site_of
from support.proxies import nginx
from support.triple_servers import free_port

ARTICLE = {
    "corpus.yaml": CONFIG + "annotators: {ann: {name: Ann}}\n",
    "a.txt": "date 2020-02-03 “Ja”, zei Ann B. Er ging veel tijd voorbij, en nog wat. “Zonneklaar”, zei ze ook.\n",
    "a.claims.yaml": "annotation: {by: ann, on: 2020-03-01}\n"
    "claims: {c01: {speaker: ann-b, words: Ja}, c02: {speaker: ann-b, words: Zonneklaar}}\n",
}
WITHDRAWN = {
    **ARTICLE,
    "a.claims.yaml": "annotation: {by: ann, on: 2020-03-01}\nclaims: {c01: {speaker: ann-b, words: Ja}}\n"
    "withdrawn: {c02: {on: 2020-04-01, why: {nl: Zo is het niet gezegd.}}}\n",
}
# Paths of the corpus of everything that lead to others.
FORMER = (
    *("article/speech", "claim/speech/c00", "claim/speech/c01", "claim/speech/c02", "claim/talk/c00"),
    *("claim/2020/first/c90", "entity/bobby", "entity/b-birch"),
)
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    site_of(EVERYTHING, folder)
    return folder


def test_every_link_leads_somewhere(site: Path) -> None:
    assert dead_links(site) == []


def test_the_same_corpus_gives_the_same_bytes_and_nothing_is_written_twice(site: Path, tmp_path: Path) -> None:
    written = site_of(EVERYTHING, tmp_path / "site")
    first = snapshot(tmp_path / "site")
    again = site_of(EVERYTHING, tmp_path / "site")
    assert snapshot(site) == first == snapshot(tmp_path / "site")
    assert (again.changed, again.files, again.pages) == (0, written.changed, written.pages)


@pytest.mark.slow
def test_not_one_byte_depends_on_chance(site: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "kg", "-q", "site", str(EVERYTHING), "-o", str(tmp_path / seed)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        assert snapshot(tmp_path / seed) == snapshot(site)


def test_an_id_is_given_once_on_each_page(site: Path) -> None:
    doubled = []
    for file in site.rglob("*.html"):
        ids = [attributes["id"] for _, attributes in Reading(file.read_text()).elements if "id" in attributes]
        doubled += [(file.name, each) for each in set(ids) if ids.count(each) > 1]
    assert doubled == []


def test_embedded_data_are_what_the_data_files_say(site: Path) -> None:
    html = Reading((site / "claim/2020/first/c01.html").read_text())
    (embedded,) = html.jsonld
    found = pyoxigraph.parse(json.dumps(embedded).encode(), format=pyoxigraph.RdfFormat.JSON_LD)
    beside = {
        suffix: {str(quad.triple) for quad in pyoxigraph.parse(path=site / f"claim/2020/first/c01{suffix}")}
        for suffix in (".nt", ".ttl", ".jsonld")
    }
    assert {str(quad.triple) for quad in found} == beside[".nt"] == beside[".ttl"] == beside[".jsonld"]


def test_the_data_of_an_article_are_those_of_its_graphs_the_article_first(site: Path) -> None:
    graphs: dict[str, set[str]] = {}
    for quad in pyoxigraph.parse((site / "kg.nq").read_bytes(), format=pyoxigraph.RdfFormat.N_QUADS):
        of_article = str(quad.graph_name.value).replace("/graph/text/", "/graph/article/")
        graphs.setdefault(of_article, set()).add(f"{quad.triple} .")
    for file in (site / "article").rglob("*.nt"):
        path = file.relative_to(site).with_suffix("").as_posix()
        if path in FORMER:
            continue
        assert set(file.read_text().splitlines()) == graphs[f"https://everything.example/graph/{path}"]
        assert file.read_text().startswith(f"<https://everything.example/{path}> ")
        forms = ((".ttl", pyoxigraph.RdfFormat.TURTLE), (".jsonld", pyoxigraph.RdfFormat.JSON_LD))
        for suffix, form in forms:
            found = pyoxigraph.parse(file.with_suffix(suffix).read_bytes(), format=form)
            assert {f"{quad.triple} ." for quad in found} == set(file.read_text().splitlines())


def test_a_withdrawn_claim_leaves_its_address_and_none_of_its_words(tmp_path: Path) -> None:
    site_of(lay(tmp_path / "corpus", ARTICLE), tmp_path / "site")
    before = [name for name, held in snapshot(tmp_path / "site").items() if b"Zonneklaar" in (held or b"")]
    site_of(lay(tmp_path / "corpus", WITHDRAWN), tmp_path / "site")
    after = [name for name, held in snapshot(tmp_path / "site").items() if b"Zonneklaar" in (held or b"")]
    stone = Reading((tmp_path / "site" / "claim/a/c02.html").read_text()).text
    assert ("claim/a/c02.html" in before, "kg.nq" in before, after) == (True, True, [])
    assert "ingetrokken" in stone
    assert "Zo is het niet gezegd." in stone


def test_what_no_longer_belongs_goes_and_what_is_somebody_elses_stays(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    two = {**ARTICLE, "old/b.txt": ARTICLE["a.txt"], "old/b.claims.yaml": ARTICLE["a.claims.yaml"]}
    site_of(lay(tmp_path / "two", two), folder)
    (folder / "mine.html").write_text("mine")
    (folder / "claim" / "mine.html").write_text("mine")
    site_of(lay(tmp_path / "one", ARTICLE), folder)
    site_of(lay(tmp_path / "one", ARTICLE), tmp_path / "fresh")
    theirs = {"mine.html", "claim/mine.html"}
    assert {name: held for name, held in snapshot(folder).items() if name not in theirs} == snapshot(
        tmp_path / "fresh"
    )
    assert theirs <= set(snapshot(folder))


def stopped(folder: Path) -> None:
    """Begin a site and be interrupted."""
    with site_folder(folder) as opened:
        opened.write("article/b.html", b"half")
        raise KeyboardInterrupt


def test_a_site_that_was_stopped_is_completed_by_the_next_run(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        stopped(tmp_path / "site")
    assert (tmp_path / "site" / "article" / "b.html").is_file()
    site_of(lay(tmp_path / "corpus", ARTICLE), tmp_path / "site")
    site_of(tmp_path / "corpus", tmp_path / "fresh")
    assert snapshot(tmp_path / "site") == snapshot(tmp_path / "fresh")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
@pytest.mark.parametrize("files", [1, 30, 90, 140])
def test_a_site_whose_writer_was_killed_has_nothing_old_after_the_next_run(tmp_path: Path, files: int) -> None:
    folder = tmp_path / "site"
    command = [sys.executable, "-m", "kg", "site", str(lay(tmp_path / "old", ARTICLE)), "-o", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as writer:
        # Not `rglob`, which raises where a file vanishes while it looks.
        while writer.poll() is None and sum(len(names) for *_, names in os.walk(folder)) < files:
            time.sleep(0.001)
        writer.kill()
    site_of(lay(tmp_path / "new", WITHDRAWN), folder)
    site_of(tmp_path / "new", tmp_path / "fresh")
    assert snapshot(folder) == snapshot(tmp_path / "fresh")


@pytest.mark.parametrize("name", ["index.html", "notes.txt"])
def test_a_folder_that_is_not_ours_is_not_touched(name: str, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / name).write_text("mine")
    with pytest.raises(FileError, match="something else is there"):
        site_of(EVERYTHING, tmp_path / "site")
    assert snapshot(tmp_path / "site") == {name: b"mine"}


def test_a_file_of_somebody_else_is_not_written_over(tmp_path: Path) -> None:
    site_of(lay(tmp_path / "corpus", ARTICLE), tmp_path / "site")
    two = {**ARTICLE, "b.txt": ARTICLE["a.txt"], "b.claims.yaml": ARTICLE["a.claims.yaml"]}
    (tmp_path / "site" / "article" / "b.html").write_text("mine")
    with pytest.raises(FileError, match="move it away"):
        site_of(lay(tmp_path / "two", two), tmp_path / "site")
    assert (tmp_path / "site" / "article" / "b.html").read_text() == "mine"


def test_nothing_is_written_behind_a_link(tmp_path: Path) -> None:
    site_of(lay(tmp_path / "corpus", ARTICLE), tmp_path / "site")
    shutil.move(tmp_path / "site" / "claim", tmp_path / "elsewhere")
    (tmp_path / "site" / "claim").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileError, match="not a link out of it"):
        site_of(lay(tmp_path / "corpus", WITHDRAWN), tmp_path / "site")


def test_two_sites_are_not_written_into_one_folder_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with site_folder(folder), pytest.raises(FileError, match="wait until it has ended"), site_folder(folder):
        pass


@pytest.mark.parametrize("earlier", [False, True], ids=["a new folder", "one with a site"])
def test_a_site_that_is_refused_touches_nothing_of_the_one_that_is_being_written(
    earlier: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    if earlier:
        site_of(lay(tmp_path / "corpus", ARTICLE), folder)
    with site_folder(folder) as running:
        (running.work_folder / "part-1").write_bytes(b"half")
        before = snapshot(folder)
        with pytest.raises(FileError, match="wait until it has ended"), site_folder(folder):
            pass

        assert snapshot(folder) == before


def test_a_corpus_that_is_wrong_leaves_nothing(seeds: Path, capfd: pytest.CaptureFixture[str]) -> None:
    claims = next(seeds.glob("*.claims.yaml"))
    claims.write_text(claims.read_text().replace("act: rejects", "act: rejoices"))
    assert run(["site"]) == 1
    assert "rejoices" in capfd.readouterr().err
    assert not Path("dist").exists()


def test_two_articles_with_one_id_are_said_to_be_wrong(seeds: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (article,) = seeds.glob("*.txt")
    shutil.copy(article, seeds / "other.txt")
    claims = article.with_suffix(".claims.yaml").read_text(encoding="utf-8")
    twin = claims.replace("\narticle:\n", f"\narticle:\n  id: {article.stem}\n")
    (seeds / "other.claims.yaml").write_text(twin, encoding="utf-8")

    assert run(["site", str(seeds), "-o", "site"]) == 1
    assert "violation: an article's id must be its own" in capfd.readouterr().err
    assert not Path("site").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("seeds")
def test_a_build_and_a_site_do_not_disturb_each_other(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["build"]) == 0
    built = snapshot(Path("dist"))
    assert run(["site"]) == 0
    site = snapshot(Path("dist/site"))
    assert run(["build"]) == 0
    assert snapshot(Path("dist/site")) == site
    assert {name: held for name, held in snapshot(Path("dist")).items() if not name.startswith("site")} == built
    assert [Path("dist", name).read_bytes() for name in ("kg.ttl", "kg.nq", "kg.jsonld")] == [
        Path("dist/site", name).read_bytes() for name in ("kg.ttl", "kg.nq", "kg.jsonld")
    ]
    assert run(["site"]) == 0
    assert re.search(r"dist/site: \d+ pages in \d+ files, 0 of them new or changed", capfd.readouterr().err)


def test_one_language_may_be_asked_for(tmp_path: Path) -> None:
    site_of(lay(tmp_path / "corpus", ARTICLE), tmp_path / "site", ("en",))
    assert {file.name for file in (tmp_path / "site").glob("index*")} == {"index.html"}
    assert 'lang="en"' in (tmp_path / "site" / "index.html").read_text()
    assert dead_links(tmp_path / "site") == []


def test_the_feed_has_the_claims_by_the_day_of_their_annotation(site: Path) -> None:
    feed = ElementTree.parse(site / "feed.atom").getroot()
    days = [entry.findtext(f"{ATOM}updated") for entry in feed.iter(f"{ATOM}entry")]
    required = {f"{ATOM}{name}" for name in ("id", "title", "updated", "link", "author")}
    assert days == sorted(days, reverse=True, key=str)
    assert str(feed.findtext(f"{ATOM}updated")) >= str(days[0])
    assert all(required <= {child.tag for child in entry} for entry in feed.iter(f"{ATOM}entry"))


def test_the_site_map_names_each_page_once(site: Path) -> None:
    index = ElementTree.parse(site / "sitemap.xml").getroot()
    maps = [str(each.text).rpartition("/")[2] for each in index.iter(f"{MAP}loc")]
    urls = [str(each.text) for name in maps for each in ElementTree.parse(site / name).getroot().iter(f"{MAP}loc")]
    withdrawn = {f"claim/2020/first/{claim}{end}" for claim in ("c30", "c31") for end in (".html", ".nl.html")}
    missing = {"404.html", "404.nl.html"}
    former = {f"{path}{end}" for path in FORMER for end in (".html", ".nl.html")}
    pages = {file.relative_to(site).as_posix() for file in site.rglob("*.html")} - withdrawn - missing - former
    assert sorted(urls) == sorted(f"https://everything.example/{page}" for page in pages)


def test_each_article_and_claim_is_found_by_each_of_its_words(site: Path) -> None:
    index, rows = searched(site)
    for number, (_, form, speakers, _, said, _, words, *_) in enumerate(rows):
        found = [word for word in folded(f"{said} {words}") if not index[word].get(number, 0) & SAID]
        found += [word for word in folded(speakers) if form and not index[word].get(number, 0) & SPEAKER]
        assert found == []


def test_a_headline_finds_its_article_and_an_act_its_claims(site: Path) -> None:
    index, rows = searched(site)
    assert [rows[number][0] for number in index["rises"]] == ["article/2020/first", "claim/2020/first/c24"]
    assert {rows[number][3] for number in index["retracts"] if index["retracts"][number] == REST} == {
        "retracts, and says"
    }


def searched(site: Path) -> tuple[dict[str, dict[int, int]], list[list[str]]]:
    """Return the index of a site: the entries of each word with its places there, and the results by number."""
    scripts = [file.read_text() for file in (site / "search").glob("*.js")]
    matches = [re.fullmatch(r'kgSearch\("(.*?)",(.*)\);\n', script, re.DOTALL) for script in scripts]
    contents = {match[1]: json.loads(match[2]) for match in matches if match}
    found = {
        word: dict(zip(accumulate(step >> 4 for step in steps), (step & 15 for step in steps), strict=True))
        for shard in contents["index"]["shards"]
        for word, steps in contents[shard].items()
    }
    return found, [row for name in sorted(contents) if name.startswith("en-") for row in contents[name]]


@pytest.fixture
def host(site: Path, tmp_path: Path) -> Iterator[str]:
    """Serve the site by nginx with the settings that it has for it, and give its address."""
    port = free_port()
    settings = (site / "nginx.conf").read_text()
    comments = "\n".join(line.removeprefix("# ") for line in settings.splitlines() if line.startswith("# "))
    maps = comments[comments.index("map ") :]
    server = f"server {{ listen 127.0.0.1:{port}; root {site};\ninclude {site}/nginx.conf; }}"
    with nginx(tmp_path, port, f"{maps}\n{server}"):
        yield f"http://127.0.0.1:{port}"


def got(address: str, accept: str, language: str = "") -> tuple[str, str]:
    """Return the media type of an answer, and the first line of a page's or a document's."""
    request = urllib.request.Request(address, headers={"Accept": accept, "Accept-Language": language})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Content-Type"], answer.read().decode().split("\n")[1][:20]


def test_nginx_answers_with_the_page_or_the_data_that_are_asked_for(host: str) -> None:
    claim = f"{host}/claim/2020/first/c01"
    assert [
        got(claim, "text/html,*/*;q=0.8", "en-GB"),
        got(claim, "text/html,*/*;q=0.8", "nl,en;q=0.5"),
        got(claim, "text/turtle")[0],
        got(claim, "application/ld+json", "nl")[0],
        got(f"{claim}.nt", "*/*")[0],
        got(f"{host}/", "text/html", "nl"),
        got(f"{host}/.well-known/void", "*/*")[0],
        got(f"{host}/people.html", "text/turtle"),
    ] == [
        ("text/html; charset=utf-8", '<html lang="en">'),
        ("text/html; charset=utf-8", '<html lang="nl">'),
        "text/turtle; charset=utf-8",
        "application/ld+json",
        "application/n-triples",
        ("text/html; charset=utf-8", '<html lang="nl">'),
        "text/turtle; charset=utf-8",
        ("text/html; charset=utf-8", '<html lang="en">'),
    ]


@pytest.mark.parametrize("path", ["claim/2020/first/c99", ".kg-site/files", "nginx.conf", "_headers"])
def test_nginx_gives_nothing_else(host: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        got(f"{host}/{path}", "text/html")

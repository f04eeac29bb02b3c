"""An address that a browser would run, as `javascript:hit()`, is refused where it is read and never made a link."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from kg.cli import run
from kg.publish.site import Pages
from support.corpora import CLAIMS, CONFIG, lay
from support.hostile_pages import BASE, with_addresses, with_paths
from support.pages_of import EVERYTHING, Reading
from support.served import described_paths, served

RUNS = (
    "javascript:hit()",
    "JavaScript://a.example/%0Ahit()",
    "vbscript:hit()",
    "data:text/html,hit()",
    "file:///etc/passwd",
    "blob:https://a.example/1",
)
TEXT = "date 2020-02-03 \u201cJa\u201d, zei Ann B.\n"
ADDRESS = re.compile(r"(?:https?://|urn:)[^\s\"',\]}]+")


# Where addresses are read


@pytest.mark.parametrize("address", RUNS)
def test_no_field_of_a_corpus_takes_an_address_that_runs(
    address: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every address of a corpus that has all fields is replaced; only the base must stay."""
    corpus = tmp_path / "corpus"
    shutil.copytree(EVERYTHING, corpus)
    replaced = set()
    for file in corpus.rglob("*.yaml"):
        lines = file.read_text().split("\n")
        for number, line in enumerate(lines, 1):
            if ADDRESS.search(line) and not line.startswith("base:"):
                lines[number - 1] = ADDRESS.sub(address, line)
                replaced.add((file, number))
        file.write_text("\n".join(lines))

    assert run(["validate", str(corpus), "-f", "json"]) == 1

    found = [each for each in json.loads(capfd.readouterr().out) if each["rule"] == "bad-iri"]
    assert {(Path(each["file"]), each["line"]) for each in found} == replaced


def test_the_message_says_what_to_write_instead(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = CLAIMS.replace("claims:", "article: {url: 'javascript:hit()'}\nclaims:")
    corpus = lay(tmp_path / "corpus", {"corpus.yaml": CONFIG, "a.txt": TEXT, "a.claims.yaml": lines})

    assert run(["validate", str(corpus)]) == 1
    said = capfd.readouterr().out

    (line,) = [line for line in said.splitlines() if "bad-iri" in line]
    assert line.removeprefix(f"{corpus}/") == (
        "a.claims.yaml:1:16: violation: `url` must be a whole web address, as https://example.org/x, not "
        "'javascript:hit()': no web address begins with `javascript:`; write one with https:// or http:// "
        "[bad-iri]"
    )


def test_an_importer_leaves_such_an_address_out_and_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sheet = 'article,text,words,speaker,url\na,"Piet zei: Ja.",Ja.,Piet,javascript:hit()\n'
    (tmp_path / "x.csv").write_text(sheet)

    assert run(["import", "csv", str(tmp_path / "x.csv"), "-o", str(tmp_path / "out")]) == 0

    written = "".join(file.read_text() for file in (tmp_path / "out").rglob("*.yaml"))
    assert "javascript" not in written
    assert "no web address begins with `javascript:`" in capfd.readouterr().err


@pytest.mark.parametrize("base", ["javascript:hit()/", "file:///srv/", "https://a.example"])
def test_an_export_whose_base_is_no_web_address_is_not_loaded(
    base: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "foreign.nq"
    file.write_text(f'<{base}dataset> <http://rdfs.org/ns/void#uriSpace> "{base}" .\n')

    assert run(["load", str(tmp_path / "store"), str(file)]) == 1
    assert f"and here is {base}, which is no web address that ends in `/`: load" in capfd.readouterr().err


# Where links are made


@pytest.mark.slow
@pytest.mark.parametrize("address", RUNS)
def test_no_page_and_no_feed_links_to_an_address_of_a_store_that_runs(address: str, tmp_path: Path) -> None:
    pages = with_addresses(address, tmp_path)

    assert {urlsplit(link).scheme for link in links_of(pages)} <= {"http", "https"}
    feed = pages.file("feed.atom")
    assert feed is not None
    assert address not in feed.decode()


@pytest.mark.parametrize(
    "start",
    [
        "javascript:hit()//",
        "//evil.example/",
        *(pytest.param(each, marks=pytest.mark.slow) for each in ("/..//evil.example/", "data:text/html,")),
    ],
)
def test_the_path_of_an_iri_is_never_read_as_a_scheme_or_a_host(start: str, tmp_path: Path) -> None:
    """A relative link to it begins with `./`."""
    for link in links_of(with_paths(start, tmp_path)):
        assert link.startswith(BASE) or "evil.example" not in link
        assert urlsplit(link).scheme in ("http", "https"), link


def links_of(pages: Pages) -> set[str]:
    """Return all links of all pages, as browsers resolve them."""
    found = set()
    for path in {"", *pages.overviews(), *pages.resources()}:
        html = pages.html(path, "en")
        if html is not None:
            page = urljoin(BASE, pages.layout.file(path, "en"))
            found |= {urljoin(page, link) for link in Reading(html.decode()).links}
    assert len(found) > 50
    return found


@pytest.mark.slow
def test_no_header_links_to_an_address_of_a_store_that_runs(tmp_path: Path) -> None:
    with_addresses("javascript:hit()", tmp_path)

    with served(tmp_path / "store") as server:
        for path in described_paths(tmp_path / "store"):
            for accept in ("text/html", "text/turtle"):
                reply = server.ask(path, headers={"Accept": accept})
                assert (path, reply.status < 500, "javascript" in str(reply.headers)) == (path, True, False)


@pytest.mark.slow
def test_a_header_has_other_letters_than_ascii_percent_encoded(tmp_path: Path) -> None:
    with_addresses("https://a.example/\u0161", tmp_path)

    with served(tmp_path / "store") as server:
        links = server.ask("/dataset.ttl").headers["link"]

    assert '<https://a.example/%C5%A1>; rel="license"' in links

"""What `kg serve` takes a path for: the versions of guidelines may have dots, capitals, and the ends of files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.cli import run
from support.corpora import CLAIMS, CONFIG, lay
from support.pages_of import site_of
from support.served import Server, served

HTML, TTL = "text/html", "text/turtle"
VERSIONS = ("1", "1.0", "2.0-rc.1", "V3_Final", "4.ttl", "5.html", "6.en")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    known = ", ".join(f'"{version}": "https://example.org/{version}"' for version in VERSIONS)
    files = {
        "corpus.yaml": f"{CONFIG}guidelines: {{{known}}}\nannotators: {{ann: {{name: Ann}}}}\n",
        "a.txt": "date 2020-02-03 “Ja”, zei Ann B.\n",
        "a.claims.yaml": f'annotation: {{by: ann, on: 2020-03-01, guideline: "1.0"}}\n{CLAIMS}',
    }
    return lay(tmp_path_factory.mktemp("names") / "corpus", files)


@pytest.fixture(scope="module")
def server(corpus: Path) -> Iterator[Server]:
    assert run(["-q", "load", str(corpus.parent / "store"), str(corpus)]) == 0
    with served(corpus.parent / "store") as running:
        yield running


@pytest.mark.parametrize("version", VERSIONS)
def test_a_guideline_answers_under_the_name_of_its_version(version: str, server: Server) -> None:
    path = f"/guideline/{version}"
    page, data = (server.ask(path, headers={"Accept": each, "Accept-Language": "nl"}) for each in (HTML, TTL))
    named = [server.ask(f"{path}.{suffix}") for suffix in ("html", "en.html", "ttl")]

    assert [(each.status, each.media) for each in (page, data)] == [(200, HTML), (200, TTL)]
    assert [(each.status, each.media) for each in named] == [(200, HTML), (200, HTML), (200, TTL)]
    assert [named[0].body, named[2].body] == [page.body, data.body]
    assert f'<https://kg.example{path}>; rel="cite-as"' in page.headers["link"].split(", ")


def test_the_pages_of_guidelines_are_those_of_the_site(corpus: Path, server: Server, tmp_path: Path) -> None:
    site_of(corpus, tmp_path / "site")
    files = {file.name: file.read_bytes() for file in (tmp_path / "site" / "guideline").iterdir()}

    forms = ("html", "en.html", "ttl", "jsonld", "nt")
    assert sorted(files) == sorted(f"{version}.{form}" for version in VERSIONS for form in forms)
    assert {name: server.ask(f"/guideline/{name}").body for name in files} == files


@pytest.mark.parametrize("name", ["1.1", "v3_final", "1.0.xml", "1.nl.ttl", "..", ".", "1.", ".ttl", "1..ttl"])
def test_a_version_that_no_guideline_has_is_404(name: str, server: Server) -> None:
    assert (name, server.ask(f"/guideline/{name}").status) == (name, 404)

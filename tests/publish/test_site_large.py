"""Sites of many files: claims are sections of their article's page, and their IRIs answer still."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kg.publish.site import Pages
from kg.publish.site.pages import OTHER_FILES
from support.browsers import DESKTOP, MOST, PHONE, Visit, ask_query, launched, violations
from support.loaded import snapshot
from support.pages_of import EVERYTHING, Reading, dead_links, pages_of, site_of

pytestmark = pytest.mark.slow

CLAIM = "claim/2020/first/c01"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "site"
    site_of(EVERYTHING, folder, most_files=0)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return pages_of(EVERYTHING, tmp_path_factory.mktemp("small"))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_every_link_of_a_large_site_leads_somewhere(large: Path) -> None:
    data = {file.relative_to(large).parts[0] for file in large.rglob("*.jsonld")}
    parts = [name for name in ("claim", "occasion", "source") if (large / name).exists()]
    assert (dead_links(large), parts, data) == ([], [], {"article", "dataset.jsonld", "kg.jsonld"})


def test_claims_have_pages_of_their_own_as_long_as_the_files_are_few_enough(small: Pages) -> None:
    files = len(list(small.resources())) * (len(small.languages) + 3) + OTHER_FILES
    assert (small.exceeds(files), small.exceeds(files - 1)) == (False, True)


def test_a_section_says_of_a_claim_what_its_page_says(large: Path, small: Pages) -> None:
    missing = []
    for path in filter(lambda each: each.startswith("claim/"), small.resources()):
        article, claim = path.removeprefix("claim/").rsplit("/", 1)
        section = squeezed(Reading((large / f"article/{article}.html").read_text()).text)
        html = (small.html(path, "en") or b"").decode()
        details = re.search(r'<dl class="details">.*?</dl>', html, re.DOTALL)
        if details and squeezed(Reading(details[0]).text) not in section:
            missing.append(claim)
    assert missing == []


def test_a_section_says_of_an_occasion_or_a_source_what_its_page_says(large: Path, small: Pages) -> None:
    parts = [each for each in small.resources() if each.startswith(("occasion/", "source/"))]
    missing = []
    for path in parts:
        article = path.split("/", 1)[1].rpartition("/")[0]
        section = squeezed(Reading((large / f"article/{article}.html").read_text()).text)
        html = (small.html(path, "en") or b"").decode()
        facts = re.findall(r'<h1.*?</h1>|<dl class="facts">.*?</dl>', html, re.DOTALL)
        missing += [path for each in facts if squeezed(Reading(each).text) not in section]
    assert (missing, len(parts) > 3) == ([], True)


@pytest.mark.parametrize(
    ("path", "section"),
    [
        (CLAIM, "article/2020/first#c01"),
        ("occasion/2020/first/interview", "article/2020/first#occasion.interview"),
        ("claim/talk/c01", "article/talk#c01"),
    ],
)
def test_hosts_lead_from_the_iri_of_a_section_to_it(large: Path, path: str, section: str) -> None:
    rules = re.findall(r"^/(\S+) /(\S+) 302$", (large / "_redirects").read_text(), re.MULTILINE)
    (found,) = (pair for pair in rules if re.fullmatch(re.sub(r":\w+", "[^/]+", pair[0]), path))
    values = dict(zip(re.findall(r":\w+", found[0]), path.split("/")[1:], strict=True))
    assert re.sub(r":\w+", lambda match: values[match[0]], found[1]) == section
    assert "return 303 /article/$kg_article#$kg_claim;" in (large / "nginx.conf").read_text()


class PlainHost(SimpleHTTPRequestHandler):
    """A host that knows files only, and shows 404.html for what it does not have."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        """Show the page of what is missing."""
        body = next(Path(self.directory).glob("**/404.html")).read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def host(large: Path) -> Iterator[str]:
    with plain_host(large) as address:
        yield address


@contextmanager
def plain_host(folder: Path) -> Iterator[str]:
    """Serve a folder until the block ends, and give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(PlainHost, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as running:
        yield running


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    opened = chromium.new_page()
    opened.set_default_timeout(MOST)
    yield opened
    opened.close()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_sections_and_nothing_is_cut_off(chromium: Any, large: Path, viewport: Any) -> None:
    opened = Visit(chromium, viewport=viewport, bypass_csp=True)
    page = opened.to(large / "article/2020/first.html")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    width = page.evaluate("document.documentElement.scrollWidth")
    found = violations(page)
    opened.context.close()
    assert (found, width, opened.complaints, opened.strangers) == ([], viewport["width"], [], [])


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (CLAIM, "article/2020/first.html#c01"),
        (f"{CLAIM}.html", "article/2020/first.html#c01"),
        ("occasion/2020/first/interview", "article/2020/first.html#occasion.interview"),
        ("article/2020/first", "article/2020/first.html#content"),
        ("entity/bob", "entity/bob.html#content"),
        ("entity/nobody", "entity/nobody.html#content"),
        ("entity/nobody.html", "entity/nobody.html"),
        ("guideline/1", "guideline/1.html#content"),
        ("guideline/V1.0-of-nobody", "guideline/V1.0-of-nobody.html#content"),
    ],
)
def test_a_host_that_knows_files_only_answers_iris_by_its_page_of_what_is_missing(
    host: str, page: Any, asked: str, shown: str
) -> None:
    page.goto(host + asked)
    page.wait_for_url(host + shown)
    missing = page.locator("[data-missing]").count()
    assert missing == ("nobody" in asked)


def test_below_another_base_the_page_of_what_is_missing_finds_its_site(chromium: Any, large: Path) -> None:
    visit = Visit(chromium, locale="en-GB")
    with plain_host(large.parent) as address:
        visit.page.goto(f"{address}{large.name}/{CLAIM}")
        visit.page.wait_for_url(f"{address}{large.name}/article/2020/first.html#c01")
        visit.page.goto(f"{address}{large.name}/some/where/nobody.html")
        visit.page.wait_for_selector(f"nav a[href='{address}{large.name}/people.html']")
        ink = visit.page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    visit.context.close()
    blocked = [each for each in visit.complaints if "404" not in each]
    assert ("Palatino" in ink, blocked, visit.strangers) == (True, [], [])


def test_what_answers_a_question_is_linked_to_its_section(host: str, page: Any) -> None:
    page.goto(f"{host}query.html")
    query = "SELECT ?o { ?s <http://schema.org/recordedAt> ?o FILTER(CONTAINS(STR(?o), '/occasion/')) }"
    ask_query(page, query)
    page.click("#answer td a")
    page.wait_for_url(re.compile(r"/article/.+\.html#occasion\..+$"))
    assert page.locator("section:target h3").count() == 1


def test_a_claim_that_was_found_is_shown_in_its_article(host: str, page: Any) -> None:
    page.goto(f"{host}search.html?q=bob")
    page.locator("#found .what a").first.press("Enter")
    page.wait_for_url(re.compile(r"/article/.+\.html#c\d+$"))
    assert page.locator("li:target .claim").count() == 1


def test_several_processes_write_the_same_bytes(tmp_path: Path) -> None:
    one = site_of(EVERYTHING, tmp_path / "one")
    two = site_of(EVERYTHING, tmp_path / "two", jobs=2)
    again = site_of(EVERYTHING, tmp_path / "two", jobs=2)
    assert snapshot(tmp_path / "one") == snapshot(tmp_path / "two")
    assert (two, again) == (one, one._replace(changed=0, made=0))


def test_a_site_that_has_outgrown_pages_for_claims_leaves_none_behind(large: Path, tmp_path: Path) -> None:
    site_of(EVERYTHING, tmp_path / "site")
    site_of(EVERYTHING, tmp_path / "site", most_files=0)
    assert snapshot(tmp_path / "site") == snapshot(large)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="the system has no process groups")
def test_a_killed_worker_is_reported_and_the_next_run_completes_the_site(large: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    command = [sys.executable, "-m", "kg", "site", str(EVERYTHING), "-o", str(folder), "--jobs", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as writer:
        children = Path(f"/proc/{writer.pid}/task/{writer.pid}/children")
        if not children.exists():
            pytest.skip("the system does not list the children of a process")
        # The first child looks after the others' resources; those that write come after it.
        while writer.poll() is None and len(found := children.read_text().split()) < 2:
            time.sleep(0.001)
        os.kill(int(found[-1]), signal.SIGKILL)
        assert writer.stderr is not None
        said = writer.stderr.read()
    assert (writer.returncode, "run `kg site` again, with fewer `--jobs`" in said) == (3, True)
    site_of(EVERYTHING, folder, most_files=0)
    shutil.rmtree(folder / ".kg-site")
    assert snapshot(folder) == {
        name: held for name, held in snapshot(large).items() if not name.startswith(".kg-site")
    }

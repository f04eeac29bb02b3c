"""The page of queries of `kg serve` in a browser: it asks /sparql, and shows its answers, errors and limits."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from kg.publish.site.localisation import label
from kg.query.questions import questions
from support import SEEDS
from support.browsers import PHONE, Visit, ask_query, ask_question, violations
from support.loaded import stores_of
from support.served import HOSTILE, Server, served
from support.waiting import eventually, is_alive

pytestmark = pytest.mark.slow

# The browser itself notes each refusal in its console.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = stores_of({"seeds": SEEDS}, tmp_path_factory.mktemp("query"))["seeds"]
    with served(store, rows=1500) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that gives a query two seconds."""
    with served(stores_of({"seeds": SEEDS}, tmp_path_factory.mktemp("hasty"))["seeds"], seconds=2) as running:
        yield running


@pytest.fixture
def visit(browser: Any, server: Server) -> Iterator[Visit]:
    opened = Visit(browser)
    opened.page.goto(f"http://127.0.0.1:{server.port}/query")
    yield opened
    opened.context.close()


def ask(page: Any, query: str, status: str) -> str:
    """Ask a query, wait for a status that begins so, and return the answer that is shown."""
    ask_query(page, query)
    page.wait_for_function("words => document.getElementById('status').textContent.startsWith(words)", arg=status)
    return str(page.inner_text("#answer")) if page.is_visible("#answer") else ""


def refusals(visit: Visit) -> list[str]:
    """Return the statuses of refused queries, and all else that the browser complained of."""
    matches = [(_REFUSED.match(each), each) for each in visit.complaints]
    return [match[1] if match else each for match, each in matches]


def test_named_questions_are_answered_by_the_server(visit: Visit) -> None:
    page = visit.page
    for name in questions():
        page.select_option("#question", name)
        ask_question(page)

        assert "kon niet" not in page.inner_text("#status"), name
    loaded = {url.rpartition("/")[2] for url in visit.requests}
    assert (visit.complaints, visit.strangers) == ([], [])
    assert "sparql" in loaded
    assert not loaded & {"oxigraph.js", "claims.js", "places.js"}


def test_rows_are_shown_and_downloaded(visit: Visit) -> None:
    page = visit.page
    ask(page, "SELECT ?act (COUNT(*) AS ?n) { ?c kg:act ?act } GROUP BY ?act ORDER BY DESC(?n) ?act", "")
    page.wait_for_selector("#answer td")
    shown = page.eval_on_selector_all(
        "#answer tbody tr", "all => all.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    with page.expect_download() as download:
        page.click("#csv")
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_bytes().decode())))
    page.click("[data-view=chart]")

    assert rows[0] == ["act", "n"]
    assert [[label(f"<{act}>", "nl"), count] for act, count in rows[1:]] == shown
    assert page.locator("#answer rect").count() == len(shown)
    assert visit.complaints == []


def test_graphs_are_shown_as_a_table_and_as_turtle(visit: Visit) -> None:
    page = visit.page
    query = "CONSTRUCT { ?c schema:text ?t ; kg:n 'a \"b\" \\\\ \\n\U0001f914' } WHERE { ?c schema:text ?t }"
    ask(page, query, "")
    page.wait_for_selector("#answer td")
    page.click("[data-view=turtle]")
    shown = pyoxigraph.parse(page.inner_text("#answer").encode(), format=pyoxigraph.RdfFormat.TURTLE)
    with page.expect_download() as download:
        page.click("#ttl")
    kept = pyoxigraph.parse(path=download.value.path(), format=pyoxigraph.RdfFormat.TURTLE)
    found = {str(each.object) for each in kept}

    assert {str(each.object) for each in shown} == found
    assert '"a \\"b\\" \\\\ \\n\U0001f914"' in found
    assert visit.complaints == []


def test_a_mistake_is_shown_where_it_is(visit: Visit) -> None:
    page = visit.page

    wrong = ask(
        page, "SELECT ?x WHERE { ?x a }", "Deze vraag kon niet beantwoord worden: geen SPARQL op regel 1, kolom 25"
    )
    unknown = ask(page, "ASK {\n  ?x a shema:Claim }", "Deze vraag kon niet beantwoord worden: de prefix shema:")

    assert wrong == "SELECT ?x WHERE { ?x a }\n" + " " * 24 + "^"
    assert unknown.split("\n") == ["  ?x a shema:Claim }", " " * 7 + "^"]
    assert ask(page, "ASK { ?x a schema:Claim }", "Ja") == ""
    assert (refusals(visit), visit.strangers) == (["400", "400"], [])


@pytest.mark.parametrize(
    ("query", "message", "status"),
    [
        ("SELECT * { ?s ?p ?o }", "The answer has more than 1,500 rows, and none is sent: add a LIMIT", "422"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "INSERT is refused: this address reads and never writes", "400"),
    ],
)
def test_a_limit_says_what_to_do(query: str, message: str, status: str, visit: Visit) -> None:
    answer = ask(visit.page, query, f"Deze vraag kon niet beantwoord worden: {message}")

    assert answer == ""
    assert visit.page.get_attribute("#status span", "lang") == "en"
    assert refusals(visit) == [status]


def test_a_query_that_takes_too_long_is_told_so(browser: Any, hasty: Server) -> None:
    opened = Visit(browser)
    opened.page.goto(f"http://127.0.0.1:{hasty.port}/query")
    ask(
        opened.page,
        HOSTILE,
        "Deze vraag kon niet beantwoord worden: The query took more than 2 seconds and was stopped: narrow it, or "
        "add a LIMIT",
    )
    opened.context.close()
    assert refusals(opened) == ["504"]


def test_the_last_query_is_the_one_that_is_answered(visit: Visit, server: Server) -> None:
    """The one before is given up, and the server stops it, since nobody waits for it any more."""
    given_up: list[str] = []
    visit.page.on("requestfailed", lambda request: given_up.append(request.failure))
    ask_query(visit.page, HOSTILE)
    worker = server.slow_worker()
    ask(visit.page, "ASK { ?x a schema:Claim }", "Ja")

    eventually(lambda: not is_alive(worker))
    assert visit.page.inner_text("#status") == "Ja"
    assert (given_up, visit.complaints) == (["net::ERR_ABORTED"], [])


def test_a_server_that_is_gone_is_told(visit: Visit) -> None:
    visit.page.route("**/sparql", lambda route: route.abort())

    ask(visit.page, "ASK {}", "Deze vraag kon niet beantwoord worden: de server gaf geen antwoord.")


def test_axe_finds_nothing(browser: Any, server: Server) -> None:
    opened = Visit(browser, viewport=PHONE, bypass_csp=True)
    opened.page.goto(f"http://127.0.0.1:{server.port}/query.en.html")
    ask(opened.page, "SELECT * { ?s ?p ?o } LIMIT 20", "20 rows")
    found = violations(opened.page)
    ask(opened.page, "SELECT * { ?s ?p ?o }", "This query could not be answered: The answer has more than")
    found += violations(opened.page)
    width = opened.page.evaluate("document.documentElement.scrollWidth")
    opened.context.close()

    assert (found, width) == ([], PHONE["width"])

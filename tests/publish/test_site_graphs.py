"""What CONSTRUCT and DESCRIBE answer on the page of questions: a table, Turtle, a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from support import SEEDS
from support.browsers import PHONE, Visit, ask_query, launched, violations
from support.pages_of import site_of

pytestmark = pytest.mark.slow

SPEAKERS = """PREFIX schema: <http://schema.org/>
PREFIX kg: <https://kg.example/entity/>
CONSTRUCT { ?who a schema:Person ; schema:name ?name ; <http://e/1> 1, 1.5 } WHERE {
  VALUES ?name { "Jens Stoltenberg" } { ?claim schema:author ?who } UNION { ?claim schema:author ?who }
  ?who schema:name ?name
}"""
TURTLE = """@prefix schema: <http://schema.org/> .
@prefix kg: <https://kg.example/entity/> .

kg:stoltenberg <http://e/1> 1 ;
    <http://e/1> 1.5 ;
    schema:name "Jens Stoltenberg" ;
    a schema:Person .
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graphs") / "site"
    site_of(SEEDS, folder)
    return folder


@pytest.fixture(scope="module")
def opened(site: Path) -> Iterator[Visit]:
    with launched() as chromium:
        visit = Visit(chromium, viewport=PHONE, bypass_csp=True)
        visit.to(site / "query.html")
        yield visit


def answered(page: Any, query: str) -> Any:
    """Ask, and return the page when it has answered."""
    ask_query(page, query)
    page.wait_for_function(
        "document.querySelector('#status').textContent.match(/\\d+ rij|1 rij|Niets|Ja|Nee|niet/)"
    )
    page.wait_for_selector("#answer:not([aria-busy])", state="attached")
    return page


def triples(turtle: str) -> set[pyoxigraph.Triple]:
    found = pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE, base_iri="https://kg.example/")
    return {quad.triple for quad in found}


def test_a_graph_is_shown_as_a_table_and_as_turtle(opened: Visit) -> None:
    page = answered(opened.page, SPEAKERS)
    heads = page.locator("#answer th").all_inner_texts()
    rows = [row.split("\t") for row in page.locator("#answer tbody tr").all_inner_texts()]
    links = page.locator("#answer td:first-child a").evaluate_all(
        "all => all.map(each => each.getAttribute('href'))"
    )
    page.click("[data-view=turtle]")
    shown = page.inner_text("#answer pre")
    found = violations(page)
    assert heads == ["onderwerp", "eigenschap", "waarde"]
    assert rows == [
        ["entity/stoltenberg", "http://e/1", "1"],
        ["entity/stoltenberg", "http://e/1", "1.5"],
        ["entity/stoltenberg", "http://schema.org/name", "Jens Stoltenberg"],
        ["entity/stoltenberg", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://schema.org/Person"],
    ]
    assert set(links) == {"./entity/stoltenberg.html"}
    assert triples(shown) == triples(TURTLE)
    assert (found, opened.complaints, opened.strangers) == ([], [], [])


def test_a_graph_can_be_kept_as_a_file_and_only_as_turtle(opened: Visit) -> None:
    page = answered(opened.page, SPEAKERS)
    with page.expect_download() as download:
        page.click("#ttl")
    kept = download.value.path().read_text()
    assert (kept.splitlines()[:2], triples(kept)) == (TURTLE.splitlines()[:2], triples(TURTLE))
    assert (page.is_visible("#csv"), page.is_visible("#json"), page.is_visible("[data-view=chart]")) == (
        False,
        False,
        False,
    )


def test_the_download_of_a_long_answer_has_all_of_it(opened: Visit, site: Path) -> None:
    page = answered(opened.page, "CONSTRUCT WHERE { ?s ?p ?o }")
    with page.expect_download() as download:
        page.click("#ttl")
    kept = triples(download.value.path().read_text())
    # The engine keeps integers of all types as one.
    store = pyoxigraph.Store()
    store.bulk_load(path=str(site / "kg.nq"), format=pyoxigraph.RdfFormat.N_QUADS)
    assert kept == {quad.triple for quad in store}
    assert page.locator("#answer tbody tr").count() == 1000


@pytest.mark.parametrize(
    "query", ["CONSTRUCT WHERE { ?s <http://e/none> ?o }", "SELECT * { ?s <http://e/none> ?o }"]
)
def test_where_nothing_is_found_nothing_is_offered(opened: Visit, query: str) -> None:
    page = answered(opened.page, query)
    shown = [each for each in ("#views", "#answer", "#csv", "#json", "#ttl") if page.is_visible(each)]
    assert (page.inner_text("#status"), shown) == ("Niets gevonden.", [])


def test_rows_after_a_graph_are_offered_as_rows(opened: Visit) -> None:
    answered(opened.page, SPEAKERS)
    page = answered(opened.page, "SELECT ?a ?n { VALUES (?a ?n) { ('x' 1) ('y' 2) } }")
    shown = [
        each
        for each in ("[data-view=chart]", "[data-view=turtle]", "#csv", "#json", "#ttl")
        if page.is_visible(each)
    ]
    assert shown == ["[data-view=chart]", "#csv", "#json"]

"""Asking without SPARQL in a browser: the form of a question, names for ids, addresses, how much may be asked."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pyoxigraph
import pytest

from kg.publish.site.query_page import CLAIMS, needed_parts
from kg.query.questions import questions, with_values
from kg.rdf.terms import Literal
from support import SEEDS
from support.browsers import (
    PHONE,
    Visit,
    answered,
    ask_query,
    ask_question,
    expect_answer,
    violations,
    write_query,
)
from support.pages_of import EVERYTHING, site_of

pytestmark = pytest.mark.slow

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions") / "site"
    site_of(SEEDS, folder)
    return folder


def asked(page: Any) -> list[list[str]]:
    """Press the button, wait for the answer, and return the heads and the cells of its table."""
    ask_question(page)
    return shown(page)


def shown(page: Any) -> list[list[str]]:
    answered(page)
    rows = "all => all.map(row => [...row.cells].map(cell => cell.textContent))"
    table: list[list[str]] = page.eval_on_selector_all("#answer tr", rows)
    return table


def test_a_question_is_asked_by_names_and_answered_in_words(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    page.select_option("#question", "said-by")
    page.fill("#field-speaker", "macron")
    page.fill("#field-about", "toestand van de navo")
    page.fill("#field-to", "31-12-2019")
    heads, *rows = asked(page)

    assert heads == [
        "uitspraak",
        "zekerheid",
        "wanneer",
        "handeling",
        "wat er gezegd is",
        "woorden van het artikel",
    ]
    assert rows == [
        [
            *("uitspraak 26", "zeker", "ergens tussen oktober 2019 en december 2019", "bekritiseert"),
            *("De NAVO is hersendood.", "de “hersendood” van de alliantie"),
        ]
    ]
    links = page.eval_on_selector_all("#answer a", "all => all.map(each => each.getAttribute('href'))")
    assert links == ["./claim/000_411f4785dd135aae/c26.html", "./ontology.html#acts-criticises"]
    assert (visit.complaints, visit.strangers) == ([], [])


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("speaker", "Nobody Atall", "Niets of niemand hier heet “Nobody Atall”."),
        ("speaker", "", "Vul dit in."),
        ("about", "nucleaire", "“nucleaire” kan meer dan één zijn: "),
        ("from", "2020-13", "Schrijf een dag, een maand of een jaar"),
        ("from", "30 februari", "Schrijf een dag, een maand of een jaar"),
    ],
)
def test_what_cannot_be_asked_is_told_at_its_field(
    visit: Visit, site: Path, field: str, typed: str, message: str
) -> None:
    page = visit.to(site / "query.html")
    page.select_option("#question", "said-by")
    page.fill(f"#field-{field}", typed)
    page.click("#ask button")
    page.wait_for_selector(f"#field-{field}-wrong:visible")

    assert page.inner_text(f"#field-{field}-wrong").startswith(message)
    assert page.get_attribute(f"#field-{field}", "aria-invalid") == "true"
    assert page.evaluate("document.activeElement.id") == f"field-{field}"
    assert "oxigraph.js" not in {url.rpartition("/")[2] for url in visit.requests}


def test_when_a_mistake_is_put_right_one_click_asks(visit: Visit, site: Path) -> None:
    """The message about it does not go away under the pointer, and the button with it."""
    page = visit.to(site / "query.html")
    page.select_option("#question", "said-by")
    page.fill("#field-from", "gisteren")
    page.click("#ask button")
    page.wait_for_selector("#field-from-wrong:visible")
    page.fill("#field-from", "2020-02")

    assert page.is_hidden("#field-from-wrong")
    assert len(asked(page)) > 1


def test_the_address_has_the_question_and_the_back_button_asks_the_one_before(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    page.select_option("#question", "said-about")
    page.fill("#field-about", "Rusland")
    first = asked(page)
    address = page.url
    page.select_option("#question", "most-quoted")
    second = asked(page)
    expect_answer(page)
    page.go_back()
    page.wait_for_function("() => document.getElementById('question').value === 'said-about'")
    back = shown(page)
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("#answer td")

    assert urldefrag(address).fragment == "ask=said-about&about=entity%2Frussia&language=nl"
    assert (back, shown(page), page.input_value("#field-about")) == (first, first, "Rusland")
    assert first != second


def test_an_address_has_ones_own_query_too_and_the_other_language_keeps_it(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    ask_query(page, "SELECT (COUNT(?c) AS ?n) { ?c a schema:Claim }")
    here = shown(page)
    page.click("[data-language=en]")
    page.wait_for_url("**/query.en.html#sparql=*")
    page.wait_for_selector("#answer td")

    assert (shown(page), here) == ([["n"], ["28"]], [["n"], ["28"]])


def test_the_editor_has_the_query_of_the_question_with_its_values(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    page.click("#own summary")
    page.select_option("#question", "said-by")
    page.fill("#field-speaker", "Emmanuel Macron")
    page.fill("#field-from", "2020-02")
    page.fill("#field-to", "2020-02")
    page.select_option("#field-language", "en")
    macron = "<https://kg.example/entity/macron>"
    row = f'({macron} UNDEF "2020-02-01"^^xsd:date "2020-02-29"^^xsd:date "en")'
    page.wait_for_function("row => document.getElementById('sparql').value.includes(row)", arg=row)
    write_query(page, "ASK {}")
    page.select_option("#question", "articles")

    assert page.input_value("#sparql") == "ASK {}"


def test_texts_are_in_the_language_of_the_page_where_they_can_be(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.en.html")
    page.fill("#field-about", "state of nato")
    heads, *rows = asked(page)

    assert "NATO is brain-dead." in [row[heads.index("what is claimed")] for row in rows]


def test_names_are_suggested_while_typing(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    page.select_option("#question", "said-by")
    page.fill("#field-speaker", "navo-b")
    page.wait_for_selector("#names-speaker option", state="attached")
    names = page.eval_on_selector_all("#names-speaker option", "all => all.map(each => each.value)")

    assert names == ["Jens Stoltenberg"]


def test_a_claim_is_named_by_the_address_of_its_page(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    page.select_option("#question", "where")
    page.fill("#field-claim", (site / "claim/000_411f4785dd135aae/c26.html").as_uri())

    assert asked(page)[1][-1] == "de “hersendood” van de alliantie"


def test_the_questions_have_the_same_answers_as_kg_query(visit: Visit, site: Path) -> None:
    """`kg query` answers by the same engine as is asked here; see tests/query/test_query_command.py."""
    store = pyoxigraph.Store()
    store.bulk_load(path=str(site / "kg.nq"), format=pyoxigraph.RdfFormat.N_QUADS)
    page = visit.to(site / "query.html")
    differing = []
    for name, question in questions().items():
        values = {each.name: Literal(each.example) for each in question.parameters if not each.optional}
        page.select_option("#question", name)
        _, *rows = asked(page) or [[]]
        query = with_values(question, values)
        solutions = store.query(query, base_iri="https://kg.example/", use_default_graph_as_union=True)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        expected = [{str(v)[1:]: x.value for v in solutions.variables if (x := row[v])} for row in solutions]
        if kept(page) != expected or len(rows) != len(expected):
            differing.append(name)
    assert (differing, visit.complaints, visit.strangers) == ([], [], [])


def kept(page: Any) -> list[dict[str, str]]:
    """Return the rows of the answer as they are downloaded."""
    if not page.is_visible("#json"):
        return []
    with page.expect_download() as download:
        page.click("#json")
    rows = json.loads(download.value.path().read_text())["results"]["bindings"]
    return [{name: value["value"] for name, value in row.items()} for row in rows]


def test_the_store_is_loaded_when_a_question_is_asked_and_only_its_part(visit: Visit, site: Path) -> None:
    def loaded() -> set[str]:
        names = {url.rpartition("/")[2] for url in visit.requests}
        return names & {"oxigraph.js", "claims.js", "places.js", "editor.js"}

    page = visit.to(site / "query.html")
    before = loaded()
    page.select_option("#question", "most-quoted")
    asked(page)
    first = loaded()
    page.select_option("#question", "where")
    asked(page)

    assert (before, first, loaded()) == (
        set(),
        {"oxigraph.js", "claims.js"},
        {"oxigraph.js", "claims.js", "places.js"},
    )
    assert {name for name, each in questions().items() if needed_parts(each) == (CLAIMS,)} > {"said-by", "topics"}


def test_a_query_without_end_can_be_stopped_and_the_page_asked_again(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    ask_query(page, CROSS)
    page.wait_for_selector("#status:has-text('Bezig')")
    page.click("#stop")
    page.wait_for_selector("#status:has-text('Gestopt.')")
    ask_query(page, "ASK { ?x a schema:Claim }")
    page.wait_for_selector("#status:has-text('Ja')")

    assert (page.is_visible("#stop"), visit.complaints) == (False, [])


def test_a_query_that_takes_too_long_is_stopped(visit: Visit, site: Path) -> None:
    visit.page.clock.install()
    page = visit.to(site / "query.html")
    ask_query(page, CROSS)
    page.wait_for_selector("#status:has-text('Bezig')")
    page.clock.fast_forward(31_000)
    page.wait_for_selector("#status:has-text('het duurde langer dan 30 seconden en is gestopt')")
    assert visit.complaints == []


def test_a_query_that_takes_too_much_memory_is_stopped(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    ask_query(page, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY STR(?c) STR(?f)")
    page.wait_for_selector("#status:has-text('te groot voor het geheugen')")
    ask_query(page, "ASK { ?x a schema:Claim }")
    page.wait_for_selector("#status:has-text('Ja')")


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } # LIMIT 5", 10_000),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000", 10_000),
        (
            "SELECT * { ?a ?b ?c { SELECT * { ?d ?e ?f } LIMIT 2000 } } OFFSET 1 VALUES ?c { 'limit' 1 2 3 4 5 }",
            None,
        ),
        ("SELECT ?limit { ?limit ?b '} LIMIT 3' } LIMIT 2", 0),
        ("SELECT ?a { ?a a schema:Claim } limit 7", 7),
    ],
)
def test_an_answer_has_at_most_ten_thousand_rows(visit: Visit, site: Path, query: str, rows: int | None) -> None:
    page = visit.to(site / "query.html")
    ask_query(page, query)
    answered(page)
    if rows is None:
        assert "niet beantwoord" not in page.inner_text("#status")
    elif rows == 0:
        assert page.inner_text("#status") == "Niets gevonden."
    else:
        with page.expect_download() as download:
            page.click("#csv")
        assert len(list(csv.reader(download.value.path().read_text().splitlines()))) == rows + 1
        assert ("Meer dan 10000 rijen" in page.inner_text("#status")) == (rows == 10_000)


def test_links_in_answers_lead_to_pages_of_this_site(visit: Visit, tmp_path: Path) -> None:
    """A passage links to its article, and an IRI with a fragment to the page of what it belongs to."""
    site_of(EVERYTHING, tmp_path / "site", ("en",))
    page = visit.to(tmp_path / "site" / "query.html")
    ask_query(page, "SELECT DISTINCT ?x { ?x a ?type FILTER(!CONTAINS(STR(?x), '/graph/')) }")
    page.wait_for_selector("#answer td")
    links = page.eval_on_selector_all("#answer a", "all => all.map(a => [a.title || a.textContent, a.href])")
    pages = {path: target.removeprefix((tmp_path / "site").as_uri() + "/") for path, target in links}
    names = dict(page.eval_on_selector_all("#answer a", "all => all.map(a => [a.title, a.textContent])"))

    assert [
        path for path, target in pages.items() if not (tmp_path / "site" / unquote(urldefrag(target).url)).is_file()
    ] == []
    assert pages["text/2020/first/1#char=1,14"] == "article/2020/first.html"
    assert pages["claim/2020/first/c01#quotation-1"] == "claim/2020/first/c01.html#quotation-1"
    assert names["entity/alice"] == "Alice Alder"
    assert names["occasion/2020/first/interview"] == "interview, The Gazette"
    assert names["claim/2020/first/c01"].startswith("claim 1, ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_form_with_mistakes_and_its_answers(browser: Any, site: Path, scheme: str) -> None:
    opened = Visit(browser, viewport={**PHONE, "width": 320}, color_scheme=scheme, bypass_csp=True)
    page = opened.to(site / "query.html")
    page.select_option("#question", "said-by")
    page.click("#own summary")
    page.wait_for_selector("#write .cm-content")
    page.fill("#field-from", "gisteren")
    page.click("#ask button")
    page.wait_for_selector("#field-from-wrong:visible")
    found = violations(page)
    page.fill("#field-from", "")
    asked(page)
    found += violations(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    opened.context.close()
    assert (found, width, opened.complaints) == ([], 320, [])


def test_everything_is_asked_with_the_keyboard_alone(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    page.focus("#question")
    page.keyboard.type("Wat is er over iets")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("Rusland")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer td")

    assert "about=entity%2Frussia" in page.url


def test_without_the_page_of_queries_a_site_has_nothing_that_only_it_needs(tmp_path: Path) -> None:
    whole = site_of(SEEDS, tmp_path / "whole", ("nl",))
    small = site_of(SEEDS, tmp_path / "small", ("nl",), query=False)
    names = {file.relative_to(tmp_path / "whole").as_posix() for file in (tmp_path / "whole").rglob("*.*")}
    kept = {file.relative_to(tmp_path / "small").as_posix() for file in (tmp_path / "small").rglob("*.*")}
    scripts = {f"assets/{name}.js" for name in ("answers", "editor", "engine", "oxigraph", "query", "triples")}
    data = {f"search/{name}.js" for name in ("claims", "places", "names.nl")}

    assert names - kept == {*scripts, *data, "query.html"}
    assert (kept - names, small.files) == (set(), whole.files - len(scripts) - len(data) - 1)
    assert [file.name for file in (tmp_path / "small").rglob("*.html") if "query.html" in file.read_text()] == []

"""How claims are cited, and links to the paper's own page."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from support.corpora import lay
from support.pages_of import EVERYTHING, Reading, pages_of, site_of

CORPUS = """\
base: https://kg.example/
title: {en: "Who said what: 100% of it"}
licence: https://creativecommons.org/licenses/by/4.0/
language: en
annotators: {desk: {name: "Smith & Daughters", type: Organization}}
"""
LONG = "nobody in the whole wide world would have to pay for anything at all, not ever again"
TEXT = f"Ann said: \u201cPeace - at last, & for all\u201d. She added that {LONG}.\n"
CLAIMS = f"""\
article: {{url: "https://paper.example/1?page=2", published: 2020-02-03}}
annotation: {{by: desk, on: 2026-11-24}}
claims:
  c01: {{speaker: ann-b, words: "Peace - at last, & for all"}}
  c02: {{speaker: ann-b, words: "{LONG}"}}
"""


def page(folder: Path, claims: str = CLAIMS, claim: str = "c01") -> str:
    """Return the page of a claim."""
    corpus = lay(folder / "corpus", {"corpus.yaml": CORPUS, "a.claims.yaml": claims, "a.txt": TEXT})
    return (pages_of(corpus, folder).html(f"claim/a/{claim}", "en") or b"").decode()


def cited(html: str) -> list[str]:
    """Return the citations of a page: APA, BibTeX, CSL-JSON."""
    return [unescape(each) for each in re.findall(r'<pre id="cite-.*?>(.*?)</pre>', html, re.DOTALL)]


@pytest.mark.parametrize(
    ("publisher", "shown"),
    [
        ("", "Who said what: 100% of it (2026). Last modified: 2026-11-24."),
        ("publisher: ann-b\n", "Ann B (2026). Who said what: 100% of it. Last modified: 2026-11-24."),
    ],
)
def test_a_data_set_without_a_publisher_is_cited_by_its_title(tmp_path: Path, publisher: str, shown: str) -> None:
    corpus = lay(tmp_path / "corpus", {"corpus.yaml": CORPUS + publisher, "a.claims.yaml": CLAIMS, "a.txt": TEXT})
    html = (pages_of(corpus, tmp_path).html("dataset", "en") or b"").decode()
    assert f"{shown} https://kg.example/dataset" in " ".join(Reading(html).text.split())


def test_a_claim_is_cited_as_an_entry_of_its_data_set(tmp_path: Path) -> None:
    apa, bibtex, csl = cited(page(tmp_path))

    title = "Ann B: Peace - at last, & for all"
    assert apa == (
        f"Smith & Daughters (2026). {title} [annotated claim]. Who said what: 100% of it. "
        "https://kg.example/claim/a/c01"
    )
    assert bibtex.split("\n") == [
        "@misc{kg-example-claim-a-c01,",
        "  author = {{Smith \\& Daughters}},",
        "  title = {{Ann B: Peace - at last, \\& for all}},",
        "  year = {2026},",
        "  howpublished = {Who said what: 100\\% of it},",
        "  url = {https://kg.example/claim/a/c01}",
        "}",
    ]
    assert json.loads(csl) == [
        {
            "id": "https://kg.example/claim/a/c01",
            "type": "entry",
            "author": [{"literal": "Smith & Daughters"}],
            "title": title,
            "container-title": "Who said what: 100% of it",
            "issued": {"date-parts": [[2026, 11, 24]]},
            "URL": "https://kg.example/claim/a/c01",
        }
    ]


def test_what_nobody_annotated_is_not_cited(tmp_path: Path) -> None:
    """No author and no day is made up."""
    apa, bibtex, csl = cited(page(tmp_path, CLAIMS.replace("annotation: {by: desk, on: 2026-11-24}\n", "")))

    assert apa.startswith("(n.d.). Ann B: Peace")
    assert re.findall(r"^  (\w+) =", bibtex, re.MULTILINE) == ["title", "howpublished", "url"]
    assert "issued" not in json.loads(csl)[0]


def test_programs_that_collect_references_find_the_facts_in_the_head(tmp_path: Path) -> None:
    elements = Reading(page(tmp_path)).elements
    found = {each["name"]: each["content"] for name, each in elements if name == "meta" and "name" in each}
    assert {name: content for name, content in found.items() if name.startswith("citation_")} == {
        "citation_title": "Ann B: Peace - at last, & for all",
        "citation_author": "Smith & Daughters",
        "citation_publication_date": "2026/11/24",
        "citation_public_url": "https://kg.example/claim/a/c01",
    }


def test_a_link_opens_the_papers_page_at_the_words(tmp_path: Path) -> None:
    short, long = (page(tmp_path / claim, claim=claim) for claim in ("c01", "c02"))

    start = 'href="https://paper.example/1?page=2#:~:text='
    assert f'{start}Peace%20%2D%20at%20last%2C%20%26%20for%20all"' in short
    assert re.findall(r"text=nobody[^\"]*", long) == ["text=nobody%20in%20the%20whole,all%2C%20not%20ever%20again"]
    no_page = page(tmp_path / "none", CLAIMS.replace('url: "https://paper.example/1?page=2", ', ""))
    assert ":~:text=" not in no_page


@pytest.mark.slow
def test_a_section_of_a_large_site_is_cited_as_the_page_of_its_claim(tmp_path: Path) -> None:
    from support.browsers import Visit, launched, violations

    corpora = {
        "everything": EVERYTHING,
        "short": lay(tmp_path / "short", {"corpus.yaml": CORPUS, "a.claims.yaml": CLAIMS, "a.txt": TEXT}),
    }
    with launched() as chromium:
        for name, corpus in corpora.items():
            site_of(corpus, tmp_path / name / "site", ("en", "nl"), most_files=0)
            pages = pages_of(corpus, tmp_path / name / "pages")
            articles = sorted((tmp_path / name / "site/article").rglob("*.html"))
            for file in (each for each in articles if 'class="whole"' in each.read_text()):
                language = "nl" if file.stem.endswith(".nl") else "en"
                opened = Visit(chromium, bypass_csp=True)
                page = opened.to(file)
                base = page.text_content(".whole .iri").partition("claim/")[0]
                page.eval_on_selector_all(".whole", "all => { for (const each of all) each.open = true; }")
                page.wait_for_function("document.querySelectorAll('.whole:not(:has(.copied))').length === 0")
                for section in page.query_selector_all(".whole"):
                    iri = section.query_selector(".iri").text_content()
                    html = (pages.html(iri.removeprefix(base), language) or b"").decode()
                    found = [each.text_content() for each in section.query_selector_all("pre")]
                    assert found[:3] == cited(html), iri
                    assert "#embed." in found[3]
                assert (violations(page), opened.complaints) == ([], [])
                opened.context.close()


def test_without_scripts_a_section_has_its_permanent_link(tmp_path: Path) -> None:
    corpus = lay(tmp_path / "corpus", {"corpus.yaml": CORPUS, "a.claims.yaml": CLAIMS, "a.txt": TEXT})
    site_of(corpus, tmp_path / "site", ("en",), most_files=0)

    article = (tmp_path / "site/article/a.html").read_text()
    assert (
        '<a class="iri" href="https://kg.example/article/a.html#c01">https://kg.example/claim/a/c01</a>' in article
    )

"""The index of Explore: its facets have exactly what is annotated, by id; unnamed sources stay unnamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kg.publish.site import Pages
from kg.publish.site.explore_index import FACETS, ClaimDays, ExploreIndex
from kg.publish.site.search_index import PORTION, search_index
from kg.rdf.vocab import KG, SCHEMA
from support.corpora import CONFIG, lay
from support.pages_of import EVERYTHING, pages_of

TWINS = {
    "corpus.yaml": CONFIG,
    "entities.yaml": "jan: {type: Person, name: Jan Jansen}\njan-2: {type: Person, name: Jan Jansen}\n",
    "a.txt": "date 2020-02-03 “Ja”, zei Jan Jansen. “Nee”, zei Jan Jansen. “Misschien”, zei iemand.\n",
    "a.claims.yaml": "sources: {iemand: {words: iemand}}\n"
    "claims: {c01: {speaker: jan, words: Ja}, c02: {speaker: jan-2, words: Nee},"
    " c03: {speaker: iemand, words: Misschien}}\n",
}


def indexed(pages: Pages) -> Mapping[str, Any]:
    """Return the files of the index by name, as JSON."""
    index = ExploreIndex(pages.quads)
    for article in pages.dataset.articles:
        index.add(article)
    return {
        file.name: json.loads(file.content.split(b",", 1)[1][:-3]) for file in index.files(pages.readers.values())
    }


def claims_of(index: Mapping[str, Any]) -> list[str]:
    """Return the paths of the claims, in the order of the columns."""
    return [f"claim/{article[8:]}/{id}" for article, ids in index["articles"] for id in ids.split()]


def chosen(index: Mapping[str, Any], facet: str, value: str) -> set[str]:
    """Return the paths of the claims with a value."""
    column = index["facets"][facet]
    place = column["values"].index(value)
    rows = zip(claims_of(index), column["rows"], strict=True)
    return {claim for claim, row in rows if place in column["sets"][row]}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return pages_of(EVERYTHING, tmp_path_factory.mktemp("everything"))


def test_each_entity_has_exactly_the_claims_that_are_annotated(everything: Pages) -> None:
    index, quads = indexed(everything)["explore/claims.js"], everything.quads
    properties = {"speaker": SCHEMA.author, "about": SCHEMA.about, "to": KG.addressee}
    found = {
        (facet, value): chosen(index, facet, value)
        for facet in properties
        for value in index["facets"][facet]["values"]
        if value.startswith("entity/")
    }
    annotated = {
        (facet, value): {
            claim
            for claim in claims_of(index)
            if quads.iri(value) in quads.properties(quads.iri(claim)).get(properties[facet], ())
        }
        for facet, value in found
    }
    assert found == annotated
    assert len(found) > 6


def test_the_claims_come_in_the_order_of_the_search_index(everything: Pages) -> None:
    """Their texts are at these entries of its portions."""
    index = indexed(everything)["explore/claims.js"]
    rows = []
    for file in search_index([everything.readers["en"]], everything.dataset.articles):
        if file.name.startswith("search/en-"):
            rows += json.loads(file.content.split(b",", 1)[1][:-3])
    assert [row[0] for row in rows if row[1]] == claims_of(index)
    assert (index["portion"], set(index["facets"])) == (PORTION, set(FACETS))


def test_two_people_of_one_name_stay_apart_and_an_unnamed_source_is_neither(tmp_path: Path) -> None:
    files = indexed(pages_of(lay(tmp_path / "corpus", TWINS), tmp_path))
    index, names = files["explore/claims.js"], files["explore/names-en.js"]["speaker"]
    found = {value: chosen(index, "speaker", value) for value in index["facets"]["speaker"]["values"]}
    assert found == {"entity/jan": {"claim/a/c01"}, "entity/jan-2": {"claim/a/c02"}, "unnamed": {"claim/a/c03"}}
    assert names == ["Jan Jansen (jan)", "Jan Jansen (jan-2)", "unnamed sources"]


@pytest.mark.parametrize(
    ("days", "periods"),
    [
        (ClaimDays("2020-02-01", "2020-02-29", "2020-02-21"), ("2020", "2020-02")),
        (ClaimDays("2020-02-01", "2020-02-29", ""), ("2020", "2020-02")),
        (ClaimDays("2020-02-01", "2020-03-01", ""), ("2020",)),
        (ClaimDays("2019-12-31", "2020-01-01", ""), ("unknown",)),
        (ClaimDays("", "2020-02-29", ""), ("unknown",)),
        (ClaimDays("2019-01-01", "2019-12-31", "2019"), ("2019",)),
    ],
)
def test_a_claim_has_a_month_and_a_year_only_if_they_are_known(days: ClaimDays, periods: tuple[str, ...]) -> None:
    assert days.periods == periods

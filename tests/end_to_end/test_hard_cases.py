"""Articles that are hard to annotate truly: everything that the graph says of each claim, read by a person."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph
import pytest

import kg
from kg.rdf.vocab import PREFIXES
from support import ROOT

CORPUS = ROOT / "tests/data/corpora/hard"
STATEMENTS = ROOT / "tests/data/golden/hard-cases.txt"
BASE = "https://hard.example/"
# What says where the words are, and who annotated them, is left out: other tests look at that.
LEFT_OUT = (
    "type",
    "appearance",
    "claimInterpreter",
    "position",
    "wordsAt",
    "cueAt",
    "speakerWordsAt",
    "dateWordsAt",
)


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    return kg.open(CORPUS).to_oxigraph()


def statements(store: pyoxigraph.Store) -> Iterator[str]:
    """Yield every property of every claim and of its quotations, a line each."""
    kinds = [pyoxigraph.NamedNode(kind) for kind in ("http://schema.org/Claim", f"{PREFIXES['kg']}WithdrawnClaim")]
    is_a = pyoxigraph.NamedNode(f"{PREFIXES['rdf']}type")
    claims = [quad.subject for kind in kinds for quad in store.quads_for_pattern(None, is_a, kind, None)]
    for claim in sorted(claims, key=str):
        yield _short(claim)
        yield from sorted(_properties(store, claim))


def _properties(store: pyoxigraph.Store, claim: pyoxigraph.NamedNode) -> Iterator[str]:
    for quad in store.quads_for_pattern(claim, None, None, None):
        name = _short(quad.predicate)
        if name == "hasPart":
            (text,) = [
                each.object
                for each in store.quads_for_pattern(quad.object, None, None, None)
                if _short(each.predicate) == "text"
            ]
            yield f"  says “{text.value}”"
        elif name not in LEFT_OUT and not name.endswith("sAt") and name != "cueAt":
            yield f"  {name} {_short(quad.object)}"


def _short(term: pyoxigraph.NamedNode | pyoxigraph.Literal) -> str:
    if isinstance(term, pyoxigraph.Literal):
        return f"{term.language}: {term.value}" if term.language else term.value
    path = term.value.removeprefix(BASE)
    return path.split("/", 1)[1] if path != term.value else path.replace("#", "/").rpartition("/")[2]


def test_the_graph_says_of_each_claim_what_the_article_says(store: pyoxigraph.Store) -> None:
    assert "\n".join(statements(store)) + "\n" == STATEMENTS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("question", "values", "claims"),
    [
        ("unnamed-sources", {}, ["anonymous/c04", "anonymous/c01", "anonymous/c02", "court/c01"]),
        ("own-voice", {}, ["anonymous/c05", "column/c01", "column/c02", "column/c04", "correction/c02"]),
        ("said-for", {"for_": "hale"}, ["court/c04", "court/c05"]),
        ("said-by", {"speaker": "hale"}, ["court/c03"]),
        ("said-by", {"speaker": "energy-agency"}, ["interview/c02"]),
        ("denials", {}, ["court/c03", "report/c03", "retraction/c03"]),
        ("retractions", {}, ["retraction/c02"]),
        ("promises", {}, ["interview/c04"]),
        ("conditions", {}, ["interview/c03"]),
        ("said-in-document", {}, ["report/c01", "report/c02"]),
        ("withdrawn", {}, ["correction/c03"]),
        ("translations", {}, ["translation/c01", "translation/c02"]),
    ],
)
def test_the_questions_find_what_the_articles_say(question: str, values: dict[str, str], claims: list[str]) -> None:
    rows = kg.open(CORPUS).query(question, **values)

    assert [row["claim"].removeprefix(f"{BASE}claim/") for row in rows] == claims


def test_there_is_nothing_to_report() -> None:
    assert list(kg.open(CORPUS).validate()) == []


if __name__ == "__main__":
    STATEMENTS.write_text("\n".join(statements(kg.open(CORPUS).to_oxigraph())) + "\n", encoding="utf-8")

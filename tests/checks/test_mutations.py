"""Deliberate changes of the publication, nearly all of which `kg validate FILE` must find, and no false alarm."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest
from bench.corpus import write_corpus

import kg
from kg.checks.graph_view import GraphView
from kg.checks.publication_checks import graph_faults
from kg.errors import Finding
from kg.formats.rdf_reader import media_type_of, read_nodes
from kg.pipeline.publication import check_rdf
from kg.rdf.terms import Iri, Node, Term, date, integer, iri, plain, text, typed
from kg.rdf.vocab import BASES, KG, OA, PREFIXES, SCHEMA, SKOS, VOID, XSD
from support import ROOT
from support.corpora import lay

DIST = ROOT / "dist"
CORPORA = ROOT / "tests" / "data" / "corpora"
MUTATIONS = ROOT / "tests" / "data" / "checks" / "mutations.txt"
ID = "000_411f4785dd135aae"
K = "https://kg.example/"
LOCAL = {
    "c": f"{K}claim/{ID}/",
    "e": f"{K}entity/",
    "o": f"{K}occasion/{ID}/",
    "t": f"{K}text/{ID}/",
    "k": K,
}
Nodes = dict[Term, dict[Iri, list[Term]]]


def mutations() -> Iterator[str]:
    """Yield the deliberate changes, a line each."""
    for line in MUTATIONS.read_text().splitlines():
        if line[:2] in ("= ", "+ ", "- "):
            yield line


@cache
def published() -> tuple[Node, ...]:
    with (DIST / "kg.nt").open("rb") as stream:
        return tuple(read_nodes("kg.nt", stream, "application/n-triples"))


@cache
def prefixes() -> str:
    return "".join(f"@prefix {name}: <{base}> .\n" for name, base in {**PREFIXES, **LOCAL}.items())


def mutated(mutation: str) -> list[Node]:
    """Return the publication with a change, without digests and with the count of triples mended.

    These two would show any change.
    """
    nodes: Nodes = {
        node.subject: {p: list(values) for p, values in node.properties.items() if p != KG.digest}
        for node in published()
    }
    for change in mutation.split(" ;; "):
        sign, rest = change.replace("k:article", f"<{K}article/{ID}>").split(" ", 1)
        bare = sign == "-" and len(rest.split(" ")) == 2
        turtle = f"@base <{K}> .\n{prefixes()}{rest} {'0' if bare else ''} ."
        triples = [
            (Iri(str(each.subject)), Iri(str(each.predicate)), str(each.object))
            for each in pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE)
        ]
        apply(nodes, sign, triples, bare=bare)
    if "void:triples" not in mutation:
        nodes[Iri(f"<{K}dataset>")][VOID.triples] = [integer(counted(nodes))]
    return [Node(Iri(subject), properties) for subject, properties in nodes.items() if properties]


def counted(nodes: Nodes) -> int:
    """Return how many triples there are outside the graph of the data set."""
    graph = GraphView([Node(Iri(subject), properties) for subject, properties in nodes.items()])
    return sum(
        len(values)
        for name, described in graph.by_graph.items()
        if name != f"<{K}graph/dataset>"
        for properties in described.values()
        for values in properties.values()
    )


def apply(nodes: Nodes, sign: str, triples: list[tuple[Iri, Iri, str]], *, bare: bool) -> None:
    subject, predicate, _ = triples[0]
    properties = nodes.setdefault(subject, {})
    values = [Iri(value) for _, _, value in triples]
    if sign == "+":
        properties.setdefault(predicate, []).extend(values)
    elif sign == "=":
        assert properties[predicate] != values
        properties[predicate] = list(values)
    elif bare:
        properties.pop(predicate)
    else:
        properties[predicate] = [each for each in properties[predicate] if each not in values]


def found_in(mutation: str) -> list[Finding]:
    return check_rdf(mutated(mutation), "kg.nt", "kg")


@cache
def rules_found() -> dict[str, tuple[str, ...]]:
    return {each: tuple(dict.fromkeys(found.rule for found in found_in(each))) for each in mutations()}


def test_there_are_many_deliberate_changes():
    assert len(set(mutations())) == len(list(mutations())) >= 120


@pytest.mark.slow
def test_nearly_all_deliberate_changes_are_found_without_digests():
    missed = [each for each, rules in rules_found().items() if not rules]
    assert len(missed) <= 0.05 * len(rules_found()), missed


def test_a_change_that_only_the_digests_show_is_found():
    note = Iri('"Another reason."@en')
    nodes = [
        Node(subject, {**properties, SKOS.editorialNote: [note]})
        if SKOS.editorialNote in properties
        else Node(subject, properties)
        for subject, properties in published()
    ]
    assert {each.rule for each in check_rdf(nodes, "kg.nt", "kg")} == {"changed-graph"}


def test_a_triple_of_somebody_else_is_found_by_the_count():
    """It is in no graph of kg's, so no digest shows it."""
    added = Node(Iri("<http://e/s>"), {Iri("<http://e/p>"): [Iri("<http://e/o>")]})

    assert {each.rule for each in check_rdf([*published(), added], "kg.nt", "kg")} == {"wrong-count"}


def test_a_graph_that_lost_its_digest_is_found():
    """Other graphs have theirs."""
    graph = Iri(f"<{K}graph/entities>")
    nodes = [
        Node(subject, {p: values for p, values in properties.items() if subject != graph or p != KG.digest})
        for subject, properties in published()
    ]

    assert "changed-graph" in {each.rule for each in check_rdf(nodes, "kg.nt", "kg")}


def test_a_message_names_a_blank_node_by_its_label():
    same = Iri("<http://www.wikidata.org/entity/Q1>")
    found = graph_faults([Node(Iri(f"_:{name}"), {SCHEMA.sameAs: [same]}) for name in ("one", "two")])

    assert [each.message for each in found] == [
        "an identifier must belong to one thing, and this one is also that of _:one: merge the two"
    ]


@pytest.mark.parametrize("day", ["2020-13-45", "soon", "12345-01-01"])
@pytest.mark.parametrize(("predicate", "rule"), [(KG.earliest, "date-earliest"), (KG.latest, "date-latest")])
def test_a_day_that_does_not_exist_is_reported_and_not_compared(day, predicate, rule):
    nodes = [
        Node(
            subject,
            {**properties, predicate: [typed(day, XSD.base + "date")]} if predicate in properties else properties,
        )
        for subject, properties in published()
    ]
    found = {each.rule for each in check_rdf(nodes, "kg.nt", "kg")}

    assert {rule, "date-against-edtf"} <= found
    assert found.isdisjoint({"said-outside-occasion", "relation-to-later-claim", "annotated-before-article"})


@pytest.mark.parametrize("predicate", [OA.start, OA.end, SCHEMA.position])
def test_numbers_with_thousands_of_digits_are_reported(predicate):
    number = typed("9" * 5000, XSD.base + "integer")
    nodes = [
        Node(subject, {**properties, predicate: [number]} if predicate in properties else properties)
        for subject, properties in published()
    ]

    assert "changed-graph" in {each.rule for each in check_rdf(nodes, "kg.nt", "kg")}


@pytest.mark.parametrize(
    "name",
    [
        *("seeds", "everything", "corrected", "hard", "queries", "regions", "twins"),
        pytest.param("generated", marks=pytest.mark.slow),
    ],
)
def test_what_kg_exports_has_no_fault(tmp_path, name):
    folder = {"seeds": ROOT / "seeds", "generated": tmp_path / "made"}.get(name, CORPORA / name)
    if name == "generated":
        write_corpus(folder, 30)
    for form in ("nt", "ttl", "jsonld", "rdf"):
        output = tmp_path / f"kg.{form}"
        kg.open(folder).write(output)
        with output.open("rb") as stream:
            assert check_rdf(read_nodes(output.name, stream, media_type_of(output.name)), output.name, "kg") == []


@cache
def everything() -> tuple[Node, ...]:
    with tempfile.TemporaryDirectory() as folder:
        kg.open(CORPORA / "everything").write(Path(folder) / "kg.nt")
        with (Path(folder) / "kg.nt").open("rb") as stream:
            return tuple(read_nodes("kg.nt", stream, "application/n-triples"))


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "rule"),
    [
        ("entity/plan", SCHEMA.dateCreated, date("2018-12"), "date-against-edtf"),
        ("entity/plan", SCHEMA.dateCreated, None, "date-against-edtf"),
        ("claim/2020/first/c33", KG.dueBy, date("2024-12-31"), "date-against-edtf"),
        ("claim/2020/first/c33", KG.dueBy, None, "date-against-edtf"),
        ("claim/2020/first/c14", KG.dateBasis, BASES.correction, "basis-of-date"),
        ("claim/2020/first/c26", KG.dateBasis, BASES.document, "date-of-occasion"),
        ("claim/2020/first/c33", KG.cue, None, "words-of-passage"),
        ("claim/2020/first/c01", KG.speakerWords, None, "words-of-passage"),
        ("claim/2020/first/c01#quotation-1", SCHEMA.text, None, "quotation-without-words"),
        ("source/2020/first/diplomats", SCHEMA.description, text("Spokesmen", "en-gb"), "words-of-passage"),
        ("claim/2020/first/c03#review-1", SCHEMA.claimReviewed, text("that war is near", "en-gb"), "labels-differ"),
        ("claim/2020/first/c03#review-1", SCHEMA.claimReviewed, None, "labels-differ"),
        ("dataset", SCHEMA.keywords, None, "labels-differ"),
        ("dataset", SCHEMA.identifier, plain("https://doi.org/10.5281/zenodo.1"), "labels-differ"),
        ("dataset", SCHEMA.url, iri("https://gazette.example/other"), "labels-differ"),
    ],
)
def test_what_follows_from_other_properties_is_compared_with_them(subject, predicate, value, rule):
    about = Iri(f"<https://everything.example/{subject}>")
    assert any(predicate in node.properties for node in everything() if node.subject == about)
    changed = {predicate: [value]} if value else {}
    nodes = [
        Node(name, {each: values for each, values in properties.items() if each != predicate} | changed)
        if name == about
        else Node(name, properties)
        for name, properties in everything()
    ]

    found = {each.rule for each in check_rdf(nodes, "kg.nt", "kg")}
    assert rule in found - {"changed-graph", "wrong-count"}


@pytest.mark.parametrize("id", ["wilma", "plan"])
def test_an_article_must_not_mention_its_own_voice_nor_what_is_inferred(id):
    """Wilma wrote the article, and c14 was made in the plan, which an annotator inferred."""
    article, named = (
        Iri("<https://everything.example/article/2020/first>"),
        iri(f"https://everything.example/entity/{id}"),
    )
    nodes = [
        Node(
            name,
            {**properties, SCHEMA.mentions: [*properties[SCHEMA.mentions], named]}
            if name == article
            else properties,
        )
        for name, properties in everything()
    ]

    (found,) = [each for each in check_rdf(nodes, "kg.nt", "kg") if each.rule == "mentions"]
    assert found.message == (
        "an article must mention nothing but what its claims name, not who speaks as the paper itself or what is "
        "only inferred: delete this, or name it in a claim"
    )


def test_a_role_that_began_on_one_of_several_days_may_have_been_held(tmp_path):
    """EDTF has no interval from a set, so the graph does not say how long the role was held."""
    role = "{title: chef, from: '[2014-09,2014-10]'}"
    files = {
        "entities.yaml": f"ann-b: {{type: Person, name: Ann B, roles: {{chief: {role}}}}}\n",
        "a.txt": "date 2020-02-21 “Ja”, zei Ann B.",
        "a.claims.yaml": "claims: {c01: {speaker: ann-b, words: Ja, act: states, said: '2020-02-20'}}\n",
    }
    kg.open(lay(tmp_path, files)).write(tmp_path / "kg.nt")
    with (tmp_path / "kg.nt").open("rb") as stream:
        nodes = list(read_nodes("kg.nt", stream, "application/n-triples"))

    assert any(KG.spokenAs in node.properties for node in nodes)
    assert {each.rule for each in check_rdf(nodes, "kg.nt", "kg")} == {"annotation-signed"}


def test_the_paper_speaks_in_no_role_of_its_author_whatever_the_form(tmp_path):
    files = {
        "entities.yaml": "ann-b: {type: Person, name: Ann B, roles: {chief: {title: chef, from: 2014}}}\n",
        "a.txt": "date 2020-02-21 “Ja”, zei Ann B.",
        "a.claims.yaml": "article: {author: ann-b}\n"
        "claims: {c01: {speaker: article, words: zei Ann B, act: states, form: indirect}}\n",
    }
    kg.open(lay(tmp_path, files)).write(tmp_path / "kg.nt")
    with (tmp_path / "kg.nt").open("rb") as stream:
        nodes = list(read_nodes("kg.nt", stream, "application/n-triples"))

    assert {each.rule for each in check_rdf(nodes, "kg.nt", "kg")} == {"annotation-signed"}


def test_extra_triples_are_in_a_graph_of_their_own(tmp_path):
    folder, output = tmp_path / "corpus", tmp_path / "kg.nt"
    shutil.copytree(ROOT / "tests" / "data" / "checks" / "corpus", folder)
    (folder / "extra").mkdir()
    terms = "@prefix ex: <https://example.org/terms#> .\n"
    (folder / "extra" / "more.ttl").write_text(
        f"{terms}<{K}entity/berg> ex:height '1.70' . ex:thing a ex:Thing .\n"
    )
    kg.open(folder).write(output)
    with output.open("rb") as stream:
        assert check_rdf(read_nodes(output.name, stream, "application/n-triples"), output.name, "kg") == []


def test_the_publication_has_no_fault_in_any_format():
    for file in [*sorted(DIST.glob("kg.*")), DIST / "dataset.ttl", DIST / "dataset.jsonld"]:
        with file.open("rb") as stream:
            found = check_rdf(read_nodes(file.name, stream, media_type_of(file.name)), file.name, "kg")
            assert [each for each in found if each.rule != "closed-entity"] == []

"""Turtle and TriG that people like to read, N-Triples and N-Quads a line a triple."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.write_golden import GOLDEN
from kg.formats import FORMATS
from kg.formats.turtle import Abbreviations
from kg.rdf.terms import Graph, Node, iri, plain, typed
from kg.rdf.vocab import SCHEMA
from support import ROOT
from support.reading import document, read_by_oxigraph, read_by_rdflib
from support.sample_graph import BASE, sample, sample_prefixes

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize("name", GOLDEN)
def test_the_sample_is_written_as_in_the_golden_file(name):
    """`python tests/generate/write_golden.py` writes them again."""
    assert (
        document(name, sample())
        == (ROOT / "tests/data/golden" / f"sample{FORMATS[name].suffix}").read_bytes().decode()
    )


def test_n_triples_are_n_quads_without_graphs():
    quads = document("nq", sample())

    expected = quads
    for graph in sample():
        expected = expected.replace(f" {graph.iri} .\n", " .\n")
    assert document("nt", sample()) == expected


def test_no_line_of_turtle_ends_in_a_blank():
    assert [line for line in document("ttl", sample()).split("\n") if line.endswith(" ")] == []


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        (f"{BASE}claim/a/c01", "<claim/a/c01>"),
        (f"{BASE}claim/a/c01#target-1", "<claim/a/c01#target-1>"),
        (f"{BASE}guideline/1.0", "<guideline/1.0>"),
        (f"{BASE}x", "<x>"),
        (BASE, f"<{BASE}>"),
        (BASE[:-1], f"<{BASE[:-1]}>"),
        (f"{BASE}#x", f"<{BASE}#x>"),
        (f"{BASE}/x", f"<{BASE}/x>"),
        (f"{BASE}x/", f"<{BASE}x/>"),
        (f"{BASE}a//b", f"<{BASE}a//b>"),
        (f"{BASE}a:b", f"<{BASE}a:b>"),
        (f"{BASE}..", f"<{BASE}..>"),
        (f"{BASE}a/../b", f"<{BASE}a/../b>"),
        (f"{BASE}a.", f"<{BASE}a.>"),
        (f"{BASE}?q", f"<{BASE}?q>"),
        (f"{BASE}%20", f"<{BASE}%20>"),
        (f"{BASE}é", f"<{BASE}é>"),
        ("https://kg.example.org/x", "<https://kg.example.org/x>"),
        ("http://schema.org/name", "schema:name"),
        ("http://schema.org/", "<http://schema.org/>"),
        ("http://schema.org/a/b", "<http://schema.org/a/b>"),
        ("http://schema.org/name.", "<http://schema.org/name.>"),
        ("http://schema.org/1st", "<http://schema.org/1st>"),
        ("http://schema.org/a,b", "<http://schema.org/a,b>"),
        ("http://schema.org/a-b_C9", "schema:a-b_C9"),
        ("https://w3id.org/kg-claims/acts#denies", "acts:denies"),
        ("https://w3id.org/kg-claims#act", "kg:act"),
        ("https://w3id.org/kg-claims/other#act", "<https://w3id.org/kg-claims/other#act>"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "rdf:type"),
        ("urn:x:y", "<urn:x:y>"),
        ("schema:name", "<schema:name>"),
    ],
)
def test_an_iri_is_shortened_only_where_nothing_can_be_mistaken(written, spelled):
    graph = Graph(iri(f"{BASE}g"), [Node(iri("urn:s"), {SCHEMA.url: [iri(written)]})])

    assert FORMATS["ttl"].writer(sample_prefixes(), BASE).graph(graph) == f"<urn:s> schema:url {spelled} .\n"
    for read in (read_by_oxigraph, read_by_rdflib):
        assert {quad[2] for quad in read("ttl", document("ttl", [graph]))} == {("iri", written)}


@given(st.lists(st.text("ab/#.", max_size=6), max_size=12))
def test_an_iri_is_abbreviated_alike_whatever_was_abbreviated_before(ends):
    abbreviations = Abbreviations({}, BASE)

    assert [abbreviations.relative(BASE + end) for end in ends] == [
        Abbreviations({}, BASE).relative(BASE + end) for end in ends
    ]


@pytest.mark.parametrize(
    ("lexical", "datatype", "spelled"),
    [
        ("12", "integer", "12"),
        ("-3", "integer", "-3"),
        ("0", "integer", "0"),
        ("+3", "integer", '"+3"^^xsd:integer'),
        ("007", "integer", '"007"^^xsd:integer'),
        ("-0", "integer", '"-0"^^xsd:integer'),
        ("", "integer", '""^^xsd:integer'),
        ("12", "nonNegativeInteger", '"12"^^xsd:nonNegativeInteger'),
        ("true", "boolean", '"true"^^xsd:boolean'),
        ("2020-02", "gYearMonth", '"2020-02"^^xsd:gYearMonth'),
        ('a"^^<b>', "date", '"a\\"^^<b>"^^xsd:date'),
    ],
)
def test_a_number_is_bare_only_where_it_comes_back_digit_for_digit(lexical, datatype, spelled):
    graph = Graph(iri(f"{BASE}g"), [Node(iri("urn:s"), {SCHEMA.position: [typed(lexical, XSD + datatype)]})])

    written = FORMATS["ttl"].writer(sample_prefixes(), BASE).graph(graph)
    assert written == f"<urn:s> schema:position {spelled} .\n"


def test_several_objects_share_a_line_while_it_is_short():
    short, long = [plain("a"), plain("b")], [plain("a" * 60), plain("b" * 60)]
    graph = Graph(iri(f"{BASE}g"), [Node(iri("urn:s"), {SCHEMA.name: short, SCHEMA.text: long})])

    assert FORMATS["ttl"].writer(sample_prefixes(), BASE).graph(graph) == (
        f'<urn:s> schema:name "a", "b" ;\n    schema:text\n        "{"a" * 60}",\n        "{"b" * 60}" .\n'
    )


def test_the_width_of_a_line_is_counted_in_characters():
    graph = Graph(iri(f"{BASE}g"), [Node(iri("urn:s"), {SCHEMA.name: [plain("é" * 47), plain("😀" * 47)]})])

    assert FORMATS["ttl"].writer(sample_prefixes(), BASE).graph(graph) == (
        f'<urn:s> schema:name "{"é" * 47}", "{"😀" * 47}" .\n'
    )


def test_more_terms_than_a_writer_remembers_are_spelled_alike():
    things = [iri(f"{BASE}thing/{n}#x{n}") for n in range(5000)]
    ours, others = (iri(f"{BASE}p"), SCHEMA.about), [iri(f"urn:p{n}") for n in range(5000)]
    nodes = [Node(thing, {ours[0]: [thing], other: [*ours]}) for thing, other in zip(things, others, strict=True)]
    graph = Graph(iri(f"{BASE}g"), [*nodes, *nodes])

    assert FORMATS["ttl"].writer(sample_prefixes(), BASE).graph(graph) == "\n".join(
        f"<thing/{n}#x{n}> <p> <thing/{n}#x{n}> ;\n    <urn:p{n}> <p>, schema:about .\n" for n in [*range(5000)] * 2
    )


def test_a_prefix_that_turtle_would_not_read_is_refused():
    with pytest.raises(ValueError, match="a prefix is letters and digits, not 'a b'"):
        FORMATS["ttl"].writer({"a b": "http://x.example/"}, BASE)


@pytest.mark.parametrize("ending", ["a/", "a.", "a#", "a#b.", "a//b", "a/.", "a/../b", "a#b#c", "a/#b", "a/b.#c"])
def test_what_ends_in_a_sign_or_has_two_is_not_abbreviated(ending: str) -> None:
    assert Abbreviations({}, BASE).relative(BASE + ending) == ""

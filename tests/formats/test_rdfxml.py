"""RDF/XML by the letter of XML 1.0."""

from __future__ import annotations

import pytest

from kg.formats import FORMATS
from kg.rdf.terms import Graph, Node, iri, plain, text
from kg.rdf.vocab import RDF, SCHEMA
from support.reading import document, meant, read_by_expat, read_by_oxigraph, read_by_rdflib
from support.sample_graph import BASE, sample_prefixes


def one(predicate: str, *terms: str) -> Graph:
    """Return a graph of one node."""
    return Graph(iri(f"{BASE}g"), [Node(iri("urn:s"), {iri(predicate): list(terms)})])


@pytest.mark.parametrize(
    "value",
    ["a\rb\r\nc\n\td", " \n ", "", "]]>", "<b>&amp;</b>", "\u2028\x85\xa0", "😀e\u0301", "\ufeffa", "\r"],
)
def test_a_text_comes_back_character_by_character(value):
    graph = one("http://schema.org/text", plain(value), text(value, "nl"))

    for read in (read_by_oxigraph, read_by_rdflib):
        assert read("rdfxml", document("rdfxml", [graph])) == meant([graph], named=False)
    assert read_by_expat(document("rdfxml", [graph])) == meant([graph], named=False)


@pytest.mark.parametrize(
    ("predicate", "element"),
    [
        ("http://schema.org/name", "<schema:name>x</schema:name>"),
        ("https://x.example/p", '<ns:p xmlns:ns="https://x.example/">x</ns:p>'),
        ("https://x.example/1p", '<ns:p xmlns:ns="https://x.example/1">x</ns:p>'),
        ("https://x.example/?a&b", '<ns:b xmlns:ns="https://x.example/?a&amp;">x</ns:b>'),
        ("https://x.example/日本p", '<ns:p xmlns:ns="https://x.example/日本">x</ns:p>'),
        ("https://x.example/é", '<ns:é xmlns:ns="https://x.example/">x</ns:é>'),
        ("urn:x:y", '<ns:y xmlns:ns="urn:x:">x</ns:y>'),
        ("http://schema.org/a.b", '<ns:a.b xmlns:ns="http://schema.org/">x</ns:a.b>'),
    ],
)
def test_a_property_is_an_element_of_its_namespace(predicate, element):
    graph = one(predicate, plain("x"))

    assert FORMATS["rdfxml"].writer(sample_prefixes(), BASE).graph(graph) == (
        f'  <rdf:Description rdf:about="urn:s">\n    {element}\n  </rdf:Description>\n'
    )
    assert read_by_rdflib("rdfxml", document("rdfxml", [graph])) == meant([graph], named=False)


@pytest.mark.parametrize(
    "predicate",
    ["https://x.example/", "https://x.example/p/", "https://x.example/12", "https://x.example/p%20", "urn:日本"],
)
def test_a_property_without_a_name_in_xml_is_refused(predicate):
    with pytest.raises(ValueError, match=r"RDF/XML cannot write the property <.*>: its end is no name in XML"):
        document("rdfxml", [one(predicate, plain("x"))])


@pytest.mark.parametrize("name", ["li", "Description", "about", "ID"])
def test_a_property_that_is_syntax_is_refused(name):
    with pytest.raises(ValueError, match="it is part of its own syntax"):
        document("rdfxml", [one(RDF.base + name, plain("x"))])


def test_a_type_of_rdf_itself_is_a_property():
    graph = Graph(iri(f"{BASE}g"), [Node(iri("urn:s"), {RDF.type: [iri(f"{RDF.base}Property"), SCHEMA.Claim]})])

    assert FORMATS["rdfxml"].writer(sample_prefixes(), BASE).graph(graph) == (
        '  <schema:Claim rdf:about="urn:s">\n'
        f'    <rdf:type rdf:resource="{RDF.base}Property"/>\n'
        "  </schema:Claim>\n"
    )


def test_a_prefix_that_xml_keeps_for_itself_is_left_out():
    graph = one("https://x.example/p", plain("x"))
    prefixes = {"xmlx": "https://x.example/", "rdf": "https://y.example/"}

    document_ = FORMATS["rdfxml"].writer(prefixes, BASE)
    assert document_.head() + document_.graph(graph) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<rdf:RDF\n  xmlns:rdf="{RDF.base}">\n'
        '  <rdf:Description rdf:about="urn:s">\n'
        '    <ns:p xmlns:ns="https://x.example/">x</ns:p>\n'
        "  </rdf:Description>\n"
    )

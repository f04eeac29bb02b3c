"""The ontology holds to its own SHACL shapes, and the shapes bite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pytest
from pyshacl import validate
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib import Namespace as Prefix
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from support import ROOT

SH = Prefix("http://www.w3.org/ns/shacl#")
SCHEMA = Prefix("http://schema.org/")
KG = Prefix("https://w3id.org/kg-claims#")
ACTS = Prefix("https://w3id.org/kg-claims/acts#")
FORMS = Prefix("https://w3id.org/kg-claims/forms#")
BASES = Prefix("https://w3id.org/kg-claims/bases#")
ONTOLOGY = URIRef("https://w3id.org/kg-claims")

Triple = tuple[Node, Node, Node]


class Fault(NamedTuple):
    """What is taken from a term: all its values of a property, or the one in a language."""

    term: URIRef
    predicate: URIRef
    language: str = ""


TEXTLESS = {
    Fault(KG.Group, RDFS.label, "nl"): "Give exactly one rdfs:label in Dutch.",
    Fault(KG.edtf, RDFS.label, "en"): "Give exactly one rdfs:label in English.",
    Fault(KG.answers, RDFS.comment, "en"): "Give exactly one rdfs:comment in English.",
    Fault(KG.digest, RDFS.comment, "nl"): "Give exactly one rdfs:comment in Dutch.",
    Fault(FORMS.own, SKOS.prefLabel, "en"): "Give exactly one skos:prefLabel in English.",
    Fault(FORMS.own, SKOS.prefLabel, "nl"): "Give exactly one skos:prefLabel in Dutch.",
    Fault(ACTS.denies, SKOS.prefLabel, "fr"): "Give exactly one skos:prefLabel in French.",
    Fault(ACTS.denies, SKOS.prefLabel, "de"): "Give exactly one skos:prefLabel in German.",
    Fault(BASES.outside, SKOS.definition, "en"): "Give exactly one skos:definition in English.",
    Fault(BASES.outside, SKOS.definition, "nl"): "Give exactly one skos:definition in Dutch.",
    Fault(ONTOLOGY, DCTERMS.title, "nl"): "Give exactly one dcterms:title in Dutch.",
}
LACKING = {
    Fault(ONTOLOGY, DCTERMS.license): "Give exactly one licence, as an IRI.",
    Fault(ONTOLOGY, DCTERMS.issued): "Give exactly one day of issue, as an xsd:date.",
    Fault(ONTOLOGY, OWL.versionInfo): "Give exactly one version.",
    Fault(ONTOLOGY, OWL.versionIRI): "Give exactly one owl:versionIRI.",
    Fault(ACTS.praises, RDFS.isDefinedBy): "Say that this ontology defines the term: rdfs:isDefinedBy.",
    Fault(KG.outlet, RDFS.domain): "Say on what the property stands: rdfs:domain, or schema:domainIncludes for "
    "several classes; where neither would be true, say why in a skos:scopeNote.",
    Fault(KG.probably, SCHEMA.rangeIncludes): "Say what the property's values are: rdfs:range, or "
    "schema:rangeIncludes for several classes, or for datatypes that OWL 2 has not; where neither would be true, "
    "say why in a skos:scopeNote.",
}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(ROOT / "ontology" / "kg.ttl")


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(ROOT / "ontology" / "shapes.ttl")


def results(graph: Graph, shapes: Graph) -> set[tuple[Node | None, str]]:
    """Return the terms and messages of a SHACL report on the graph."""
    _, report, _ = validate(graph, shacl_graph=shapes)
    return {
        (report.value(result, SH.focusNode), str(report.value(result, SH.resultMessage)))
        for result in report.objects(None, SH.result)
    }


def messages(graph: Graph, shapes: Graph) -> set[str]:
    """Return the messages of a SHACL report on the graph."""
    return {message for _, message in results(graph, shapes)}


def graph_of(triples: Iterable[Triple]) -> Graph:
    """Return a graph of the triples."""
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph


def without(graph: Graph, fault: Fault) -> Graph:
    """Return the graph without what the fault takes away."""
    taken = {
        (fault.term, fault.predicate, value)
        for value in graph.objects(fault.term, fault.predicate)
        if not fault.language or getattr(value, "language", None) == fault.language
    }
    assert taken
    return graph_of(triple for triple in graph if triple not in taken)


def test_the_ontology_conforms_to_its_shapes(ontology: Graph, shapes: Graph) -> None:
    assert messages(ontology, shapes) == set()


@pytest.mark.slow
def test_each_term_without_what_it_needs_is_a_violation(ontology: Graph, shapes: Graph) -> None:
    expected = {**TEXTLESS, **LACKING}
    mutated = ontology
    for fault in expected:
        mutated = without(mutated, fault)

    assert results(mutated, shapes) == {(fault.term, message) for fault, message in expected.items()}


def test_a_second_text_in_one_language_is_a_violation(ontology: Graph, shapes: Graph) -> None:
    mutated = graph_of([*ontology, (KG.act, RDFS.label, Literal("deed", lang="en"))])

    assert messages(mutated, shapes) == {"Give exactly one rdfs:label in English."}


def test_a_property_of_both_kinds_is_a_violation(ontology: Graph, shapes: Graph) -> None:
    mutated = graph_of([*ontology, (KG.act, RDF.type, OWL.DatatypeProperty)])

    assert messages(mutated, shapes) == {
        "The values of a property are nodes or literals, not both: make it an owl:ObjectProperty or an "
        "owl:DatatypeProperty."
    }


def test_an_annotation_property_that_is_another_kind_too_is_a_violation(ontology: Graph, shapes: Graph) -> None:
    mutated = graph_of([*ontology, (KG.inferred, RDF.type, OWL.ObjectProperty)])

    assert messages(mutated, shapes) == {
        "An owl:AnnotationProperty must not be an owl:ObjectProperty or an owl:DatatypeProperty too."
    }


@pytest.mark.slow
def test_a_concept_outside_every_scheme_is_a_violation(ontology: Graph, shapes: Graph) -> None:
    assert messages(without(ontology, Fault(ACTS.praises, SKOS.inScheme)), shapes) == {
        "Put the concept in exactly one scheme of this file.",
        "List the concept among the top concepts of its own scheme, and of no other.",
    }


def test_a_preferred_label_that_is_an_alternative_too_is_a_violation(ontology: Graph, shapes: Graph) -> None:
    mutated = graph_of([*ontology, (ACTS.denies, SKOS.altLabel, Literal("ontkent", lang="nl"))])

    assert messages(mutated, shapes) == {"A preferred label is not an alternative label too."}


@pytest.mark.slow
def test_an_act_without_cues_in_one_language_is_a_violation(ontology: Graph, shapes: Graph) -> None:
    assert messages(without(ontology, Fault(ACTS.warns, SKOS.altLabel, "de")), shapes) == {
        "Give each act cues in Dutch, English, French and German: skos:altLabel."
    }

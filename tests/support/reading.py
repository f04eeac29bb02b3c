"""Other people's readers, which tell whether a document says what its graphs say.

A term is (`"iri"`, IRI) or (text, datatype, language). No graph has a blank node, so equal sets are equal graphs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

import pyoxigraph
import rdflib
from pyld import jsonld

from kg.formats import FORMATS, write
from kg.rdf.terms import Graph, Value, iri_text, is_iri, literal_value
from support.sample_graph import BASE, sample_prefixes

Read = tuple[str, str] | Value
Quad = tuple[Read, Read, Read, Read | None]

_OXIGRAPH = {
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "nq": pyoxigraph.RdfFormat.N_QUADS,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "rdfxml": pyoxigraph.RdfFormat.RDF_XML,
}
_RDFLIB = {"ttl": "turtle", "nt": "nt", "nq": "nquads", "trig": "trig", "jsonld": "json-ld", "rdfxml": "xml"}
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def document(name: str, graphs: Iterable[Graph], *, base: str = BASE) -> str:
    """Return the graphs in a format."""
    return "".join(write(graphs, FORMATS[name].writer(sample_prefixes(), base)))


def meant(graphs: Iterable[Graph], *, named: bool) -> set[Quad]:
    """Return what a document of these graphs must say."""
    return {
        (_term(subject), _term(predicate), _term(term), _term(graph.iri) if named else None)
        for graph in graphs
        for subject, properties in graph.nodes
        for predicate, objects in properties.items()
        for term in objects
    }


def read_by_oxigraph(name: str, text: str) -> set[Quad]:
    """Return the quads that pyoxigraph reads."""
    return {
        (
            _oxigraph(quad.subject),
            _oxigraph(quad.predicate),
            _oxigraph(quad.object),
            None if isinstance(quad.graph_name, pyoxigraph.DefaultGraph) else _oxigraph(quad.graph_name),
        )
        for quad in pyoxigraph.parse(text.encode(), _OXIGRAPH[name])
    }


def read_by_rdflib(name: str, text: str) -> set[Quad]:
    """Return the quads that rdflib reads."""
    dataset = rdflib.Dataset()
    dataset.parse(data=text.encode(), format=_RDFLIB[name])
    named = FORMATS[name].named_graphs
    return {(_rdflib(s), _rdflib(p), _rdflib(o), _rdflib(g) if named else None) for s, p, o, g in dataset.quads()}


def read_by_pyld(text: str) -> set[Quad]:
    """Return the triples that PyLD reads from JSON-LD."""
    options = {"documentLoader": _refuse, "produceGeneralizedRdf": False}
    triples: list[dict[str, Any]] = jsonld.to_rdf(json.loads(text), options).get("@default", [])
    return {(_pyld(t["subject"]), _pyld(t["predicate"]), _pyld(t["object"]), None) for t in triples}


def read_by_expat(text: str) -> set[Quad]:
    """Return the triples of the RDF/XML that `kg` writes: one element a subject, one a property."""
    quads: set[Quad] = set()
    for element in ElementTree.fromstring(text.encode()):
        subject = ("iri", element.attrib[f"{_RDF}about"])
        if element.tag != f"{_RDF}Description":
            quads.add((subject, _tag(f"{_RDF}type"), _tag(element.tag), None))
        quads.update((subject, _tag(child.tag), _element(child), None) for child in element)
    return quads


def readings(name: str, text: str) -> Iterator[set[Quad]]:
    """Yield what each reader of a format reads."""
    yield read_by_oxigraph(name, text)
    yield read_by_rdflib(name, text)
    if name == "jsonld":
        yield read_by_pyld(text)


def _element(element: ElementTree.Element) -> Read:
    if (resource := element.get(f"{_RDF}resource")) is not None:
        return ("iri", resource)
    if language := element.get("{http://www.w3.org/XML/1998/namespace}lang"):
        return Value(element.text or "", str(rdflib.RDF.langString), language)
    return Value(element.text or "", element.get(f"{_RDF}datatype", _STRING), "")


def _tag(name: str) -> Read:
    return ("iri", name[1:].replace("}", "", 1))


def _term(term: str) -> Read:
    return ("iri", iri_text(term)) if is_iri(term) else literal_value(term)


def _oxigraph(term: Any) -> Read:
    if isinstance(term, pyoxigraph.NamedNode):
        return ("iri", term.value)
    return Value(term.value, term.datatype.value, term.language or "")


def _rdflib(term: Any) -> Read:
    if isinstance(term, rdflib.URIRef):
        return ("iri", str(term))
    assert isinstance(term, rdflib.Literal), term
    language = term.language or ""
    datatype = str(rdflib.RDF.langString) if language else str(term.datatype or _STRING)
    return Value(str(term), datatype, language)


def _pyld(term: dict[str, str]) -> Read:
    if term["type"] == "IRI":
        return ("iri", term["value"])
    return Value(term["value"], term["datatype"], term.get("language", ""))


def _refuse(url: str, _options: object) -> object:
    raise AssertionError(f"reached for the network: {url}")

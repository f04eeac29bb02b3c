"""Converts kg's terms to those of rdflib and pyoxigraph, and back. No other module does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kg.rdf.terms import XSD, Iri, Literal, Term, iri_text, literal_value, quoted

if TYPE_CHECKING:
    import pyoxigraph
    from rdflib.term import Node as RdflibTerm

_STRING = XSD + "string"


def to_rdflib(term: Term) -> Any:  # rdflib's own types distinguish subjects, predicates and objects
    """Return a term as rdflib's."""
    from rdflib import BNode, URIRef
    from rdflib import Literal as RdflibLiteral

    if term[0] == "<":
        return URIRef(term[1:-1])
    if term[0] == "_":
        return BNode(term[2:])
    lexical, datatype, language = literal_value(term)
    if language:
        return RdflibLiteral(lexical, lang=language)
    return RdflibLiteral(lexical, datatype=None if term[-1] == '"' else URIRef(datatype))


def from_rdflib(term: RdflibTerm) -> Term:
    """Return a term of rdflib's unchanged, even if kg itself would not write it.

    Raises `ValueError` for what is not a term of a triple.
    """
    from rdflib import BNode, URIRef
    from rdflib import Literal as RdflibLiteral

    match term:
        case URIRef():
            return Iri(f"<{term}>")
        case BNode():
            return Iri(f"_:{term}")
        case RdflibLiteral() if term.language:
            return Literal(f"{quoted(str(term))}@{term.language.lower()}")
        case RdflibLiteral():
            datatype = str(term.datatype or _STRING)
            return Literal(quoted(str(term)) if datatype == _STRING else f"{quoted(str(term))}^^<{datatype}>")
    raise ValueError(f"not a term of a triple: {term!r}")


def to_oxigraph(iri: Iri) -> pyoxigraph.NamedNode:
    """Return an IRI as pyoxigraph's. Raises `ValueError` for a literal."""
    import pyoxigraph

    return pyoxigraph.NamedNode(iri_text(iri))


def from_oxigraph(triple: pyoxigraph.Triple | pyoxigraph.Quad) -> tuple[Iri, Iri, Term]:
    """Return a triple of pyoxigraph's, whose terms print themselves in N-Triples, as kg's."""
    return Iri(str(triple.subject)), Iri(str(triple.predicate)), Literal(str(triple.object))


def stored_literals(terms: Iterable[Term]) -> dict[Term, Term]:
    """Return each typed literal as Oxigraph's store returns it: `"1.5"` for the decimal `"1.50"`.

    The digest of a graph must be that of what stores return.
    """
    import pyoxigraph

    about = pyoxigraph.NamedNode("urn:kg:literal")
    found: dict[Term, Term] = {}
    for term in dict.fromkeys(terms):
        if '"^^<' in term:
            lexical, datatype, _ = literal_value(term)
            literal = pyoxigraph.Literal(lexical, datatype=pyoxigraph.NamedNode(datatype))
            store = pyoxigraph.Store()
            store.add(pyoxigraph.Quad(about, about, literal))
            (quad,) = store
            found[term] = Literal(str(quad.object))
    return found

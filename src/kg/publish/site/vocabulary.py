"""The terms of the ontology, in words: what acts, forms, relations and bases of dates are called and mean."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pyoxigraph

from kg.files.resources import published
from kg.publish.site.words import Text, best
from kg.rdf.terms import Iri, Literal, Term
from kg.rdf.vocab import KG, PREFIXES

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = PREFIXES["skos"]
_OWL = "http://www.w3.org/2002/07/owl#"
_KINDS = {
    f"<{_OWL}Class>": "class",
    f"<{_OWL}ObjectProperty>": "property",
    f"<{_OWL}DatatypeProperty>": "property",
    f"<{_OWL}AnnotationProperty>": "property",
    f"<{_SKOS}Concept>": "concept",
}
_ALIGNED = tuple(f"<{_SKOS}{name}>" for name in ("exactMatch", "closeMatch", "broadMatch", "relatedMatch"))


class Meaning(NamedTuple):
    """A term of the ontology for readers; `others` are terms by the name of what they are to this one."""

    iri: Iri
    name: str
    kind: str
    label: Text
    definition: Text | None
    others: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def _statements() -> dict[Iri, dict[str, list[Term]]]:
    found: dict[Iri, dict[str, list[Term]]] = {}
    document = (published("ontology") / "kg.ttl").read_bytes()
    for quad in pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.TURTLE):
        of_subject = found.setdefault(Iri(str(quad.subject)), {})
        of_subject.setdefault(str(quad.predicate), []).append(Literal(str(quad.object)))
    return found


def label(term: str, language: str) -> str:
    """Return what a concept or property is called; its local name where the ontology does not know it."""
    said = _statements().get(Iri(term), {})
    names = said.get(f"<{_SKOS}prefLabel>") or said.get(f"<{_RDFS}label>") or ()
    named = best(names, language)
    return named.value if named else local_name(term)


def local_name(term: str) -> str:
    """Return the end of an IRI: of `<…/acts#denies>` it is `denies`."""
    return term.rstrip(">").replace("#", "/").rpartition("/")[2]


def prefixed(term: str) -> str:
    """Return `kg:answers` for an IRI of a known namespace, else the IRI itself."""
    text = term.strip("<>")
    known = {**PREFIXES, "owl": _OWL}
    found = max(((base, name) for name, base in known.items() if text.startswith(base)), default=None)
    return f"{found[1]}:{text.removeprefix(found[0])}" if found else text


def meanings(language: str) -> Iterator[Meaning]:
    """Yield the terms of the ontology in the order of its file."""
    for iri, said in _statements().items():
        kind = next((_KINDS[each] for each in said.get(f"<{PREFIXES['rdf']}type>", ()) if each in _KINDS), "")
        if not kind or not iri.startswith(f"<{KG.base[:-1]}"):
            continue
        definition = best(said.get(f"<{_SKOS}definition>", said.get(f"<{_RDFS}comment>", ())), language)
        others = (
            (name, tuple(prefixed(each) for each in said.get(predicate, ())))
            for name, predicate in (
                ("sub-of", f"<{_RDFS}subPropertyOf>"),
                ("sub-of", f"<{_RDFS}subClassOf>"),
                ("domain", f"<{_RDFS}domain>"),
                ("domain", "<http://schema.org/domainIncludes>"),
                ("range", f"<{_RDFS}range>"),
                ("range", "<http://schema.org/rangeIncludes>"),
                ("inverse", f"<{_OWL}inverseOf>"),
                ("scheme", f"<{_SKOS}inScheme>"),
                *(("aligned", each) for each in _ALIGNED),
            )
        )
        yield Meaning(
            iri,
            prefixed(iri),
            kind,
            Text(label(iri, language), language),
            definition,
            tuple((name, terms) for name, terms in others if terms),
        )

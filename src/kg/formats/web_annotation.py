"""Claims as W3C Web Annotations: a collection of one page, with a line for each claim.

What the graph says of an annotation is said with the same IRIs.
https://www.w3.org/TR/annotation-model/
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kg.formats.annotation_bodies import Bodies, Json, Nodes, Properties
from kg.rdf.iris import part
from kg.rdf.terms import Graph, Iri, Term, iri_text, literal_value
from kg.rdf.vocab import DCTERMS, OA, RDF, SCHEMA

if TYPE_CHECKING:
    from kg.meaning import Index

CONTEXT = "http://www.w3.org/ns/anno.jsonld"


class WebAnnotationWriter:
    """Writes the claims of graphs as annotations; all else in a graph is left out."""

    between = ",\n"
    tail = "\n]}}\n"

    def __init__(self, index: Index) -> None:
        self._index = index
        self._bodies = Bodies(index)
        self._annotators = {annotator.iri: annotator for annotator in index.annotators.values()}

    def head(self) -> str:
        """Return the opening of the collection and of its page."""
        dataset, iris = self._index.dataset, self._index.iris
        collection = iri_text(part(iris.dataset, "annotations"))
        page = iri_text(part(iris.dataset, "annotations-1"))
        opening = {
            "@context": CONTEXT,
            "id": collection,
            "type": "AnnotationCollection",
            "label": self._bodies.one(dataset.titles),
            "rights": iri_text(dataset.licence) if dataset.licence else "",
            "last": page,
            "first": {"id": page, "type": "AnnotationPage", "partOf": collection, "startIndex": 0, "items": []},
        }
        return _line({key: value for key, value in opening.items() if value})[: -len("]}}")] + "\n"

    def graph(self, graph: Graph) -> str:
        """Return the annotations of one graph, in its order."""
        nodes = {node.subject: node.properties for node in graph.nodes}
        claims = [node.subject for node in graph.nodes if SCHEMA.Claim in node.properties.get(RDF.type, ())]
        return ",\n".join(_line(self._annotation(claim, nodes)) for claim in claims)

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return self.graph(graph).encode()

    def _annotation(self, claim: Iri, nodes: Nodes) -> Json:
        iri = part(claim, "annotation")
        own = nodes[iri]
        targets = [_target(target, nodes) for target in own.get(OA.hasTarget, ())]
        return {
            "id": iri_text(iri),
            "type": "Annotation",
            "motivation": "linking",
            **self._signature(own),
            "body": [{"id": iri_text(claim), "type": "schema:Claim"}, *self._bodies.of(claim, nodes)],
            # Not a list of one: Recogito-JS finds selectors only in an object.
            "target": targets[0] if len(targets) == 1 else targets,
        }

    def _signature(self, annotation: Properties) -> Json:
        signed: Json = {}
        for creator in annotation.get(DCTERMS.creator, ()):
            signed["creator"] = {"id": iri_text(creator)}
            if annotator := self._annotators.get(Iri(creator)):
                kind = "Organization" if annotator.type == SCHEMA.Organization else "Person"
                signed["creator"] |= {"type": kind, "name": literal_value(annotator.name).lexical}
        for moment in annotation.get(DCTERMS.created, ()):
            signed["created"] = literal_value(moment).lexical
        for day in annotation.get(DCTERMS.date, ()):
            # Not `created`, which has a time of day.
            value = literal_value(day)
            signed["dcterms:date"] = {"@type": f"xsd:{value.datatype.split('#')[1]}", "@value": value.lexical}
        for guideline in annotation.get(DCTERMS.conformsTo, ()):
            signed["conformsTo"] = iri_text(guideline)
        return signed


def _target(target: Term, nodes: Nodes) -> Json:
    """Return one part of the words of a claim."""
    properties = nodes[Iri(target)]
    (source,) = properties[OA.hasSource]
    # The page on which the article stands, which is what others know it by.
    pages = [iri_text(url) for url in nodes.get(Iri(source), {}).get(SCHEMA.url, ())]
    return {
        "id": iri_text(target),
        "type": "SpecificResource",
        "source": iri_text(source),
        **({"scope": pages[0]} if pages else {}),
        "selector": [_selector(selector, nodes) for selector in properties[OA.hasSelector]],
    }


def _selector(selector: Term, nodes: Nodes) -> Json:
    properties = nodes[Iri(selector)]
    written: Json = {"id": iri_text(selector)}
    if OA.TextPositionSelector in properties[RDF.type]:
        written["type"] = "TextPositionSelector"
        bounds = {"start": OA.start, "end": OA.end}
        return written | {key: int(literal_value(properties[term][0]).lexical) for key, term in bounds.items()}
    written["type"] = "TextQuoteSelector"
    texts = {"exact": OA.exact, "prefix": OA.prefix, "suffix": OA.suffix}
    return written | {
        key: literal_value(properties[term][0]).lexical for key, term in texts.items() if term in properties
    }


def _line(written: Json) -> str:
    return json.dumps(written, ensure_ascii=False)

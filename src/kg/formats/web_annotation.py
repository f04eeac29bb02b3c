"""Claims as W3C Web Annotations: a collection of one page, with a line for each claim and each relation.

What the graph says of an annotation is said with the same IRIs. What it says of the claim stands in tags, as
`act: denies`, because that is what annotation tools show.
https://www.w3.org/TR/annotation-model/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kg.iris import part
from kg.meaning.claim import INFERRED
from kg.terms import Graph, Iri, Literal, Term, iri_text, literal_value
from kg.vocab import DCTERMS, FORMS, KG, OA, PREFIXES, RDF, SCHEMA, SKOS

if TYPE_CHECKING:
    from kg.meaning import Index

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
RELATIONS = ("answers", "reports", "same", "repeats", "supports", "qualifies", "contradicts", "retracts")
# The prefixes of our own that the context has too.
_SHORT = {name: PREFIXES[name] for name in ("schema", "skos")}
_TAGS = {
    "speaker words": KG.speakerWords,
    "cue": KG.cue,
    "act": KG.act,
    "form": KG.form,
    "said": KG.edtf,
    "translated": KG.originalLanguage,
}
_NAMING = (SCHEMA.author, KG.addressee, SCHEMA.about)
# Not `at`: an occasion is more than a tag can hold, only its date is.
_INFERRED = {iri: field for field, iri in INFERRED.items() if field != "at"}

Nodes = Mapping[Iri, Mapping[Iri, list[Term]]]
Json = dict[str, Any]


class WebAnnotationWriter:
    """Writes the claims of graphs as annotations; all else in a graph is left out."""

    between = ",\n"
    tail = "\n]}}\n"

    def __init__(self, index: Index) -> None:
        self._index = index
        self._entities = {entity.iri: entity for entity in index.entities.values()}
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
            "label": self._one(dataset.titles),
            "rights": iri_text(dataset.licence) if dataset.licence else "",
            "last": page,
            "first": {"id": page, "type": "AnnotationPage", "partOf": collection, "startIndex": 0, "items": []},
        }
        return _line({key: value for key, value in opening.items() if value})[: -len("]}}")] + "\n"

    def graph(self, graph: Graph) -> str:
        """Return the annotations of one graph, in its order."""
        nodes = {node.subject: node.properties for node in graph.nodes}
        claims = [node for node in graph.nodes if SCHEMA.Claim in node.properties.get(RDF.type, ())]
        annotations = [self._annotation(claim, properties, nodes) for claim, properties in claims]
        relations = [each for claim, properties in claims for each in _relations(claim, properties)]
        return ",\n".join(map(_line, annotations + relations))

    def _annotation(self, claim: Iri, properties: Mapping[Iri, list[Term]], nodes: Nodes) -> Json:
        iri = part(claim, "annotation")
        own = nodes[iri]
        targets = [_target(target, nodes) for target in own.get(OA.hasTarget, ())]
        return {
            "id": iri_text(iri),
            "type": "Annotation",
            "motivation": "linking",
            **self._signature(own),
            "body": [{"id": iri_text(claim), "type": "schema:Claim"}, *self._bodies(properties, nodes)],
            # Not a list of one: Recogito-JS finds selectors only in an object.
            "target": targets[0] if len(targets) == 1 else targets,
        }

    def _signature(self, annotation: Mapping[Iri, list[Term]]) -> Json:
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

    def _bodies(self, claim: Mapping[Iri, list[Term]], nodes: Nodes) -> Iterator[Json]:
        """Yield what is said of a claim: tags, texts, and who is meant by names in the tags."""
        yield _textual("claim", "tagging")
        for key, value in self._tags(claim, nodes):
            yield _textual(f"{key}: {value}", "tagging")
        for predicate, purpose in ((SCHEMA.abstract, "describing"), (SKOS.editorialNote, "commenting")):
            for each in claim.get(predicate, ()):
                text = literal_value(each)
                yield {**_textual(text.lexical, purpose), "language": text.language}
        for iri in dict.fromkeys(each for predicate in _NAMING for each in claim.get(predicate, ())):
            if entity := self._entities.get(Iri(iri)):
                source: Json = {
                    "id": iri_text(iri),
                    "type": _short(entity.types[0]),
                    "name": self._one(entity.names),
                }
                if entity.same_as:
                    source["schema:sameAs"] = [{"id": iri_text(other)} for other in entity.same_as]
                yield {"type": "SpecificResource", "purpose": "identifying", "source": source}

    def _tags(self, claim: Mapping[Iri, list[Term]], nodes: Nodes) -> Iterator[tuple[str, str]]:
        """Yield the fields of a claim and their values as an annotator would write them."""
        if FORMS.own in claim.get(KG.form, ()):
            yield "speaker", "article"
        else:
            yield from (("speaker", name) for name in self._names(claim.get(SCHEMA.author, ()), nodes))
        for key, predicate in _TAGS.items():
            for each in claim.get(predicate, ()):
                yield key, each[each.rindex("#") + 1 : -1] if each[0] == "<" else literal_value(each).lexical
        for key, predicate in (("to", KG.addressee), ("about", SCHEMA.about)):
            yield from ((key, name) for name in self._names(claim.get(predicate, ()), nodes))
        yield from (("inferred", _INFERRED[iri]) for iri in _INFERRED if iri in claim.get(KG.inferred, ()))

    def _names(self, iris: Iterable[Term], nodes: Nodes) -> Iterator[str]:
        """Yield names of entities, and the words for sources; of a speaker without a name nothing."""
        for iri in iris:
            if entity := self._entities.get(Iri(iri)):
                yield self._one(entity.names)
            elif not iri.endswith("#speaker>"):
                words = nodes.get(Iri(iri), {}).get(SCHEMA.description, ())
                yield from (literal_value(each).lexical for each in words[:1])

    def _one(self, texts: tuple[Literal, ...]) -> str:
        """Return a text in the language of the corpus, else the first."""
        values = [literal_value(each) for each in texts]
        ours = [value.lexical for value in values if value.language == self._index.dataset.language.lower()]
        return (ours or [value.lexical for value in values] or [""])[0]


def _textual(value: str, purpose: str) -> Json:
    return {"type": "TextualBody", "purpose": purpose, "value": value}


def _short(iri: Iri) -> str:
    """Return an IRI with a prefix that the context has, where it can."""
    whole = iri_text(iri)
    for prefix, namespace in _SHORT.items():
        if whole.startswith(namespace):
            return f"{prefix}:{whole[len(namespace) :]}"
    return whole


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


def _relations(claim: Iri, properties: Mapping[Iri, list[Term]]) -> Iterator[Json]:
    """Yield the relations of a claim as Recogito has them: two annotations as targets, and a tag."""
    for name in RELATIONS:
        for number, other in enumerate(properties.get(KG[name], ()), start=1):
            ends = (part(claim, "annotation"), part(Iri(other), "annotation"))
            yield {
                "id": iri_text(part(claim, f"{name}-{number}")),
                "type": "Annotation",
                "motivation": "linking",
                "body": [_textual(name, "tagging")],
                "target": [{"id": iri_text(end)} for end in ends],
            }


def _line(written: Json) -> str:
    return json.dumps(written, ensure_ascii=False)

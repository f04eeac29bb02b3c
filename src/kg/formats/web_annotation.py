"""Claims as W3C Web Annotations: a collection of one page, with a line for each claim.

Claims and annotations have the same IRIs as in the graph. Each part of the words is a target of its own, with its
offsets and a quotation with the text around it: tools that show annotations look for these, and know no passages.
https://www.w3.org/TR/annotation-model/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kg.formats import GAP, Nodes, Properties, by_iri, cue_parts, in_language, instances
from kg.meaning.claim import INFERRED_VALUES
from kg.model import Entity
from kg.rdf.terms import Graph, Iri, Term, iri_text, literal_value, part
from kg.rdf.vocab import DCTERMS, FORMS, KG, OA, PREFIXES, RELATIONS, SCHEMA, SKOS

if TYPE_CHECKING:
    from kg.meaning import CorpusIndex

Json = dict[str, Any]

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32
"""How many characters before and after a part are in its quote selector."""
_TAGS = {
    "speaker words": KG.speakerWords,
    "cue": KG.cue,
    "act": KG.act,
    "form": KG.form,
    "said": KG.edtf,
    "due": KG.due,
    "condition": KG.condition,
    "translated": KG.originalLanguage,
}
_NAMING = (SCHEMA.author, KG.addressee, SCHEMA.about)
_TEXTS = ((SCHEMA.text, "describing"), (SKOS.editorialNote, "commenting"))
# https://www.w3.org/TR/annotation-model/#agents
_AGENTS = {SCHEMA.Person: "Person", SCHEMA.Organization: "Organization", SCHEMA.SoftwareApplication: "Software"}
# The prefixes that W3C's context declares too.
_SHORT = {name: PREFIXES[name] for name in ("schema", "skos")}


class WebAnnotationWriter:
    """Writes the claims of graphs as annotations; all else in a graph is left out."""

    between = ",\n"
    tail = "\n]}}\n"

    def __init__(self, index: CorpusIndex) -> None:
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
            "label": self._bodies.in_own_language(dataset.titles),
            "rights": iri_text(dataset.licence) if dataset.licence else "",
            "last": page,
            "first": {"id": page, "type": "AnnotationPage", "partOf": collection, "startIndex": 0, "items": []},
        }
        return _line({key: value for key, value in opening.items() if value})[: -len("]}}")] + "\n"

    def graph(self, graph: Graph) -> str:
        """Return the annotations of one graph, in its order."""
        nodes = by_iri(graph)
        claims = instances(graph, SCHEMA.Claim)
        return ",\n".join(_line(self._annotation(claim.subject, nodes, graph.text)) for claim in claims)

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return self.graph(graph).encode()

    def _annotation(self, claim: Iri, nodes: Nodes, text: str) -> Json:
        iri = part(claim, "annotation")
        own = nodes[iri]
        targets = _targets(nodes[claim], nodes, text)
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
                name = literal_value(annotator.name).lexical
                signed["creator"] |= {"type": _AGENTS[annotator.type], "name": name}
        for moment in annotation.get(DCTERMS.created, ()):
            signed["created"] = literal_value(moment).lexical
        for day in annotation.get(DCTERMS.date, ()):
            # Not `created`, which has a time of day.
            value = literal_value(day)
            signed["dcterms:date"] = {"@type": f"xsd:{value.datatype.split('#')[1]}", "@value": value.lexical}
        for guideline in annotation.get(DCTERMS.conformsTo, ()):
            signed["conformsTo"] = iri_text(guideline)
        return signed


def _targets(claim: Properties, nodes: Nodes, text: str) -> list[Json]:
    """Return the parts of the words of a claim; without quotations if the article has no published `text`.

    The source of a claim that is kept to an earlier text is that text: its offsets count there.
    """
    source: Json = {"type": "SpecificResource"}
    current: list[Term] = []
    for article in claim.get(SCHEMA.appearance, ()):
        properties = nodes.get(Iri(article), {})
        current += properties.get(SCHEMA.encoding, ())
        source["source"] = iri_text(article)
        # The URL of the article, by which other tools know it.
        for page in properties.get(SCHEMA.url, ())[:1]:
            source["scope"] = iri_text(page)
    targets = []
    for passage in claim.get(KG.wordsAt, ()):
        own = nodes[Iri(passage)]
        start, end = (int(literal_value(own[each][0]).lexical) for each in (OA.start, OA.end))
        position = {"type": "TextPositionSelector", "start": start, "end": end}
        if own[OA.hasSource][0] in current:
            targets.append({**source, "selector": [position, *_quote(text, start, end)]})
            continue
        words = (literal_value(each).lexical for each in own.get(OA.exact, ()))
        exact = [{"type": "TextQuoteSelector", "exact": each} for each in words]
        targets.append({**source, "source": iri_text(own[OA.hasSource][0]), "selector": [position, *exact]})
    return targets


def _quote(text: str, start: int, end: int) -> Iterator[Json]:
    """Yield the selector that quotes a span, if there is a text."""
    if text:
        around = {"prefix": text[max(0, start - AROUND) : start], "suffix": text[end : end + AROUND]}
        quoted = {"type": "TextQuoteSelector", "exact": text[start:end]}
        yield quoted | {key: value for key, value in around.items() if value}


def _line(written: Json) -> str:
    return json.dumps(written, ensure_ascii=False)


class Bodies:
    """Makes the bodies of claims: tags, texts, and the entities that the names in tags refer to.

    A tag is what an annotator would write, `act: denies`, because that is what annotation tools show.
    """

    def __init__(self, index: CorpusIndex) -> None:
        self._language = index.dataset.language
        self._claims = f"<{index.iris.base}claim/"
        self._entities = {entity.iri: entity for entity in index.entities.values()}

    def in_own_language(self, texts: Iterable[Term]) -> str:
        """Return a text in the language of the corpus, else the first."""
        return in_language(texts, self._language)

    def of(self, iri: Iri, nodes: Nodes) -> Iterator[Json]:
        """Yield the bodies that say what a claim is; `nodes` are those of its article's graph."""
        claim = nodes[iri]
        yield _textual("claim", "tagging")
        for key, value in self._tags(claim, nodes):
            yield _textual(f"{key}: {value}", "tagging")
        for name in RELATIONS:
            # Not annotations of annotations, which Recogito-JS draws as arrows: the text annotator after it chokes.
            yield from (_textual(f"{name}: {self._id(each, iri)}", "tagging") for each in claim.get(KG[name], ()))
        for predicate, purpose in _TEXTS:
            for each in claim.get(predicate, ()):
                if each in claim.get(KG.words, ()):
                    continue  # the target has them
                text = literal_value(each)
                yield {**_textual(text.lexical, purpose), **({"language": text.language} if text.language else {})}
        # If the article itself speaks, no tag names its author.
        naming = _NAMING[_is_own_voice(claim) :]
        for named in dict.fromkeys(each for predicate in naming for each in claim.get(predicate, ())):
            if entity := self._entities.get(Iri(named)):
                yield {"type": "SpecificResource", "purpose": "identifying", "source": self._identity(entity)}

    def _identity(self, entity: Entity) -> Json:
        named = {
            "id": iri_text(entity.iri),
            "type": _short(entity.types[0]),
            "name": self.in_own_language(entity.names),
        }
        same = [{"id": iri_text(other)} for other in entity.same_as]
        return {**named, **({"schema:sameAs": same} if same else {})}

    def _id(self, other: Term, claim: Iri) -> str:
        """Return the id of another claim as written in a relation: `c05`, or `article/c05` in another article."""
        article, _, id = other.rpartition("/")
        return id[:-1] if article == claim.rpartition("/")[0] else other[len(self._claims) : -1]

    def _tags(self, claim: Properties, nodes: Nodes) -> Iterator[tuple[str, str]]:
        """Yield the fields of a claim and their values as an annotator would write them."""
        speakers = claim.get(SCHEMA.author, [])
        tags = dict(_TAGS)
        if _is_own_voice(claim):
            yield "speaker", "article"
            articles = [nodes.get(Iri(each), {}) for each in claim.get(SCHEMA.appearance, ())]
            if claim.get(KG.edtf) in [article.get(KG.edtf) for article in articles]:
                del tags["said"]  # it is said when it is printed
        else:
            yield from (("speaker", name) for name in self._names(speakers, nodes))
        for key, predicate in tags.items():
            if key == "cue":
                yield from ((key, part) for part in cue_parts(claim, nodes))
                continue
            for each in claim.get(predicate, ()):
                value = each[each.rindex("#") + 1 : -1] if each[0] == "<" else literal_value(each).lexical
                yield from ((key, part) for part in (value.split(GAP) if key == "condition" else [value]))
        for key, predicate in (("to", KG.addressee), ("about", SCHEMA.about)):
            yield from ((key, name) for name in self._names(claim.get(predicate, ()), nodes))
        yield from (
            ("inferred", INFERRED_VALUES[iri]) for iri in INFERRED_VALUES if iri in claim.get(KG.inferred, ())
        )

    def _names(self, iris: Iterable[Term], nodes: Nodes) -> Iterator[str]:
        """Yield the names of entities and the descriptions of sources; nothing for an unnamed speaker."""
        for iri in iris:
            if entity := self._entities.get(Iri(iri)):
                yield self.in_own_language(entity.names)
            elif not iri.endswith("#speaker>"):
                words = nodes.get(Iri(iri), {}).get(SCHEMA.description, ())
                yield from (literal_value(each).lexical for each in words[:1])


def _is_own_voice(claim: Properties) -> bool:
    """Tell whether the article itself speaks: the form says so, or the speaker is its unnamed newsroom."""
    return FORMS.own in claim.get(KG.form, ()) or any(
        author.endswith("#newsroom>") for author in claim.get(SCHEMA.author, ())
    )


def _textual(value: str, purpose: str) -> Json:
    """Return a text for a purpose."""
    return {"type": "TextualBody", "purpose": purpose, "value": value}


def _short(iri: Iri) -> str:
    """Return an IRI, shortened if W3C's context has a prefix for it."""
    whole = iri_text(iri)
    for prefix, namespace in _SHORT.items():
        if whole.startswith(namespace):
            return f"{prefix}:{whole[len(namespace) :]}"
    return whole

"""What the graph says of a claim as bodies of a web annotation: tags, texts, and whom the names in tags mean.

A tag is what an annotator would write, `act: denies`, since that is what annotation tools show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kg.mappers.claim import RELATIONS
from kg.meaning.claim import INFERRED
from kg.model import Entity
from kg.rdf.terms import Iri, Literal, Term, iri_text, literal_value
from kg.rdf.vocab import FORMS, KG, PREFIXES, SCHEMA, SKOS

if TYPE_CHECKING:
    from kg.meaning import Index

Properties = Mapping[Iri, list[Term]]
Nodes = Mapping[Iri, Properties]
Json = dict[str, Any]

GAP = " … "
"""What stands in the graph between the parts of a cue."""
_TAGS = {
    "speaker words": KG.speakerWords,
    "cue": KG.cue,
    "act": KG.act,
    "form": KG.form,
    "said": KG.edtf,
    "translated": KG.originalLanguage,
}
_NAMING = (SCHEMA.author, KG.addressee, SCHEMA.about)
_TEXTS = ((SCHEMA.abstract, "describing"), (SKOS.editorialNote, "commenting"))
# Not `at`: an occasion is more than a tag can hold, only its date is.
_INFERRED = {iri: field for field, iri in INFERRED.items() if field != "at"}
# The prefixes of our own that W3C's context has too.
_SHORT = {name: PREFIXES[name] for name in ("schema", "skos")}


class Bodies:
    """Makes the bodies of claims, with the names of the entities of an index."""

    def __init__(self, index: Index) -> None:
        self._language = index.dataset.language.lower()
        self._claims = f"<{index.iris.base}claim/"
        self._entities = {entity.iri: entity for entity in index.entities.values()}

    def of(self, iri: Iri, nodes: Nodes) -> Iterator[Json]:
        """Yield the bodies that say what a claim is; `nodes` are those of its article's graph."""
        claim = nodes[iri]
        yield textual("claim", "tagging")
        for key, value in self._tags(claim, nodes):
            yield textual(f"{key}: {value}", "tagging")
        for name in RELATIONS:
            # Not annotations of annotations, which Recogito-JS draws as arrows: the text annotator after it chokes.
            yield from (textual(f"{name}: {self._id(each, iri)}", "tagging") for each in claim.get(KG[name], ()))
        for predicate, purpose in _TEXTS:
            for each in claim.get(predicate, ()):
                text = literal_value(each)
                yield {**textual(text.lexical, purpose), **({"language": text.language} if text.language else {})}
        # Whoever wrote the article is no name in a tag where it speaks itself.
        naming = _NAMING[_is_own_voice(claim) :]
        for named in dict.fromkeys(each for predicate in naming for each in claim.get(predicate, ())):
            if entity := self._entities.get(Iri(named)):
                yield {"type": "SpecificResource", "purpose": "identifying", "source": self._identity(entity)}

    def _identity(self, entity: Entity) -> Json:
        named = {"id": iri_text(entity.iri), "type": _short(entity.types[0]), "name": self.one(entity.names)}
        same = [{"id": iri_text(other)} for other in entity.same_as]
        return {**named, **({"schema:sameAs": same} if same else {})}

    def _id(self, other: Term, claim: Iri) -> str:
        """Return another claim as a relation names it: `c05` of the same article, `article/c05` of another."""
        article, _, id = other.rpartition("/")
        return id[:-1] if article == claim.rpartition("/")[0] else other[len(self._claims) : -1]

    def one(self, texts: tuple[Literal, ...]) -> str:
        """Return a text in the language of the corpus, else the first."""
        values = [literal_value(each) for each in texts]
        ours = [value.lexical for value in values if value.language == self._language]
        return (ours or [value.lexical for value in values] or [""])[0]

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
            for each in claim.get(predicate, ()):
                value = each[each.rindex("#") + 1 : -1] if each[0] == "<" else literal_value(each).lexical
                yield from ((key, word) for word in (value.split(GAP) if key == "cue" else [value]))
        for key, predicate in (("to", KG.addressee), ("about", SCHEMA.about)):
            yield from ((key, name) for name in self._names(claim.get(predicate, ()), nodes))
        yield from (("inferred", _INFERRED[iri]) for iri in _INFERRED if iri in claim.get(KG.inferred, ()))

    def _names(self, iris: Iterable[Term], nodes: Nodes) -> Iterator[str]:
        """Yield names of entities, and the words for sources; of a speaker without a name nothing."""
        for iri in iris:
            if entity := self._entities.get(Iri(iri)):
                yield self.one(entity.names)
            elif not iri.endswith("#speaker>"):
                words = nodes.get(Iri(iri), {}).get(SCHEMA.description, ())
                yield from (literal_value(each).lexical for each in words[:1])


def _is_own_voice(claim: Properties) -> bool:
    """Tell whether the article itself speaks, by the form, or by a newsroom that has no other name."""
    return FORMS.own in claim.get(KG.form, ()) or any(
        author.endswith("#newsroom>") for author in claim.get(SCHEMA.author, ())
    )


def textual(value: str, purpose: str) -> Json:
    """Return a text for a purpose."""
    return {"type": "TextualBody", "purpose": purpose, "value": value}


def _short(iri: Iri) -> str:
    """Return an IRI with a prefix that W3C's context has, where it can."""
    whole = iri_text(iri)
    for prefix, namespace in _SHORT.items():
        if whole.startswith(namespace):
            return f"{prefix}:{whole[len(namespace) :]}"
    return whole

"""The source map of a graph: finds the file and field that a triple was read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kg.corpus import CorpusDefinition
from kg.errors import Path, Spot
from kg.mappers.article import (
    ARTICLE_FIELDS,
    NEWSROOM_FIELDS,
    OCCASION_FIELDS,
    PASSAGE_FIELDS,
    SOURCE_FIELDS,
    VERSION_FIELDS,
    WITHDRAWN_FIELDS,
)
from kg.mappers.claim import ANNOTATION_FIELDS, CLAIM_FIELDS, QUOTATION_FIELDS, RATING_FIELDS, REVIEW_FIELDS
from kg.mappers.dataset import DATASET_FIELDS, PART_FIELDS
from kg.mappers.entity import ANNOTATOR_FIELDS, ENTITY_FIELDS, ROLE_FIELDS
from kg.mappers.nodes import DATE_FIELDS
from kg.meaning.reporter import as_list
from kg.rdf.terms import Iri, Term, literal_value, part, plain
from kg.rdf.vocab import BASES, DCTERMS, FORMS, KG, RDF, RELATIONS, SCHEMA

if TYPE_CHECKING:
    from kg.rdf.property_paths import Nodes

Fields = Mapping[Iri, Path]
Properties = Mapping[Iri, Sequence[Term]]

NOTHING: Properties = {}
SPEAKER_FIELDS: Fields = {RDF.type: ("speaker",), SCHEMA.description: ("speaker_words",)}
_ARTICLE_PARTS: Mapping[str, Fields] = {
    "newsroom": NEWSROOM_FIELDS,
}
IN_ARTICLE = ("article", "text", "claim", "occasion", "source")
_ANCHORS = (KG.wordsAt, KG.cueAt, KG.speakerWordsAt, KG.dateWordsAt)

# Properties whose objects are the items of a list in a file, in the same order.
LISTED = frozenset(
    [SCHEMA.author, SCHEMA.about, SCHEMA.alternateName, SCHEMA.sameAs, SCHEMA.spokenByCharacter]
    + [SCHEMA.workExample]
    + [KG.addressee, KG.onBehalfOf, DCTERMS.contributor]
    + [KG[name] for name in RELATIONS]
)
# The words of a date and its reason have separate fields; everything else is read from its EDTF.
WORDED = {KG.dateWords: "words", KG.dateWordsAt: "words", KG.dateWhy: "why"}
CERTAIN = frozenset((SCHEMA.dateCreated, SCHEMA.datePublished, SCHEMA.startDate, SCHEMA.endDate))
DATES = CERTAIN | frozenset(DATE_FIELDS)


class SourceMap(NamedTuple):
    """The files that one graph was made from.

    `file` has the annotations, at `line` if it is JSON Lines, otherwise 0; `text_file` has the article. If
    `dated_in_text`, the article's date is in the header of its text.
    """

    base: str
    file: str
    line: int
    text_file: str
    corpus: CorpusDefinition
    dated_in_text: bool = False


class SubjectSource(NamedTuple):
    """Where a subject was written: the spot of its key, and the fields below a path in that file."""

    key: Spot
    root: Path
    fields: Fields

    def field(self, *path: str | int) -> Spot:
        """Return the spot of a field, or of the key if no path is given."""
        return self.key._replace(path=(*self.root, *path), at_key=False) if path else self.key


def spot_of(subject: str, predicate: Iri, value: str, nodes: Nodes, source_map: SourceMap) -> Spot | None:
    """Return where an object was written, or where its field would be; None if nobody wrote it in these files.

    An empty `value` means the whole field. A value that was inherited leads to where it came from.
    """
    if predicate == SCHEMA.text and value in nodes.get(subject, NOTHING).get(KG.words, ()):
        predicate = KG.words  # what is claimed are the words
    source, term = _source_of(subject, predicate, value, nodes)
    written = subject_source(source, nodes, source_map)
    if written is None:
        return None
    if term in DATES and KG.dateBasis in written.fields:
        return _date_field(written, term, nodes.get(source, NOTHING), source_map)
    if term == SCHEMA.inLanguage and value == plain(source_map.corpus.config.language):
        return Spot(source_map.corpus.config_file, ("language",))
    if term == DCTERMS.contributor and source.endswith("#annotation>"):
        claim = subject_source(f"{source.partition('#')[0]}>", nodes, source_map)
        return claim and claim.field("contributors", *_item(("contributors",), term, nodes[source][term], value))
    field = written.fields.get(term, ())
    return written.field(*field, *_item(field, term, nodes.get(source, NOTHING).get(term, ()), value))


def _source_of(subject: str, predicate: Iri, value: str, nodes: Nodes) -> tuple[str, Iri]:
    """Return the subject and predicate that a claim's value was inherited from, or its own."""
    properties = nodes.get(subject, NOTHING)
    if SCHEMA.Claim not in properties.get(RDF.type, ()):
        return subject, predicate
    if predicate == SCHEMA.claimInterpreter:
        return part(Iri(subject), "annotation"), DCTERMS.creator
    article = _first(properties, SCHEMA.appearance)
    of_article = nodes.get(article, NOTHING)
    if predicate in DATES and (origin := _source_of_date(predicate, properties, article, of_article)):
        return origin
    if predicate == SCHEMA.author and FORMS.own in properties.get(KG.form, ()):
        for owner in (SCHEMA.author, SCHEMA.publisher):
            if value in of_article.get(owner, ()):
                return article, owner
    return subject, predicate


def _source_of_date(
    predicate: Iri, claim: Properties, article: str, of_article: Properties
) -> tuple[str, Iri] | None:
    """Return the subject and predicate that a claim's date was inherited from; None if it is its own."""
    bases, is_certain = claim.get(KG.dateBasis, ()), predicate in CERTAIN
    if BASES.occasion in bases:
        return _first(claim, SCHEMA.recordedAt), SCHEMA.startDate if is_certain else predicate
    if BASES.document in bases:
        return _first(claim, SCHEMA.firstAppearance), SCHEMA.dateCreated if is_certain else predicate
    if BASES.correction in bases:
        return article, SCHEMA.dateModified
    if _dated_as_article(claim, of_article):
        return article, SCHEMA.datePublished if is_certain else predicate
    return None


def _dated_as_article(claim: Properties, article: Properties) -> bool:
    """Return whether a claim has the article's date: its own is unknown, or the article itself makes the claim."""
    if BASES.publication in claim.get(KG.dateBasis, ()):
        return True
    own_voice = FORMS.own in claim.get(KG.form, ())
    return own_voice and all(claim.get(term) == article.get(term) for term in DATE_FIELDS)


def _date_field(written: SubjectSource, term: Iri, properties: Properties, source_map: SourceMap) -> Spot:
    """Return the part of a date that a term was read from; `properties` say whether it was written in parts."""
    if written.fields is ARTICLE_FIELDS and source_map.dated_in_text:
        if source_map.line:
            return Spot(source_map.file, ("article", "text"), source_map.line)
        return Spot(source_map.text_file)
    field = written.fields[KG.earliest]
    in_parts = any(properties.get(each) for each in WORDED)
    return written.field(*field, WORDED.get(term, "edtf")) if in_parts else written.field(*field)


def _item(field: Path, predicate: Iri, objects: Sequence[Term], value: str) -> Path:
    """Return the key of one of several values of a field: its number, its language or its id."""
    if not field or len(objects) < 2 or value not in objects:
        return ()
    if predicate in LISTED and field[-1] != "name":  # a verdict has languages, unlike other names of an entity
        return (list(objects).index(value),)  # type: ignore[arg-type]  # it is among the terms
    if predicate == SCHEMA.memberOf and "#role-" in value:
        return (value[1:-1].partition("#role-")[2],)
    language = literal_value(value).language if value.startswith('"') else ""
    return (language,) if language else ()


def subject_source(subject: str, nodes: Nodes, source_map: SourceMap) -> SubjectSource | None:
    """Return where a subject was written; None if that is not in the files of this graph or of the corpus."""
    if not subject.startswith(f"<{source_map.base}"):
        return None
    whole, _, fragment = subject[1:-1].partition("#")
    kind, _, id = whole[len(source_map.base) :].partition("/")
    if kind == "text" and fragment:
        return _passage_source(subject, nodes, source_map)
    if kind in IN_ARTICLE:
        thing = Iri(f"<{whole}>")
        if thing not in nodes:
            return None  # another article's
        key, root, fields = _in_article(kind, thing, fragment, nodes)
        return SubjectSource(Spot(source_map.file, key, source_map.line, at_key=True), root, fields)
    return _in_corpus(kind, id, fragment, source_map)


def _passage_source(passage: str, nodes: Nodes, source_map: SourceMap) -> SubjectSource | None:
    """Return where the words of a passage were written: the field of the first claim or other thing that has it."""
    for subject, properties in nodes.items():
        for anchor in _ANCHORS:
            if passage in properties.get(anchor, ()) and (found := subject_source(subject, nodes, source_map)):
                spot = found.field(*found.fields.get(anchor, ()))
                return SubjectSource(spot, spot.path, PASSAGE_FIELDS)
    return None


def _in_article(kind: str, thing: Iri, fragment: str, nodes: Nodes) -> tuple[Path, Path, Fields]:
    """Return the path of the key, the path that the fields are below, and the fields."""
    id = thing[1:-1].rpartition("/")[2]
    if kind == "article":
        return ("article",), (), _ARTICLE_PARTS.get(fragment, ARTICLE_FIELDS)
    if kind == "text":
        return ("article",), (), VERSION_FIELDS
    if kind != "claim":
        path: Path = (f"{kind}s", id)
        return path, path, OCCASION_FIELDS if kind == "occasion" else SOURCE_FIELDS
    if fragment == "annotation":
        return ("annotation",), ("annotation",), ANNOTATION_FIELDS
    if KG.WithdrawnClaim in nodes[thing].get(RDF.type, ()):
        return ("withdrawn", id), ("withdrawn", id), WITHDRAWN_FIELDS
    path = ("claims", id)
    return _key(path, fragment), path, _claim_fields(fragment)


def _key(claim: Path, fragment: str) -> Path:
    """Return the key of a part of a claim: that of a review or its rating, otherwise that of the claim."""
    name, _, number = fragment.partition("-")
    if name not in ("review", "rating"):
        return claim
    review = (*claim, "reviews", int(number) - 1)
    return (*review, "rating") if name == "rating" else review


def _claim_fields(fragment: str) -> Fields:
    name, _, number = fragment.partition("-")
    if name == "quotation":
        return QUOTATION_FIELDS
    if name == "speaker":
        return SPEAKER_FIELDS
    if name in ("review", "rating"):
        table = REVIEW_FIELDS if name == "review" else RATING_FIELDS
        return {term: ("reviews", int(number) - 1, *field) for term, field in table.items()}
    return CLAIM_FIELDS


def _in_corpus(kind: str, id: str, fragment: str, source_map: SourceMap) -> SubjectSource | None:
    corpus = source_map.corpus
    if kind == "entity" and id in corpus.entity_files:
        file = corpus.entity_files[id]
        role = fragment.removeprefix("role-")
        path: Path = (id, "roles", role) if role else (id,)
        return SubjectSource(Spot(file, path, at_key=True), path, ROLE_FIELDS if role else ENTITY_FIELDS)
    if kind == "entity" and (owner := _former_owner(id, corpus)):
        path = (owner, "formerly")
        return SubjectSource(Spot(corpus.entity_files[owner], path, at_key=True), path, {})
    if kind == "annotator":
        path = ("annotators", id)
        return SubjectSource(Spot(corpus.config_file, path, at_key=True), path, ANNOTATOR_FIELDS)
    if kind == "guideline":
        return SubjectSource(Spot(corpus.config_file, ("guidelines", id), at_key=True), (), {})
    name, _, number = fragment.partition("-")
    if kind == "dataset" and name in PART_FIELDS:
        field, fields = PART_FIELDS[name]
        path = (field, int(number) - 1) if number else (field,)
        return SubjectSource(Spot(corpus.config_file, path, at_key=True), path, fields)
    if kind == "dataset":
        return SubjectSource(Spot(corpus.config_file), (), DATASET_FIELDS)
    return None


def _former_owner(id: str, corpus: CorpusDefinition) -> str:
    """Return the entity that had an id before, the last one if several claim it; `""` if none does."""
    owners = (owner for owner, entity in corpus.entities.items() if id in as_list(entity.formerly))
    return next(reversed([*owners]), "")


def _first(properties: Properties, predicate: Iri) -> str:
    return next(iter(properties.get(predicate, ())), "")

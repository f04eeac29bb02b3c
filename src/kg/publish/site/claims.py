"""Claims as readers see them: in a line of a list, and whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kg.mappers.claim import RELATIONS
from kg.meaning.words import CONTEXT
from kg.publish.site.dates import When, in_words, when
from kg.publish.site.quads import Properties
from kg.publish.site.reader import Link, Reader
from kg.publish.site.reviews import Reviewed, reviews_of
from kg.publish.site.vocabulary import local_name
from kg.publish.site.words import Text, best, lexical, strings, texts
from kg.rdf.terms import Iri, Term, iri_text
from kg.rdf.vocab import DCTERMS, KG, OA, RDF, SCHEMA, SKOS

_ELSEWHERE = (SCHEMA.firstAppearance, SCHEMA.workExample)


class ClaimLine(NamedTuple):
    """A claim in a list. `form` and `act` are names of concepts, `act_label` is the act in words."""

    path: str
    number: int
    speakers: tuple[Link, ...]
    words: Text | None
    gist: Text | None
    when: When
    act: str
    act_label: str
    form: str
    article: Link | None
    addressees: tuple[Link, ...]


class Related(NamedTuple):
    """How a claim stands to others, as `answers` or `answers-back`, and the others."""

    relation: str
    claims: tuple[ClaimLine, ...]


class Passage(NamedTuple):
    """A part of the claim's words where it stands, in code points of the article; without its words where those are
    not published."""

    before: str
    exact: str
    after: str
    start: int
    end: int


class Annotated(NamedTuple):
    """Who annotated a claim and when, by which guideline, and who reviewed it."""

    by: Link | None
    on: str
    day: str
    guideline: Link | None
    reviewed_by: Link | None
    reviewed_on: str


class ClaimView(NamedTuple):
    """A claim, whole. `elsewhere` are addresses of pages in which it stands too, the first first."""

    line: ClaimLine
    gists: tuple[Text, ...]
    cue: Text | None
    speaker_words: Text | None
    roles: tuple[str, ...]
    about: tuple[Link, ...]
    occasion: Link | None
    place: Link | None
    original_language: str
    inferred: Mapping[str, str]
    notes: tuple[Text, ...]
    reviews: tuple[Reviewed, ...]
    elsewhere: tuple[str, ...]
    passages: tuple[Passage, ...]
    related: tuple[Related, ...]
    annotated: Annotated


class Withdrawn(NamedTuple):
    """What is left of a claim that was withdrawn: nothing of its words."""

    path: str
    article: Link | None
    on: str
    why: Text | None
    replaced_by: Link | None


def claim_line(reader: Reader, iri: Iri) -> ClaimLine | None:
    """Return a claim in a line; None where the store has no such claim."""
    return reader.view(_claim_line, iri)


def _claim_line(reader: Reader, iri: Iri) -> ClaimLine | None:
    said = reader.quads.properties(iri)
    if SCHEMA.Claim not in said.get(RDF.type, ()):
        return None
    act = next(iter(said.get(KG.act, ())), "")
    gist = best(said.get(SCHEMA.abstract, ()), reader.language)
    return ClaimLine(
        path=reader.quads.path(iri),
        number=int(lexical(said.get(SCHEMA.position, ())) or 0),
        speakers=reader.links(said.get(SCHEMA.author, ())),
        words=best(said.get(SCHEMA.text, ()), reader.language),
        gist=gist,
        when=when(said, SCHEMA.dateCreated, reader.language),
        act=local_name(act),
        act_label=reader.label(act) if act else "",
        form=local_name(next(iter(said.get(KG.form, ())), "")),
        article=reader.one(said.get(SCHEMA.appearance, ())),
        addressees=reader.links(said.get(KG.addressee, ())),
    )


def claim_lines(reader: Reader, claims: Iterable[Iri]) -> list[ClaimLine]:
    """Return claims in lines, in the order of their articles and their places in them."""
    found = (claim_line(reader, claim) for claim in claims)
    return sorted((line for line in found if line), key=_place)


def claim_view(reader: Reader, iri: Iri) -> ClaimView | None:
    """Return a claim, whole; None where the store has no such claim."""
    said = reader.quads.properties(iri)
    line = claim_line(reader, iri)
    if line is None:
        return None
    occasion = next(iter(said.get(SCHEMA.recordedAt, ())), None)
    about_occasion = reader.quads.properties(Iri(occasion)) if occasion else {}
    return ClaimView(
        line=line,
        gists=tuple(texts(said.get(SCHEMA.abstract, ()))),
        cue=best(said.get(KG.cue, ()), reader.language),
        speaker_words=best(said.get(KG.speakerWords, ()), reader.language),
        roles=tuple(_role(reader, role) for role in said.get(KG.spokenAs, ())),
        about=reader.links(said.get(SCHEMA.about, ())),
        occasion=reader.link(Iri(occasion)) if occasion else None,
        place=reader.one(about_occasion.get(SCHEMA.location, ())),
        original_language=lexical(said.get(KG.originalLanguage, ())),
        inferred=_inferred(reader, said.get(KG.inferred, ())),
        notes=tuple(texts(said.get(SKOS.editorialNote, ()))),
        reviews=reviews_of(reader, iri),
        elsewhere=tuple(iri_text(page) for each in _ELSEWHERE for page in said.get(each, ())),
        passages=tuple(map(_in_whole_words, passages(reader, iri))),
        related=tuple(_related(reader, iri, said)),
        annotated=_annotated(reader, iri),
    )


def withdrawn(reader: Reader, iri: Iri) -> Withdrawn | None:
    """Return the tombstone of a claim; None where it was not withdrawn."""
    said = reader.quads.properties(iri)
    if KG.WithdrawnClaim not in said.get(RDF.type, ()):
        return None
    return Withdrawn(
        path=reader.quads.path(iri),
        article=reader.one(said.get(SCHEMA.appearance, ())),
        on=in_words(lexical(said.get(KG.withdrawnOn, ())), reader.language),
        why=best(said.get(KG.withdrawnBecause, ()), reader.language),
        replaced_by=_replacement(reader, said.get(DCTERMS.isReplacedBy, ())),
    )


def passages(reader: Reader, iri: Iri) -> Iterator[Passage]:
    """Yield the parts of a claim's words in the order of the text."""
    annotation = reader.quads.properties(Iri(f"{iri[:-1]}#annotation>"))
    found = []
    for target in annotation.get(OA.hasTarget, ()):
        selected: Properties = {}
        for selector in reader.quads.properties(Iri(target)).get(OA.hasSelector, ()):
            selected |= reader.quads.properties(Iri(selector))
        before, exact, after, start, end = (
            lexical(selected.get(each, ())) for each in (OA.prefix, OA.exact, OA.suffix, OA.start, OA.end)
        )
        found.append(Passage(before, exact, after, int(start or 0), int(end or 0)))
    return iter(sorted(found, key=lambda passage: (passage.start, passage.end)))


def _in_whole_words(passage: Passage) -> Passage:
    """Leave out the words around a passage that may have been cut; what is shorter than a context was not."""
    before, after = passage.before, passage.after
    if len(before) == CONTEXT and " " in before:
        before = before.partition(" ")[2]
    if len(after) == CONTEXT and " " in after:
        after = after.rpartition(" ")[0]
    return passage._replace(before=before, after=after)


def _place(line: ClaimLine) -> tuple[str, int, str]:
    return (line.path.rpartition("/")[0], line.number, line.path)


def _replacement(reader: Reader, terms: Iterable[Term]) -> Link | None:
    path = next((reader.quads.path(Iri(term)) for term in terms), "")
    return Link(path, path.rpartition("/")[2]) if path else None


def _role(reader: Reader, role: Term) -> str:
    title = best(reader.quads.properties(Iri(role)).get(SCHEMA.roleName, ()), reader.language)
    return title.value if title else local_name(role)


def _inferred(reader: Reader, terms: Iterable[Term]) -> Mapping[str, str]:
    """Return the labels of inferred properties by their local names, sorted by label."""
    known = strings(reader.language)
    labels = {local_name(term): known.get(f"field-{local_name(term)}") or reader.label(term) for term in terms}
    return dict(sorted(labels.items(), key=lambda pair: pair[1]))


def _related(reader: Reader, iri: Iri, said: Properties) -> Iterator[Related]:
    """Yield what a claim says of others, then what others say of it."""
    to = ((name, map(Iri, said.get(KG[name], ()))) for name in RELATIONS)
    back = ((f"{name}-back", reader.quads.subjects(KG[name], iri)) for name in RELATIONS)
    for name, others in (*to, *back):
        if lines := claim_lines(reader, others):
            yield Related(name, tuple(lines))


def _annotated(reader: Reader, iri: Iri) -> Annotated:
    said = reader.quads.properties(Iri(f"{iri[:-1]}#annotation>"))
    on = lexical(said.get(DCTERMS.created, said.get(DCTERMS.date, ())))
    return Annotated(
        by=reader.one(said.get(DCTERMS.creator, ())),
        on=on,
        day=in_words(on[:10], reader.language),
        guideline=reader.one(said.get(DCTERMS.conformsTo, ())),
        reviewed_by=reader.one(said.get(KG.reviewedBy, ())),
        reviewed_on=in_words(lexical(said.get(KG.reviewedOn, ()))[:10], reader.language),
    )

"""Claims as the site shows them: as an entry of a list, in full, and what remains of a withdrawn one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kg.meaning.words import NEEDS_GIST
from kg.publish.site.localisation import (
    DateFacts,
    DateView,
    LocalText,
    best,
    date_facts,
    in_words,
    label,
    lexical,
    natural,
    nearest,
    strings,
    texts,
)
from kg.publish.site.passages import (
    EarlierWords,
    PassageView,
    TextVersionView,
    article_of,
    earlier_words,
    kept_to,
    passages,
    with_context,
)
from kg.publish.site.store_reader import (
    LocalisedReader,
    OwnFact,
    PageLink,
    Properties,
    ResourceReader,
    annotated_on,
    annotation_of,
)
from kg.rdf.terms import Iri, Term, iri_text, local_name
from kg.rdf.vocab import DCTERMS, KG, RDF, RELATIONS, SCHEMA, SKOS
from kg.text.spans import MARKS

_MARKS = tuple(MARKS)
_ELSEWHERE = (SCHEMA.firstAppearance, SCHEMA.workExample)
_RELATIONS = tuple((name, KG[name]) for name in RELATIONS)


class WordsSegment(NamedTuple):
    """A part of the article's words that is quoted, or one that is not; `marked` if it has its quotation marks."""

    text: str
    is_quotation: bool = False
    marked: bool = False


class ClaimLine(NamedTuple):
    """A claim as an entry of a list.

    `text` is what is claimed, `words` are the article's and `segments` the same, divided by what is quoted. `form`
    and `act` are local names, `act_label` is the act in words: `""` if nobody said what it is. `lead` is the same
    before the text: "denies, and says", as the text of a denial is not what is denied. If the claim was taken back,
    both say so, and `retraction` is the path of the claim that did it. `inferred` has the labels of the properties
    that are the annotator's reading, by local name.
    """

    path: str
    number: int
    speakers: tuple[PageLink, ...]
    text: LocalText | None
    words: LocalText | None
    segments: tuple[WordsSegment, ...]
    when: DateView
    act: str
    act_label: str
    lead: str
    form: str
    article: PageLink | None
    addressees: tuple[PageLink, ...]
    inferred: Mapping[str, str]
    retraction: str = ""


class RelatedClaims(NamedTuple):
    """Claims related to a claim: `answers` if the claim answers them, `answers-back` if they answer the claim."""

    relation: str
    claims: tuple[ClaimLine, ...]


class AnnotationView(NamedTuple):
    """Who annotated a claim, who found it too, when and by which guideline, and who reviewed it.

    `on` is the day as a date, `day` in words.
    """

    by: PageLink | None
    contributors: tuple[PageLink, ...]
    on: str
    day: str
    guideline: PageLink | None
    reviewed_by: PageLink | None
    reviewed_on: str


class ClaimView(NamedTuple):
    """A claim in full. `elsewhere` has URLs, the first appearance first.

    `kept_to` is the earlier text that a claim is kept to, `earlier_words` are those that it had in earlier texts.
    """

    line: ClaimLine
    texts: tuple[LocalText, ...]
    original_language: str
    notes: tuple[LocalText, ...]
    elsewhere: tuple[str, ...]
    passages: tuple[PassageView, ...]
    due: str
    condition: LocalText | None
    cue: LocalText | None
    speaker_words: LocalText | None
    on_behalf_of: tuple[PageLink, ...]
    roles: tuple[str, ...]
    likely_roles: tuple[str, ...]
    about: tuple[PageLink, ...]
    occasion: PageLink | None
    place: PageLink | None
    reviews: tuple[ReviewView, ...]
    made_in: PageLink | None
    related: tuple[RelatedClaims, ...]
    annotated: AnnotationView
    own: tuple[OwnFact, ...]
    kept_to: TextVersionView | None
    earlier_words: tuple[EarlierWords, ...]


class WithdrawnView(NamedTuple):
    """What remains of a withdrawn claim; none of its words does."""

    path: str
    article: PageLink | None
    on: str
    why: LocalText | None
    replaced_by: PageLink | None


class _LineFacts(NamedTuple):
    """What a `ClaimLine` is made of in all languages: `words` has the words in each, with their segments.

    `inferred` are the properties that are the annotator's reading, `language` is that of the article.
    """

    path: str
    number: int
    speakers: list[Term]
    texts: list[LocalText]
    words: dict[LocalText, tuple[WordsSegment, ...]]
    date: DateFacts
    act: str
    form: str
    articles: list[Term]
    language: str
    addressees: list[Term]
    inferred: list[Term]
    retraction: str


def claim_line(reader: LocalisedReader, iri: Iri) -> ClaimLine | None:
    """Return a claim as a list entry; None if the store has no such claim."""
    return reader.view(_claim_line, iri)


def _claim_line(reader: LocalisedReader, iri: Iri) -> ClaimLine | None:
    facts = reader.quads.view(_line_facts, iri)
    if facts is None:
        return None
    labels = [reader.label(facts.act)] if facts.act else []
    if facts.retraction:
        labels.append(reader.say("claim-retracted"))
    text = nearest(facts.texts, reader.language, facts.language, "en")
    words = nearest(facts.words, reader.language)
    act = local_name(facts.act)
    opposes = text and act in NEEDS_GIST
    return ClaimLine(
        path=facts.path,
        number=facts.number,
        speakers=reader.links(facts.speakers),
        text=text,
        words=words,
        segments=facts.words[words] if words else (),
        when=facts.date.view(reader.language),
        act=act,
        act_label=", ".join(labels),
        lead=", ".join([*labels, reader.say("claim-instead")] if opposes else labels),
        form=facts.form,
        article=reader.one(facts.articles),
        addressees=reader.links(facts.addressees),
        inferred=_inferred(reader, facts.inferred),
        retraction=facts.retraction,
    )


def _line_facts(quads: ResourceReader, iri: Iri) -> _LineFacts | None:
    properties = quads.properties(iri)
    if SCHEMA.Claim not in properties.get(RDF.type, ()):
        return None
    return _LineFacts(
        path=quads.path(iri),
        number=natural(properties.get(SCHEMA.position, ())),
        speakers=properties.get(SCHEMA.author, []),
        texts=texts(properties.get(SCHEMA.text, ())),
        words={
            words: tuple(_segments(quads, words.value, properties)) for words in texts(properties.get(KG.words, ()))
        },
        date=date_facts(properties, SCHEMA.dateCreated),
        act=next(iter(properties.get(KG.act, ())), ""),
        form=local_name(next(iter(properties.get(KG.form, ())), "")),
        articles=properties.get(SCHEMA.appearance, []),
        language=lexical(article_of(quads, properties).get(SCHEMA.inLanguage, ())),
        addressees=properties.get(KG.addressee, []),
        inferred=properties.get(KG.inferred, []),
        retraction=_retraction(quads, iri),
    )


def _segments(quads: ResourceReader, words: str, claim: Properties) -> Iterator[WordsSegment]:
    """Yield the words of a claim, divided by its quotations, in the order of the words."""
    end = 0
    for quoted in sorted(claim.get(SCHEMA.hasPart, ()), key=lambda iri: (len(iri), iri)):
        text = lexical(quads.properties(Iri(quoted)).get(SCHEMA.text, ()))
        start = words.find(text, end) if text else -1
        if start < 0:
            continue
        if start > end:
            yield WordsSegment(words[end:start])
        end = start + len(text)
        yield WordsSegment(text, is_quotation=True, marked=words[max(0, start - 1) : start] in _MARKS)
    if end < len(words):
        yield WordsSegment(words[end:])


def _retraction(quads: ResourceReader, claim: Iri) -> str:
    """Return the path of the claim that takes back a claim, or the same statement as another claim reports it."""
    same, found = [claim], list[Iri]()
    for each in same:
        found += quads.subjects(KG.retracts, each)
        others = (*map(Iri, quads.properties(each).get(KG.same, ())), *quads.subjects(KG.same, each))
        same += [other for other in dict.fromkeys(others) if other not in same]
    return min(map(quads.path, found), default="")


def claim_lines(reader: LocalisedReader, claims: Iterable[Iri]) -> list[ClaimLine]:
    """Return claims as list entries, sorted by article and position."""
    found = (claim_line(reader, claim) for claim in claims)
    return sorted((line for line in found if line), key=_place)


def claim_view(reader: LocalisedReader, iri: Iri) -> ClaimView | None:
    """Return a claim in full; None if the store has no such claim."""
    properties = reader.quads.properties(iri)
    line = claim_line(reader, iri)
    if line is None:
        return None
    occasion = next(map(Iri, properties.get(SCHEMA.recordedAt, ())), None)
    return ClaimView(
        line,
        *reader.quads.view(_shared_parts, iri),
        due=_due(reader, properties),
        condition=best(properties.get(KG.condition, ()), reader.language),
        cue=best(properties.get(KG.cue, ()), reader.language),
        speaker_words=best(properties.get(KG.speakerWords, ()), reader.language),
        on_behalf_of=reader.links(properties.get(KG.onBehalfOf, ())),
        roles=tuple(_role(reader, role) for role in properties.get(KG.spokenAs, ())),
        likely_roles=tuple(_role(reader, role) for role in properties.get(KG.probablySpokenAs, ())),
        about=reader.links(properties.get(SCHEMA.about, ())),
        occasion=reader.link(occasion) if occasion else None,
        place=reader.one(reader.quads.properties(occasion).get(SCHEMA.location, ())) if occasion else None,
        reviews=reviews_of(reader, iri),
        made_in=reader.one(page for page in properties.get(SCHEMA.firstAppearance, ()) if reader.quads.path(page)),
        related=tuple(_related(reader, iri)),
        annotated=_annotated(reader, iri),
        own=tuple(reader.own_facts(properties)),
        kept_to=kept_to(reader, iri),
        earlier_words=earlier_words(reader, iri),
    )


class _SharedParts(NamedTuple):
    """The parts of a `ClaimView` that are the same in all languages."""

    texts: tuple[LocalText, ...]
    original_language: str
    notes: tuple[LocalText, ...]
    elsewhere: tuple[str, ...]
    passages: tuple[PassageView, ...]


def _shared_parts(quads: ResourceReader, iri: Iri) -> _SharedParts:
    properties = quads.properties(iri)
    return _SharedParts(
        texts=tuple(texts(properties.get(SCHEMA.text, ()))),
        original_language=lexical(properties.get(KG.originalLanguage, ())),
        notes=tuple(texts(properties.get(SKOS.editorialNote, ()))),
        elsewhere=_elsewhere(quads, properties),
        passages=tuple(with_context(quads, passages(quads, iri), properties)),
    )


def _elsewhere(quads: ResourceReader, claim: Properties) -> tuple[str, ...]:
    """Return the addresses of pages outside the publication where a claim appears."""
    pages = (page for each in _ELSEWHERE for page in claim.get(each, ()))
    return tuple(iri_text(page) for page in pages if not quads.path(page))


def withdrawn(reader: LocalisedReader, iri: Iri) -> WithdrawnView | None:
    """Return what remains of a withdrawn claim; None if it was not withdrawn."""
    properties = reader.quads.properties(iri)
    if KG.WithdrawnClaim not in properties.get(RDF.type, ()):
        return None
    return WithdrawnView(
        path=reader.quads.path(iri),
        article=reader.one(properties.get(KG.withdrawnFrom, ())),
        on=in_words(lexical(properties.get(KG.withdrawnOn, ())), reader.language),
        why=best(properties.get(KG.withdrawnBecause, ()), reader.language),
        replaced_by=_replacement(reader, properties.get(DCTERMS.isReplacedBy, ())),
    )


def _place(line: ClaimLine) -> tuple[str, int, str]:
    return (line.path.rpartition("/")[0], line.number, line.path)


def _replacement(reader: LocalisedReader, terms: Iterable[Term]) -> PageLink | None:
    path = next((reader.quads.path(Iri(term)) for term in terms), "")
    return PageLink(path, path.rpartition("/")[2]) if path else None


def _role(reader: LocalisedReader, role: Term) -> str:
    title = best(reader.quads.properties(Iri(role)).get(SCHEMA.roleName, ()), reader.language)
    return title.value if title else local_name(role)


def _due(reader: LocalisedReader, properties: Properties) -> str:
    """Return by when it is due, in words; the EDTF date if that has no last day, `""` if there is none."""
    last = lexical(properties.get(KG.dueBy, ()))
    if last:
        return reader.say("date-until", last=in_words(last, reader.language))
    return lexical(properties.get(KG.due, ()))


def _inferred(reader: LocalisedReader, terms: Iterable[Term]) -> Mapping[str, str]:
    """Return the labels of inferred properties by their local names, sorted by label."""
    known = strings(reader.language)
    labels = {local_name(term): known.get(f"field-{local_name(term)}") or reader.label(term) for term in terms}
    return dict(sorted(labels.items(), key=lambda pair: pair[1]))


def _related(reader: LocalisedReader, iri: Iri) -> Iterator[RelatedClaims]:
    """Yield the relations of a claim to others, then those of others to it."""
    for name, others in reader.quads.view(_related_iris, iri):
        if lines := claim_lines(reader, others):
            yield RelatedClaims(name, tuple(lines))


def _related_iris(quads: ResourceReader, iri: Iri) -> list[tuple[str, list[Iri]]]:
    properties = quads.properties(iri)
    to = [(name, [Iri(each) for each in properties.get(term, ())]) for name, term in _RELATIONS]
    back = [(f"{name}-back", [*quads.subjects(term, iri)]) for name, term in _RELATIONS]
    return [(name, others) for name, others in (*to, *back) if others]


def _annotated(reader: LocalisedReader, iri: Iri) -> AnnotationView:
    properties = reader.quads.properties(annotation_of(iri))
    on = annotated_on(properties)[:10]
    return AnnotationView(
        by=reader.one(properties.get(DCTERMS.creator, ())),
        contributors=reader.links(properties.get(DCTERMS.contributor, ())),
        on=on,
        day=in_words(on, reader.language),
        guideline=reader.one(properties.get(DCTERMS.conformsTo, ())),
        reviewed_by=reader.one(properties.get(KG.reviewedBy, ())),
        reviewed_on=in_words(lexical(properties.get(KG.reviewedOn, ()))[:10], reader.language),
    )


class ReviewView(NamedTuple):
    """A fact-check: its URL, author and date, its verdict, the rating and the best possible rating.

    `verdict` is in the fact-checker's words, `classed` is the class of the verdict, one of four.
    """

    address: str
    by: PageLink | None
    on: str
    verdict: LocalText | None
    classed: str
    number: str
    best: str


def reviews_of(reader: LocalisedReader, claim: Iri) -> tuple[ReviewView, ...]:
    """Return the fact-checks of a claim in the order of the annotations."""
    found = reader.quads.subjects(SCHEMA.itemReviewed, claim)
    return tuple(_reviewed(reader, review) for review in sorted(found, key=lambda each: (len(each), each)))


def _reviewed(reader: LocalisedReader, review: Iri) -> ReviewView:
    properties = reader.quads.properties(review)
    rating = next(iter(properties.get(SCHEMA.reviewRating, ())), "")
    rated = reader.quads.properties(Iri(rating)) if rating else {}
    return ReviewView(
        address="".join(iri_text(each) for each in properties.get(SCHEMA.url, ())[:1]),
        by=reader.one(properties.get(SCHEMA.author, ())),
        on=in_words(lexical(properties.get(SCHEMA.datePublished, ())), reader.language),
        verdict=best(rated.get(SCHEMA.alternateName, ()), reader.language),
        classed=label(rated[KG.verdict][0], reader.language) if KG.verdict in rated else "",
        number=lexical(rated.get(SCHEMA.ratingValue, ())),
        best=lexical(rated.get(SCHEMA.bestRating, ())),
    )

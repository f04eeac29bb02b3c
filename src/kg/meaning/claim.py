"""Interprets a claim: its fields, when it was made, its relations, and its reviews by fact-checkers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import astuple, replace

from kg.annotations.classes import NO_RELATIONS, ClaimEntry, ClaimReview, Rating, Relations
from kg.dates.edtf import one_day_of
from kg.errors import Path, Spot
from kg.meaning.context import ArticleContext
from kg.meaning.own_fields import own_values
from kg.meaning.reporter import as_list, as_text, not_later_than
from kg.meaning.speakers import speakers, spoken_as
from kg.meaning.text_versions import context_of, earlier_words, is_reworded_since_review
from kg.meaning.words import (
    NOWHERE,
    AnchoredWords,
    anchored,
    form,
    in_full,
    is_own_voice,
    joined,
    quotations,
    why_not_in_words,
)
from kg.model import NO_DATE, NONE, Claim, Dated, OwnValues, Part, Review
from kg.rdf import terms
from kg.rdf.terms import Iri, Literal, part, text
from kg.rdf.vocab import ACTS, BASES, KG, RELATIONS, SCHEMA, VERDICTS
from kg.text.spans import Span

# The property in the graph of each field that can be inferred.
INFERRED: dict[str, Iri] = {
    "speaker": SCHEMA.author,
    "words": KG.words,
    "gist": SCHEMA.text,
    "act": KG.act,
    "form": KG.form,
    "at": SCHEMA.recordedAt,
    "said": KG.edtf,
    "due": KG.due,
    "to": KG.addressee,
    "about": SCHEMA.about,
    "for": KG.onBehalfOf,
    "in": SCHEMA.firstAppearance,
    "translated": KG.originalLanguage,
    **{f"relations.{name}": KG[name] for name in RELATIONS},
}
INFERRED_VALUES = {iri: field for field, iri in INFERRED.items() if field not in ("at", "for", "in")}
"""The fields by property, without `at`, `for` and `in`, which tables and tags show in part or not at all."""


class _Surroundings(NamedTuple):
    """What the article says around the words of a claim: who spoke, when, and that it was said."""

    speaker: tuple[Literal, ...]
    speaker_at: tuple[Span, ...]
    said: Dated
    cue: tuple[Literal, ...]
    cue_at: tuple[Span, ...]


class _ClaimWords(NamedTuple):
    """The words of a claim: their form, parts and quotations, the gists, and the claim in full."""

    form: Iri
    parts: tuple[Part, ...]
    words: Literal
    quotations: tuple[Literal, ...]
    quotations_at: tuple[Span, ...]
    gists: tuple[Literal, ...]
    text: tuple[Literal, ...]


def read_claims(context: ArticleContext) -> list[Claim | None]:
    """Return the claims in the order of the file, None for one whose words are not in the article."""
    claims = context.file.claims
    contexts = [context_of(claim, ("claims", id), context) for id, claim in claims.items()]
    places = [
        anchored(claim, ("claims", id), here) for (id, claim), here in zip(claims.items(), contexts, strict=True)
    ]
    for each in (context, *context.earlier.values()):
        placed = [place for place, here in zip(places, contexts, strict=True) if place and here is each]
        each.occurrences.claim([span for place in placed for span in place.spans])
    # If the words are not found, read the rest all the same: every mistake is reported in one run.
    read = [
        _claim_at(place or NOWHERE, id, n, here)
        for n, (id, place, here) in enumerate(zip(claims, places, contexts, strict=True), start=1)
    ]
    return [claim if place else None for claim, place in zip(read, places, strict=True)]


def _claim_at(place: AnchoredWords, id: str, position: int, context: ArticleContext) -> Claim:
    """Return a claim; its fields are read in the order of their findings."""
    entry = context.file.claims[id]
    path: Path = ("claims", id)
    around = _surroundings(entry, place, path, context)
    certainly, probably = spoken_as(entry, around.said, context)
    wording = _claim_words(entry, place, around, path, context)
    claim = Claim(
        iri=context.iris.claim(context.article.id, id),
        id=id,
        position=position,
        speakers=speakers(id, entry, path, context),
        act=ACTS[entry.act] if entry.act else NONE,
        form=wording.form,
        said=around.said,
        parts=wording.parts,
        words=wording.words,
        quotations=wording.quotations,
        quotations_at=wording.quotations_at,
        gists=wording.gists,
        text=wording.text,
        cue=around.cue,
        cue_at=around.cue_at,
        speaker_words=around.speaker,
        speaker_words_at=around.speaker_at,
        spoken_as=certainly,
        probably_spoken_as=probably,
        text_version=context.version,
    )
    return _with_further_fields(claim, entry, path, context)


def _with_further_fields(claim: Claim, entry: ClaimEntry, path: Path, context: ArticleContext) -> Claim:
    """Return a claim with the fields that say more than who said what, how and when."""
    report = context.report
    return replace(
        claim,
        on_behalf_of=_entities(entry.on_behalf_of, path, "for", context) if entry.on_behalf_of else (),
        at=_at(entry.at, (*path, "at"), context) if entry.at else NONE,
        to=_entities(entry.to, path, "to", context) if entry.to else (),
        about=_entities(entry.about, path, "about", context) if entry.about else (),
        due=context.date(entry.due, (*path, "due")).edtf if entry.due else NO_DATE,
        condition=_verbatim(entry.condition, path, "condition", context) if entry.condition else (),
        translated=report.language(entry.translated, (*path, "translated")) if entry.translated else "",
        relations=read_relations(claim.id, entry.relations, context),
        document=_document(entry, path, context) if entry.made_in else NONE,
        first_appearance=_page(entry.first_appearance, path, context) if entry.first_appearance else NONE,
        appearances=report.iris(entry.appearances, (*path, "appearances")) if entry.appearances else (),
        reviews=_reviews(claim.id, entry.reviews, path, context) if entry.reviews else (),
        inferred=_inferred(entry, path, context) if entry.inferred else (),
        notes=report.texts(entry.note, (*path, "note"), context.index.dataset.language) if entry.note else (),
        own=_own(entry, path, context) if context.index.fields.claims else (),
        contributors=_contributors(entry, path, context) if entry.contributors else (),
        earlier_at=earlier_words(entry, path, context) if entry.earlier else (),
        is_reworded_since_review=bool(entry.earlier) and is_reworded_since_review(entry, context),
    )


def _claim_words(
    claim: ClaimEntry, place: AnchoredWords, around: _Surroundings, path: Path, context: ArticleContext
) -> _ClaimWords:
    """Return the words at a place, and what they claim."""
    whole, language = context.article.text, context.language
    known = (*around.cue_at, *around.speaker_at, *around.said.words_at)
    parts = tuple([Part(start, end, whole[start:end]) for start, end in place.spans])
    words = text(joined(place.spans, known, context), language)
    rendered = form(claim, place, path, context)
    quoted = quotations(claim, place, rendered, context)
    gists, full = in_full(claim, words, why_not_in_words(claim, rendered, parts), path, context)
    quotes = tuple([text(whole[start:end], language) for start, end in quoted])
    return _ClaimWords(rendered, parts, words, quotes, quoted, gists, full)


def _own(claim: ClaimEntry, path: Path, context: ArticleContext) -> OwnValues:
    return own_values(claim, context.index.fields.claims, path, context.report, context.entity)


def _contributors(claim: ClaimEntry, path: Path, context: ArticleContext) -> tuple[Iri, ...]:
    """Return the annotators who found a claim, each once."""
    path, written = (*path, "contributors"), claim.contributors
    if isinstance(written, str):
        found = [context.annotator(written, path)]
    else:
        context.report.no_repeats(written, path)
        found = [context.annotator(id, (*path, n)) for n, id in enumerate(written)]
    return tuple(dict.fromkeys(filter(None, found)))


def _entities(ids: list[str] | str, path: Path, field: str, context: ArticleContext) -> tuple[Iri, ...]:
    """Return the entities of a field; makes the path for findings only if an entity is unknown."""
    known = context.known_entities(ids)
    return context.entities(ids, (*path, field)) if known is None else known


def _surroundings(claim: ClaimEntry, place: AnchoredWords, path: Path, context: ArticleContext) -> _Surroundings:
    """Return what is around a claim. Each helps to find the next, since they are often side by side."""
    parts, choose = place.spans, context.occurrences.choose
    speaker = context.words(claim.speaker_words, (*path, "speaker_words")) if claim.speaker_words else None
    speaker_at = choose(speaker, parts) if speaker else None
    known = [speaker_at] if speaker_at else []
    said = read_said(claim, path, context, parts, known)
    cue, cue_at = _cue(claim, path, context, parts, [*known, *said.words_at]) if claim.cue else ((), ())
    if speaker and not speaker_at:
        speaker_at = choose(speaker, parts, [*cue_at, *said.words_at])
    return _Surroundings(
        speaker=(speaker.literal,) if speaker else (),
        speaker_at=(speaker_at,) if speaker_at else (),
        said=said,
        cue=cue,
        cue_at=cue_at,
    )


def _cue(
    claim: ClaimEntry, path: Path, context: ArticleContext, parts: Sequence[Span], known: Sequence[Span]
) -> tuple[tuple[Literal, ...], tuple[Span, ...]]:
    """Return the cue, and where it is if that is certain for all its parts."""
    if not isinstance(claim.cue, list):
        found = context.words(claim.cue, (*path, "cue"))
        chosen = context.occurrences.choose(found, parts, known) if found else None
        return ((found.literal,) if found else ()), ((chosen,) if chosen else ())
    several = [context.words(each, (*path, "cue", n)) for n, each in enumerate(claim.cue)]
    if not all(several):
        return (), ()
    places = [context.occurrences.choose(found, parts, known) for found in several if found]
    spans = tuple(sorted({span for span in places if span}))
    if len(spans) < len(several):
        return (text(" … ".join([as_text(each) for each in claim.cue]), context.language),), ()
    return (text(joined(spans, known, context), context.language),), spans


def _document(claim: ClaimEntry, path: Path, context: ArticleContext) -> Iri:
    """Return the document in which a claim was made."""
    id, path, report = claim.made_in, (*path, "in"), context.report
    if claim.first_appearance:
        message = "a claim must be made first in one place: give `in` or `first_appearance`, and delete the other"
        report.violation(path, "two-first-appearances", message)
    entity = context.index.entities.get(id)
    if entity and KG.Document not in entity.types:
        message = f"`in` must name an entity of type Document, and `{id}` is of another type: correct it"
        report.violation(path, "not-a-document", message)
        return NONE
    if entity:
        return entity.iri
    known, names = context.known("document", lambda: _entities_of(KG.Document, context))
    return report.reference(id, known, path, "a Document", names) or NONE


def _entities_of(type: Iri, context: ArticleContext) -> dict[str, Iri]:
    return {id: each.iri for id, each in context.index.entities.items() if type in each.types}


def _at(at: str, path: Path, context: ArticleContext) -> Iri:
    if at in context.occasions:
        return context.occasions[at].iri
    entity = context.index.entities.get(at)
    if entity and SCHEMA.Event in entity.types:
        return entity.iri
    if entity:
        message = f"`at` must name an occasion of this file or an Event, and `{at}` is of another type: correct it"
        context.report.violation(path, "not-an-occasion", message)
        return NONE
    known, names = context.known(
        "occasion",
        lambda: _entities_of(SCHEMA.Event, context) | {id: each.iri for id, each in context.occasions.items()},
    )
    return context.report.reference(at, known, path, "an occasion of this file or an Event", names) or NONE


def _verbatim(words: list[str] | str, path: Path, field: str, context: ArticleContext) -> tuple[Literal, ...]:
    if isinstance(words, str):
        found = context.words(words, (*path, field))
        return (found.literal,) if found else ()
    present = [context.words(each, (*path, field, n)) for n, each in enumerate(words)]
    return (text(" … ".join(words), context.language),) if all(present) else ()


def _page(address: str, path: Path, context: ArticleContext) -> Iri:
    return context.report.iri(address, (*path, "first_appearance"))


def _inferred(claim: ClaimEntry, path: Path, context: ArticleContext) -> tuple[Iri, ...]:
    """Return the properties that are the annotator's reading; a field that the claim does not have is reported."""
    fields: list[str] = list(claim.inferred) if isinstance(claim.inferred, list) else [claim.inferred]
    context.report.no_repeats(fields, (*path, "inferred"))
    found: list[Iri] = []
    for n, field in enumerate(fields):
        given = _given(claim, field)
        found += [INFERRED[each] for each in given]
        if not given:
            at = (*path, "inferred", n) if isinstance(claim.inferred, list) else (*path, "inferred")
            message = (
                f"`inferred` must name fields of this claim, and it has no `{field}`: give it or leave it out here"
            )
            if field == "said" and claim.said:
                message = (
                    "a claim that came with the correction has no date of its own that could be inferred: leave "
                    "`said` out of `inferred`"
                )
            # An act that was left out was `states` before version 2 of the graph, and could be inferred.
            report = context.report.warning if field == "act" else context.report.violation
            report(at, "inferred-without-field", message)
    return tuple(dict.fromkeys(found))


_ATTRIBUTES = {"for": "on_behalf_of", "in": "made_in"}


def _given(claim: ClaimEntry, field: str) -> list[str]:
    """Return the fields with a value that a name in `inferred` means: of `relations` each that the claim has."""
    if field == "said" and claim.said == CORRECTED and not is_own_voice(claim):
        return []  # not later than the correction
    if not field.startswith("relations"):
        return [field] if getattr(claim, _ATTRIBUTES.get(field, field)) else []
    names = [field.partition(".")[2]] if "." in field else RELATIONS
    return [f"relations.{name}" for name in names if getattr(claim.relations, name)]


_TARGET = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9_-]*")


def read_relations(id: str, relations: Relations, context: ArticleContext) -> tuple[tuple[Iri, Iri], ...]:
    """Return each relation of a claim once, with the claim it points to; wrong ones are reported and left out."""
    if relations is NO_RELATIONS:
        return ()
    found: list[tuple[Iri, Iri]] = []
    for name, targets in zip(RELATIONS, astuple(relations), strict=True):
        if not targets:
            continue
        several = isinstance(targets, list)
        for n, target in enumerate(as_list(targets)):
            at = ("claims", id, "relations", name, *((n,) if several else ()))
            iri = _related(id, target, at, context)
            if iri:
                found.append((KG[name], iri))
    return tuple(dict.fromkeys(found))


def _related(id: str, target: str, path: Path, context: ArticleContext) -> Iri:
    article, _, claim = target.rpartition("/")
    if not _TARGET.fullmatch(target):
        message = f"a relation must lead to a claim, as c02 or article-id/c02, not {target!r}: correct it"
        context.report.violation(path, "bad-relation", message)
        return NONE
    if article and article != context.article.id:
        iri = context.iris.claim(article, claim)
        context.needs.setdefault(iri, Spot(context.report.file, path, context.report.line))
        return iri
    if claim == id:
        message = "a claim must relate to another claim, not to itself: correct it"
        context.report.violation(path, "relation-to-itself", message)
    elif claim in context.file.claims:
        return context.iris.claim(context.article.id, claim)
    elif claim in context.file.withdrawn:
        after = context.file.withdrawn[claim].replaced_by
        advice = f"write `{after}`, which replaced it" if after else "delete the relation"
        message = f"a relation must lead to a claim, and `{claim}` was withdrawn: {advice}"
        context.report.violation(path, "relation-to-withdrawn", message)
    else:
        known, names = context.known("claim", lambda: dict.fromkeys(context.file.claims, context.iris.dataset))
        context.report.reference(claim, known, path, "a claim", names)
    return NONE


def _reviews(id: str, reviews: list[ClaimReview], path: Path, context: ArticleContext) -> tuple[Review, ...]:
    """Return the reviews of a claim, in the order in which they were written."""
    claim = context.iris.claim(context.article.id, id)
    return tuple([_review(n, review, claim, (*path, "reviews", n), context) for n, review in enumerate(reviews)])


def _review(n: int, review: ClaimReview, claim: Iri, path: Path, context: ArticleContext) -> Review:
    report = context.report
    if not review.url and not review.rating:
        message = "a review must have an address or a rating: give `url` or `rating`"
        report.violation(path, "empty-review", message)
    rating = review.rating or Rating()
    at = (*path, "rating")
    if review.rating and not rating.value and not rating.name and not rating.verdict:
        message = "a rating must have a number or a verdict: give `value`, `name` or `verdict`"
        report.violation(at, "empty-rating", message)
    return Review(
        iri=part(claim, f"review-{n + 1}"),
        url=report.iri(review.url, (*path, "url")) if review.url else NONE,
        by=context.entity(review.by, (*path, "by")),
        published=context.date(review.published, (*path, "published")) if review.published else Dated(),
        rating=part(claim, f"rating-{n + 1}") if review.rating else NONE,
        value=_number(rating.value, (*at, "value"), context),
        best=_number(rating.best, (*at, "best"), context),
        worst=_number(rating.worst, (*at, "worst"), context),
        names=report.names(rating.name, (*at, "name")) if rating.name else (),
        verdict=VERDICTS[rating.verdict] if rating.verdict else NONE,
    )


def _number(number: str, path: Path, context: ArticleContext) -> Literal | Iri:
    if not number:
        return NONE
    try:
        return terms.decimal(number)
    except ValueError:
        message = f"a rating's number must be in figures, as 4 or 4.5, not {number!r}: give words as its `name`"
        context.report.violation(path, "bad-number", message)
        return NONE


CORRECTED = "corrected"
"""`said` of a claim that came with the article's correction."""


def read_said(
    claim: ClaimEntry, path: Path, context: ArticleContext, parts: Sequence[Span], known: Sequence[Span]
) -> Dated:
    if claim.said == CORRECTED:
        return _came_with_correction(claim, path, context)
    if claim.said:
        said = context.date(claim.said, (*path, "said"), parts, known)
        if said.edtf.kind == "interval" and said.earliest and said.latest:
            message = (
                "an interval says that it lasted all that time; for some day within it, write a set: "
                f"[{said.edtf.text.replace('/', '..')}]"
            )
            context.report.warning((*path, "said"), "interval-on-a-claim", message)
        return not_later_than(said, context.published.latest, context.corrected.latest)
    inherited = _inherited(claim.at, context)
    if inherited.basis != BASES.occasion and claim.made_in:
        inherited = _date_of_document(claim.made_in, context) or inherited
    if inherited.basis != BASES.publication or not is_own_voice(claim):
        return inherited
    # The words of this date are in the article's current text.
    return replace(context.published, words_at=()) if context.version else context.published


def _came_with_correction(claim: ClaimEntry, path: Path, context: ArticleContext) -> Dated:
    """Return the date of an undated claim that only the corrected article has: not later than the correction."""
    date = context.corrected
    if not date.text:
        message = (
            "`said: corrected` means that the claim is only in the corrected article, which has no `corrected`: "
            "give it in `article`, or leave `said` out"
        )
        context.report.violation((*path, "said"), "said-without-correction", message)
    if is_own_voice(claim):
        return Dated(date, date.earliest, date.latest, basis=BASES.correction)
    return Dated(latest=date.latest, basis=BASES.correction)


def _inherited(at: str, context: ArticleContext) -> Dated:
    """Return the date of a claim that gives none: that of its occasion, else that of the article."""
    date = context.inherited_dates.get(at)
    if date is None:
        date = _date_of_occasion(at, context)
        once = one_day_of(date.edtf)
        if once.text:
            # The words of the date say when the occasion was; of the claim they say nothing.
            date = replace(date, edtf=once, basis=BASES.occasion, words=(), words_at=(), why=())
            date = not_later_than(date, context.published.latest, context.corrected.latest)
        else:
            date = Dated(latest=context.published.latest, basis=BASES.publication)
        context.inherited_dates[at] = date
    return date


def _date_of_document(id: str, context: ArticleContext) -> Dated | None:
    """Return the date of a document as that of a claim made in it; None if it has none."""
    document = context.index.entities.get(id)
    once = one_day_of(document.date.edtf) if document and KG.Document in document.types else NO_DATE
    if document is None or not once.text:
        return None
    date = Dated(once, document.date.earliest, document.date.latest, basis=BASES.document)
    return not_later_than(date, context.published.latest, context.corrected.latest)


def _date_of_occasion(at: str, context: ArticleContext) -> Dated:
    if at in context.occasions:
        return context.occasions[at].date
    return context.index.entities[at].date if at in context.index.entities else Dated()

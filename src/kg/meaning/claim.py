"""Interprets a claim: its speakers, its date, its relations, and its reviews by fact-checkers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import astuple, replace

from kg.annotations.classes import NO_RELATIONS, ClaimEntry, ClaimReview, Rating, Relations
from kg.dates.edtf import Edtf, one_day_of, without_marks
from kg.errors import Path, Spot
from kg.meaning.context import ArticleContext
from kg.meaning.own_fields import own_values
from kg.meaning.reporter import as_list, as_text, not_later_than
from kg.meaning.words import NOWHERE, AnchoredWords, anchored, form, is_own_voice, joined, quotations
from kg.model import NO_DATE, NONE, OPEN_END, Claim, Dated, Part, Review
from kg.rdf import terms
from kg.rdf.terms import Iri, Literal, Term, part, text
from kg.rdf.vocab import ACTS, BASES, FORMS, KG, SCHEMA, VERDICTS
from kg.text.spans import Span

NEEDS_GIST = ("denies", "rejects", "excludes", "retracts")
"""Acts for which the words alone would say the opposite of the claim."""
NOT_ASKED_FOR_GIST = (*NEEDS_GIST, "withholds")
"""Acts without a warning if the gist is missing: that is a violation already, or nothing was claimed."""
NEVER_ITS_WORDS = (*NEEDS_GIST, "asks", "withholds")
"""Acts for which the words are not what is claimed."""

RELATION_NAMES = Relations.__struct_fields__

CORRECTED = "corrected"
"""`said` of a claim that came with the article's correction."""

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
    **{f"relations.{name}": KG[name] for name in RELATION_NAMES},
}


class _Surroundings(NamedTuple):
    """What the article says around the words of a claim: who spoke, when, and that it was said."""

    speaker: tuple[Literal, ...]
    speaker_at: tuple[Span, ...]
    said: Dated
    cue: tuple[Literal, ...]
    cue_at: tuple[Span, ...]


def read_claims(context: ArticleContext) -> list[Claim | None]:
    """Return the claims in the order of the file, None for one whose words are not in the article."""
    claims = context.file.claims
    places = [anchored(claim, ("claims", id), context) for id, claim in claims.items()]
    context.occurrences.claimed = sorted([span for place in places if place for span in place.spans])
    # If the words are not found, read the rest all the same: every mistake is reported in one run.
    read = [
        _claim_at(place or NOWHERE, id, n, context)
        for n, (id, place) in enumerate(zip(claims, places, strict=True), start=1)
    ]
    return [claim if place else None for claim, place in zip(read, places, strict=True)]


def _claim_at(place: AnchoredWords, id: str, position: int, context: ArticleContext) -> Claim:
    claim, report = context.file.claims[id], context.report
    path: Path = ("claims", id)
    around = _surroundings(claim, place, path, context)
    said = around.said
    whole = context.article.text
    known = (*around.cue_at, *around.speaker_at, *said.words_at)
    parts = tuple([Part(start, end, whole[start:end]) for start, end in place.spans])
    certainly, probably = _spoken_as(claim, said, context)
    words = text(joined(place.spans, known, context), context.language)
    rendered = form(claim, place, path, context)
    quoted = quotations(claim, place, rendered, context)
    gists, full = _in_full(claim, words, _why_not_in_words(claim, rendered, parts), path, context)
    return Claim(
        iri=context.iris.claim(context.article.id, id),
        id=id,
        position=position,
        speakers=speakers(id, claim, path, context),
        act=ACTS[claim.act] if claim.act else NONE,
        form=rendered,
        said=said,
        parts=parts,
        words=words,
        quotations=tuple([text(whole[start:end], context.language) for start, end in quoted]),
        quotations_at=quoted,
        spoken_as=certainly,
        probably_spoken_as=probably,
        on_behalf_of=_entities(claim.on_behalf_of, path, "for", context) if claim.on_behalf_of else (),
        at=_at(claim.at, (*path, "at"), context) if claim.at else NONE,
        to=_entities(claim.to, path, "to", context) if claim.to else (),
        about=_entities(claim.about, path, "about", context) if claim.about else (),
        gists=gists,
        text=full,
        due=context.date(claim.due, (*path, "due")).edtf if claim.due else NO_DATE,
        condition=_verbatim(claim.condition, path, "condition", context) if claim.condition else (),
        cue=around.cue,
        cue_at=around.cue_at,
        speaker_words=around.speaker,
        speaker_words_at=around.speaker_at,
        translated=report.language(claim.translated, (*path, "translated")) if claim.translated else "",
        relations=read_relations(id, claim.relations, context),
        document=_document(claim, path, context) if claim.made_in else NONE,
        first_appearance=_page(claim.first_appearance, path, context) if claim.first_appearance else NONE,
        appearances=report.iris(claim.appearances, (*path, "appearances")) if claim.appearances else (),
        reviews=_reviews(id, claim.reviews, path, context) if claim.reviews else (),
        inferred=_inferred(claim, path, context) if claim.inferred else (),
        notes=report.texts(claim.note, (*path, "note"), context.index.dataset.language) if claim.note else (),
        own=_own(claim, path, context) if context.index.fields.claims else (),
    )


def _own(claim: ClaimEntry, path: Path, context: ArticleContext) -> tuple[tuple[Iri, tuple[Term, ...]], ...]:
    return own_values(claim, context.index.fields.claims, path, context.report, context.entity)


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
    said = _said(claim, path, context, parts, known)
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


def _said(
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
    return context.published if inherited.basis == BASES.publication and is_own_voice(claim) else inherited


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
    known = {each: known.iri for each, known in context.index.entities.items() if KG.Document in known.types}
    return report.reference(id, known, path, "a Document") or NONE


def _date_of_occasion(at: str, context: ArticleContext) -> Dated:
    if at in context.occasions:
        return context.occasions[at].date
    return context.index.entities[at].date if at in context.index.entities else Dated()


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
    known = {id: each.iri for id, each in context.index.entities.items() if SCHEMA.Event in each.types}
    known |= {id: each.iri for id, each in context.occasions.items()}
    return context.report.reference(at, known, path, "an occasion of this file or an Event") or NONE


def _gists(claim: ClaimEntry, path: Path, context: ArticleContext) -> tuple[Literal, ...]:
    if claim.gist:
        return context.report.texts(claim.gist, (*path, "gist"), context.language)
    if claim.act in NEEDS_GIST:
        message = (
            f"a claim that {claim.act} must have a `gist`, because its words alone say the opposite: "
            "write the claim in full"
        )
        context.report.violation((*path, "act"), "gist-missing", message)
    return ()


def _in_full(
    claim: ClaimEntry, words: Literal, obstacle: tuple[str, str], path: Path, context: ArticleContext
) -> tuple[tuple[Literal, ...], tuple[Literal, ...]]:
    """Return the gists, and what is claimed: these and, if they say it in a language without gist, the words."""
    gists = _gists(claim, path, context)
    if gists and _primary_language(words) in map(_primary_language, gists):
        return gists, gists
    field, reason = obstacle
    if not field and claim.reviews and context.index.dataset.text == "none":
        field, reason = "reviews", "its words are not published. Write it as `gist`"
    if not field:
        return gists, (words, *gists)
    if not gists and claim.act not in NOT_ASKED_FOR_GIST and not _is_unfinished(path, context):
        at = (*path, field) if getattr(claim, field) else path
        rule = "reviewed-claim-not-in-full" if claim.reviews else "claim-not-in-full"
        message = f"nothing says in full what `{path[-1]}` claims: {reason}"
        context.report.warning(at, rule, message, at_key=at is path)
    return gists, gists


def _is_unfinished(path: Path, context: ArticleContext) -> bool:
    """Tell whether a claim is a draft's, or has a field that cannot be read, which may be its act or its gist."""
    spots = [each.at for each in context.article.findings if isinstance(each.at, Spot)]
    return context.file.annotation.status == "draft" or any(spot.path[: len(path)] == path for spot in spots)


def _primary_language(literal: Literal) -> str:
    return literal.rpartition("@")[2].partition("-")[0]


def _why_not_in_words(claim: ClaimEntry, rendered: Iri, spans: Sequence[Part]) -> tuple[str, str]:
    """Return the field that keeps the words from being the claim, and what to write; `""` twice if they are it."""
    if rendered == FORMS.mentioned:
        return "form", "its words only mention it. Write what was said as `gist`"
    if claim.act in NEVER_ITS_WORDS:
        return "act", f"the words of a claim that {claim.act} do not say it. Write what was said as `gist`"
    if claim.condition and not all(_is_among(each, spans) for each in as_list(claim.condition)):
        return "condition", "it depends on a condition outside its words. Write it with the condition as `gist`"
    if not claim.act and rendered in (FORMS.partial, FORMS.indirect):
        return "act", "these are not all the speaker's own words, so say how they are meant. Write `act`, or `gist`"
    return "", ""


def _is_among(words: str, spans: Sequence[Part]) -> bool:
    """Tell whether words are in one of the parts of a claim, however their lines are broken."""
    sought = " ".join(words.split())
    return any(sought in " ".join(each.exact.split()) for each in spans)


def _verbatim(words: list[str] | str, path: Path, field: str, context: ArticleContext) -> tuple[Literal, ...]:
    if isinstance(words, str):
        found = context.words(words, (*path, field))
        return (found.literal,) if found else ()
    present = [context.words(each, (*path, field, n)) for n, each in enumerate(words)]
    return (text(" … ".join(words), context.language),) if all(present) else ()


def _page(address: str, path: Path, context: ArticleContext) -> Iri:
    return context.report.iri(address, (*path, "first_appearance"))


def _reviews(id: str, reviews: list[ClaimReview], path: Path, context: ArticleContext) -> tuple[Review, ...]:
    return read_reviews(reviews, context.iris.claim(context.article.id, id), (*path, "reviews"), context)


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
            # An act that was left out was `states` before version 2 of the graph, and could be inferred.
            report = context.report.warning if field == "act" else context.report.violation
            report(at, "inferred-without-field", message)
    return tuple(dict.fromkeys(found))


_ATTRIBUTES = {"for": "on_behalf_of", "in": "made_in"}


def _given(claim: ClaimEntry, field: str) -> list[str]:
    """Return the fields with a value that a name in `inferred` means: of `relations` each that the claim has."""
    if not field.startswith("relations"):
        return [field] if getattr(claim, _ATTRIBUTES.get(field, field)) else []
    names = [field.partition(".")[2]] if "." in field else RELATION_NAMES
    return [f"relations.{name}" for name in names if getattr(claim.relations, name)]


def _spoken_as(claim: ClaimEntry, said: Dated, context: ArticleContext) -> tuple[tuple[Iri, ...], tuple[Iri, ...]]:
    """Return the roles in which the speakers certainly spoke, and those that only a mark makes uncertain."""
    known = context.index.entities
    roles = [role for name in as_list(claim.speaker) if name in known for role in known[name].roles]
    if not roles or not said.latest:
        return (), ()
    first, last = said.earliest, said.latest
    certainly = [role for role in roles if was_held(role.since, role.until, first, last)]
    if said.edtf.qualifier:
        likely = without_marks(said.edtf)
        first, last = likely.earliest, likely.latest
    probably = [
        role
        for role in roles
        if role not in certainly and was_held(without_marks(role.since), without_marks(role.until), first, last)
    ]
    return tuple([role.iri for role in certainly]), tuple([role.iri for role in probably])


def was_held(since: Edtf, until: Edtf, first: str, last: str) -> bool:
    """Return whether a role was certainly held on every day from the first to the last; `""` is an unknown day."""
    if not first or not last:
        return False
    begun = since.text == OPEN_END.text or (bool(since.latest) and since.latest <= first)
    return begun and (until.text == OPEN_END.text or (bool(until.earliest) and last <= until.earliest))


UNDECIDED = "undecided"
"""The speaker of a drafted claim until somebody chooses one."""
UNNAMED = ("unnamed", UNDECIDED)
"""Speakers that mean a source of this one claim."""


def speakers(id: str, claim: ClaimEntry, path: Path, context: ArticleContext) -> tuple[Iri, ...]:
    """Return who made a claim, each once. Names that mean nobody are reported and left out."""
    names, path = claim.speaker, (*path, "speaker")
    if not isinstance(names, list):
        return _speaker(names, id, path, context)
    context.report.no_repeats(names, path)
    if "article" in names and set(names) != {"article"}:
        message = (
            "`article` must be the only speaker, as it is the paper's own voice: write a separate claim for it"
        )
        context.report.violation((*path, names.index("article")), "own-voice-with-others", message)
    found = [_speaker(name, id, (*path, n), context) for n, name in enumerate(names)]
    return tuple(dict.fromkeys([speaker for speakers in found for speaker in speakers]))


def _speaker(name: str, id: str, path: Path, context: ArticleContext) -> tuple[Iri, ...]:
    """Return the speakers that a name means: several for the article's own voice, none if it is reported."""
    if name == "article":
        return context.own_voice
    if name == UNDECIDED:
        _report_undecided(path, context)
    if name in UNNAMED:
        return (part(context.iris.claim(context.article.id, id), "speaker"),)
    if name in context.sources:
        return (context.sources[name].iri,)
    entity = context.index.entities.get(name)
    if entity is not None:
        if KG.Document in entity.types:
            _report_document(name, path, context)
        return (entity.iri,)
    _report_unknown(name, path, context)
    return ()


def _report_unknown(name: str, path: Path, context: ArticleContext) -> None:
    """Report a speaker that is not known, with the nearest name of somebody who can speak."""
    several = [each.strip() for each in name.split(",")]
    if len(several) > 1 and any(each in context.index.entities or each in context.sources for each in several):
        message = f"`speaker` must name one speaker, or several as a list, not {name!r}: write "
        write = f"`[{', '.join(several)}]`" if path[-1] == "speaker" else "each as an item of its own"
        context.report.violation(path, "unknown-reference", message + write)
        return
    advice = context.index.speakers.advice(name, (*context.sources, "unnamed", "article"))
    context.report.unknown(name, path, "an entity, a source of this file, `unnamed` or `article`", advice)


def _report_document(name: str, path: Path, context: ArticleContext) -> None:
    message = (
        f"a document does not speak, and `{name}` is one: give as `speaker` who wrote or published it, and "
        f"`in: {name}`"
    )
    context.report.violation(path, "document-as-speaker", message)


def _report_undecided(path: Path, context: ArticleContext) -> None:
    """Report a speaker that nobody has chosen: in a draft a warning, since drafts are not published."""
    message = (
        "a claim must say who made it, and here it is undecided: give an entity, a source of this file, `unnamed` "
        "or `article`, or delete the claim"
    )
    report = context.report.warning if context.file.annotation.status == "draft" else context.report.violation
    report(path, "undecided", message)


_TARGET = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9_-]*")


def read_relations(id: str, relations: Relations, context: ArticleContext) -> tuple[tuple[Iri, Iri], ...]:
    """Return each relation of a claim once, with the claim it points to; wrong ones are reported and left out."""
    if relations is NO_RELATIONS:
        return ()
    found: list[tuple[Iri, Iri]] = []
    for name, targets in zip(RELATION_NAMES, astuple(relations), strict=True):
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
        context.report.reference(claim, context.file.claims, path, "a claim")
    return NONE


def read_reviews(reviews: list[ClaimReview], claim: Iri, path: Path, context: ArticleContext) -> tuple[Review, ...]:
    """Return the reviews of a claim, in the order in which they were written."""
    return tuple(_review(n, review, claim, (*path, n), context) for n, review in enumerate(reviews))


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

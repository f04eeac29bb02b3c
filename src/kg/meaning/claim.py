"""One claim as it is meant."""

from __future__ import annotations

from msgspec.structs import replace

from kg.annotations.classes import NO_RELATIONS, ClaimEntry, ClaimReview
from kg.errors import Path
from kg.meaning.dates import not_later_than, published_by
from kg.meaning.reading import Reading
from kg.meaning.relations import read_relations
from kg.meaning.remarks import as_list
from kg.meaning.review import read_reviews
from kg.meaning.speakers import speakers
from kg.meaning.words import NOWHERE, Anchored, anchored, form, is_own_voice, parts, quotations
from kg.model import NONE, Claim, Dated, Review, Role
from kg.rdf.terms import Iri, Literal, text
from kg.rdf.vocab import ACTS, BASES, KG, SCHEMA

NEEDS_GIST = ("denies", "rejects", "excludes", "retracts")
"""Acts whose words alone would say the opposite of the claim."""

# What a field that was read in becomes in the graph.
INFERRED: dict[str, Iri] = {
    "speaker": SCHEMA.author,
    "words": SCHEMA.text,
    "gist": SCHEMA.abstract,
    "act": KG.act,
    "form": KG.form,
    "at": SCHEMA.recordedAt,
    "said": SCHEMA.dateCreated,
    "to": KG.addressee,
    "about": SCHEMA.about,
    "relations": KG.relatesTo,
    "translated": KG.originalLanguage,
}


def read_claim(id: str, position: int, reading: Reading) -> Claim | None:
    """Return the claim, or None where its words do not stand in the article; `position` is as it was written."""
    path: Path = ("claims", id)
    place = anchored(reading.file.claims[id], path, reading)
    # All else is read too where the words are not found: every fault is reported in one run.
    claim = _claim_at(place or NOWHERE, id, position, reading)
    return claim if place else None


def _claim_at(place: Anchored, id: str, position: int, reading: Reading) -> Claim:
    claim, remarks = reading.file.claims[id], reading.remarks
    path: Path = ("claims", id)
    said = _said(claim, path, reading)
    stretches = parts(place, reading)
    return Claim(
        iri=reading.iris.claim(reading.article.id, id),
        id=id,
        position=position,
        speakers=speakers(id, claim, path, reading),
        act=ACTS[claim.act],
        form=form(claim, place, path, reading),
        said=said,
        parts=stretches,
        words=text(" … ".join([each.exact for each in stretches]), reading.language),
        quotations=quotations(claim, place, reading),
        spoken_as=_spoken_as(claim, said, reading),
        at=_at(claim.at, (*path, "at"), reading) if claim.at else NONE,
        to=_entities(claim.to, path, "to", reading) if claim.to else (),
        about=_entities(claim.about, path, "about", reading) if claim.about else (),
        gists=_gists(claim, path, reading),
        cue=_verbatim(claim.cue, path, "cue", reading) if claim.cue else (),
        speaker_words=_verbatim(claim.speaker_words, path, "speaker_words", reading) if claim.speaker_words else (),
        translated=remarks.language(claim.translated, (*path, "translated")) if claim.translated else "",
        relations=read_relations(id, claim.relations, reading),
        first_appearance=_page(claim.first_appearance, path, reading) if claim.first_appearance else NONE,
        appearances=remarks.iris(claim.appearances, (*path, "appearances")) if claim.appearances else (),
        reviews=_reviews(id, claim.reviews, path, reading) if claim.reviews else (),
        inferred=_inferred(claim, path, reading) if claim.inferred else (),
        notes=remarks.texts(claim.note, (*path, "note"), reading.index.dataset.language) if claim.note else (),
    )


def _entities(ids: list[str] | str, path: Path, field: str, reading: Reading) -> tuple[Iri, ...]:
    """Return the entities of a field; where all are known, no path need be made for a remark."""
    known = reading.known(ids)
    return reading.entities(ids, (*path, field)) if known is None else known


def _said(claim: ClaimEntry, path: Path, reading: Reading) -> Dated:
    if claim.said:
        said = reading.date(claim.said, (*path, "said"))
        if said.edtf.kind == "interval" and said.earliest and said.latest:
            message = (
                "an interval says that it lasted all that time; for some day within it, write a set: "
                f"[{said.edtf.text.replace('/', '..')}]"
            )
            reading.remarks.warning((*path, "said"), "interval-on-a-claim", message)
        return not_later_than(said, reading.latest)
    inherited = _inherited(claim.at, reading)
    return reading.published if inherited.basis != BASES.occasion and is_own_voice(claim) else inherited


def _inherited(at: str, reading: Reading) -> Dated:
    """Return the date of a claim without one of its own: that of where it was said, else that of the article."""
    date = reading.inherited.get(at)
    if date is None:
        date = _date_of_occasion(at, reading)
        if date.edtf.text:
            date = not_later_than(replace(date, basis=BASES.occasion), reading.latest)
        else:
            date = published_by(reading.latest)
        reading.inherited[at] = date
    return date


def _date_of_occasion(at: str, reading: Reading) -> Dated:
    if at in reading.occasions:
        return reading.occasions[at].date
    return reading.index.entities[at].date if at in reading.index.entities else Dated()


def _at(at: str, path: Path, reading: Reading) -> Iri:
    if at in reading.occasions:
        return reading.occasions[at].iri
    entity = reading.index.entities.get(at)
    if entity and SCHEMA.Event in entity.types:
        return entity.iri
    if entity:
        message = f"`at` must name an occasion of this file or an Event, and `{at}` is of another type: correct it"
        reading.remarks.violation(path, "not-an-occasion", message)
        return NONE
    known = {id: each.iri for id, each in reading.index.entities.items() if SCHEMA.Event in each.types}
    known |= {id: each.iri for id, each in reading.occasions.items()}
    return reading.remarks.reference(at, known, path, "an occasion of this file or an Event") or NONE


def _gists(claim: ClaimEntry, path: Path, reading: Reading) -> tuple[Literal, ...]:
    if claim.gist:
        return reading.remarks.texts(claim.gist, (*path, "gist"), reading.language)
    if claim.act in NEEDS_GIST:
        message = (
            f"a claim that {claim.act} must have a `gist`, because its words alone say the opposite: "
            "write the claim in full"
        )
        reading.remarks.violation((*path, "act"), "gist-missing", message)
    return ()


def _verbatim(words: list[str] | str, path: Path, field: str, reading: Reading) -> tuple[Literal, ...]:
    if isinstance(words, str):
        found = reading.found.get(words)
        if found is None and reading.has(words, (*path, field)):
            found = reading.found[words]
        return (found,) if found else ()
    stand = [reading.has(each, (*path, field, n)) for n, each in enumerate(words)]
    return (text(" … ".join(words), reading.language),) if all(stand) else ()


def _page(address: str, path: Path, reading: Reading) -> Iri:
    return reading.remarks.iri(address, (*path, "first_appearance"))


def _reviews(id: str, reviews: list[ClaimReview], path: Path, reading: Reading) -> tuple[Review, ...]:
    return read_reviews(reviews, reading.iris.claim(reading.article.id, id), (*path, "reviews"), reading)


def _inferred(claim: ClaimEntry, path: Path, reading: Reading) -> tuple[Iri, ...]:
    fields: list[str] = list(claim.inferred) if isinstance(claim.inferred, list) else [claim.inferred]
    reading.remarks.no_repeats(fields, (*path, "inferred"))
    for n, field in enumerate(fields):
        value = getattr(claim, field)
        if not value or value == NO_RELATIONS:
            at = (*path, "inferred", n) if isinstance(claim.inferred, list) else (*path, "inferred")
            message = (
                f"`inferred` must name fields of this claim, and it has no `{field}`: give it or leave it out here"
            )
            reading.remarks.violation(at, "inferred-without-field", message)
    return tuple(dict.fromkeys(INFERRED[field] for field in fields))


def _spoken_as(claim: ClaimEntry, said: Dated, reading: Reading) -> tuple[Iri, ...]:
    """Return each role that the speakers held, beyond doubt, on every day on which it may have been said."""
    if not said.earliest or not said.latest:
        return ()
    known = reading.index.entities
    entities = [known[name] for name in as_list(claim.speaker) if name in known]
    return tuple([role.iri for entity in entities for role in entity.roles if _held(role, said)])


def _held(role: Role, said: Dated) -> bool:
    begun = not role.since.text or (bool(role.since.latest) and role.since.latest <= said.earliest)
    not_ended = not role.until.text or (bool(role.until.earliest) and said.latest <= role.until.earliest)
    return begun and not_ended

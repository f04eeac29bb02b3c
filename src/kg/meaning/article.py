"""One article as it is meant, with its claims in the order of their first words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from kg.annotations.classes import ArticleEntry, ClaimsFile, Date, ReviewEntry
from kg.corpus import Written
from kg.dates.edtf import Edtf
from kg.errors import Finding, Path, Spot
from kg.files.text_files import UNSAFE
from kg.meaning.claim import read_claim
from kg.meaning.dates import dated
from kg.meaning.headers import taken_for_text, without_date
from kg.meaning.index import Index
from kg.meaning.reading import Reading
from kg.meaning.remarks import Remarks, as_list
from kg.meaning.speakers import UNNAMED
from kg.model import NO_DATE, NONE, Annotation, Article, Claim, Dated, Occasion, Source, Withdrawn
from kg.rdf.iris import part
from kg.rdf.terms import Iri, text
from kg.rdf.vocab import BASES, SCHEMA
from kg.text.quotation_marks import quoted_spans


class Meaning(NamedTuple):
    """What an article means. `article` is None where it cannot be known; `needs` are claims of other articles."""

    article: Article | None
    findings: tuple[Finding, ...]
    needs: dict[Iri, Spot]


def read_meaning(article: Written, index: Index) -> Meaning:
    """Return what an article means, with all findings of its reading and its meaning."""
    # A line of JSON (not of number 0) with control characters has no annotations.
    if article.annotations is None or (not article.line and UNSAFE.search(article.text)):
        return Meaning(None, article.findings, {})
    reading = _reading(article, article.annotations, index)
    _occasions(reading)
    _sources(reading)
    claims = _in_order([read_claim(id, n, reading) for n, id in enumerate(reading.file.claims, start=1)])
    _unused(reading)
    given = article.annotations.article
    meant = Article(
        iri=index.iris.article(article.id),
        id=article.id,
        graph=index.iris.article_graph(article.id),
        text=article.text,
        language=reading.language,
        published=reading.published,
        annotation=_annotation(reading),
        sources=tuple(reading.sources.values()) + _unnamed(claims, reading),
        occasions=tuple(reading.occasions.values()),
        claims=claims,
        withdrawn=_withdrawn(claims, reading),
        headline=(text(given.headline, reading.language),) if given.headline else (),
        corrected=reading.corrected.certain,
        publisher=reading.publisher,
        authors=reading.authors,
        url=reading.remarks.iri(given.url, ("article", "url")) if given.url else NONE,
    )
    # Without the text, nothing can be said of what is meant, but of the fields that do not need it.
    known = meant if article.has_text else None
    return Meaning(known, (*article.findings, *reading.remarks.findings), reading.needs)


def _reading(article: Written, file: ClaimsFile, index: Index) -> Reading:
    reading = Reading(article, file, index)
    remarks, given = reading.remarks, file.article
    if given.language:
        reading.language = remarks.language(given.language, ("article", "language"))
    reading.marks = quoted_spans(article.text, reading.language)
    reading.published = _published(article, given, remarks, reading.language)
    reading.corrected = _corrected(given.corrected, reading.published, remarks)
    reading.latest = max(reading.published.latest, reading.corrected.latest)
    if isinstance(given.published, Date) and given.published.words:
        reading.has(given.published.words, ("article", "published", "words"))
    reading.publisher = reading.entity(given.publisher, ("article", "publisher"))
    reading.authors = reading.entities(given.author, ("article", "author"))
    return reading


def _published(article: Written, given: ArticleEntry, remarks: Remarks, language: str) -> Dated:
    """Return when the article was published: `article.published`, else its text's header, else nothing."""
    if given.published:
        remarks.findings.extend(taken_for_text(article))
        date = dated(given.published, ("article", "published"), remarks, language)
        return replace(date, basis=BASES.printed) if isinstance(given.published, str) else date
    if not article.header:
        if article.has_text:  # else it may stand in what cannot be read
            remarks.findings.append(without_date(article))
        return Dated()
    header = Remarks(article.text_file, article.line)
    edtf = header.edtf(article.header, ())
    remarks.findings.extend(header.findings)
    return Dated(edtf, edtf.earliest, edtf.latest, basis=BASES.printed)


def _corrected(corrected: str, published: Dated, remarks: Remarks) -> Edtf:
    """Return when the paper corrected the article, `NO_DATE` where it did not."""
    path = ("article", "corrected")
    edtf = remarks.edtf(corrected, path) if corrected else NO_DATE
    if edtf.text and not edtf.certain:
        message = f"`corrected` must be a year, month or day that is certain, not {corrected!r}: correct it"
        remarks.violation(path, "doubtful-correction", message)
    if edtf.latest and edtf.latest < published.earliest:
        message = "`corrected` must not be before `published`: correct one of them"
        remarks.violation(path, "corrected-before-published", message)
    return edtf


def _occasions(reading: Reading) -> None:
    for id, occasion in reading.file.occasions.items():
        path: Path = ("occasions", id)
        entity = reading.index.entities.get(id)
        if entity and SCHEMA.Event in entity.types:
            message = (
                f"an occasion must have an id of its own, and `{id}` is an Event of the entities: choose another"
            )
            reading.remarks.violation(path, "occasion-is-an-entity", message, at_key=True)
        names = reading.remarks.texts(occasion.name, (*path, "name"), reading.language)
        if not names and occasion.type:
            names = (text(occasion.type, "en"),)
        reading.occasions[id] = Occasion(
            iri=reading.iris.occasion(reading.article.id, id),
            names=names,
            date=reading.date(occasion.date, (*path, "date")) if occasion.date else Dated(),
            outlet=reading.entity(occasion.outlet, (*path, "outlet")),
            place=reading.entity(occasion.place, (*path, "place")),
            part_of=reading.entity(occasion.part_of, (*path, "part_of")),
        )


def _sources(reading: Reading) -> None:
    for id, source in reading.file.sources.items():
        reading.has(source.words, ("sources", id, "words"))
        if id in reading.index.entities:
            message = f"a source must have an id of its own, and `{id}` is an entity: choose another"
            reading.remarks.violation(("sources", id), "source-is-an-entity", message, at_key=True)
        reading.sources[id] = Source(
            iri=reading.iris.source(reading.article.id, id),
            descriptions=(text(source.words, reading.language),),
            speaks_for=reading.entities(source.speaks_for, ("sources", id, "for")),
        )


def _unnamed(claims: tuple[Claim, ...], reading: Reading) -> tuple[Source, ...]:
    """Return the sources that no file names: of each claim whose speaker is unnamed, and the newsroom."""
    newsroom = part(reading.iris.article(reading.article.id), "newsroom")
    found = [
        Source(part(claim.iri, "speaker"), claim.speaker_words)
        for claim in claims
        if any(name in UNNAMED for name in as_list(reading.file.claims[claim.id].speaker))
    ]
    if any(newsroom in claim.speakers for claim in claims):
        found.append(Source(newsroom))
    return tuple(found)


def _in_order(claims: list[Claim | None]) -> tuple[Claim, ...]:
    """Return the claims that are known, in the order of their first words, which they were mostly written in."""
    known = sorted([claim for claim in claims if claim], key=_first_character)
    numbered = enumerate(known, start=1)
    return tuple([claim if claim.position == n else replace(claim, position=n) for n, claim in numbered])


def _first_character(claim: Claim) -> int:
    return min([part.start for part in claim.parts])


def _unused(reading: Reading) -> None:
    claims = reading.file.claims.values()
    at = {claim.at for claim in claims}
    speakers = {name for claim in claims for name in as_list(claim.speaker)}
    for kind, ids, used in (("occasion", reading.file.occasions, at), ("source", reading.file.sources, speakers)):
        for id in ids:
            if id not in used:
                message = f"no claim uses this {kind}: use it or delete it"
                reading.remarks.warning((f"{kind}s", id), f"unused-{kind}", message, at_key=True)


def _annotation(reading: Reading) -> Annotation:
    given, remarks, index = reading.file.annotation, reading.remarks, reading.index
    path: Path = ("annotation",)
    by = reviewer = guideline = NONE
    if given.by:
        found = remarks.reference(given.by, index.annotators, (*path, "by"), "an annotator of corpus.yaml")
        by = found.iri if found else NONE
    if given.guideline:
        if index.guidelines:
            remarks.reference(given.guideline, index.guidelines, (*path, "guideline"), "a guideline of corpus.yaml")
        else:
            remarks.version(given.guideline, (*path, "guideline"))
        guideline = index.iris.guideline(given.guideline)
    reviewed = given.reviewed or ReviewEntry("", "")
    if reviewed.by:
        at = (*path, "reviewed", "by")
        found = remarks.reference(reviewed.by, index.annotators, at, "an annotator of corpus.yaml")
        reviewer = found.iri if found else NONE
    return Annotation(by, given.on, guideline, reviewer, reviewed.on)


def _withdrawn(claims: tuple[Claim, ...], reading: Reading) -> tuple[Withdrawn, ...]:
    """Return the withdrawn claims, of what replaced them only `claims` that are known."""
    known = {claim.iri for claim in claims}
    found = [each for id in reading.file.withdrawn for each in _tombstone(id, reading)]
    # One whose words were not found is remarked there, and not wrong here because of it.
    return tuple([each if each.replaced_by in known else replace(each, replaced_by=NONE) for each in found])


def _tombstone(id: str, reading: Reading) -> Iterator[Withdrawn]:
    """Yield the withdrawn claim, unless its id is that of a claim, too."""
    given = reading.file.withdrawn[id]
    path: Path = ("withdrawn", id)
    if id in reading.file.claims:
        message = f"the id of a withdrawn claim must never be used again, and `{id}` was: give this claim a new id"
        reading.remarks.violation(("claims", id), "withdrawn-id-used-again", message, at_key=True)
        return
    replaced_by = NONE
    if given.replaced_by:
        claims = reading.file.claims
        if reading.remarks.reference(given.replaced_by, claims, (*path, "replaced_by"), "a claim of this file"):
            replaced_by = reading.iris.claim(reading.article.id, given.replaced_by)
    yield Withdrawn(
        iri=reading.iris.claim(reading.article.id, id),
        on=given.on,
        why=reading.remarks.texts(given.why, (*path, "why"), reading.index.dataset.language),
        replaced_by=replaced_by,
    )

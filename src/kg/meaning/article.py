"""What an article means, with its claims in the order of their first words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from unicodedata import is_normalized

from msgspec import Struct
from msgspec.structs import replace

from kg.annotations.classes import ArticleEntry, ClaimEntry, ClaimsFile, Copyright, Words
from kg.corpus import WrittenArticle
from kg.dates.edtf import Edtf, suggested
from kg.errors import Finding, Path, Place, Spot
from kg.files.places import Lines
from kg.files.text_files import UNSAFE
from kg.meaning.claim import read_claims
from kg.meaning.context import ArticleContext
from kg.meaning.corpus_index import CorpusIndex
from kg.meaning.former_ids import FormerContext, Parts, replaced_iris
from kg.meaning.own_fields import own_values
from kg.meaning.reporter import Reporter, as_list, as_text
from kg.meaning.speakers import UNNAMED
from kg.meaning.text_versions import context_of_shared, earlier_texts, open_earlier_texts, text_version
from kg.model import (
    NO_DATE,
    NONE,
    Annotation,
    Article,
    Claim,
    Dated,
    Occasion,
    Rights,
    Source,
    Withdrawn,
)
from kg.rdf.terms import Iri, part, text
from kg.rdf.vocab import BASES, SCHEMA
from kg.text.near_match import only_decomposed
from kg.text.quotation_marks import quoted_spans

# Without the file's name: who copies a command must not run what a stranger called a file.
_CONVERT = (
    'to convert it: python3 -c "import pathlib, sys, unicodedata; p = pathlib.Path(sys.argv[1]); '
    "p.write_bytes(unicodedata.normalize('NFC', p.read_bytes().decode()).encode())\" FILE"
)


class ArticleMeaning(NamedTuple):
    """What an article means: None if it cannot be known. `needs` are other articles' claims it relates to."""

    article: Article | None
    findings: tuple[Finding, ...]
    needs: dict[Iri, Spot]


def read_meaning(article: WrittenArticle, index: CorpusIndex) -> ArticleMeaning:
    """Return what an article means, with everything that is wrong in how it is written and in what it means."""
    # A line of JSON (not of number 0) with control characters has no annotations.
    if article.annotations is None or (not article.line and UNSAFE.search(article.text)):
        return ArticleMeaning(None, article.findings, {})
    if fault := _too_many_passages(article, article.annotations):
        return ArticleMeaning(None, (*article.findings, fault), {})
    context = _reading(article, article.annotations, index)
    _occasions(context)
    _sources(context)
    claims = _in_order(read_claims(context))
    _unused(context)
    meant = _meant(claims, context)
    # Without its text an article has no meaning; its fields were checked all the same.
    known = meant if article.has_text else None
    findings = _with_decomposed_letters(article, context.report.findings)
    return ArticleMeaning(known, (*article.findings, *findings), context.needs)


MOST_SEARCHED = 10_000_000_000
"""The most passages of an article times characters of its text: ten thousand passages in a thick novel."""
MOST_VERSIONS = 10_000
"""More versions than a text can have."""
_SHORT = 10_000  # characters that are searched faster than a passage is read


def _too_many_passages(article: WrittenArticle, file: ClaimsFile) -> Finding | None:
    """Return a finding if looking for each passage in the text would take minutes."""
    length = max([len(article.text), *[len(each.text) for each in article.earlier]])
    if length < _SHORT:
        return None
    most = MOST_SEARCHED // length
    count = len(file.sources)
    for claim in file.claims.values():
        earlier = claim.earlier.values() if claim.earlier else ()
        for written in (claim.words, claim.cue, claim.speaker_words, claim.condition, *earlier):
            count += sum(not isinstance(each, Words) or each.start < 0 for each in as_list(written))
    if count <= most:
        return None
    message = (
        f"an article of {length:,} characters may have at most {most:,} passages to find (words, cues, names), and "
        f"this one has {count:,}: split the article"
    )
    return Finding("violation", message, "too-many-passages", Spot(article.file, ("claims",), article.line, True))


def _meant(claims: tuple[Claim, ...], context: ArticleContext) -> Article:
    """Return the article with its claims; reports what is wrong in the fields that are read only here."""
    article, index = context.article, context.index
    occasions, sources = tuple(context.occasions.values()), tuple(context.sources.values())
    withdrawn = _withdrawn(claims, context)
    meant = Article(
        iri=index.iris.article(article.id),
        id=article.id,
        graph=index.iris.article_graph(article.id),
        text=article.text,
        text_version=text_version(context),
        language=context.language,
        published=context.published,
        corrected=context.corrected.certain,
        annotation=_annotation(context),
        newsroom=_newsroom(claims, context),
        sources=sources + _unnamed(claims, context),
        occasions=occasions,
        claims=claims,
        withdrawn=withdrawn,
    )
    meant = _with_metadata(meant, context)
    former = FormerContext(index.iris, index.dataset.moved_from, context.report)
    parts = Parts(claims, withdrawn, occasions, sources)
    replaced = replaced_iris(article.id, context.file, parts, former)
    return replace(meant, replaced=replaced, earlier=earlier_texts(context) if context.earlier else ())


def _with_metadata(article: Article, context: ArticleContext) -> Article:
    """Return an article with what is known beside its text: who wrote it, where it appeared, whose it is."""
    entry, report = context.file.article, context.report
    return replace(
        article,
        headline=(text(entry.headline, context.language),) if entry.headline else (),
        publisher=context.publisher,
        authors=context.authors,
        url=report.iri(entry.url, ("article", "url")) if entry.url else NONE,
        types=(SCHEMA[entry.type],) if entry.type else (),
        edition=entry.edition,
        section=entry.section,
        page=entry.page,
        archived=report.iris(as_list(entry.archived), ("article", "archived")),
        same_as=report.iris(entry.same_as, ("article", "same_as")),
        rights=_rights(context),
        own=own_values(entry, context.index.fields.articles, ("article",), report, context.entity),
    )


def _rights(context: ArticleContext) -> Rights:
    """Return whose the article is, and under which licence; warn if its full text is published without one."""
    entry, report, dataset = context.file.article, context.report, context.index.dataset
    copyright = entry.copyright or Copyright()
    licence = report.iri(entry.licence, ("article", "licence")) if entry.licence else dataset.text_licence
    if dataset.text == "full" and not licence and not entry.licence:
        message = (
            "the full text is published without a licence: give `licence` in `article`, or `text_licence` in "
            "corpus.yaml, or publish less with `text: quotes`"
        )
        report.warning(("article", "licence"), "text-without-licence", message, at_key=True)
    return Rights(
        licence=licence,
        holder=context.entity(copyright.holder, ("article", "copyright", "holder")),
        notices=(text(copyright.notice, context.language),) if copyright.notice else (),
    )


def _with_decomposed_letters(article: WrittenArticle, findings: list[Finding]) -> list[Finding]:
    """Return the findings, with one in place of those that only say that the article has decomposed letters."""
    left = [each for each in findings if each.rule != "words-not-found" or not only_decomposed(each.detail)]
    caused = len(findings) - len(left)
    if not caused or is_normalized("NFC", article.text):
        return findings
    missing = f"{caused} passages are" if caused > 1 else "a passage is"
    message = (
        "the article has each accent as a character of its own (NFD), the annotations have it as one with its "
        f"letter (NFC), so {missing} not found: convert the article"
    )
    at = Spot(article.file, ("article", "text"), article.line) if article.line else Place(article.text_file, 1, 1)
    return [Finding("violation", message, "words-not-found", at, _CONVERT), *left]


def _reading(article: WrittenArticle, file: ClaimsFile, index: CorpusIndex) -> ArticleContext:
    context = ArticleContext(article, file, index)
    report, entry = context.report, file.article
    if entry.language:
        context.language = report.language(entry.language, ("article", "language"))
    context.quoted_spans = quoted_spans(article.text, context.language)
    context.published = _published(article, entry, context)
    context.corrected = _corrected(entry.corrected, context.published, report)
    context.publisher = context.entity(entry.publisher, ("article", "publisher"))
    context.authors = context.entities(entry.author, ("article", "author"))
    if entry.earlier or article.earlier:
        open_earlier_texts(context)
    return context


def _published(article: WrittenArticle, entry: ArticleEntry, context: ArticleContext) -> Dated:
    """Return when the article was published: `article.published`, else its text's header, else nothing."""
    report = context.report
    if entry.published:
        report.findings.extend(taken_for_text(article))
        date = context.date(entry.published, ("article", "published"))
        return replace(date, basis=_basis(date.edtf)) if isinstance(entry.published, str) else date
    if not article.header:
        if article.has_text:  # the date may be in a text that cannot be read
            report.findings.append(without_date(article))
        return Dated()
    header = Reporter(article.text_file, article.line)
    edtf = header.edtf(article.header, ())
    report.findings.extend(header.findings)
    return Dated(edtf, edtf.earliest, edtf.latest, basis=_basis(edtf))


def _basis(published: Edtf) -> Iri:
    """Return what a date of publication without words rests on: what is doubted or unknown is not printed."""
    is_printed = not published.qualifier and (published.earliest or published.latest)
    return BASES.printed if is_printed else BASES.outside


def _corrected(corrected: str, published: Dated, report: Reporter) -> Edtf:
    """Return when the paper corrected the article, `NO_DATE` where it did not."""
    path = ("article", "corrected")
    edtf = report.edtf(corrected, path) if corrected else NO_DATE
    if edtf.text and not edtf.certain:
        message = f"`corrected` must be a year, month or day that is certain, not {corrected!r}: correct it"
        report.violation(path, "doubtful-correction", message)
    if edtf.latest and edtf.latest < published.earliest:
        message = "`corrected` must not be before `published`: correct one of them"
        report.violation(path, "corrected-before-published", message)
    return edtf


def _occasions(context: ArticleContext) -> None:
    for id, occasion in context.file.occasions.items():
        path: Path = ("occasions", id)
        entity = context.index.entities.get(id)
        if entity and SCHEMA.Event in entity.types:
            message = (
                f"an occasion must have an id of its own, and `{id}` is an Event of the entities: choose another"
            )
            context.report.violation(path, "occasion-is-an-entity", message, at_key=True)
        names = context.report.texts(occasion.name, (*path, "name"), context.language)
        if not names and occasion.type:
            names = (text(occasion.type, "en"),)
        here = context_of_shared([claim for claim in context.file.claims.values() if claim.at == id], context)
        context.occasions[id] = Occasion(
            iri=context.iris.occasion(context.article.id, id),
            names=names,
            date=here.date(occasion.date, (*path, "date")) if occasion.date else Dated(),
            text_version=here.version,
            outlet=context.entity(occasion.outlet, (*path, "outlet")),
            place=context.entity(occasion.place, (*path, "place")),
            part_of=context.entity(occasion.part_of, (*path, "part_of")),
        )


def _sources(context: ArticleContext) -> None:
    for id, source in context.file.sources.items():
        here = context_of_shared(_claims_of_source(id, context), context)
        found = here.words(source.words, ("sources", id, "words"))
        if id in context.index.entities:
            message = f"a source must have an id of its own, and `{id}` is an entity: choose another"
            context.report.violation(("sources", id), "source-is-an-entity", message, at_key=True)
        context.sources[id] = Source(
            iri=context.iris.source(context.article.id, id),
            descriptions=(text(as_text(source.words), context.language),),
            on_behalf_of=context.entities(source.on_behalf_of, ("sources", id, "for")),
            words_at=found.spans if found and len(found.spans) == 1 else (),
            text_version=here.version,
        )


def _claims_of_source(id: str, context: ArticleContext) -> list[ClaimEntry]:
    claims = context.file.claims.values() if context.earlier else ()
    return [claim for claim in claims if id in as_list(claim.speaker)]


def _unnamed(claims: tuple[Claim, ...], context: ArticleContext) -> tuple[Source, ...]:
    """Return the sources that the file does not list: one for each unnamed speaker."""
    return tuple(
        [
            Source(
                part(claim.iri, "speaker"),
                claim.speaker_words,
                words_at=claim.speaker_words_at,
                text_version=claim.text_version,
            )
            for claim in claims
            if any(name in UNNAMED for name in as_list(context.file.claims[claim.id].speaker))
        ]
    )


def _newsroom(claims: tuple[Claim, ...], context: ArticleContext) -> Iri:
    """Return the newsroom, if it is the one that speaks in the article's own voice."""
    newsroom = part(context.iris.article(context.article.id), "newsroom")
    return newsroom if any(newsroom in claim.speakers for claim in claims) else NONE


def _in_order(claims: list[Claim | None]) -> tuple[Claim, ...]:
    """Return the claims that were found, numbered in the order of their first words in the article.

    Those that are kept to earlier texts come last, the newest text first.
    """
    known = sorted([claim for claim in claims if claim], key=_place)
    numbered = enumerate(known, start=1)
    return tuple([claim if claim.position == n else replace(claim, position=n) for n, claim in numbered])


def _place(claim: Claim) -> tuple[int, int]:
    """Return where a claim is in the order of an article: those kept to earlier texts after all others."""
    return -claim.text_version or -MOST_VERSIONS, min([part.start for part in claim.parts])


def _unused(context: ArticleContext) -> None:
    claims = context.file.claims.values()
    at = {claim.at for claim in claims}
    speakers = {name for claim in claims for name in as_list(claim.speaker)}
    for kind, ids, used in (("occasion", context.file.occasions, at), ("source", context.file.sources, speakers)):
        for id in ids:
            if id not in used:
                message = f"no claim uses this {kind}: use it or delete it"
                context.report.warning((f"{kind}s", id), f"unused-{kind}", message, at_key=True)


def _annotation(context: ArticleContext) -> Annotation:
    entry, report, index = context.file.annotation, context.report, context.index
    path: Path = ("annotation",)
    guideline = NONE
    by = context.annotator(entry.by, (*path, "by"))
    if entry.guideline:
        if index.guidelines:
            report.reference(entry.guideline, index.guidelines, (*path, "guideline"), "a guideline of corpus.yaml")
        else:
            report.version(entry.guideline, (*path, "guideline"))
        guideline = index.iris.guideline(entry.guideline)
    if not entry.reviewed:
        return Annotation(by, entry.on, guideline)
    reviewed, newest = entry.reviewed, context.file.article.version
    if reviewed.text_version > newest:
        message = (
            f"the text that was reviewed must be version 1 to {newest}, not {reviewed.text_version}: correct "
            "`text_version`"
        )
        report.violation((*path, "reviewed", "text_version"), "unknown-text-version", message)
    reviewer = context.annotator(reviewed.by, (*path, "reviewed", "by"))
    return Annotation(by, entry.on, guideline, reviewer, reviewed.on)


def _withdrawn(claims: tuple[Claim, ...], context: ArticleContext) -> tuple[Withdrawn, ...]:
    """Return the withdrawn claims; a replacement is named only if it is one of `claims`."""
    known = {claim.iri for claim in claims}
    tombstones = [each for id in context.file.withdrawn for each in _tombstone(id, context)]
    # A replacement whose words were not found is reported at that claim, not here again.
    return tuple([each if each.replaced_by in known else replace(each, replaced_by=NONE) for each in tombstones])


def _tombstone(id: str, context: ArticleContext) -> Iterator[Withdrawn]:
    """Yield the withdrawn claim, unless a claim has the same id."""
    entry = context.file.withdrawn[id]
    path: Path = ("withdrawn", id)
    if id in context.file.claims:
        message = f"the id of a withdrawn claim must never be used again, and `{id}` was: give this claim a new id"
        context.report.violation(("claims", id), "withdrawn-id-used-again", message, at_key=True)
        return
    replaced_by = NONE
    if entry.replaced_by:
        known, names = context.known("claim", lambda: dict.fromkeys(context.file.claims, context.iris.dataset))
        at = (*path, "replaced_by")
        if context.report.reference(entry.replaced_by, known, at, "a claim of this file", names):
            replaced_by = context.iris.claim(context.article.id, entry.replaced_by)
    yield Withdrawn(
        iri=context.iris.claim(context.article.id, id),
        on=entry.on,
        why=context.report.texts(entry.why, (*path, "why"), context.index.dataset.language),
        replaced_by=replaced_by,
    )


_BLANKS = r"[^\S\n]"
# `Date: Tuesday, ` and the rest of its line, with the weekdays of the usual languages.
_OPENING = (
    rf"(?i)\s*(date(?:{_BLANKS}*:{_BLANKS}*|{_BLANKS}+)(?:\w+(?:dag|day|di|tag|woch|manche|abend),?{_BLANKS}+)?)"
    r"([^\n]*)"
)
_YEAR = r"(?<![0-9])[0-9]{4}(?![0-9])|[0-9]{8}"
_DAY_TO_YEAR = r"[0-9]{1,2}[^0-9].{,30}[^0-9][0-9]{4}"
_MOST_TOKENS = 3
_FIRST = 64


WITHOUT_DATE = "article-without-date"


class _Header(Struct, frozen=True):
    """What seems to be an article's date: its place, as written, and in EDTF (`""` if it cannot be guessed)."""

    at: Place | Spot
    found: str
    meant: str


def without_date(article: WrittenArticle) -> Finding:
    """Return the finding that an article has no date, at what was meant to be its date or where its key belongs."""
    message = "an article must have a date: write `date 2020-02` before its text, or `article: {published: …}`"
    at: Place | Spot = Spot(article.file, ("article", "published"), article.line, at_key=True)
    if header := _misread(article):
        hint = f"did you mean `date {header.meant}`?" if header.meant else "correct it"
        message = (
            f"an article's date must be written as `date 2020-02` before its text, not {header.found!r}: {hint}"
        )
        at = header.at
    return Finding("violation", message, WITHOUT_DATE, at)


def taken_for_text(article: WrittenArticle) -> Iterator[Finding]:
    """Yield a warning if a text begins with what looks like its date, while `published` gives another."""
    if not article.header and (header := _misread(article)):
        right = f"date {header.meant or '2020-02'}"
        message = (
            f"a date before an article's text must be written as `{right}`, so {header.found!r} is read as part of "
            "the text: correct it, or, if the article has these words, write a line with the date above them"
        )
        yield Finding("warning", message, "date-in-text", header.at)


def _misread(article: WrittenArticle) -> _Header | None:
    """Return what was probably meant as the date before a text, None if the text begins like any other.

    A text may well begin with this word: `Date palms`, `Date du scrutin`. So a date with its year must follow
    directly; a year alone, or a date that cannot be guessed, must be all that is on the line.
    """
    # Compile the patterns only if needed: few texts begin with this word.
    begins = article.text[:_FIRST].lstrip()[: len("date")].lower() == "date"
    opening = re.match(_OPENING, article.text) if begins else None
    if opening is None:
        return None
    found, meant = _date(opening[2].strip())
    if not found:
        return None
    at: Place | Spot = Spot(article.file, ("article", "text"), article.line)
    if not article.line:
        at = Lines(article.text_file, article.text).place(opening.start(1))
    return _Header(at, opening[1] + found, meant)


def _date(line: str) -> tuple[str, str]:
    """Return the date at the start of a line, as written and in EDTF; the line and "" if it cannot be guessed."""
    for token in islice(re.finditer(r"\S+", line), _MOST_TOKENS):
        found = line[: token.end()].rstrip(".,:;-–—")
        has_year = re.search(_YEAR, found) and (len(found) > len("2020") or found == line)
        if has_year and (meant := suggested(found)):
            return found, meant
    return (line, "") if re.fullmatch(_DAY_TO_YEAR, line) else ("", "")

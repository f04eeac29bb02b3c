"""All consistency checks of one article, and what it contributes to the checks across articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from kg.annotations.classes import ClaimEntry, ClaimsFile, Date
from kg.checks.article_language import language_finding
from kg.checks.calendar_words import contradicts_words
from kg.checks.claim_relations import facts_of, is_more_than_a_day_later, relation_findings, relations_of
from kg.checks.cues import Paragraphs, act_finding, attribution_finding, cue_finding, denial_finding
from kg.checks.facts import ClaimFacts, CrossFacts, Relation, encode_facts
from kg.checks.people import name_finding, review_findings, title_finding
from kg.checks.quotations import Quotations, repeated_words
from kg.checks.rules import ACROSS, Acceptance, acceptances, finding, unused_acceptances, without_accepted
from kg.corpus import WrittenArticle
from kg.dates.edtf import read as read_edtf
from kg.errors import Finding, Path, Spot
from kg.meaning import CorpusIndex
from kg.meaning.reporter import as_list, as_text
from kg.model import Article, Claim, Dated, Review
from kg.rdf.terms import Iri, literal_value

_CHAINED = ("same", "contradicts", "reports")


def article_findings(
    article: WrittenArticle, meant: Article, index: CorpusIndex
) -> tuple[list[Finding], CrossFacts]:
    """Return what is inconsistent in an article, and what it contributes to the checks across articles."""
    file = article.annotations or ClaimsFile()
    at = Spot(article.file, (), article.line)
    found: list[Finding] = []
    dates = {each.iri: each.date for each in meant.occasions}
    texts = [_Checked(each, index, at, Paragraphs(each.text), Quotations(each), dates) for each in _by_text(meant)]
    for checked in texts:
        for claim in checked.article.claims:
            found += _claim_findings(claim, file.claims[claim.id], checked)
    base = len(index.iris.base) + 1
    facts = [facts_of(claim, base) for claim in meant.claims]
    relations = relations_of(meant, base)
    found += relation_findings(facts, relations, index.entities, at)
    for checked in texts:
        found += repeated_words(checked.article, checked.quotations, at)
    found += _date_findings(article, file, meant, at)
    found += review_findings(file, index, at)
    found += _occasion_findings(file, meant, at)
    if wrong := language_finding(meant, at):
        found.append(wrong)
    return found, _cross_facts(file, meant, facts, relations)


def _by_text(article: Article) -> Iterator[Article]:
    """Yield an article with the claims of its current text, then each earlier text with the claims kept to it."""
    if not article.earlier:
        yield article
        return
    for number in (0, *[each.version.number for each in article.earlier]):
        claims = tuple(claim for claim in article.claims if claim.text_version == number)
        yield replace(article, text=article.in_version(number)[1], claims=claims)


def _cross_facts(
    file: ClaimsFile, meant: Article, facts: list[ClaimFacts], relations: list[Relation]
) -> CrossFacts:
    kept = [each for each in relations if each.article or each.name in _CHAINED]
    days = [meant.published.latest, *[claim.said.latest for claim in meant.claims]]
    signed = [(day[:10], path) for path, day in _signing_days(file)]
    former = as_list(file.article.formerly)
    return CrossFacts(encode_facts(facts), kept, max(days), signed, formerly=former)


class _Checked(NamedTuple):
    """An article that is checked; `file` is any place in its file, `dates` are those of its occasions."""

    article: Article
    corpus: CorpusIndex
    file: Spot
    paragraphs: Paragraphs
    quotations: Quotations
    dates: Mapping[Iri, Dated]


def _claim_findings(claim: Claim, entry: ClaimEntry, checked: _Checked) -> list[Finding]:
    """Return what is inconsistent in one claim by itself."""
    article, index, file = checked[:3]
    found: list[Finding | None] = []
    if claim.cue:
        found += (act_finding(claim, entry, file), cue_finding(claim, entry, checked.paragraphs, file))
        if claim.quotations:
            found.append(attribution_finding(claim, entry, checked.quotations, file))
    if claim.gists:
        found.append(denial_finding(claim, file))
    if claim.speaker_words:
        found += (name_finding(claim, entry, index, file), title_finding(claim, entry, index, file))
    if entry.said:
        found += _words_of_date(entry.said, claim.said, article.language, file, ("claims", claim.id, "said"))
        if entry.at:
            found.append(_outside_occasion(claim, entry, checked))
    for n, review in enumerate(claim.reviews):
        path = ("claims", claim.id, "reviews", n, "rating", "value")
        found += _rating_findings(review, file._replace(path=path))
    return [each for each in found if each]


def _words_of_date(written: Date | str, dated: Dated, language: str, file: Spot, path: Path) -> Iterator[Finding]:
    """Yield a finding if the words of a date name another weekday, day, month or year."""
    if isinstance(written, str) or not written.words:
        return
    words = as_text(written.words)
    if contradicts_words(words, dated.edtf, language):
        message = f"a date must fit its words, and {words!r} cannot be {written.edtf}: correct one of them"
        yield finding("date-against-words", message, file._replace(path=(*path, "edtf")))


def _outside_occasion(claim: Claim, entry: ClaimEntry, checked: _Checked) -> Finding | None:
    date, at = checked.dates.get(claim.at), checked.file
    if date is None:
        event = checked.corpus.entities.get(entry.at)
        date = event.date if event else Dated()
    said = claim.said
    if not (
        is_more_than_a_day_later(said.earliest, date.latest) or is_more_than_a_day_later(date.earliest, said.latest)
    ):
        return None
    message = (
        f"what was said at `{entry.at}` must be dated on its days ({date.edtf.text}), not {said.edtf.text}: "
        "correct the date, or the occasion"
    )
    return finding("said-outside-occasion", message, at._replace(path=("claims", claim.id, "said")))


def _rating_findings(review: Review, at: Spot) -> Iterator[Finding]:
    """Yield a finding if a rating is not between the ends of its scale."""
    if not (review.value and review.best and review.worst):
        return
    value, best, worst = (
        Decimal(literal_value(each).lexical) for each in (review.value, review.best, review.worst)
    )
    if not min(best, worst) <= value <= max(best, worst):
        message = (
            f"a rating must be between `worst` and `best`, {worst} and {best}, not {value}: correct one of them"
        )
        yield finding("rating-outside-scale", message, at)


def _date_findings(article: WrittenArticle, file: ClaimsFile, meant: Article, at: Spot) -> Iterator[Finding]:
    """Yield what is inconsistent in the dates of an article and its annotation."""
    written, published = file.article.published, meant.published
    if written:
        yield from _words_of_date(written, published, meant.language, at, ("article", "published"))
        if article.header and (wrong := _against_header(article.header, published, at)):
            yield wrong
    for path, day in _signing_days(file):
        if path[0] != "withdrawn" and is_more_than_a_day_later(published.earliest, day[:10]):
            message = (
                f"an article can only be annotated after it appeared ({published.earliest}), not on {day[:10]}: "
                "correct one of the dates"
            )
            yield finding("annotated-before-article", message, at._replace(path=path))


def _against_header(header: str, published: Dated, at: Spot) -> Finding | None:
    try:
        date = read_edtf(header)
    except ValueError:
        return None
    if not (
        (date.latest and published.earliest and date.latest < published.earliest)
        or (date.earliest and published.latest and published.latest < date.earliest)
    ):
        return None
    message = (
        f"`published` must be the date of the article, and its text begins with `date {header}`, which excludes "
        f"{published.edtf.text}: correct one of them"
    )
    return finding("header-against-published", message, at._replace(path=("article", "published")))


def _occasion_findings(file: ClaimsFile, meant: Article, at: Spot) -> Iterator[Finding]:
    for (id, entry), occasion in zip(file.occasions.items(), meant.occasions, strict=True):
        if entry.date:
            yield from _words_of_date(entry.date, occasion.date, meant.language, at, ("occasions", id, "date"))


def _signing_days(file: ClaimsFile) -> Iterator[tuple[Path, str]]:
    """Yield the days of annotating, reviewing and withdrawing, with their places."""
    annotation = file.annotation
    if annotation.on:
        yield ("annotation", "on"), annotation.on
    if annotation.reviewed and annotation.reviewed.on:
        yield ("annotation", "reviewed", "on"), annotation.reviewed.on
    for id, withdrawn in file.withdrawn.items():
        if withdrawn.on:
            yield ("withdrawn", id, "on"), withdrawn.on


def without_accepted_in(
    findings: tuple[Finding, ...], file: ClaimsFile, at: Spot
) -> tuple[tuple[Finding, ...], list[Acceptance]]:
    """Return the findings of an article that nobody accepts, and the acceptances that other articles may need."""
    accepted = acceptances(file)
    if not accepted:
        return findings, []
    left, unused = without_accepted(findings, accepted)
    later = [each for each in unused if each[1] in ACROSS]
    left += unused_acceptances([each for each in unused if each not in later], at)
    return tuple(left), later

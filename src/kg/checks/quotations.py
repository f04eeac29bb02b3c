"""The quotations of an article, and checks of claims that share words or a quotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from kg.checks.rules import finding
from kg.errors import Finding, Spot
from kg.model import Article, Claim, Part
from kg.rdf.terms import Iri
from kg.rdf.vocab import FORMS, KG
from kg.text.quotation_marks import quoted_parts, quoted_spans
from kg.text.spans import MARKS, Span


def extent(claim: Claim) -> tuple[int, int]:
    """Return where the first of a claim's words begin and the last end."""
    parts = claim.parts
    if len(parts) == 1:
        return parts[0].start, parts[0].end
    return min([part.start for part in parts]), max([part.end for part in parts])


class Quotations:
    """The spans between quotation marks in an article, found when first wanted; `compared` counts comparisons."""

    def __init__(self, article: Article) -> None:
        self.text = article.text
        self._language = article.language
        self._spans: tuple[Span, ...] | None = None
        self.compared = 0
        self._of_claims: dict[Iri, tuple[Span, ...]] = {}

    def within(self, parts: Iterable[Part]) -> tuple[Span, ...]:
        """Return what is between quotation marks in some parts of the text."""
        if self._spans is None:
            self._spans = quoted_spans(self.text, self._language)
        return quoted_parts(self._spans, [Span(part.start, part.end) for part in parts])

    def of(self, claim: Claim) -> tuple[Span, ...]:
        """Return what is between quotation marks in the words of a claim."""
        if claim.iri not in self._of_claims:
            self._of_claims[claim.iri] = self.within(claim.parts)
        return self._of_claims[claim.iri]


MOST_COMPARED = 2_000_000
"""How many quotations of overlapping claims are compared in one article."""


def repeated_words(article: Article, quotations: Quotations, file: Spot) -> Iterator[Finding]:
    """Yield a finding for each claim that is there twice, and for quotations of two speakers."""
    reached = -1
    first_of: dict[tuple[object, ...], tuple[int, Claim]] = {}
    quoting: list[tuple[int, Claim]] = []
    for n, claim in enumerate(article.claims):
        start, end = extent(claim)
        if start >= reached:
            first_of.clear()
            quoting.clear()
        at, same = first_of.setdefault(_distinguishing_fields(claim), (n, claim))
        before = _before(at, quoting) if claim.quotations else ()
        if both := _who_also_quotes(claim, before, quotations):
            yield _quotation_of_two(claim, both, file)
        elif same is not claim:
            yield _claim_twice(claim, same, file)
        if claim.quotations:
            quoting.append((n, claim))
        reached = max(reached, end)


def _before(number: int, claims: Iterable[tuple[int, Claim]]) -> Iterator[Claim]:
    return (claim for _, claim in takewhile(lambda numbered: numbered[0] < number, claims))


def _distinguishing_fields(claim: Claim) -> tuple[object, ...]:
    """Return the fields of a claim that must not all be equal in two claims."""
    parts = tuple([(part.start, part.end) for part in claim.parts])
    return claim.speakers, parts, claim.act, claim.gists, claim.to, claim.said


def _claim_twice(claim: Claim, other: Claim, file: Spot) -> Finding:
    message = f"a claim must be annotated once, and this one is `{other.id}`: delete one, or tell them apart"
    return finding("claim-twice", message, file._replace(path=("claims", claim.id), at_key=True))


def _quotation_of_two(claim: Claim, other: Claim, file: Spot) -> Finding:
    message = (
        f"a quotation must have one speaker, or several in one claim, and its words are also those of "
        f"`{other.id}`: say who spoke, write `form: mentioned`, or relate the two by `reports`"
    )
    return finding("quotation-of-two", message, file._replace(path=("claims", claim.id, "words")))


def _who_also_quotes(claim: Claim, others: Iterable[Claim], quotations: Quotations) -> Claim | None:
    """Return the first of other claims by separate speakers that has the same quoted words."""
    for other in others:
        quotations.compared += 1 + len(quotations.of(claim)) + len(quotations.of(other))
        if quotations.compared > MOST_COMPARED:
            return None
        if claim.speakers != other.speakers and _quotes_both(claim, other, quotations):
            return other
    return None


def _quotes_both(claim: Claim, other: Claim, quotations: Quotations) -> bool:
    """Tell whether two claims of separate speakers have the same quoted words."""
    if not set(claim.speakers).isdisjoint(other.speakers):
        return False
    if FORMS.mentioned in (claim.form, other.form) or FORMS.own in (claim.form, other.form):
        return False
    if (KG.reports, other.iri) in claim.relations or (KG.reports, claim.iri) in other.relations:
        return False
    text = quotations.text
    overlapping = _overlapping(quotations.of(claim), quotations.of(other))
    return any(not _is_nested(text, a, b) and not _is_nested(text, b, a) for a, b in overlapping)


def _overlapping(one: Sequence[Span], two: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield the spans of two lists in order that share characters."""
    n = 0
    for a in one:
        while n < len(two) and two[n].end <= a.start:
            n += 1
        m = n
        while m < len(two) and two[m].start < a.end:
            yield a, two[m]
            m += 1


def _is_nested(text: str, inner: Span, outer: Span) -> bool:
    """Tell whether quotation marks within a quotation surround a part of it."""
    if not (outer.start < inner.start and inner.end < outer.end):
        return False
    return text[inner.start - 1] in MARKS and text[inner.end] in MARKS

"""When a claim was made: the date it gives, else that of its occasion, of its document or of the article."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kg.annotations.classes import ClaimEntry
from kg.dates.edtf import one_day_of
from kg.errors import Path
from kg.meaning.context import ArticleContext
from kg.meaning.reporter import not_later_than
from kg.meaning.words import is_own_voice
from kg.model import NO_DATE, Dated
from kg.rdf.vocab import BASES, KG
from kg.text.spans import Span

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


def _date_of_occasion(at: str, context: ArticleContext) -> Dated:
    if at in context.occasions:
        return context.occasions[at].date
    return context.index.entities[at].date if at in context.index.entities else Dated()

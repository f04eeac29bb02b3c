"""The words of a claim in the article's text: its parts, its quotations, and the form that its marks show."""

from __future__ import annotations

from kg.annotations.classes import ClaimEntry, Words
from kg.errors import Path
from kg.meaning.context import ArticleContext
from kg.meaning.reporter import as_list
from kg.model import Part
from kg.rdf.terms import Iri, Literal, text
from kg.rdf.vocab import FORMS
from kg.text.anchors import AnchorError, find, split_by_comma
from kg.text.quotation_marks import form_by_marks, quoted_parts
from kg.text.spans import Span

_QUOTING = (FORMS.direct, FORMS.partial)
CONTEXT = 32
"""How many characters before and after a part are in its quote selector."""


# Which field of `{words, in, start}` is wrong, by rule; `words` for all other rules.
_FAULTY = {
    "words-in-not-found": "in",
    "words-in-found-twice": "in",
    "words-outside-in": "in",
    "words-start-mismatch": "start",
    "words-in-and-start": "start",
}


class AnchoredWords:
    """Where the words of a claim are: their spans in the order of the file, and the quoted spans within them."""

    __slots__ = ("quoted", "spans")

    def __init__(self, spans: tuple[Span, ...], quoted: tuple[Span, ...] = ()) -> None:
        self.spans = spans
        self.quoted = quoted


NOWHERE = AnchoredWords((Span(0, 0),))
"""Stands for words that were not found."""


def is_own_voice(claim: ClaimEntry) -> bool:
    """Tell whether the paper itself speaks."""
    speaker = claim.speaker
    return speaker == "article" if isinstance(speaker, str) else speaker == ["article"]


def anchored(claim: ClaimEntry, path: Path, context: ArticleContext) -> AnchoredWords | None:
    """Return where the claim's words are; report each part that is not in the article, and return None."""
    if isinstance(claim.words, list) or not claim.words:
        spans = _several(as_list(claim.words), (*path, "words"), context)
    else:
        found = _found(claim.words, path, "words", context)
        spans = (found,) if found else ()
    return AnchoredWords(spans, quoted_parts(context.quoted_spans, spans)) if spans else None


def _several(passages: list[Words | str], path: Path, context: ArticleContext) -> tuple[Span, ...]:
    """Return the span of each part of a claim's words, nothing if a part is missing."""
    if not passages:
        context.report.violation(path, "words-empty", "a claim must have words: list at least one part")
    found = [_found(passage, path, n, context) for n, passage in enumerate(passages)]
    spans = tuple(span for span in found if span)
    if len(spans) < len(found):
        return ()
    cut = split_by_comma(context.article.text, spans)
    if cut is not None:
        message = (
            "these parts are side by side in the article: did a comma split one passage? Put it in quotation marks"
        )
        context.report.violation((*path, cut + 1), "words-split-by-comma", message)
    for n, (start, end) in enumerate(spans):
        if any(start < other.end and other.start < end for other in spans[:n]):
            message = "the parts of a claim must not overlap, and this one repeats words of another: take it out"
            context.report.violation((*path, n), "words-overlap", message)
    return spans


def _found(passage: Words | str, path: Path, step: str | int, context: ArticleContext) -> Span | None:
    """Return the span of a passage; None, reported at `path` and `step`, if it is not in the article."""
    if not context.article.has_text:
        return None
    try:
        if isinstance(passage, str):
            return find(context.text, passage)
        return find(context.text, passage.words, within=passage.within, start=passage.start)
    except AnchorError as error:
        at: Path = (*path, step)
        if isinstance(passage, Words):
            at = (*at, _FAULTY.get(error.rule, "words"))
        context.report.violation(at, error.rule, str(error), detail=error.detail)
        return None


def parts(place: AnchoredWords, context: ArticleContext) -> tuple[Part, ...]:
    """Return each span with its words and the text around it."""
    whole = context.article.text
    return tuple(
        [
            Part(
                start=start,
                end=end,
                exact=whole[start:end],
                prefix=whole[max(0, start - CONTEXT) : start],
                suffix=whole[end : end + CONTEXT],
            )
            for start, end in place.spans
        ]
    )


def form(claim: ClaimEntry, place: AnchoredWords, path: Path, context: ArticleContext) -> Iri:
    """Return the form that the file gives, else the one that the quotation marks show; report a contradiction."""
    if place is NOWHERE:
        return FORMS.direct  # the claim is left out: do not ask for its act or its gist as well
    evidence = "the quotation marks say"
    if is_own_voice(claim):
        seen, evidence = "own", "`speaker: article` says"
    elif context.file.article.transcript:
        seen, evidence = "direct", "`transcript: true` says"
    elif not place.quoted:
        seen = "indirect"
    else:
        seen = form_by_marks(context.article.text, context.quoted_spans, place.spans)
    given = claim.form or seen
    if given not in (seen, "mentioned"):
        message = f"{evidence} that these words are {seen}, not {given}: is that meant?"
        context.report.warning((*path, "form"), "form-against-marks", message)
    return FORMS[given]


def quotations(
    claim: ClaimEntry, place: AnchoredWords, rendered: Iri, context: ArticleContext
) -> tuple[Literal, ...]:
    """Return the words of a direct or partial claim that are between quotation marks, verbatim.

    What is marked in other claims are the words of others: of those whom the paper or the speaker quotes. In a
    transcript, or if the annotator says that the form is direct or partial, all words are quoted.
    """
    if rendered not in _QUOTING:
        return ()
    whole = context.article.text
    spans = () if context.file.article.transcript else place.quoted
    if not spans and (context.file.article.transcript or claim.form in ("direct", "partial")):
        spans = place.spans
    return tuple([text(whole[start:end], context.language) for start, end in spans])

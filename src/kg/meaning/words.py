"""The words of a claim, anchored in the article's text: its parts, its quotations and its form."""

from __future__ import annotations

from kg.annotations.classes import ClaimEntry, Words
from kg.errors import Path
from kg.meaning.reading import Reading
from kg.meaning.remarks import as_list
from kg.model import Part
from kg.rdf.terms import Iri, Literal, text
from kg.rdf.vocab import FORMS
from kg.text.anchors import AnchorError, find, split_by_comma
from kg.text.quotation_marks import form_by_marks, quoted_parts
from kg.text.spans import Span

CONTEXT = 32
"""How many characters before and after a part its quote selector holds."""


# Which field of `{words, in, start}` is at fault; of all other rules it is `words`.
_FAULTY = {
    "words-in-not-found": "in",
    "words-in-found-twice": "in",
    "words-outside-in": "in",
    "words-start-mismatch": "start",
    "words-in-and-start": "start",
}


class Anchored:
    """Where a claim stands: its stretches in the order they were written, and what of them is quoted."""

    __slots__ = ("quoted", "stretches")

    def __init__(self, stretches: tuple[Span, ...], quoted: tuple[Span, ...] = ()) -> None:
        self.stretches = stretches
        self.quoted = quoted


NOWHERE = Anchored((Span(0, 0),))
"""The place of words that were not found."""


def is_own_voice(claim: ClaimEntry) -> bool:
    """Tell whether the paper itself speaks."""
    speaker = claim.speaker
    return speaker == "article" if isinstance(speaker, str) else speaker == ["article"]


def anchored(claim: ClaimEntry, path: Path, reading: Reading) -> Anchored | None:
    """Return where the claim's words stand; remark each part that does not stand there, and return None."""
    if isinstance(claim.words, list) or not claim.words:
        stretches = _several(as_list(claim.words), (*path, "words"), reading)
    else:
        found = _found(claim.words, path, "words", reading)
        stretches = (found,) if found else ()
    return Anchored(stretches, quoted_parts(reading.marks, stretches)) if stretches else None


def _several(passages: list[Words | str], path: Path, reading: Reading) -> tuple[Span, ...]:
    """Return where each part of a claim's words stands, or nothing where not all do."""
    if not passages:
        reading.remarks.violation(path, "words-empty", "a claim must have words: list at least one part")
    found = [_found(passage, path, n, reading) for n, passage in enumerate(passages)]
    stretches = tuple(stretch for stretch in found if stretch)
    if len(stretches) < len(found):
        return ()
    cut = split_by_comma(reading.article.text, stretches)
    if cut is not None:
        message = (
            "these parts stand side by side in the article: did a comma split one passage? "
            "Put it in quotation marks"
        )
        reading.remarks.violation((*path, cut + 1), "words-split-by-comma", message)
    for n, (start, end) in enumerate(stretches):
        if any(start < other.end and other.start < end for other in stretches[:n]):
            message = "the parts of a claim must not overlap, and this one repeats words of another: take it out"
            reading.remarks.violation((*path, n), "words-overlap", message)
    return stretches


def _found(passage: Words | str, path: Path, step: str | int, reading: Reading) -> Span | None:
    """Return where a passage stands, or None with a remark at this step from the path; without a text None."""
    if not reading.article.has_text:
        return None
    try:
        if isinstance(passage, str):
            return find(reading.text, passage)
        return find(reading.text, passage.words, within=passage.within, start=passage.start)
    except AnchorError as error:
        at: Path = (*path, step)
        if isinstance(passage, Words):
            at = (*at, _FAULTY.get(error.rule, "words"))
        reading.remarks.violation(at, error.rule, str(error), detail=error.detail)
        return None


def parts(place: Anchored, reading: Reading) -> tuple[Part, ...]:
    """Return each stretch with the text around it."""
    whole = reading.article.text
    return tuple(
        [
            Part(
                start=start,
                end=end,
                exact=whole[start:end],
                prefix=whole[max(0, start - CONTEXT) : start],
                suffix=whole[end : end + CONTEXT],
            )
            for start, end in place.stretches
        ]
    )


def form(claim: ClaimEntry, place: Anchored, path: Path, reading: Reading) -> Iri:
    """Return the form given, else the one that the quotation marks show; remark a clash of the two."""
    if place is NOWHERE:
        return FORMS.indirect
    evidence = "the quotation marks say"
    if is_own_voice(claim):
        seen, evidence = "own", "`speaker: article` says"
    elif reading.file.article.transcript:
        seen, evidence = "direct", "`transcript: true` says"
    elif not place.quoted:
        seen = "indirect"
    else:
        seen = form_by_marks(reading.article.text, reading.marks, place.stretches)
    given = claim.form or seen
    if given not in (seen, "mentioned"):
        message = f"{evidence} that these words are {seen}, not {given}: is that meant?"
        reading.remarks.warning((*path, "form"), "form-against-marks", message)
    return FORMS[given]


def quotations(claim: ClaimEntry, place: Anchored, reading: Reading) -> tuple[Literal, ...]:
    """Return each stretch of the claim between quotation marks, exactly.

    Where the paper speaks itself there is none: what it puts in quotation marks are words of others. All of it,
    where it is quoted without marks: in a transcript, or because the annotator gives that form.
    """
    if is_own_voice(claim):
        return ()
    whole = reading.article.text
    stretches = () if reading.file.article.transcript else place.quoted
    if not stretches and (reading.file.article.transcript or claim.form in ("direct", "partial")):
        stretches = place.stretches
    return tuple([text(whole[start:end], reading.language) for start, end in stretches])

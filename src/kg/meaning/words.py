"""The words of a claim in the article's text: its parts, its quotations, and the form that its marks show."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kg.annotations.classes import ClaimEntry, Words
from kg.errors import Path
from kg.meaning.context import ArticleContext
from kg.meaning.reporter import as_list, as_text
from kg.rdf.terms import Iri, literal_value
from kg.rdf.vocab import FORMS, SCHEMA
from kg.text.anchors import split_by_comma
from kg.text.quotation_marks import form_by_marks, quoted_parts
from kg.text.spans import Span
from kg.text.turns import names_speaker

_QUOTING = (FORMS.direct, FORMS.partial)


class AnchoredWords:
    """Where the words of a claim are: their spans in text order, and the quoted spans within them."""

    __slots__ = ("quoted", "spans")

    def __init__(self, spans: tuple[Span, ...], quoted: tuple[Span, ...] = ()) -> None:
        self.spans = spans
        self.quoted = quoted


NOWHERE = AnchoredWords((Span(0, 0),))
"""The place of words that were not found."""


def is_own_voice(claim: ClaimEntry) -> bool:
    """Tell whether the paper itself speaks."""
    speaker = claim.speaker
    return speaker == "article" if isinstance(speaker, str) else speaker == ["article"]


def anchored(claim: ClaimEntry, path: Path, context: ArticleContext) -> AnchoredWords | None:
    """Return where the claim's words are; report each part that is not in the article, and return None."""
    if isinstance(claim.words, list) or not claim.words:
        spans = _several(as_list(claim.words), (*path, "words"), context)
    else:
        found = context.find(claim.words, (*path, "words"))
        spans = (found,) if found else ()
    return AnchoredWords(spans, quoted_parts(context.quoted_spans, spans)) if spans else None


def _several(passages: list[Words | str], path: Path, context: ArticleContext) -> tuple[Span, ...]:
    """Return the span of each part of a claim's words, nothing if a part is missing."""
    if not passages:
        context.report.violation(path, "words-empty", "a claim must have words: list at least one part")
    found = [context.find(passage, (*path, n)) for n, passage in enumerate(passages)]
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
    return tuple(sorted(spans))


def joined(spans: Sequence[Span], known: Sequence[Span], context: ArticleContext) -> str:
    """Return the words of several spans as one text, with ` … ` where words were left out.

    Nothing was left out where there is only punctuation in between, or `known` spans: words that introduce a claim.
    """
    text = context.article.text
    words = text[spans[0].start : spans[0].end]
    for one, other in pairwise(spans):
        is_bare = context.occurrences.is_bare(Span(one.end, other.start), known)
        words += f"{' ' if is_bare else ' … '}{text[other.start : other.end]}"
    return words


def is_own_turn(claim: ClaimEntry, place: AnchoredWords, context: ArticleContext) -> bool:
    """Tell whether the words are in a turn of a transcript whose label names all speakers of the claim."""
    label = context.turns.label(place.spans) if context.turns else ()
    if not label:
        return False
    as_called = [as_text(claim.speaker_words)] if claim.speaker_words else []
    return all(_is_named(label, name, as_called, context) for name in as_list(claim.speaker))


def _is_named(label: Sequence[str], speaker: str, as_called: list[str], context: ArticleContext) -> bool:
    """Tell whether a label names a speaker: by a name, by a title alone, or exactly as `speaker_words` do."""
    entity = context.index.entities.get(speaker)
    if entity is None:
        source = context.file.sources.get(speaker)
        return names_speaker(label, [as_text(source.words)] if source else as_called, person=False)
    names = [literal_value(each).lexical for each in (*entity.names, *entity.also)]
    titles = [literal_value(title).lexical for role in entity.roles for title in role.titles]
    is_person = SCHEMA.Person in entity.types
    return names_speaker(label, names, person=is_person) or names_speaker(
        label, [*titles, *as_called], person=False
    )


def form(claim: ClaimEntry, place: AnchoredWords, path: Path, context: ArticleContext) -> Iri:
    """Return the form that the file gives, else the one that the quotation marks show; report a contradiction."""
    if place is NOWHERE:
        return FORMS.direct  # the claim is left out: do not ask for its act or its gist as well
    evidence, doubted = "the quotation marks say", True
    if is_own_voice(claim):
        seen, evidence = "own", "`speaker: article` says"
    elif is_own_turn(claim, place, context):
        seen, evidence = "direct", "the label of the turn says"
    else:
        seen = "indirect"
        if place.quoted:
            seen = form_by_marks(context.article.text, context.quoted_spans, place.spans)
        # Where no label says whose turn it is, a transcript needs no marks.
        doubted = context.turns is None or bool(context.turns.label(place.spans))
    given = claim.form or seen
    if doubted and given not in (seen, "mentioned"):
        message = f"{evidence} that these words are {seen}, not {given}: is that meant?"
        context.report.warning((*path, "form"), "form-against-marks", message)
    return FORMS[given]


def quotations(claim: ClaimEntry, place: AnchoredWords, rendered: Iri, context: ArticleContext) -> tuple[Span, ...]:
    """Return the spans of the words of a direct or partial claim that are between quotation marks.

    In other claims, the words between marks belong to somebody that the paper or the speaker quotes. In the
    speaker's own turn of a transcript, or if the annotator says that the form is direct or partial, all words are
    quoted.
    """
    if rendered not in _QUOTING:
        return ()
    if is_own_turn(claim, place, context) or (not place.quoted and claim.form in ("direct", "partial")):
        return place.spans
    return place.quoted

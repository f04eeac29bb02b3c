"""The words of a claim: where they are in the text, their form and quotations, and the claim in full."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kg.annotations.classes import ClaimEntry, Words
from kg.errors import Path
from kg.meaning.context import ArticleContext
from kg.meaning.reporter import as_list, as_text
from kg.model import Part
from kg.rdf.terms import Iri, Literal, literal_value
from kg.rdf.vocab import FORMS, SCHEMA
from kg.text.anchors import occurs, split_by_comma
from kg.text.quotation_marks import form_by_marks, quoted_parts
from kg.text.spans import Span, collapse_whitespace
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
    for n in _overlapping(spans):
        message = "the parts of a claim must not overlap, and this one repeats words of another: take it out"
        context.report.violation((*path, n), "words-overlap", message)
    return tuple(sorted(spans))


def _overlapping(spans: Sequence[Span]) -> Iterator[int]:
    """Yield the index of each span that overlaps one before it in the list."""
    covered: list[Span] = []  # in the order of the text, apart from each other
    for n, (start, end) in enumerate(spans):
        first = bisect_left(covered, (start,))
        if first and covered[first - 1].end > start:
            first -= 1
        last = bisect_left(covered, (end,))
        touched = covered[first:last]
        if touched:
            yield n
            start, end = min(start, touched[0].start), max(end, touched[-1].end)
        covered[first:last] = [Span(start, end)]


def joined(spans: Sequence[Span], known: Sequence[Span], context: ArticleContext) -> str:
    """Return the words of several spans as one text, with ` … ` where words were left out.

    Nothing was left out where there is only punctuation in between, or `known` spans: words that introduce a claim.
    """
    text = context.article.text
    words = [text[spans[0].start : spans[0].end]]
    if len(spans) == 1:
        return words[0]
    known = sorted(known)
    for one, other in pairwise(spans):
        is_bare = context.occurrences.is_bare(Span(one.end, other.start), known)
        words.append(f"{' ' if is_bare else ' … '}{text[other.start : other.end]}")
    return "".join(words)


def is_own_turn(claim: ClaimEntry, place: AnchoredWords, context: ArticleContext) -> bool:
    """Tell whether the words are in a turn of a transcript whose label names all speakers of the claim."""
    label = context.turns.label(place.spans) if context.turns else ()
    if not label:
        return False
    as_called = as_text(claim.speaker_words) if claim.speaker_words else ""
    for name in as_list(claim.speaker):
        key = (" ".join(label), name, as_called)
        if key not in context.named_by_labels:
            context.named_by_labels[key] = _is_named(label, name, [as_called] if as_called else [], context)
        if not context.named_by_labels[key]:
            return False
    return True


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


NEEDS_GIST = ("denies", "rejects", "excludes", "retracts")
"""Acts for which the words alone would say the opposite of the claim."""
NOT_ASKED_FOR_GIST = (*NEEDS_GIST, "withholds")
"""Acts without a warning if the gist is missing: that is a violation already, or nothing was claimed."""
NEVER_ITS_WORDS = (*NEEDS_GIST, "asks", "withholds")
"""Acts for which the words are not what is claimed."""


def in_full(
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


def _is_unfinished(path: Path, context: ArticleContext) -> bool:
    """Tell whether a claim is a draft's, or has a field that cannot be read, which may be its act or its gist."""
    return context.file.annotation.status == "draft" or context.is_partly_unread(path)


def _primary_language(literal: Literal) -> str:
    return literal.rpartition("@")[2].partition("-")[0]


def why_not_in_words(claim: ClaimEntry, rendered: Iri, spans: Sequence[Part]) -> tuple[str, str]:
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
    """Tell whether words are in one of the parts of a claim as whole words, however their lines are broken."""
    return any(occurs(collapse_whitespace(each.exact), words) for each in spans)

"""What is claimed, in full: the gists, and the words if they say it."""

from __future__ import annotations

from collections.abc import Sequence

from kg.annotations.classes import ClaimEntry
from kg.errors import Path, Spot
from kg.meaning.context import ArticleContext
from kg.meaning.reporter import as_list
from kg.model import Part
from kg.rdf.terms import Iri, Literal
from kg.rdf.vocab import FORMS

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
    spots = [each.at for each in context.article.findings if isinstance(each.at, Spot)]
    return context.file.annotation.status == "draft" or any(spot.path[: len(path)] == path for spot in spots)


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
    """Tell whether words are in one of the parts of a claim, however their lines are broken."""
    sought = " ".join(words.split())
    return any(sought in " ".join(each.exact.split()) for each in spans)

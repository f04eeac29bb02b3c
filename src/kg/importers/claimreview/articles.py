"""Reviews → documents: a page of a fact-checker with the claims that it reviews, and of each what it found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from msgspec.structs import replace

from kg.errors import Place
from kg.importers.claimreview.claims import Read
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, MarkIds, Skipped
from kg.text.spans import Span

_MOST = 1000
"""How many reviews that belong together are kept in memory."""
_BETWEEN = "\n\n"
_NO_FIELD = "a claim and its reviews have no field for it"
_LONGEST = 100


def documents(reads: Iterable[Read]) -> Iterator[Item]:
    """Yield a document for reviews that come one after the other, and are of one page or of one claim.

    Properties that are not read are told once, with how often they were met.
    """
    together: list[Read] = []
    left: dict[str, Skipped] = {}
    for read in reads:
        yield from read.skipped
        for name in read.left:
            first = left.get(name) or Skipped("attribute", name[:_LONGEST], _NO_FIELD, read.at, 0)
            left[name] = replace(first, count=first.count + 1)
        if len(left) > _MOST:
            yield from left.values()
            left.clear()
        if not read.words:
            yield Skipped("span", read.page or "ClaimReview", "it does not say what the claim is", read.at)
            continue
        if together and (not _is_of(together, read) or len(together) >= _MOST):
            yield _document(together)
            together = []
        together.append(read)
    if together:
        yield _document(together)
    yield from left.values()


def _is_of(together: list[Read], read: Read) -> bool:
    """Tell whether a review is of the page or of the claim of those before."""
    if read.at.file != together[0].at.file:
        return False
    return bool(read.page and read.page == together[0].page) or bool(
        read.claim and read.claim == together[-1].claim
    )


def _document(together: list[Read]) -> AnnotatedText:
    """Return a page, of which no more is known than the claims that it reviews, each a paragraph."""
    marks: list[LabelledSpan] = []
    paragraphs: list[str] = []
    start = 0
    ids = MarkIds()
    for several in _by_claim(together):
        first, words = several[0], several[0].words
        id = first.claim or f"{first.page or PurePath(first.at.file).name}#{len(marks) + 1}"
        marks.append(_mark(several, ids.new(id), Span(start, start + len(words))))
        paragraphs.append(words)
        start += len(words) + len(_BETWEEN)
    first = together[0]
    return AnnotatedText(
        id=_id(first.page, first.at),
        text=_BETWEEN.join(paragraphs),
        at=first.at,
        marks=tuple(marks),
        article=first.article,
        publisher=next((read.publisher for read in together if read.publisher), None),
        authors=tuple(dict.fromkeys(name for read in together for name in read.authors)),
    )


def _by_claim(together: list[Read]) -> list[list[Read]]:
    """Return the reviews of each claim: those that give the claim one address and the same words."""
    found: dict[tuple[str, str], list[Read]] = {}
    for number, read in enumerate(together):
        found.setdefault((read.claim or f" {number}", read.words), []).append(read)
    return list(found.values())


def _mark(several: list[Read], id: str, words: Span) -> LabelledSpan:
    first = several[0]
    numbered = list(enumerate(several, start=1))
    return LabelledSpan(
        id=id,
        label="Claim",
        parts=(words,),
        at=first.at,
        text=first.words,
        attributes={
            # As reviewers put the claim: where they quote, it need not be what was said.
            "form": ("indirect",),
            **first.of_claim,
            **{f"review.{n}.{part}": (value,) for n, read in numbered for part, value in read.of_review.items()},
        },
        names={
            "speaker": first.speakers,
            **{f"review.{n}.by": (read.by,) for n, read in numbered if read.by},
        },
    )


def _id(page: str, at: Place) -> str:
    """Return what an article is called by: its address, else its file and line."""
    short = re.sub(r"^https?://(?:www\.)?", "", page).strip("/")
    if short:
        return short
    name = PurePath(at.file).name.split(".")[0] or "review"
    return f"{name}-{at.line}" if at.line > 1 else name

"""Articles as the site shows them: as much of the text as is published, in segments by claim."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from kg.publish.site.claims import ClaimLine, WithdrawnView, claim_lines, withdrawn
from kg.publish.site.corrections import CorrectionsView, corrections_view
from kg.publish.site.localisation import DateView, LocalText, in_words, lexical, when
from kg.publish.site.passages import PassageView, passages
from kg.publish.site.store_reader import LocalisedReader, OwnFact, PageLink, Properties
from kg.rdf.terms import Iri, Term, iri_text, literal_value, local_name
from kg.rdf.vocab import KG, RDF, SCHEMA


class ArticleView(NamedTuple):
    """An article. `passages` are spans of its text, each in paragraphs; what is between them is not published.

    `details` are further facts by the end of their label's key, such as `page`; a web address becomes a link.
    `extent` says how much of the text is published: `full`, `quotes` or `none`. `places` are the positions of each
    claim's words in the current text, as `153-219 230-240`: the end is exclusive. `corrections` are what the paper
    changed in it.
    """

    path: str
    id: str
    title: LocalText
    published: DateView
    corrected: str
    publisher: PageLink | None
    authors: tuple[PageLink, ...]
    url: str
    details: tuple[tuple[str, str], ...]
    own: tuple[OwnFact, ...]
    language: str
    extent: str
    passages: tuple[tuple[Paragraph, ...], ...]
    claims: tuple[ClaimLine, ...]
    places: dict[str, str]
    withdrawn: tuple[WithdrawnView, ...]
    mentions: tuple[PageLink, ...]
    corrections: CorrectionsView | None


def article_view(reader: LocalisedReader, iri: Iri) -> ArticleView | None:
    """Return an article; None if the store has no such article."""
    properties = reader.quads.properties(iri)
    if SCHEMA.NewsArticle not in properties.get(RDF.type, ()):
        return None
    lines = claim_lines(reader, reader.quads.subjects(SCHEMA.appearance, iri))
    body = lexical(properties.get(SCHEMA.articleBody, ()))
    texts = properties.get(SCHEMA.encoding, ())
    placed = [(line, list(_passages_in(reader, line, texts))) for line in lines]
    spans = [(0, body)] if body else known_spans(part for _, parts in placed for part in parts)
    return ArticleView(
        path=reader.quads.path(iri),
        id=lexical(properties.get(SCHEMA.identifier, ())),
        title=reader.name(iri, properties),
        published=when(properties, SCHEMA.datePublished, reader.language),
        corrected=in_words(lexical(properties.get(SCHEMA.dateModified, ())), reader.language),
        publisher=reader.one(properties.get(SCHEMA.publisher, ())),
        authors=reader.links(properties.get(SCHEMA.author, ())),
        url=_url(properties),
        details=tuple(_details(reader, properties)),
        own=tuple(reader.own_facts(properties)),
        language=lexical(properties.get(SCHEMA.inLanguage, ())),
        extent="full" if body else "quotes" if spans else "none",
        passages=tuple(segments(spans, placed)),
        claims=tuple(lines),
        places={line.path: " ".join(f"{part.start}-{part.end}" for part in parts) for line, parts in placed},
        withdrawn=tuple(_withdrawn_from(reader, iri)),
        mentions=reader.links(properties.get(SCHEMA.mentions, ())),
        corrections=corrections_view(reader, iri, lines),
    )


def _passages_in(reader: LocalisedReader, claim: ClaimLine, texts: Sequence[Term]) -> Iterator[PassageView]:
    """Yield the passages of a claim that are in one of some texts."""
    found = passages(reader.quads, reader.quads.iri(claim.path))
    return (part for part in found if part.text in texts)


def _withdrawn_from(reader: LocalisedReader, article: Iri) -> Iterator[WithdrawnView]:
    """Yield what remains of the claims that were withdrawn from an article."""
    for claim in sorted(reader.quads.subjects(KG.withdrawnFrom, article)):
        if gone := withdrawn(reader, claim):
            yield gone


# The label's key of each further fact, in the order of the page.
_DETAILS = {
    SCHEMA.articleSection: "section",
    SCHEMA.printEdition: "edition",
    SCHEMA.printPage: "page",
    SCHEMA.archivedAt: "archived",
    SCHEMA.sameAs: "same",
    SCHEMA.copyrightNotice: "copyright",
    SCHEMA.license: "licence",
}


def _details(reader: LocalisedReader, properties: Properties) -> Iterator[tuple[str, str]]:
    """Yield what kind of article it is, where it was printed, where else it is, and whose it is."""
    for kind in properties.get(RDF.type, ()):
        if kind != SCHEMA.NewsArticle:
            yield "type", reader.say(f"article-{local_name(kind)}")
    for predicate, key in _DETAILS.items():
        for term in properties.get(predicate, ()):
            yield key, iri_text(term) if term[0] == "<" else literal_value(term).lexical
    for holder in reader.links(properties.get(SCHEMA.copyrightHolder, ())):
        yield "holder", holder.name


def known_spans(parts: Iterable[PassageView]) -> list[tuple[int, str]]:
    """Return the published spans of a text (start and text): passages, merged if they overlap or touch."""
    known: list[tuple[int, str]] = []
    for part in sorted(parts, key=lambda part: (part.start, part.end)):
        start, text = known[-1] if known else (0, "")
        if text and part.start <= start + len(text):
            known[-1] = (start, text + part.exact[start + len(text) - part.start :])
        elif part.exact:
            known.append((part.start, part.exact))
    return known


def _url(properties: Properties) -> str:
    return next((iri_text(term) for term in properties.get(SCHEMA.url, ()) if term.startswith("<")), "")


class TextSegment(NamedTuple):
    """The text between two positions at which claims start or end.

    `at` is the position of the first, in code points of the article. `claim` is the shortest claim that covers the
    text, None if none does; `starting` are the claims that start here.
    """

    at: int
    text: str
    claim: ClaimLine | None
    starting: tuple[ClaimLine, ...]


Paragraph = tuple[TextSegment, ...]


class _ClaimSpan(NamedTuple):
    """A passage of a claim, in code points of the article; `number` identifies the claim."""

    start: int
    end: int
    number: int
    claim: ClaimLine


def segments(
    spans: Iterable[tuple[int, str]], placed: Iterable[tuple[ClaimLine, Sequence[PassageView]]]
) -> Iterator[tuple[Paragraph, ...]]:
    """Yield the paragraphs of each span of text (its start in code points, and its text; in order).

    One sweep over all claims: the time for each claim does not depend on how many there are.
    """
    waiting = deque(
        sorted(
            _ClaimSpan(part.start, part.end, number, claim)
            for number, (claim, parts) in enumerate(placed)
            for part in parts
        )
    )
    inside: list[_ClaimSpan] = []
    for first, text in spans:
        while waiting and waiting[0].start < first + len(text):
            inside.append(waiting.popleft())
        inside = [span for span in inside if span.end > first]
        yield tuple(_paragraphs(first, text, inside))


def _paragraphs(first: int, text: str, spans: Sequence[_ClaimSpan]) -> Iterator[Paragraph]:
    cuts = sorted({place for span in spans for place in (span.start, span.end)})
    segmenter = _Segmenter(spans)
    start = first
    for paragraph in text.split("\n"):
        end = start + len(paragraph)
        if paragraph.strip():
            edges = [start, *cuts[bisect_right(cuts, start) : bisect_left(cuts, end)], end]
            yield tuple(
                segmenter.segment(one, other, text[one - first : other - first]) for one, other in pairwise(edges)
            )
        start = end + 1


class _Segmenter:
    """Iterates over a span of text by segments, and tracks which claims cover each."""

    def __init__(self, spans: Sequence[_ClaimSpan]) -> None:
        self._waiting = deque(spans)
        # Where each claim starts in this span; it may have several passages.
        self._heads = {span.number: span.start for span in reversed(spans)}
        # A heap, the shortest first. Claims that have ended are removed when they reach the top.
        self._open: list[tuple[int, int, _ClaimSpan]] = []

    def segment(self, start: int, end: int, text: str) -> TextSegment:
        """Return the next segment; no claim starts or ends within it."""
        starting = {}
        while self._waiting and self._waiting[0].start <= start:
            span = self._waiting.popleft()
            heappush(self._open, (span.end - span.start, span.number, span))
            if span.start == start == self._heads[span.number]:
                starting[span.number] = span.claim
        while self._open and self._open[0][2].end < end:
            heappop(self._open)
        shortest = self._open[0][2].claim if self._open else None
        return TextSegment(start, text, shortest, tuple(starting[number] for number in sorted(starting)))

"""An article as readers see it: as much of its text as is published, with each claim where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kg.meaning.words import CONTEXT
from kg.publish.site.claims import ClaimLine, Passage, Withdrawn, claim_lines, passages, withdrawn
from kg.publish.site.dates import When, in_words, when
from kg.publish.site.pieces import Paragraph, cut
from kg.publish.site.quads import Properties
from kg.publish.site.reader import Link, Reader
from kg.publish.site.words import Text, lexical
from kg.rdf.terms import Iri, iri_text
from kg.rdf.vocab import RDF, SCHEMA


class ArticleView(NamedTuple):
    """An article. `passages` are stretches of paragraphs; between two of them stands text that is not published.

    `extent` tells how much of the text is published: `full`, `quotes` or `none`.
    """

    path: str
    id: str
    title: Text
    published: When
    corrected: str
    publisher: Link | None
    authors: tuple[Link, ...]
    url: str
    language: str
    extent: str
    passages: tuple[tuple[Paragraph, ...], ...]
    claims: tuple[ClaimLine, ...]
    withdrawn: tuple[Withdrawn, ...]
    mentions: tuple[Link, ...]


def article_view(reader: Reader, iri: Iri) -> ArticleView | None:
    """Return an article; None where the store has no such article."""
    said = reader.quads.properties(iri)
    if SCHEMA.NewsArticle not in said.get(RDF.type, ()):
        return None
    appearing = sorted(reader.quads.subjects(SCHEMA.appearance, iri))
    lines = claim_lines(reader, appearing)
    body = lexical(said.get(SCHEMA.articleBody, ()))
    placed = [(line, list(passages(reader, reader.quads.iri(line.path)))) for line in lines]
    stretches = [(0, body)] if body else known_stretches(part for _, parts in placed for part in parts)
    return ArticleView(
        path=reader.quads.path(iri),
        id=lexical(said.get(SCHEMA.identifier, ())),
        title=reader.name(iri, said),
        published=when(said, SCHEMA.datePublished, reader.language),
        corrected=in_words(lexical(said.get(SCHEMA.dateModified, ())), reader.language),
        publisher=reader.one(said.get(SCHEMA.publisher, ())),
        authors=reader.links(said.get(SCHEMA.author, ())),
        url=_url(said),
        language=lexical(said.get(SCHEMA.inLanguage, ())),
        extent="full" if body else "quotes" if stretches else "none",
        passages=tuple(cut(stretches, placed)),
        claims=tuple(lines),
        withdrawn=tuple(each for each in (withdrawn(reader, claim) for claim in appearing) if each),
        mentions=reader.links(said.get(SCHEMA.mentions, ())),
    )


def known_stretches(parts: Iterable[Passage]) -> list[tuple[int, str]]:
    """Return the stretches of a text that its quoted passages and what is quoted around them make up.

    A stretch begins and ends with a whole word where what is around a passage was cut within one.
    """
    known: list[_Stretch] = []
    for part in sorted(parts, key=lambda part: (part.start - len(part.before), part.end)):
        start, text = part.start - len(part.before), part.before + part.exact + part.after
        if known and start <= known[-1].start + len(known[-1].text):
            last = known[-1]
            more = text[max(0, last.start + len(last.text) - start) :]
            trail = len(part.after) if more else last.trail
            known[-1] = last._replace(text=last.text + more, trail=trail)
        elif text:
            known.append(_Stretch(start, text, len(part.before), len(part.after)))
    return [_trimmed(each) for each in known]


class _Stretch(NamedTuple):
    """A stretch of text; what stands around its first and last passage is `lead` and `trail` long."""

    start: int
    text: str
    lead: int
    trail: int


def _trimmed(stretch: _Stretch) -> tuple[int, str]:
    """Leave out the words at both ends that may have been cut; what is shorter than a context was not."""
    text = stretch.text
    lead, trail = text[: stretch.lead], text[len(text) - stretch.trail :]
    first = lead.find(" ") + 1 if len(lead) == CONTEXT else 0
    last = trail.rfind(" ") if len(trail) == CONTEXT and " " in trail else len(trail)
    return stretch.start + first, text[first : len(text) - len(trail) + last]


def _url(said: Properties) -> str:
    return next((iri_text(term) for term in said.get(SCHEMA.url, ()) if term.startswith("<")), "")

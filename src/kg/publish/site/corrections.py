"""What the paper changed in an article, as the site shows it: its versions, the changed words, and which claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.publish.site.claims import ClaimLine
from kg.publish.site.localisation import lexical
from kg.publish.site.passages import EarlierWords, TextVersionView, earlier_words, kept_to, text_version
from kg.publish.site.store_reader import LocalisedReader, PageLink
from kg.rdf.terms import Iri
from kg.rdf.vocab import PROV, RDF, SCHEMA
from kg.text.alignment import Alignment, TextChange

_AROUND = 60
"""How many characters are shown before and after words that changed."""
MOST_SHOWN = 200
"""How many changes of a text are shown."""


class DiffSegment(NamedTuple):
    """Words of two versions of a text: `same` in both, or `deleted` or `added` by the later one."""

    kind: str
    text: str


class VersionChanges(NamedTuple):
    """The passages in which a version of a text differs from the one before; `left_out` changes are not shown."""

    version: TextVersionView
    passages: tuple[tuple[DiffSegment, ...], ...]
    left_out: int


class CorrectionsView(NamedTuple):
    """The versions of a text, the first one first; what changed, if the texts are published; and which claims.

    `reworded` are claims with other words than in an earlier text, `kept` those that stay anchored in one.
    """

    versions: tuple[TextVersionView, ...]
    changes: tuple[VersionChanges, ...]
    reworded: tuple[tuple[ClaimLine, EarlierWords], ...]
    kept: tuple[tuple[ClaimLine, TextVersionView], ...]


class CorrectedArticle(NamedTuple):
    """An article that its paper corrected: whether an earlier text is kept, and how many claims that changed."""

    link: PageLink
    has_versions: bool
    reworded: int
    kept: int


def corrected_article(reader: LocalisedReader, article: Iri) -> CorrectedArticle:
    """Return an article that its paper corrected."""
    link = reader.link(article)
    if len(list(_versions(reader, article))) < 2:
        return CorrectedArticle(link, False, 0, 0)
    claims = list(reader.quads.subjects(SCHEMA.appearance, article))
    reworded = sum(bool(earlier_words(reader, claim)) for claim in claims)
    return CorrectedArticle(link, True, reworded, sum(bool(kept_to(reader, claim)) for claim in claims))


def corrections_view(reader: LocalisedReader, article: Iri, claims: Sequence[ClaimLine]) -> CorrectionsView | None:
    """Return what the paper changed; None if there is no earlier text."""
    texts = list(_versions(reader, article))
    if len(texts) < 2:
        return None
    bodies = [lexical(reader.quads.values(text, SCHEMA.text)) for text in texts[:-1]]
    bodies.append(lexical(reader.quads.values(article, SCHEMA.articleBody)))
    versions = tuple(text_version(reader, text) for text in texts)
    found = [(line, reader.quads.iri(line.path)) for line in claims]
    return CorrectionsView(
        versions=versions,
        changes=tuple(
            _changes(version, old, new)
            for version, (old, new) in zip(versions[1:], pairwise(bodies), strict=True)
            if old and new
        ),
        reworded=tuple((line, words) for line, iri in found for words in earlier_words(reader, iri)[:1]),
        kept=tuple((line, text) for line, iri in found if (text := kept_to(reader, iri))),
    )


def _versions(reader: LocalisedReader, article: Iri) -> Iterator[Iri]:
    """Yield the versions of an article's text that are described, the first one first."""
    found: list[Iri] = []
    waiting = [*reader.quads.values(article, SCHEMA.encoding)]
    while waiting and waiting[0] not in found:
        text = Iri(waiting[0])
        if not reader.quads.values(text, RDF.type):
            break
        found.append(text)
        waiting = [*reader.quads.values(text, PROV.wasRevisionOf)]
    yield from reversed(found)


def _changes(version: TextVersionView, old: str, new: str) -> VersionChanges:
    changes = list(Alignment(old, new).changes())
    return VersionChanges(version, tuple(_passages(changes[:MOST_SHOWN], old, new)), len(changes[MOST_SHOWN:]))


def _passages(changes: Sequence[TextChange], old: str, new: str) -> Iterator[tuple[DiffSegment, ...]]:
    """Yield passages with words that changed, and a few unchanged ones around them."""
    passage: list[DiffSegment] = []
    for number, change in enumerate(changes):
        start, end = change.new
        if not passage:
            passage.append(DiffSegment("same", _end_of(new[:start])))
        passage += _segments(old[slice(*change.old)], new[start:end])
        following = changes[number + 1].new.start if number + 1 < len(changes) else len(new) + 2 * _AROUND
        if following - end > 2 * _AROUND:
            passage.append(DiffSegment("same", _start_of(new[end:])))
            yield tuple(passage)
            passage = []
        else:
            passage.append(DiffSegment("same", new[end:following]))


def _segments(deleted: str, added: str) -> list[DiffSegment]:
    found = [DiffSegment("deleted", deleted), DiffSegment("added", added)]
    if not added:
        return [DiffSegment("same", " "), found[0]]
    return [found[0], DiffSegment("same", " "), found[1]] if deleted else [found[1]]


def _end_of(text: str) -> str:
    """Return the last words of a text."""
    end = text[-_AROUND:]
    return end.partition(" ")[2] if len(text) > _AROUND and " " in end else end


def _start_of(text: str) -> str:
    """Return the first words of a text."""
    start = text[:_AROUND]
    return start.rpartition(" ")[0] if len(text) > _AROUND and " " in start else start

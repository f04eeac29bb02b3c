"""Claims that fact-checkers reviewed, as a list of schema.org ClaimReview for search engines and feeds.

https://developers.google.com/search/docs/appearance/structured-data/factcheck
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kg.errors import numbered
from kg.files.compression import ByteStream
from kg.formats import Nodes, Properties, by_iri, in_language, instances
from kg.rdf.terms import Graph, Iri, Term, iri_text, literal_value
from kg.rdf.vocab import KG, SCHEMA, VERDICTS

if TYPE_CHECKING:
    from kg.meaning import CorpusIndex
    from kg.model import Entity

Json = dict[str, object]

_NOTHING: Properties = {}
_NUMBERS = {
    "ratingValue": SCHEMA.ratingValue,
    "bestRating": SCHEMA.bestRating,
    "worstRating": SCHEMA.worstRating,
}


class ClaimReviewWriter:
    """Writes the reviews of graphs, one a line; reviews of a claim without a text are left out."""

    between = ",\n"
    tail = "\n]\n"

    def __init__(self, index: CorpusIndex) -> None:
        self._language = index.dataset.language
        self._entities = {entity.iri: entity for entity in index.entities.values()}

    def head(self) -> str:
        """Return the opening of the list."""
        return "[\n"

    def graph(self, graph: Graph) -> str:
        """Return the reviews of one graph, in its order."""
        nodes = by_iri(graph)
        return ",\n".join(
            json.dumps(self._review(node.subject, nodes), ensure_ascii=False)
            for node in instances(graph, SCHEMA.ClaimReview)
            if nodes.get(Iri(_first(node.properties, SCHEMA.itemReviewed)), _NOTHING).get(SCHEMA.text)
        )

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return self.graph(graph).encode()

    def _review(self, iri: Iri, nodes: Nodes) -> Json:
        review = nodes[iri]
        claim = Iri(_first(review, SCHEMA.itemReviewed))
        article = nodes.get(Iri(_first(nodes.get(claim, _NOTHING), SCHEMA.appearance)), _NOTHING)
        is_page = bool(review.get(SCHEMA.url)) and review[SCHEMA.url] == article.get(SCHEMA.url)
        authors = [*review.get(SCHEMA.author, ()), *(article.get(SCHEMA.author, ()) if is_page else ())]
        return _present(
            {
                "@context": "https://schema.org",
                "@type": "ClaimReview",
                "@id": iri_text(iri),
                "url": _address(review, SCHEMA.url),
                "headline": self._text(article, SCHEMA.headline) if is_page else "",
                "inLanguage": _language(article) if is_page else "",
                "claimReviewed": self._claimed(review.get(SCHEMA.claimReviewed, ()), article),
                "datePublished": _lexical(review, SCHEMA.datePublished),
                "author": _one_or_all([self._who(who, nodes) for who in dict.fromkeys(authors)]),
                "publisher": self._who(_first(article, SCHEMA.publisher), nodes) if is_page else "",
                "itemReviewed": self._claim(claim, nodes, is_page=is_page),
                "reviewRating": self._rating(nodes.get(Iri(_first(review, SCHEMA.reviewRating)), _NOTHING)),
            }
        )

    def _text(self, properties: Properties, predicate: Iri) -> str:
        return in_language(properties.get(predicate, ()), self._language)

    def _claimed(self, texts: Iterable[Term], article: Properties) -> str:
        """Return what is claimed in the corpus's language, else in the article's, else in English, else in any."""
        return in_language(texts, self._language, _language(article), "en")

    def _claim(self, iri: Iri, nodes: Nodes, *, is_page: bool) -> Json:
        """Return a claim with the works in which it appeared, without the page of the review itself."""
        claim = nodes.get(iri, _NOTHING)
        article = Iri(_first(claim, SCHEMA.appearance))
        works = [] if is_page or article not in nodes else [self._article(article, nodes)]
        works += [_work(iri_text(page)) for page in claim.get(SCHEMA.workExample, ())]
        first = _address(claim, SCHEMA.firstAppearance)
        return _present(
            {
                "@type": "Claim",
                "@id": iri_text(iri),
                "text": self._claimed(claim.get(SCHEMA.text, ()), nodes.get(article, _NOTHING)),
                "author": _one_or_all([self._who(who, nodes) for who in claim.get(SCHEMA.author, ())]),
                # The day it was said: search engines call that the date of a claim.
                "datePublished": _lexical(claim, SCHEMA.dateCreated),
                "firstAppearance": _work(first) if first else "",
                "appearance": works,
            }
        )

    def _article(self, iri: Iri, nodes: Nodes) -> Json:
        article = nodes[iri]
        return _present(
            {
                "@type": "NewsArticle",
                "@id": iri_text(iri),
                "url": _address(article, SCHEMA.url),
                "headline": self._text(article, SCHEMA.headline),
                "datePublished": _lexical(article, SCHEMA.datePublished),
                "publisher": self._who(_first(article, SCHEMA.publisher), nodes),
            }
        )

    def _rating(self, rating: Properties) -> Json:
        numbers = {key: _lexical(rating, term) for key, term in _NUMBERS.items()}
        verdict = self._text(rating, SCHEMA.alternateName) or _verdict(rating)
        return _present({"@type": "Rating", **numbers, "alternateName": verdict}) if rating else {}

    def _who(self, who: str, nodes: Nodes) -> Json:
        """Return an entity, else a source by the words that describe it; nothing for an unnamed one."""
        entity = self._entities.get(Iri(who))
        if entity is None:
            words = self._text(nodes.get(Iri(who), _NOTHING), SCHEMA.description)
            return {"name": words} if words else {}
        return _present(
            {
                "@type": _one_or_all(list(_classes(entity))),
                "@id": iri_text(entity.iri),
                "name": in_language(entity.names, self._language),
                "sameAs": [iri_text(same) for same in entity.same_as],
            }
        )


# What readers of ClaimReview demand: search engines
# (https://developers.google.com/search/docs/appearance/structured-data/factcheck), and feeds of fact-checks
# (https://www.datacommons.org/factcheck/faq).
_DEMANDED = {
    "search engines": ("url", "claimReviewed", "reviewRating"),
    "feeds of fact-checks": ("author", "datePublished", "itemReviewed.author"),
}
_NAMED = 3


class ReviewNotes:
    """Passes lines of the document on to a stream, and counts the reviews that lack what their readers demand."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._rest = b""
        self._reviews = 0
        self._lacking: dict[str, list[str]] = {}

    def write(self, data: bytes, /) -> object:
        """Write bytes, which may end within a line."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"{"):
                self._look_at(json.loads(line.rstrip(b",")))
        return self._stream.write(data)

    def notes(self) -> str:
        """Return a line for each member that reviews lack, with who demands it and the first few reviews."""
        return "\n".join(
            f"{len(found)} of {numbered(self._reviews, 'review')} lack `{member}`, which {who} demand: "
            f"{', '.join(found[:_NAMED])}{', …' if len(found) > _NAMED else ''}"
            for who, members in _DEMANDED.items()
            for member in members
            if (found := self._lacking.get(member))
        )

    def _look_at(self, review: dict[str, Any]) -> None:
        self._reviews += 1
        for members in _DEMANDED.values():
            for member in members:
                outer, _, inner = member.partition(".")
                value = review.get(outer)
                if inner and isinstance(value, dict):
                    value = value.get(inner)
                if not value:
                    self._lacking.setdefault(member, []).append(review["@id"])


def _classes(entity: Entity) -> Iterator[str]:
    for each in entity.types:
        if each.startswith(f"<{SCHEMA.base}"):
            yield iri_text(each).removeprefix(SCHEMA.base)


def _present(members: Json) -> Json:
    return {key: value for key, value in members.items() if value not in ("", [], {})}


def _one_or_all(several: list[object]) -> object:
    present = [each for each in several if each]
    return present[0] if len(present) == 1 else present


def _work(page: str) -> Json:
    return {"@type": "CreativeWork", "url": page}


def _first(properties: Properties, predicate: Iri) -> str:
    return next(iter(properties.get(predicate, ())), "")


def _verdict(rating: Properties) -> str:
    """Return the word for the class of a verdict, for a rating that has no words of its own."""
    found = _first(rating, KG.verdict)
    return iri_text(found).removeprefix(VERDICTS.base) if found else ""


def _language(article: Properties) -> str:
    language = _lexical(article, SCHEMA.inLanguage)
    return "" if language == "und" else language


def _address(properties: Properties, predicate: Iri) -> str:
    found = _first(properties, predicate)
    return iri_text(found) if found else ""


def _lexical(properties: Properties, predicate: Iri) -> str:
    found = _first(properties, predicate)
    return literal_value(found).lexical if found else ""

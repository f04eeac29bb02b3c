"""Claims that fact-checkers reviewed, as a list of schema.org ClaimReview for search engines and feeds.

https://developers.google.com/search/docs/appearance/structured-data/factcheck
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kg.formats.claim_formats import Nodes, Properties, by_iri, in_language, instances
from kg.rdf.terms import Graph, Iri, Term, iri_text, literal_value
from kg.rdf.vocab import SCHEMA

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
        verdict = self._text(rating, SCHEMA.alternateName)
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


def _language(article: Properties) -> str:
    language = _lexical(article, SCHEMA.inLanguage)
    return "" if language == "und" else language


def _address(properties: Properties, predicate: Iri) -> str:
    found = _first(properties, predicate)
    return iri_text(found) if found else ""


def _lexical(properties: Properties, predicate: Iri) -> str:
    found = _first(properties, predicate)
    return literal_value(found).lexical if found else ""

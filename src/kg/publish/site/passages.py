"""Where the words of a claim are: its passages, in the text of the article or in an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg.model import NONE
from kg.publish.site.localisation import in_words, lexical, natural
from kg.publish.site.store_reader import LocalisedReader, Properties, ResourceReader
from kg.rdf.terms import Iri, iri_text, natural_number
from kg.rdf.vocab import DCTERMS, KG, OA, PROV, SCHEMA

# How many characters of the article are shown before and after a passage.
_AROUND = 60


class PassageView(NamedTuple):
    """A part of a claim's words, and its position in code points of a version of the article's text.

    It has its context if the whole text is published; if not even the words are, all texts are empty.
    """

    before: str
    exact: str
    after: str
    start: int
    end: int
    text: Iri = NONE


class TextVersionView(NamedTuple):
    """A version of an article's text: its number, and when the paper published it, in words."""

    number: int
    issued: str


class EarlierWords(NamedTuple):
    """The words of a claim in an earlier text, each part by itself; empty if words are not published."""

    version: TextVersionView
    parts: tuple[str, ...]


def passages(quads: ResourceReader, claim: Iri) -> tuple[PassageView, ...]:
    """Return the parts of a claim's words in text order, without their context."""
    return quads.view(_passages, claim)


def _passages(quads: ResourceReader, claim: Iri) -> tuple[PassageView, ...]:
    found = []
    for passage in quads.properties(claim).get(KG.wordsAt, ()):
        properties = quads.properties(Iri(passage))
        exact = lexical(properties.get(OA.exact, ()))
        start, end = (natural(properties.get(each, ())) for each in (OA.start, OA.end))
        text = Iri(next(iter(properties.get(OA.hasSource, ())), ""))
        found.append(PassageView("", exact, "", start, end, text))
    return tuple(sorted(found, key=lambda passage: (passage.start, passage.end)))


def with_context(quads: ResourceReader, found: Iterable[PassageView], claim: Properties) -> Iterator[PassageView]:
    """Yield passages with whole words around them, if the text of the article is published."""
    article = article_of(quads, claim)
    for each in found:
        of_article = each.text in article.get(SCHEMA.encoding, ())
        bodies = article.get(SCHEMA.articleBody, ()) if of_article else quads.values(each.text, SCHEMA.text)
        body = lexical(bodies)
        before, after = body[max(0, each.start - _AROUND) : each.start], body[each.end : each.end + _AROUND]
        if len(before) == _AROUND and " " in before:
            before = before.partition(" ")[2]
        if len(after) == _AROUND and " " in after:
            after = after.rpartition(" ")[0]
        yield each._replace(before=before, after=after)


def text_version(reader: LocalisedReader, text: Iri) -> TextVersionView:
    """Return a version of a text."""
    issued = lexical(reader.quads.properties(text).get(DCTERMS.issued, ()))
    return TextVersionView(
        max(natural_number(iri_text(text).rpartition("/")[2]), 0), in_words(issued, reader.language)
    )


def kept_to(reader: LocalisedReader, claim: Iri) -> TextVersionView | None:
    """Return the earlier text that a claim is kept to; None if its words are in the current text."""
    current = article_of(reader.quads, reader.quads.properties(claim)).get(SCHEMA.encoding, ())
    text = next((each.text for each in passages(reader.quads, claim)), None)
    return text_version(reader, text) if text and text not in current else None


def earlier_words(reader: LocalisedReader, claim: Iri) -> tuple[EarlierWords, ...]:
    """Return what the words of a claim were in earlier texts, the newest first."""
    found: dict[Iri, dict[Iri, str]] = {}
    for passage in reader.quads.properties(claim).get(KG.wordsAt, ()):
        for earlier in reader.quads.values(Iri(passage), PROV.wasRevisionOf):
            properties = reader.quads.properties(Iri(earlier))
            text = Iri(properties[OA.hasSource][0])
            found.setdefault(text, {})[Iri(earlier)] = lexical(properties.get(OA.exact, ()))
    views = [
        EarlierWords(text_version(reader, text), tuple(filter(None, parts.values())))
        for text, parts in found.items()
    ]
    return tuple(sorted(views, reverse=True))


def article_of(quads: ResourceReader, claim: Properties) -> Properties:
    """Return the properties of the article in which a claim is."""
    article = next(iter(claim.get(SCHEMA.appearance, ())), "")
    return quads.properties(Iri(article)) if article else {}

"""The context in which one article is read: its text, the index, and the findings so far."""

from __future__ import annotations

from kg.annotations.classes import ClaimsFile, Date
from kg.corpus import WrittenArticle
from kg.errors import Path, Spot
from kg.meaning.index import CorpusIndex
from kg.meaning.reporter import Reporter, dated
from kg.model import NO_DATE, NONE, Dated, Occasion, Source
from kg.rdf.terms import Iri, Literal, part
from kg.rdf.terms import text as tagged
from kg.text.anchors import AnchorError, require
from kg.text.spans import Span, collapse_whitespace


class ArticleContext:
    """One article as written, and everything that is needed to read its claims.

    `read_meaning` fills it: first the article's own fields, then the occasions and sources, then the claims.
    `quoted_spans` are the spans between quotation marks. `latest` is the last day on which a claim can have been
    made, the later of the days on which the article was published and corrected. `needs` collects the claims of
    other articles that relations point to, each with the place of the relation. `found_words` remembers words that
    are in the article, since many claims share a cue or a speaker's name; `inherited_dates` remembers the dates
    that claims take from an occasion or event, by its id.
    """

    def __init__(self, article: WrittenArticle, file: ClaimsFile, index: CorpusIndex) -> None:
        self.article = article
        self.file = file
        self.index = index
        self.iris = index.iris
        self.report = Reporter(article.file, article.line)
        self.text = collapse_whitespace(article.text)
        self.quoted_spans: tuple[Span, ...] = ()
        self.language = index.dataset.language
        self.published = Dated()
        self.corrected = NO_DATE
        self.latest = ""
        self.publisher = NONE
        self.authors: tuple[Iri, ...] = ()
        self.occasions: dict[str, Occasion] = {}
        self.sources: dict[str, Source] = {}
        self.needs: dict[Iri, Spot] = {}
        self.found_words: dict[str, Literal] = {}
        self.inherited_dates: dict[str, Dated] = {}

    @property
    def own_voice(self) -> tuple[Iri, ...]:
        """Who speaks in the article's own voice: its authors, else its publisher, else its newsroom."""
        if self.authors or self.publisher:
            return self.authors or (self.publisher,)
        return (part(self.iris.article(self.article.id), "newsroom"),)

    def known_entities(self, ids: list[str] | str) -> tuple[Iri, ...] | None:
        """Return the entities if all are known and each is named once, else None."""
        entities = self.index.entities
        if isinstance(ids, str):
            entity = entities.get(ids)
            return None if entity is None else (entity.iri,)
        found = [entities[id].iri for id in ids if id in entities]
        return tuple(found) if len(found) == len(ids) == len(set(found)) else None

    def entities(self, ids: list[str] | str, path: Path) -> tuple[Iri, ...]:
        """Return the entities; unknown ones are reported and left out."""
        known = self.known_entities(ids)
        if known is not None:
            return known
        if isinstance(ids, str):
            entity = self.entity(ids, path)
            return (entity,) if entity else ()
        self.report.no_repeats(ids, path)
        found = [self.entity(id, (*path, n)) for n, id in enumerate(ids)]
        return tuple(dict.fromkeys([entity for entity in found if entity]))

    def entity(self, id: str, path: Path) -> Iri:
        """Return the entity, or `NONE` if none is given or it is unknown, which is reported."""
        if not id:
            return NONE
        found = self.report.reference(id, self.index.entities, path, "an entity", self.index.names)
        return found.iri if found else NONE

    def has_words(self, words: str, path: Path) -> bool:
        """Tell whether words are in the article, and report it if not; False if the text could not be read."""
        if words in self.found_words:
            return True
        if not self.article.has_text:
            return False
        try:
            require(self.text, words)
        except AnchorError as error:
            self.report.violation(path, error.rule, str(error), detail=error.detail)
            return False
        self.found_words[words] = tagged(words, self.language)
        return True

    def date(self, date: str | Date, path: Path) -> Dated:
        """Return a date; its words must be in the article."""
        if isinstance(date, Date) and date.words:
            self.has_words(date.words, (*path, "words"))
        return dated(date, path, self.report, self.language)

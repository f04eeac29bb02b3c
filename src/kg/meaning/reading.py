"""What is at hand while one article is read: its text, the index, and where remarks go."""

from __future__ import annotations

from kg.annotations.classes import ClaimsFile, Date
from kg.corpus import Written
from kg.errors import Path, Spot
from kg.meaning.dates import dated
from kg.meaning.index import Index
from kg.meaning.remarks import Remarks
from kg.model import NO_DATE, NONE, Dated, Occasion, Source
from kg.rdf.iris import part
from kg.rdf.terms import Iri, Literal
from kg.rdf.terms import text as tagged
from kg.text.anchors import AnchorError, require
from kg.text.spans import Span, collapse_whitespace


class Reading:
    """One article as written, with what its claims are read with.

    `corrected` is when the paper did so, `latest` the last day on which a claim can have been said. `needs` gathers
    the claims of other articles that relations point to, each with the place of the relation; `found` words that
    stand in the article, as many claims have the same cue or name for the speaker; `inherited` the dates of
    occasions and events as claims have them, each by its id.
    """

    def __init__(self, article: Written, file: ClaimsFile, index: Index) -> None:
        self.article = article
        self.file = file
        self.index = index
        self.iris = index.iris
        self.remarks = Remarks(article.file, article.line)
        self.text = collapse_whitespace(article.text)
        self.marks: tuple[Span, ...] = ()
        self.language = index.dataset.language
        self.published = Dated()
        self.corrected = NO_DATE
        self.latest = ""
        self.publisher = NONE
        self.authors: tuple[Iri, ...] = ()
        self.occasions: dict[str, Occasion] = {}
        self.sources: dict[str, Source] = {}
        self.needs: dict[Iri, Spot] = {}
        self.found: dict[str, Literal] = {}
        self.inherited: dict[str, Dated] = {}

    @property
    def own_voice(self) -> tuple[Iri, ...]:
        """Who speaks in the article's own voice: its authors, else its publisher, else its newsroom."""
        if self.authors or self.publisher:
            return self.authors or (self.publisher,)
        return (part(self.iris.article(self.article.id), "newsroom"),)

    def known(self, ids: list[str] | str) -> tuple[Iri, ...] | None:
        """Return the entities named if all are known and named once; else None."""
        entities = self.index.entities
        if isinstance(ids, str):
            entity = entities.get(ids)
            return None if entity is None else (entity.iri,)
        found = [entities[id].iri for id in ids if id in entities]
        return tuple(found) if len(found) == len(ids) == len(set(found)) else None

    def entities(self, ids: list[str] | str, path: Path) -> tuple[Iri, ...]:
        """Return the entities named, without those that are unknown, which are remarked."""
        known = self.known(ids)
        if known is not None:
            return known
        if isinstance(ids, str):
            entity = self.entity(ids, path)
            return (entity,) if entity else ()
        self.remarks.no_repeats(ids, path)
        found = [self.entity(id, (*path, n)) for n, id in enumerate(ids)]
        return tuple(dict.fromkeys([entity for entity in found if entity]))

    def entity(self, id: str, path: Path) -> Iri:
        """Return the entity named, or `NONE`: not given, or unknown and remarked."""
        if not id:
            return NONE
        found = self.remarks.reference(id, self.index.entities, path, "an entity", self.index.names)
        return found.iri if found else NONE

    def has(self, words: str, path: Path) -> bool:
        """Tell whether words stand in the article, or remark that they do not; without a text they do not."""
        if words in self.found:
            return True
        if not self.article.has_text:
            return False
        try:
            require(self.text, words)
        except AnchorError as error:
            self.remarks.violation(path, error.rule, str(error), detail=error.detail)
            return False
        self.found[words] = tagged(words, self.language)
        return True

    def date(self, date: str | Date, path: Path) -> Dated:
        """Return a date whose words must stand in the article."""
        if isinstance(date, Date) and date.words:
            self.has(date.words, (*path, "words"))
        return dated(date, path, self.remarks, self.language)

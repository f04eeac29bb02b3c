"""What is at hand while one article is read: its text, the index, and where remarks go."""

from __future__ import annotations

from msgspec import Struct

from kg import annotations as written
from kg.anchors import NotFound, Squeezed, Stretch, require
from kg.corpus import Written
from kg.dates import Edtf
from kg.errors import Path, Spot
from kg.iris import Iris, part
from kg.meaning.dates import dated
from kg.meaning.index import Index
from kg.meaning.remarks import Remarks
from kg.model import NONE, Dated, Occasion, Source
from kg.terms import Iri


class Reading(Struct):
    """One article as written, with what its claims are read with.

    `corrected` is when the paper did so, `latest` the last day on which a claim can have been said. `needs` gathers
    the claims of other articles that relations point to, each with the place of the relation; `found` words that
    stand in the article, as many claims have the same cue or name for the speaker.
    """

    article: Written
    file: written.ClaimsFile
    index: Index
    remarks: Remarks
    text: Squeezed
    marks: tuple[Stretch, ...]
    language: str
    published: Dated
    corrected: Edtf
    latest: str
    publisher: Iri
    authors: tuple[Iri, ...]
    occasions: dict[str, Occasion]
    sources: dict[str, Source]
    needs: dict[Iri, Spot]
    found: set[str]

    @property
    def iris(self) -> Iris:
        return self.index.iris

    @property
    def own_voice(self) -> tuple[Iri, ...]:
        """Who speaks in the article's own voice: its authors, else its publisher, else its newsroom."""
        if self.authors or self.publisher:
            return self.authors or (self.publisher,)
        return (part(self.iris.article(self.article.id), "newsroom"),)

    def entities(self, ids: list[str] | str, path: Path) -> tuple[Iri, ...]:
        """Return the entities named, without those that are unknown, which are remarked."""
        if not isinstance(ids, list):
            entity = self.entity(ids, path)
            return (entity,) if entity else ()
        known = self.index.entities
        found = [known[id].iri for id in ids if id in known]
        if len(found) == len(ids) == len(set(found)):
            return tuple(found)
        self.remarks.no_repeats(ids, path)
        found = [self.entity(id, (*path, n)) for n, id in enumerate(ids)]
        return tuple(dict.fromkeys([entity for entity in found if entity]))

    def entity(self, id: str, path: Path) -> Iri:
        """Return the entity named, or `NONE`: not given, or unknown and remarked."""
        found = self.remarks.reference(id, self.index.entities, path, "an entity") if id else None
        return found.iri if found else NONE

    def has(self, words: str, path: Path) -> bool:
        """Tell whether words stand in the article, or remark that they do not."""
        if words in self.found:
            return True
        try:
            require(self.text, words)
        except NotFound as error:
            self.remarks.violation(path, error.rule, str(error), detail=error.detail)
            return False
        self.found.add(words)
        return True

    def date(self, date: str | written.Date, path: Path) -> Dated:
        """Return a date whose words must stand in the article."""
        if isinstance(date, written.Date) and date.words:
            self.has(date.words, (*path, "words"))
        return dated(date, path, self.remarks, self.language)

"""The context in which one article is read: its text, the index, and the findings so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from kg.annotations.classes import ClaimsFile, Date, Words
from kg.corpus import WrittenArticle
from kg.errors import Path, Spot
from kg.meaning.corpus_index import CorpusIndex
from kg.meaning.reporter import Reporter, as_text, dated
from kg.model import NO_DATE, NONE, Dated, Occasion, Source
from kg.rdf.terms import Iri, part
from kg.rdf.terms import text as tagged
from kg.text.anchors import AnchorError, FoundWords, Occurrences, find, first_occurrences, occurs
from kg.text.nearest_name import KnownNames
from kg.text.spans import Span, collapse_whitespace
from kg.text.turns import Turns

# Which field of `{words, in, start}` is wrong, by rule; `words` for all other rules.
_FAULTY = {
    "words-in-not-found": "in",
    "words-in-found-twice": "in",
    "words-outside-in": "in",
    "words-start-mismatch": "start",
    "words-in-and-start": "start",
}


class ArticleContext:
    """One article as written, and everything that is needed to read its claims.

    `read_meaning` fills it: first the article's own fields, then the occasions and sources, then the claims.
    `quoted_spans` are the spans between quotation marks, `turns` those of a transcript. `needs` collects the claims
    of other articles that relations point to, each with the place of the relation. `occurrences` chooses between
    the places of words that the article has several times. `found_words` remembers words in the article, since
    many claims share a cue or a speaker's name; `inherited_dates` remembers the dates that claims take from an
    occasion or event, by its id; `named_by_labels` whether the label of a turn names a claim's speaker.

    `earlier` are the contexts of earlier texts by number; such a context has the number as its `version`, and that
    of the article as `current`.
    """

    def __init__(self, article: WrittenArticle, file: ClaimsFile, index: CorpusIndex) -> None:
        self.article = article
        self.file = file
        self.index = index
        self.iris = index.iris
        self.report = Reporter(article.file, article.line)
        self.text = collapse_whitespace(article.text)
        self.quoted_spans: tuple[Span, ...] = ()
        self.turns = Turns(article.text) if file.article.transcript else None
        self.language = index.dataset.language
        self.published = Dated()
        self.corrected = NO_DATE
        self.publisher = NONE
        self.authors: tuple[Iri, ...] = ()
        self.occasions: dict[str, Occasion] = {}
        self.sources: dict[str, Source] = {}
        self.needs: dict[Iri, Spot] = {}
        self.occurrences = Occurrences(self.text)
        self.found_words: dict[str, FoundWords] = {}
        self.inherited_dates: dict[str, Dated] = {}
        self.named_by_labels: dict[tuple[str, str, str], bool] = {}
        self.version = 0
        self.earlier: dict[int, ArticleContext] = {}
        self.current: ArticleContext | None = None
        self._not_found: dict[str, AnchorError] = {}
        self._unread_claims: set[Path] | None = None
        self._known: dict[str, tuple[dict[str, Iri], KnownNames]] = {}

    @property
    def own_voice(self) -> tuple[Iri, ...]:
        """Who speaks in the article's own voice: its authors, else its publisher, else its newsroom."""
        if self.authors or self.publisher:
            return self.authors or (self.publisher,)
        return (part(self.iris.article(self.article.id), "newsroom"),)

    def is_partly_unread(self, claim: Path) -> bool:
        """Tell whether a claim, given by its path, has a field that cannot be read."""
        if self._unread_claims is None:
            spots = [each.at for each in self.article.findings if isinstance(each.at, Spot)]
            self._unread_claims = {spot.path[:2] for spot in spots}
        return claim in self._unread_claims

    def known(self, kind: str, things: Callable[[], dict[str, Iri]]) -> tuple[dict[str, Iri], KnownNames]:
        """Return the things of a kind by their ids, and an index of the ids; both are made when first needed."""
        if kind not in self._known:
            found = things()
            self._known[kind] = found, KnownNames(found)
        return self._known[kind]

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

    def annotator(self, id: str, path: Path) -> Iri:
        """Return the annotator, or `NONE` if none is given or it is unknown, which is reported."""
        if not id:
            return NONE
        index, kind = self.index, "an annotator of corpus.yaml"
        found = self.report.reference(id, index.annotators, path, kind, index.annotator_names)
        return found.iri if found else NONE

    def find(self, passage: Words | str, path: Path) -> Span | None:
        """Return the one span of words, or None if they are not in the article once, which is reported."""
        if not self.article.has_text:
            return None
        try:
            if isinstance(passage, Words):
                return find(self.text, passage.words, within=passage.within, start=passage.start)
            if self._not_found and passage in self._not_found:
                raise self._not_found[passage]
            return find(self.text, passage)
        except AnchorError as error:
            at = (*path, _FAULTY.get(error.rule, "words")) if isinstance(passage, Words) else path
            if isinstance(passage, str):
                self._not_found[passage] = error
            self._report_not_found(as_text(passage), at, error)
            return None

    def _report_not_found(self, words: str, path: Path, error: AnchorError) -> None:
        """Report words that are not in this text, and say so if another version of it has them."""
        detail = error.detail
        if self.earlier and error.rule in ("words-not-found", "words-inside-a-word"):
            detail = "\n".join(filter(None, (self._in_other_version(words), detail)))
        self.report.violation(path, error.rule, str(error), detail=detail)

    def _in_other_version(self, words: str) -> str:
        current = self.current or self
        if self is not current and occurs(current.text, words):
            return f"the current text has them, version {self.version} has not: leave `text_version` out"
        for number in sorted(self.earlier, reverse=True):
            if number != self.version and occurs(self.earlier[number].text, words):
                return f"version {number} of the text has them: `text_version: {number}` keeps the claim to it"
        return ""

    def words(self, written: Words | str, path: Path) -> FoundWords | None:
        """Return where words are, or None if they are not in the article, which is reported."""
        if isinstance(written, Words) and (written.within or written.start >= 0):
            chosen = self.find(written, path)
            return FoundWords(written.words, tagged(written.words, self.language), (chosen,)) if chosen else None
        words = as_text(written)
        found = self.found_words.get(words)
        if found is None and self.article.has_text:
            try:
                found = FoundWords(words, tagged(words, self.language), first_occurrences(self.text, words))
            except AnchorError as error:
                self._report_not_found(words, path, error)
                return None
            self.found_words[words] = found
        return found

    def date(self, date: str | Date, path: Path, parts: Sequence[Span] = (), known: Sequence[Span] = ()) -> Dated:
        """Return a date, with the place of its words if the article has them once, or near the parts of a claim."""
        read = dated(date, path, self.report, self.language)
        if isinstance(date, str) or not date.words:
            return read
        found = self.words(date.words, (*path, "words"))
        chosen = self.occurrences.choose(found, parts, known) if found else None
        return replace(read, words_at=(chosen,)) if chosen else read

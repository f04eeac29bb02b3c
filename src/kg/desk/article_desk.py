"""One article on the desk: answers what its page asks, and writes what a person decides there."""

from __future__ import annotations

import re
from os.path import lexists
from pathlib import Path
from typing import Any

from msgspec import Struct

from kg.annotations.own_fields import file_types
from kg.corpus import read_article
from kg.corpus.editing import DELETED, Edit, edited, shown, value_at
from kg.desk.article_files import ArticleFiles, EditRequest
from kg.desk.article_guesses import (
    TextGuesses,
    TextPassage,
    dates_of,
    guess_about,
    guesses_of,
    proposals_of,
    unclaimed,
)
from kg.desk.article_readings import DecideRequest, UndecidedReadings
from kg.desk.article_state import (
    ArticleTexts,
    Json,
    OpenArticle,
    article_state,
    checked_article,
    findings_of,
    general_findings,
    meaning_of,
    open_article,
)
from kg.desk.entity_edits import LONGEST_PATH, EntityChange, FieldEdit
from kg.desk.open_corpus import OpenCorpus, fingerprint_of
from kg.desk.refused_suggestions import suggestion_key
from kg.errors import CorpusError, FileError, UsageError
from kg.files.digests import digest_of
from kg.history.decisions import Adjudicator, refuse_stranger
from kg.history.published_claims import Decided, decide, undo

_EDITABLE = ("article", "annotation", "occasions", "sources", "claims", "withdrawn")
_NUMBERED = re.compile(r"c([0-9]{1,9})")
_TRIES = 20
STATUS = ("annotation", "status")


class GuessRequest(Struct, forbid_unknown_fields=True):
    """Words that were selected: the parts of one claim."""

    passages: list[TextPassage]


class WordsRequest(Struct, forbid_unknown_fields=True):
    """Words that were selected for a field."""

    passage: TextPassage


class DatesRequest(Struct, forbid_unknown_fields=True):
    """Words that say when, selected or typed."""

    words: TextPassage | str


class EditsRequest(Struct, forbid_unknown_fields=True):
    """What to write into the file: edits, or a new claim."""

    edits: list[FieldEdit] = []
    add: dict[str, Any] = {}


class RefuseRequest(Struct, forbid_unknown_fields=True):
    """A suggestion that is refused: a claim with these words, or a value of its field; none to get all again."""

    words: Any = None
    field: str = ""
    value: Any = None


class UndoRequest(Struct):
    """A request to take back the last edit; it has no fields."""


class ArticleDesk:
    """One article of an open corpus. Not safe for threads."""

    def __init__(self, corpus: OpenCorpus, id: str) -> None:
        self._corpus = corpus
        self._source = corpus.source(id)
        types = file_types(self._source.fields)
        self._files = ArticleFiles(Path(corpus.root), id, types, reading=corpus.reading)
        self._guesses: TextGuesses | None = None
        self._readings = UndecidedReadings(corpus, id)
        self._decided: list[tuple[int, Decided]] = []
        """Decisions on readings, each with how many edits could be undone before it."""
        self._used: set[str] = set()
        self._seen: tuple[object, ...] = ()
        self._version = ""

    @property
    def fingerprints(self) -> tuple[object, ...]:
        """The size, time and number of each of its files, and of those that define the corpus."""
        files = self._files.text_file, self._files.claims_file
        return (*map(fingerprint_of, files), *self._others)

    @property
    def _others(self) -> tuple[object, ...]:
        return (*self._readings.fingerprints, *self._corpus.fingerprints)

    def is_changed(self, version: str) -> bool:
        """Tell whether the files are of another version. Raises `FileError` if they cannot be read."""
        found = self.fingerprints
        if found != self._seen:
            self._seen, self._version = found, self._version_now()
        return self._version != version

    def state(self, language: str) -> Json:
        """Return the state of the article as its files are now."""
        article = checked_article(self._corpus, self._opened())
        self._corpus.keep(article.checked, self._source)
        self._used |= article.claims.keys()
        proposals: list[Json] = []
        further = 0
        if article.status != "done":
            guesses, read = self._guesses_of(article), self._readings.meant(article)
            proposals, further = proposals_of(self._corpus, article, guesses, read, language)
        state = article_state(self._corpus, article, proposals, language)
        unread = general_findings(self._corpus.unread, language)
        return state | {
            "findings": [*unread, *state["findings"], *self._readings.findings(article, language)],
            "readings": self._readings.state(article),
            "further": further,
            "undo": self._files.undo_depth + len(self._decided),
            "refused": len(self._corpus.refused.of(self._source.article)),
        }

    def unread(self) -> int:
        """Return how many proposals and claims of readings nobody has decided on."""
        article = self._opened()
        undecided = len(self._readings.claims(article))
        if article.status == "done":
            return undecided
        proposed = unclaimed(article, self._guesses_of(article), self._readings.meant(article))
        return undecided + sum(1 for _ in proposed)

    def decide(self, request: DecideRequest, language: str) -> Json:
        """Publish or refuse a claim of readings; return the new state, its id, and what could not be taken over.

        Raises `UsageError` if the readings have it no more, `CorpusError` if it cannot be published as it is.
        """
        adjudicator = Adjudicator(request.by, request.on)
        refuse_stranger(self._corpus.publication, adjudicator)
        decision = self._readings.decision(self._opened(), request)
        decided = decide(self._corpus.publication, self._source.article, [decision], adjudicator)
        self._decided.append((self._files.undo_depth, decided))
        return {"state": self.state(language), "added": "".join(decided.claims), "notes": list(decided.notes)}

    def refuse(self, request: RefuseRequest, language: str) -> Json:
        """Make a suggestion no more, or all that were refused again; return the new state."""
        refused, article = self._corpus.refused, self._source.article
        if request.words is None:
            refused.forget(article)
        else:
            refused.add(article, [suggestion_key(request.words, request.field, request.value)])
        return {"state": self.state(language)}

    def guess(self, request: GuessRequest, language: str) -> Json:
        """Return guesses about words that were selected. Raises `AnchorError` if they are not in the article."""
        article = self._opened()
        guesses = self._guesses_of(article)
        if not request.passages:
            raise UsageError("a claim must have words, and none were selected: select some")
        parts = sorted({part for each in request.passages for part in guesses.claim_parts(each)})
        return guess_about(self._corpus, article, guesses, parts, language)

    def words(self, request: WordsRequest) -> Json:
        """Return words as the file writes them. Raises `AnchorError` if they are not in the article."""
        guesses = self._guesses_of(self._opened())
        return {"value": guesses.written(guesses.find(request.passage))}

    def dates(self, request: DatesRequest, language: str) -> Json:
        """Return the days that words may mean. Raises `AnchorError` if they are not in the article."""
        return {"dates": dates_of(self._guesses_of(self._opened()), request.words, language)}

    def check(self, request: EditsRequest, language: str) -> Json:
        """Return the findings about claims, or an entity, as they would be after edits; nothing is written."""
        if change := EntityChange.of(request.edits, self._corpus):
            return {"findings": change.findings(language)}
        article = self._opened()
        texts = self._edited(article, self._requested(article, request))
        after = checked_article(self._corpus, open_article(self._corpus, self._source, texts))
        claims = {each.path[1] for each in request.edits if each.path[:1] == ["claims"] and len(each.path) > 1}
        found = findings_of(after, after.checked.findings, language)
        return {"findings": [each for each in found if each["claim"] in claims or not claims]}

    def edit(self, request: EditsRequest, language: str) -> Json:
        """Write all of it or nothing, and return the new state.

        Raises `EditConflict` if somebody else changed the same, `EditError`, `CorpusError` or `UsageError` for what
        cannot be written.
        """
        if change := EntityChange.of(request.edits, self._corpus):
            change.refuse_invalid()
            self._files.apply_to_entities(change.file, change.edits)
            return {"state": self.state(language)}
        article = self._opened()
        edits = self._requested(article, request)
        self._refuse_invalid(article, edits)
        self._files.apply(edits)
        added = {"added": str(edits[-1].path[1])} if request.add else {}
        return {"state": self.state(language), **added}

    def undo(self, language: str) -> Json:
        """Take back the last edit, and return the new state. Raises `EditConflict` if somebody else changed it."""
        if self._decided and self._decided[-1][0] == self._files.undo_depth:
            undo(self._corpus.publication, self._decided[-1][1])
            self._decided.pop()
        else:
            self._files.undo()
        return {"state": self.state(language)}

    def _requested(self, article: OpenArticle, request: EditsRequest) -> list[EditRequest]:
        edits = [self._field_edit(article, each) for each in request.edits]
        if request.add:
            edits.append(self._new_claim(article, request.add))
        if not edits:
            raise UsageError("nothing was sent that could be written: send edits, or a claim to add")
        return edits

    def _field_edit(self, article: OpenArticle, edit: FieldEdit) -> EditRequest:
        path = tuple(edit.path)
        if not 2 <= len(path) <= LONGEST_PATH or path[0] not in _EDITABLE or "" in path:
            raise UsageError(f"`{shown(path)}` is no field of a claims file: name one of {', '.join(_EDITABLE)}")
        was = edit.was
        if path == STATUS and article.status == was and value_at(article.values, path) is None:
            # The page showed what a file without status has; a file that is made now begins as a draft.
            was = None if article.texts.claims else "draft"
        return EditRequest(path, edit.value, was)

    def _new_claim(self, article: OpenArticle, fields: Json) -> EditRequest:
        """Return the edit that adds a claim under the next id, before the claim that is next in the text."""
        ids = [*self._used, *article.claims, *_keys(article.values.get("withdrawn"))]
        numbers = [int(found[1]) for id in ids if (found := _NUMBERED.fullmatch(id))]
        id = f"c{max(numbers, default=0) + 1:02}"
        meant = meaning_of(self._corpus, article, {id: fields}).get(id)
        claims = article.meant.claims if article.meant else ()
        starts = {each.id: each.parts[0].start for each in claims if not each.text_version}
        at = meant.parts[0].start if meant else None
        later = (each for each in article.claims if at is not None and starts.get(each, -1) > at)
        return EditRequest(("claims", id), fields, None, next(later, ""))

    def _refuse_invalid(self, article: OpenArticle, edits: list[EditRequest]) -> None:
        """Raise `CorpusError` if a value does not have the form of its field; other faults are only findings."""
        texts = self._edited(article, edits)
        source = article.source._replace(claims_file=self._files.claims_file)
        opened = {source.text_file: texts.text, source.claims_file: texts.claims or ""}
        known = {(each.rule, each.message) for each in article.written.findings}
        after = read_article(source, opened).findings
        wrong = [each for each in after if each.severity == "violation" and (each.rule, each.message) not in known]
        if wrong:
            raise CorpusError(wrong)

    def _edited(self, article: OpenArticle, edits: list[EditRequest]) -> ArticleTexts:
        """Return the texts of the article after edits."""
        of, file = self._files.type, self._files.claims_file
        made = [Edit(each.path, DELETED if each.value is None else each.value, each.before) for each in edits]
        return article.texts._replace(claims=edited(article.texts.claims or "", made, of=of, file=file))

    def _opened(self) -> OpenArticle:
        self._corpus.renew()
        return open_article(self._corpus, self._source, self._texts())

    def _texts(self) -> ArticleTexts:
        """Return both files as they were at one moment. Raises `FileError` if that cannot be had."""
        for _ in range(_TRIES):
            version = self._version_now()
            claims = self._files.claims_text if lexists(self._files.claims_file) else None
            texts = ArticleTexts(version, self._files.text, claims)
            if self._version_now() == version:
                return texts
        raise FileError(f"{self._files.claims_file}: another program keeps changing this file: try again later")

    def _version_now(self) -> str:
        return digest_of(repr((self._files.version, self._others)).encode()).hex()

    def _guesses_of(self, article: OpenArticle) -> TextGuesses:
        self._guesses = guesses_of(article, self._corpus, self._guesses)
        self._guesses.refused = self._corpus.refused.of(self._source.article)
        return self._guesses


def _keys(mapping: object) -> list[str]:
    return list(mapping) if isinstance(mapping, dict) else []

"""One article on the desk: answers what its page asks, and writes what a person decides there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os.path import lexists
from pathlib import Path
from typing import Any

from msgspec import Struct

from kg.annotations.own_fields import file_types, own_fields
from kg.corpus import read_article
from kg.corpus.decoding import TAKEN, suggested
from kg.corpus.editing import DELETED, Edit, edited, shown, value_at
from kg.desk.article_files import ArticleFiles, EditRequest, add_entity
from kg.desk.article_guesses import TextGuesses, TextPassage, dates_of, guess_about, guesses_of, proposals_of
from kg.desk.article_state import (
    ArticleTexts,
    Json,
    OpenArticle,
    article_state,
    checked_article,
    entity_state,
    findings_of,
    meaning_of,
    open_article,
)
from kg.desk.open_corpus import OpenCorpus, fingerprint_of
from kg.errors import CorpusError, FileError, UsageError

_EDITABLE = ("article", "annotation", "occasions", "sources", "claims", "withdrawn")
_LONGEST_PATH = 8
_LONGEST_ID = 60
_NUMBERED = re.compile(r"c([0-9]{1,9})")
_REMEMBERED = 50
"""How many versions of the claims are kept, to know what a page showed when it removes one."""
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


class FieldEdit(Struct, forbid_unknown_fields=True):
    """A value to write (null: to delete) where the page showed `was`."""

    path: list[str | int]
    value: Any = None
    was: Any = None


class EditsRequest(Struct, forbid_unknown_fields=True):
    """What to write into the file that the page saw in version `base`: edits, a new claim, or a claim to remove."""

    base: str = ""
    edits: list[FieldEdit] = []
    add: dict[str, Any] = {}
    remove: str = ""


class UndoRequest(Struct):
    """A request to take back the last edit; it has no fields."""


class EntityRequest(Struct, forbid_unknown_fields=True):
    """A new entity: without an `id`, its name gives it one."""

    name: str
    type: str
    id: str = ""


def add_named(corpus: OpenCorpus, request: EntityRequest, language: str) -> Json:
    """Add an entity to `entities.yaml`, and return it. Raises as `add_entity` does."""
    corpus.renew()
    known = corpus.publication.corpus.entities
    name = " ".join(request.name.split())
    if not name:
        raise UsageError("an entity must have a name, this one has none: write it")
    id = request.id or _free_id(suggested(name.replace("/", "-"))[:_LONGEST_ID].strip("-_"), known)
    add_entity(Path(corpus.root), id, name, request.type, file_types(own_fields(corpus.publication.corpus.config)))
    corpus.renew()
    return {"entity": entity_state(corpus, id, language)}


def _free_id(wanted: str, known: Mapping[str, object]) -> str:
    taken = known.keys() | TAKEN.keys()
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (wanted, *numbered) if each not in taken)


class ArticleDesk:
    """One article of an open corpus. Not safe for threads."""

    def __init__(self, corpus: OpenCorpus, id: str) -> None:
        self._corpus = corpus
        self._source = corpus.source(id)
        self._files = ArticleFiles(Path(corpus.root), id, file_types(self._source.fields))
        self._guesses: TextGuesses | None = None
        self._shown: dict[str, Mapping[str, Json]] = {}
        self._used: set[str] = set()
        self._seen: tuple[object, ...] = ()
        self._version = ""

    def is_changed(self, version: str) -> bool:
        """Tell whether the files are of another version. Raises `FileError` if they cannot be read."""
        found = fingerprint_of(self._files.text_file), fingerprint_of(self._files.claims_file)
        if found != self._seen:
            self._seen, self._version = found, self._files.version
        return self._version != version

    def state(self, language: str) -> Json:
        """Return the state of the article as its files are now."""
        article = checked_article(self._corpus, self._opened())
        self._corpus.keep(article.checked, self._source)
        self._shown[article.texts.version] = article.claims
        while len(self._shown) > _REMEMBERED:
            self._shown.pop(next(iter(self._shown)))
        self._used |= article.claims.keys()
        is_done = article.status == "done"
        proposals = [] if is_done else proposals_of(self._corpus, article, self._guesses_of(article), language)
        return article_state(self._corpus, article, proposals, language) | {"undo": self._files.undo_depth}

    def guess(self, request: GuessRequest, language: str) -> Json:
        """Return guesses about words that were selected. Raises `AnchorError` if they are not in the article."""
        article = self._opened()
        guesses = self._guesses_of(article)
        if not request.passages:
            raise UsageError("a claim must have words, and none were selected: select some")
        parts = sorted({guesses.find(each) for each in request.passages})
        return guess_about(self._corpus, article, guesses, parts, language)

    def words(self, request: WordsRequest) -> Json:
        """Return words as the file writes them. Raises `AnchorError` if they are not in the article."""
        guesses = self._guesses_of(self._opened())
        return {"value": guesses.written(guesses.find(request.passage))}

    def dates(self, request: DatesRequest, language: str) -> Json:
        """Return the days that words may mean. Raises `AnchorError` if they are not in the article."""
        return {"dates": dates_of(self._guesses_of(self._opened()), request.words, language)}

    def check(self, request: EditsRequest) -> Json:
        """Return the findings about claims as they would be after edits; nothing is written."""
        article = self._opened()
        texts = self._edited(article, self._requested(article, request))
        after = checked_article(self._corpus, open_article(self._corpus, self._source, texts))
        claims = {each.path[1] for each in request.edits if each.path[:1] == ["claims"] and len(each.path) > 1}
        found = findings_of(after, after.checked.findings)
        return {"findings": [each for each in found if each["claim"] in claims or not claims]}

    def edit(self, request: EditsRequest, language: str) -> Json:
        """Write all of it or nothing, and return the new state.

        Raises `EditConflict` if somebody else changed the same, `EditError`, `CorpusError` or `UsageError` for what
        cannot be written.
        """
        article = self._opened()
        edits = self._requested(article, request)
        self._refuse_invalid(article, edits)
        self._files.apply(edits)
        added = {"added": str(edits[-1].path[1])} if request.add else {}
        return {"state": self.state(language), **added}

    def undo(self, language: str) -> Json:
        """Take back the last edit, and return the new state. Raises `EditConflict` if somebody else changed it."""
        self._files.undo()
        return {"state": self.state(language)}

    def _requested(self, article: OpenArticle, request: EditsRequest) -> list[EditRequest]:
        edits = [self._field_edit(article, each) for each in request.edits]
        if request.remove:
            claims = self._shown.get(request.base, article.claims)
            if request.remove not in claims:
                raise UsageError(f"there is no claim `{request.remove}`: it was removed already")
            edits.append(EditRequest(("claims", request.remove), None, claims[request.remove]))
        if request.add:
            edits.append(self._new_claim(article, request.add))
        if not edits:
            raise UsageError("nothing was sent that could be written: send edits, a claim to add or one to remove")
        return edits

    def _field_edit(self, article: OpenArticle, edit: FieldEdit) -> EditRequest:
        path = tuple(edit.path)
        if not 2 <= len(path) <= _LONGEST_PATH or path[0] not in _EDITABLE or "" in path:
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
        starts = {each.id: each.parts[0].start for each in article.meant.claims} if article.meant else {}
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
        of, file = file_types(self._source.fields).claims, self._files.claims_file
        made = [Edit(each.path, DELETED if each.value is None else each.value, each.before) for each in edits]
        return article.texts._replace(claims=edited(article.texts.claims or "", made, of=of, file=file))

    def _opened(self) -> OpenArticle:
        self._corpus.renew()
        return open_article(self._corpus, self._source, self._texts())

    def _texts(self) -> ArticleTexts:
        """Return both files as they were at one moment. Raises `FileError` if that cannot be had."""
        for _ in range(_TRIES):
            version = self._files.version
            claims = self._files.claims_text if lexists(self._files.claims_file) else None
            texts = ArticleTexts(version, self._files.text, claims)
            if self._files.version == version:
                return texts
        raise FileError(f"{self._files.claims_file}: another program keeps changing this file: try again later")

    def _guesses_of(self, article: OpenArticle) -> TextGuesses:
        self._guesses = guesses_of(article, self._corpus, self._guesses)
        return self._guesses


def _keys(mapping: object) -> list[str]:
    return list(mapping) if isinstance(mapping, dict) else []

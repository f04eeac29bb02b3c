"""One article on the desk: answers what its page asks, and writes what a person decides there."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from kg.corpus.folder import CLAIMS, TEXT
from kg.desk.article_guesses import TextGuesses, TextPassage, dates_of, guess_about, guesses_of, proposals_of
from kg.desk.article_state import ArticleTexts, Json, OpenArticle, article_state, open_article
from kg.desk.open_corpus import OpenCorpus
from kg.files.text_files import read_text


class GuessRequest(Struct, forbid_unknown_fields=True):
    """Words that were selected: the parts of one claim."""

    passages: list[TextPassage]


class WordsRequest(Struct, forbid_unknown_fields=True):
    """Words that were selected for a field."""

    passage: TextPassage


class DatesRequest(Struct, forbid_unknown_fields=True):
    """Words that say when, selected or typed."""

    words: TextPassage | str


class ArticleDesk:
    """One article of an open corpus. Not safe for threads."""

    def __init__(self, corpus: OpenCorpus, id: str) -> None:
        self._corpus = corpus
        self._source = corpus.source(id)
        self._guesses: TextGuesses | None = None

    @property
    def version(self) -> str:
        """What identifies the content of the files now."""
        return self._texts().version

    def state(self, language: str) -> Json:
        """Return the state of the article as its files are now."""
        article = self._opened()
        self._corpus.keep(article.checked, self._source)
        proposals = proposals_of(self._corpus, article, self._guesses_of(article), language)
        return article_state(self._corpus, article, proposals, language) | {"undo": 0}

    def guess(self, request: GuessRequest, language: str) -> Json:
        """Return guesses about words that were selected. Raises `AnchorError` if they are not in the article."""
        article = self._opened()
        guesses = self._guesses_of(article)
        parts = sorted({guesses.find(each) for each in request.passages})
        return guess_about(self._corpus, article, guesses, parts, language)

    def words(self, request: WordsRequest) -> Json:
        """Return words as the file writes them. Raises `AnchorError` if they are not in the article."""
        guesses = self._guesses_of(self._opened())
        return {"value": guesses.written(guesses.find(request.passage))}

    def dates(self, request: DatesRequest, language: str) -> Json:
        """Return the days that words may mean. Raises `AnchorError` if they are not in the article."""
        return {"dates": dates_of(self._guesses_of(self._opened()), request.words, language)}

    def _opened(self) -> OpenArticle:
        self._corpus.renew()
        return open_article(self._corpus, self._source, self._texts())

    def _texts(self) -> ArticleTexts:
        text = read_text(self._source.text_file, self._source.folder)
        file = self._source.text_file.removesuffix(TEXT) + CLAIMS
        try:
            claims: str | None = read_text(file, self._source.folder)
        except FileNotFoundError:
            claims = None
        return ArticleTexts(sha256(f"{text}\0{claims}".encode()).hexdigest()[:16], text, claims)

    def _guesses_of(self, article: OpenArticle) -> TextGuesses:
        self._guesses = guesses_of(article, self._corpus, self._guesses)
        return self._guesses

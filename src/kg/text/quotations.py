"""Finds a quotation that somebody else copied in an article: the same words, or nothing.

The same words are those that `anchors` takes for the same, whole words in which only the width of white space
differs; and those that differ only in how Unicode writes a character, as é in one character or in two (canonical
equivalence, https://unicode.org/reports/tr15/). Whatever else differs, as quotation marks, dots, capital letters or
look-alikes, makes other words.
"""

from __future__ import annotations

from functools import cached_property
from unicodedata import combining, normalize

from kg.text.anchors import MOST, AnchorError, find, occurrences, occurs, whole_words
from kg.text.spans import Span, collapse_whitespace


class QuotedText:
    """A text in which quotations are looked for."""

    def __init__(self, text: str) -> None:
        self.collapsed = collapse_whitespace(text)

    def places(self, words: str) -> list[Span]:
        """Return where the words are, in order. Raises `AnchorError` if nowhere, or at more than `MOST` places."""
        if occurs(self.collapsed, words):
            found = occurrences(self.collapsed, words)
        else:
            found = self._canonical_places(" ".join(words.split()))
        if not found:
            return [find(self.collapsed, words)]  # it raises, and says what is there instead
        if len(found) > MOST:
            raise AnchorError("words-too-frequent", f"the words are in the article more than {MOST} times")
        return found

    def _canonical_places(self, phrase: str) -> list[Span]:
        """Return where the text has a phrase in another spelling of the same characters."""
        sought = normalize("NFD", phrase)
        text, begins = self._canonical
        whole = self.collapsed.collapsed
        found: list[Span] = []
        at = text.find(sought) if sought else -1
        while at >= 0 and len(found) <= MOST:
            start, end = begins.get(at, -1), begins.get(at + len(sought), -1)
            if start >= 0 and end >= 0 and whole_words(whole, Span(start, end)) == (start, end):
                found.append(self.collapsed.original(start, end))
            at = text.find(sought, at + 1)
        return found

    @cached_property
    def _canonical(self) -> tuple[str, dict[int, int]]:
        """The collapsed text in NFD, and for each offset there at which a character begins, its offset here.

        Accents belong to the character before them, in whichever order they are written.
        """
        pieces: list[str] = []
        begins = {0: 0}
        length, start = 0, 0
        text = self.collapsed.collapsed
        for at in range(1, len(text) + 1):
            if at < len(text) and not text[at].isascii() and combining(normalize("NFD", text[at])[0]):
                continue
            pieces.append(normalize("NFD", text[start:at]))
            length, start = length + len(pieces[-1]), at
            begins[length] = at
        return "".join(pieces), begins

"""The text of a generated article: sentences that mean nothing, in a language, with what breaks software."""

from __future__ import annotations

from bench.chance import Chance
from bench.wordlists import BLANKS, HOSTILE, Language


class Prose:
    """Writes one article's text, paragraph by paragraph."""

    def __init__(self, chance: Chance, language: Language) -> None:
        self.chance = chance
        self.language = language
        self.paragraphs: list[str] = []

    def words(self, low: int, high: int) -> str:
        """Return a row of words; one in thirty is hostile."""
        chance = self.chance
        count = chance.between(low, high)
        return " ".join(chance.pick(HOSTILE if chance.happens(0.03) else self.language.words) for _ in range(count))

    def sentence(self) -> str:
        """Return a sentence that nobody is said to have said."""
        chance = self.chance
        words = self.words(8, 18)
        number = f"{chance.between(1, 999)},{chance.between(0, 9)}"
        return f"{words[:1].upper()}{words[1:]} {number}."

    def paragraph(self, *sentences: str) -> None:
        """Add a paragraph that holds the sentences among others."""
        before = [self.sentence() for _ in range(self.chance.between(2, 4))]
        self.paragraphs.append(" ".join((*before, *sentences, self.sentence())))

    def text(self) -> str:
        """Return the whole text, with blanks of every kind between its words."""
        blank = self.chance
        return "\n\n".join(
            "".join(
                word + (blank.pick(BLANKS) if blank.happens(0.01) else " ") for word in paragraph.split(" ")
            ).strip()
            for paragraph in self.paragraphs
        )
